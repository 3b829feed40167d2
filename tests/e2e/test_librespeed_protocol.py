# What LibreSpeed's clients ask, and the count of an upload while it arrives.
# SPDX-License-Identifier: MIT

import json
import secrets
import select
import zlib

import pytest

from support import counters, pop, wait, wire

MIB = 1 << 20
NAMES = ["garbage", "empty", "getIP"]


@pytest.fixture(params=pop.FAMILIES)
def server(request):
    return pop.address("speedtest", family=request.param)


def get(server, target, *headers):
    return wire.ask(server, wire.request("GET", target, *headers))


def received(server, test):
    reply = get(server, f"/received?test={test}")
    return json.loads(reply.body)["bytes"] if reply.status == 200 else None


def says_nothing(connection, seconds=0.3):
    readable, _, _ = select.select([connection.socket], [], [], seconds)
    return not readable


@pytest.mark.parametrize("suffix", ["", ".php"])
@pytest.mark.parametrize("folder", ["/", "/backend/"])
@pytest.mark.parametrize("name", NAMES)
def test_each_path_is_there_in_each_spelling(server, name, folder, suffix):
    assert get(server, f"{folder}{name}{suffix}?cors=true&r=0.5").status == 200


@pytest.mark.parametrize("query, mib", [
    ("", 4), ("?ckSize=1", 1), ("?r=0.1&ckSize=20", 20), ("?ckSize=1024", 1024),
    ("?ckSize=1025", 1024), ("?ckSize=99999999999", 1024),
    ("?ckSize=0", 4), ("?ckSize=-3", 4), ("?ckSize=ten", 4), ("?ckSize=", 4), ("?ckSize=1e3", 4),
])
def test_a_download_is_as_long_as_asked_within_the_limit(server, query, mib):
    reply = wire.ask(server, wire.request("HEAD", f"/garbage{query}"), has_body=False)
    assert reply.status == 200
    assert int(reply.headers["content-length"]) == mib * MIB


def test_a_download_cannot_be_compressed_or_cached(server):
    reply = get(server, "/garbage?ckSize=5")
    assert len(reply.body) == 5 * MIB
    assert len(zlib.compress(reply.body[:MIB])) > MIB
    assert reply.headers["content-type"] == "application/octet-stream"
    assert "no-store" in reply.headers["cache-control"]
    assert "content-encoding" not in reply.headers


def test_a_download_is_counted_to_the_byte(server):
    before = counters.read()
    get(server, "/garbage?ckSize=3")
    assert counters.read().since(before)["sent_bytes_total"] >= 3 * MIB


@pytest.mark.parametrize("upload", [
    wire.request("POST", "/empty", body=bytes(3_000_000)),
    wire.request("POST", "/empty", "Transfer-Encoding: chunked") + wire.chunked(*[bytes(30_000)] * 100),
], ids=["by length", "in chunks"])
def test_an_upload_is_answered_with_nothing_and_counted_to_the_byte(server, upload):
    before = counters.read()
    reply = wire.ask(server, upload)
    assert (reply.status, reply.body) == (200, b"")
    assert counters.read().since(before)["received_bytes_total"] == 3_000_000


@pytest.mark.parametrize("upload", [
    wire.request("POST", "/empty", body=bytes(100_000)),
    wire.request("POST", "/empty", "Transfer-Encoding: chunked") + wire.chunked(bytes(100_000)),
], ids=["by length", "in chunks"])
def test_an_upload_is_answered_only_after_its_last_byte(server, upload):
    with wire.Connection(server) as connection:
        connection.send(upload[:-1])
        assert says_nothing(connection)
        connection.send(upload[-1:])
        assert connection.reply().status == 200


def test_an_upload_is_counted_while_it_arrives(server):
    test = secrets.token_hex(16)
    with wire.Connection(server) as first, wire.Connection(server) as second:
        first.send(wire.request("POST", f"/empty?test={test}", "Content-Length: 2000000") + bytes(500_000))
        wait.until(lambda: received(server, test) == 500_000, "the first part is counted")
        second.send(wire.request("POST", f"/empty?test={test}", body=bytes(70_000)))
        wait.until(lambda: received(server, test) == 570_000, "another connection adds to the count")
        first.send(bytes(1_500_000))
        assert first.reply().status == second.reply().status == 200
    assert received(server, test) == 2_070_000


def test_the_count_of_an_upload_has_a_time_that_moves_on(server):
    test = secrets.token_hex(16)
    wire.ask(server, wire.request("POST", f"/empty?test={test}", body=bytes(20_000)))
    earlier, later = [json.loads(get(server, f"/received?test={test}").body)["ms"] for _ in range(2)]
    assert later >= earlier > 0


@pytest.mark.parametrize("query, status", [
    ("", 400), ("?test=%zz", 400), ("?test=", 404), ("?test=short", 404), (f"?test={secrets.token_hex(16)}", 404),
])
def test_an_upload_that_nobody_knows_has_no_count(server, query, status):
    assert get(server, f"/received{query}").status == status


def test_a_client_may_wait_before_it_uploads(server):
    with wire.Connection(server) as connection:
        connection.send(wire.request("POST", "/empty", "Content-Length: 5", "Expect: 100-continue"))
        assert connection.reply_head().status == 100
        connection.send(b"hello")
        assert connection.reply().status == 200


def test_a_client_that_waits_is_refused_before_it_uploads(server):
    with wire.Connection(server) as connection:
        connection.send(wire.request("POST", "/empty", f"Content-Length: {1 << 40}", "Expect: 100-continue"))
        assert connection.reply().status == 413


def test_every_client_sees_its_own_address(server):
    reply = get(server, "/getIP?isp=true&distance=km")
    assert reply.headers["content-type"] == "application/json"
    assert json.loads(reply.body) == {"processedString": pop.own(server[0]), "rawIspInfo": ""}


@pytest.mark.parametrize("name", NAMES)
def test_pages_of_other_pops_may_measure_here(server, name):
    reply = get(server, f"/{name}?ckSize=1", "Origin: https://other.example")
    assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.headers["timing-allow-origin"] == "*"


def test_pages_of_other_pops_may_upload_here(server):
    reply = wire.ask(server, wire.request(
        "OPTIONS", "/backend/empty.php?cors=true", "Origin: https://other.example",
        "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: content-encoding,content-type"))
    assert reply.status == 204
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "POST" in reply.headers["access-control-allow-methods"]
    allowed = reply.headers["access-control-allow-headers"].lower().split(", ")
    assert {"content-encoding", "content-type"} <= set(allowed)


@pytest.mark.parametrize("target", [
    "/../etc/passwd", "/%2e%2e/etc/passwd", "/shared/../../pop.yaml", "/shared", "/shared/", "//", "/index.html/",
])
def test_only_the_pages_are_served(server, target):
    assert get(server, target).status == 404


def test_pages_are_not_sent_twice_when_unchanged(server):
    first = get(server, "/")
    again = get(server, "/", f"If-None-Match: {first.headers['etag']}")
    assert (first.status, again.status, again.body) == (200, 304, b"")
