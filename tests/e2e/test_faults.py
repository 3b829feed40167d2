# Clients that are too many, that stop, vanish or close half: memory stays bounded, and the others measure on.
# SPDX-License-Identifier: MIT

import contextlib
import re
import time
from pathlib import Path

import pytest

from support import links, speedtestd, wait, wire

pytestmark = pytest.mark.apart

MIB = 1 << 20
DOWNLOAD = wire.request("GET", "/garbage?ckSize=1024")
UPLOAD = wire.request("POST", "/empty", f"Content-Length: {1 << 30}")
LIMITS = {
    "download_mbps": 1000000, "upload_mbps": 1000000, "tests_per_prefix": 100, "daily_gib": 100000,
    "requests_per_second": 100000,
}
GIVEN_UP_S = 20  # the server's limit for silence

VANISHED = "10.9.1.1"
CONNECTION_BYTES = 8 * 1024  # of the server's own memory; what else there is, is the kernel's
SLACK_BYTES = 2 * MIB


@pytest.fixture
def link():
    with links.link() as link:
        link.add_address(link.client, VANISHED)
        yield link


def resident_bytes(server):
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)[1]) * 1024


def measure(link, server):
    """Download and upload, whole."""
    with link.client.entered():
        for _ in range(3):
            assert len(wire.ask(server.address(), wire.request("GET", "/garbage?ckSize=64")).body) == 64 * MIB
            assert wire.ask(server.address(), wire.request("POST", "/empty", body=bytes(64 * MIB))).status == 200


def connect(link, server, stack, times, **options):
    with link.client.entered():
        return [stack.enter_context(wire.Connection(server.address(), **options)) for _ in range(times)]


def begin(connections, request):
    for connection in connections:
        connection.send(request)
    return connections


def none_is_left(server):
    return server.counters()["connections"] == 1  # that of the question itself


@pytest.mark.timeout(6 * GIVEN_UP_S)
def test_clients_that_stop_or_vanish_disturb_nobody_and_are_given_up(link, tmp_path):
    with speedtestd.running(link.server, tmp_path, **LIMITS) as server, contextlib.ExitStack() as stack:
        measure(link, server)
        before = resident_bytes(server)
        silent = begin(connect(link, server, stack, 100), DOWNLOAD) + begin(connect(link, server, stack, 100), UPLOAD)
        vanishing = connect(link, server, stack, 100, source=VANISHED)
        begin(vanishing[:50], DOWNLOAD)
        begin(vanishing[50:], UPLOAD)
        wait.until(lambda: server.counters()["connections"] == 301, "all are there")
        link.client.run("ip", "address", "delete", f"{VANISHED}/16", "dev", "eth0")

        measure(link, server)
        assert resident_bytes(server) - before < 300 * CONNECTION_BYTES + SLACK_BYTES
        wait.until(lambda: none_is_left(server), "all are given up", 3 * GIVEN_UP_S)
        assert server.counters()["timeouts_total"] == len(silent + vanishing)
        wait.until(lambda: server.counters()["tests_running"] == 0, "their tests are over")


def test_clients_that_close_half_get_what_they_asked_for(link, tmp_path):
    with speedtestd.running(link.server, tmp_path, **LIMITS) as server, contextlib.ExitStack() as stack:
        downloads = begin(connect(link, server, stack, 20), wire.request("GET", "/garbage?ckSize=2"))
        uploads = begin(connect(link, server, stack, 20), UPLOAD + bytes(100_000))
        for connection in downloads + uploads:
            connection.end_sending()
        assert all(connection.is_closed_by_server() for connection in uploads)  # there is nothing to wait for
        assert {len(connection.reply().body) for connection in downloads} == {2 * MIB}
        wait.until(lambda: none_is_left(server), "all are closed")
        assert server.counters()['tests_bytes_total{direction="upload"}'] == 20 * 100_000


def replies(connections):
    """What was said to each within a second; None: nothing, as it was let in."""
    end = time.monotonic() + 1

    def one(connection):
        connection.socket.settimeout(max(end - time.monotonic(), 0.001))
        try:
            return connection.reply()
        except TimeoutError:
            return None

    return [one(connection) for connection in connections]


def test_clients_without_a_descriptor_left_are_refused_and_the_others_measure_on(link, tmp_path):
    descriptors = ("prlimit", "--nofile=200")
    with speedtestd.running(link.server, tmp_path, descriptors, workers=1, **LIMITS) as server:
        with contextlib.ExitStack() as stack:
            [early] = connect(link, server, stack, 1)
            early.send(wire.request("GET", "/empty"))
            assert early.reply().status == 200
            many = connect(link, server, stack, 300)
            told = replies(many)
            refused = [reply for reply in told if reply is not None]
            assert 180 <= len(refused) <= 260
            assert {(reply.status, reply.headers["retry-after"]) for reply in refused} == {(503, "10")}
            early.send(wire.request("GET", "/garbage?ckSize=256"))
            assert len(early.reply().body) == 256 * MIB
        wait.until(server.answers, "those in are gone, too")
        assert server.counters()["refused_total"] >= len(refused)
        measure(link, server)
