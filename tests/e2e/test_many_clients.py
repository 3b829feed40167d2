# Many clients, hasty clients, clients that leave: the others are served.
# SPDX-License-Identifier: MIT

import contextlib

import pytest

from support import counters, pop, wait, wire

MIB = 1 << 20


@pytest.mark.parametrize("family", pop.FAMILIES)
def test_a_test_runs_beside_500_idle_connections(family):
    server = pop.address("speedtest", family=family)
    with contextlib.ExitStack() as idle:
        connections = [idle.enter_context(wire.Connection(server)) for _ in range(500)]
        wait.until(lambda: counters.read()["connections"] > 500, "all are accepted")
        assert len(wire.ask(server, wire.request("GET", "/garbage?ckSize=64")).body) == 64 * MIB
        assert wire.ask(server, wire.request("POST", "/empty", body=bytes(64 * MIB))).status == 200
        for connection in connections:
            connection.send(wire.request("GET", "/getIP"))
        assert {connection.reply().status for connection in connections} == {200}
    wait.until(lambda: counters.read()["connections"] == 1, "all are closed")


def test_a_client_may_leave_in_the_middle():
    server = pop.address("speedtest")
    before = counters.read()
    for _ in range(50):
        with wire.Connection(server) as download, wire.Connection(server) as upload:
            download.send(wire.request("GET", "/garbage?ckSize=1024"))
            assert download.reply_head().status == 200
            upload.send(wire.request("POST", "/empty", f"Content-Length: {64 * MIB}") + bytes(MIB))
    wait.until(lambda: counters.read()["connections"] == 1, "all are closed")
    happened = counters.read().since(before)
    assert 0 < happened["received_bytes_total"] <= 50 * MIB
    assert happened["sent_bytes_total"] < 50 * 1024 * MIB


def test_a_hasty_client_is_told_to_wait_and_the_others_are_served():
    server = pop.address("speedtest")
    before = counters.read()
    with wire.Connection(server, source=pop.visitor("0.0.2")) as hasty:
        hasty.send(wire.request("GET", "/empty") * 8000)
        replies = [hasty.reply() for _ in range(8000)]
        assert wire.ask(server, wire.request("GET", "/empty")).status == 200
    refused = [reply for reply in replies if reply.status != 200]
    assert {reply.status for reply in refused} == {429}
    assert {reply.headers["retry-after"] for reply in refused} == {"1"}
    assert counters.read().since(before)["limited_total"] == len(refused)
