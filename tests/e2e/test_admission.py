# A POP takes no more tests than it can carry: who can wait queues, the others are told when to come back.
# SPDX-License-Identifier: MIT

import itertools
import json

import pytest

from support import links, speedtestd, wait, wire

pytestmark = pytest.mark.apart

TIGHT = {
    "download_mbps": 200, "upload_mbps": 200, "test_mbps": 100,  # two tests
    "tests_per_prefix": 3, "queue_length": 2, "daily_gib": 1,
}
A, B, C, D, E, F = (f"10.9.{number}.1" for number in range(10, 16))  # clients, each of its own /24
A2, A3 = "10.9.10.2", "10.9.10.3"  # of A's
GIB = 1 << 30
UPLOAD = wire.request("POST", "/empty", body=bytes(100_000))
DOWNLOAD = wire.request("GET", "/garbage?ckSize=1")
NAMES = map("{:032x}".format, itertools.count(1))
BETWEEN_MS = 1000  # one asks after the other, and time goes on for both


class Pop:
    """A tight one, and its clients, each named by its address."""

    def __init__(self, link, server):
        self.link, self.server = link, server
        for client in (A, A2, A3, B, C, D, E, F):
            link.add_address(link.client, client)

    def ask(self, source, request, **options):
        with self.link.client.entered():
            return wire.ask(self.server.address(), request, source=source, **options)

    def queue(self, source, name):
        reply = self.ask(source, wire.request("GET", f"/queue?test={name}"))
        assert reply.status == 200
        return json.loads(reply.body)

    def fill(self):
        """Two clients have just measured: their tests last some seconds more."""
        assert [self.ask(source, UPLOAD).status for source in (A, B)] == [200, 200]


@pytest.fixture
def tight_pop(tmp_path):
    with links.link() as link, speedtestd.running(link.server, tmp_path, **TIGHT) as server:
        yield Pop(link, server)


def assert_refused(reply, status, least_s, most_s):
    assert reply.status == status
    assert least_s <= int(reply.headers["retry-after"]) <= most_s
    assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.headers["cache-control"] == "no-store"
    assert b"again" in reply.body


@pytest.mark.parametrize("request_", [
    DOWNLOAD, UPLOAD,
    wire.request("POST", "/empty", f"Content-Length: {GIB}", "Expect: 100-continue"),
    wire.request("POST", "/empty", "Transfer-Encoding: chunked"),
    wire.request("GET", "/ndt/v7/download", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: net.measurementlab.ndt.v7"),
], ids=["download", "upload", "upload that waits to be let in", "upload in chunks", "ndt7"])
def test_a_full_pop_tells_when_to_come_back(tight_pop, request_):
    tight_pop.fill()
    assert_refused(tight_pop.ask(C, request_), 503, 1, 60)
    assert tight_pop.ask(A, DOWNLOAD).status == 200  # who measures goes on


@pytest.mark.parametrize("request_", [
    wire.request("GET", "/empty"), wire.request("POST", "/empty"), wire.request("HEAD", "/garbage"),
    wire.request("GET", "/getIP"), wire.request("POST", "/empty", body=bytes(1000)), wire.request("GET", "/"),
], ids=["latency", "latency by POST", "a head", "the address", "a tiny upload", "the page"])
def test_small_use_is_never_hindered(tight_pop, request_):
    tight_pop.fill()
    assert tight_pop.ask(C, request_, has_body=not request_.startswith(b"HEAD")).status == 200


def test_pages_wait_in_the_order_in_which_they_came(tight_pop):
    first, second, third = (next(NAMES) for _ in range(3))
    tight_pop.fill()
    told = [tight_pop.queue(*page) for page in ((C, first), (D, second), (E, third))]
    assert [(answer["state"], answer.get("position")) for answer in told] == [
        ("waiting", 1), ("waiting", 2), ("refused", None)]
    assert told[0]["wait_ms"] <= told[1]["wait_ms"] + BETWEEN_MS
    assert told[2]["reason"] == "full"
    assert tight_pop.ask(C, wire.request("GET", f"/garbage?ckSize=1&test={first}")).status == 503  # not yet

    assert wait.until(lambda: tight_pop.queue(D, second)["state"] == "running", "a place is free", 20)
    assert tight_pop.queue(C, first)["state"] == "running"
    assert tight_pop.ask(C, wire.request("GET", f"/garbage?ckSize=1&test={first}")).status == 200
    assert_refused(tight_pop.ask(F, DOWNLOAD), 503, 1, 60)


@pytest.fixture
def wide_pop(tmp_path):
    """The POP's capacity is no matter, only the limits of a prefix."""
    limits = {"download_mbps": 1000000, "upload_mbps": 1000000, "tests_per_prefix": 2, "daily_gib": 1}
    with links.link() as link, speedtestd.running(link.server, tmp_path, **limits) as server:
        yield Pop(link, server)


def test_a_prefix_has_a_share_of_the_tests(wide_pop):
    replies = [wide_pop.ask(source, DOWNLOAD) for source in (A, A2, A3, B)]
    assert [reply.status for reply in replies] == [200, 200, 429, 200]
    assert_refused(replies[2], 429, 1, 30)
    assert wide_pop.queue(A3, next(NAMES)).items() >= {"state": "refused", "reason": "prefix"}.items()


def test_a_prefix_has_so_many_bytes_a_day(wide_pop):
    assert len(wide_pop.ask(A, wire.request("GET", "/garbage?ckSize=1024")).body) == GIB
    for source in (A, A2):
        assert_refused(wide_pop.ask(source, UPLOAD), 429, 1, 86400)
    assert wide_pop.queue(A, next(NAMES)).items() >= {"state": "refused", "reason": "day"}.items()
    assert wide_pop.ask(B, UPLOAD).status == 200
    assert wide_pop.ask(A, wire.request("GET", "/empty")).status == 200


@pytest.mark.parametrize("query", ["", "?test=", "?test=short", "?test=%zz", "?test=" + "G" * 32])
def test_only_a_named_test_has_a_place(tight_pop, query):
    assert tight_pop.ask(A, wire.request("GET", f"/queue{query}")).status == 400


def test_the_metrics_say_who_runs_and_who_was_refused(tight_pop):
    name = next(NAMES)
    tight_pop.fill()
    tight_pop.queue(C, name)
    tight_pop.ask(D, DOWNLOAD)
    counted = tight_pop.server.counters()
    assert counted["tests_running"] == 2
    assert counted["tests_waiting"] == 1
    assert counted['tests_refused_total{reason="full"}'] == 1
    assert counted['tests_bytes_total{direction="upload"}'] == 200_000
    for direction in "download", "upload":
        assert counted[f'budget_used_bytes_per_second{{direction="{direction}"}}'] == 25_000_000
        assert counted[f'budget_bytes_per_second{{direction="{direction}"}}'] == 25_000_000
