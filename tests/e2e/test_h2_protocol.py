# HTTP/2 by hand: what is right is served, what is wrong gets the error that the RFC says, and others go on.
# SPDX-License-Identifier: MIT

import struct

import pytest

from support import counters, http2, pop, wait, wire
from support.http2 import DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PING, RST_STREAM, SETTINGS, WINDOW_UPDATE

FLOW_CONTROL_ERROR, STREAM_CLOSED, FRAME_SIZE_ERROR, COMPRESSION_ERROR = 3, 5, 6, 9

GET = http2.request(1, "GET", "/rpm/small")


def raw_request(*fields):
    return http2.frame(HEADERS, b"".join(http2.field(*item) for item in fields), END_HEADERS | END_STREAM, 1)


def with_fields(*fields):
    return http2.request(1, "GET", "/rpm/small", *fields)


STATUSES = {
    "a question": (GET, 200),
    "a page": (http2.request(1, "GET", "/"), 200),
    "nothing there": (http2.request(1, "GET", "/nothing"), 404),
    "another method": (http2.request(1, "DELETE", "/rpm/small"), 405),
    "a method of one's own": (http2.request(1, "BREW", "/rpm/small"), 405),
    "a body for a page": (
        http2.request(1, "POST", "/getIP", ends=False) + http2.frame(DATA, b"x", END_STREAM, 1), 405),
    "a long target": (http2.request(1, "GET", "/" + 8200 * "x"), 414),
    "a head in two frames": (with_fields(*[(f"x{number}", 2000 * "y") for number in range(8)]), 200),
    "a long head": (with_fields(*[(f"x{number}", 2000 * "y") for number in range(9)]), 431),
    "many fields": (with_fields(*[("x", "y")] * 101), 431),
    "a miracle": (with_fields(("expect", "a miracle")), 417),
    "two hosts": (with_fields(("host", "elsewhere.example")), 400),
    "an upload": (
        http2.request(1, "POST", "/rpm/upload", ends=False) + http2.frame(DATA, 1000 * b"x", END_STREAM, 1), 200),
    "an upload with trailers": (
        http2.request(1, "POST", "/rpm/upload", ends=False) + http2.frame(DATA, b"x", 0, 1)
        + http2.frame(HEADERS, http2.field("x", "y"), END_HEADERS | END_STREAM, 1), 200),
    "an upload of a length": (
        http2.request(1, "POST", "/rpm/upload", ("content-length", "3"), ends=False)
        + http2.frame(DATA, b"abc", END_STREAM, 1), 200),
}

RESETS = {
    "a name in capitals": (with_fields(("X", "y")), http2.PROTOCOL_ERROR),
    "no host that can be": (http2.frame(
        HEADERS, http2.head("GET", "/rpm/small", authority="<script>"), END_HEADERS | END_STREAM, 1),
        http2.PROTOCOL_ERROR),
    "a connection's field": (with_fields(("connection", "close")), http2.PROTOCOL_ERROR),
    "no path": (raw_request((":method", "GET"), (":scheme", "https"), (":authority", "a")), http2.PROTOCOL_ERROR),
    "a pseudo-field late": (
        raw_request((":method", "GET"), (":scheme", "https"), ("x", "y"), (":path", "/")), http2.PROTOCOL_ERROR),
    "less than was promised": (
        http2.request(1, "POST", "/rpm/upload", ("content-length", "9"), ends=False)
        + http2.frame(DATA, b"abc", END_STREAM, 1), http2.PROTOCOL_ERROR),
    "too large a window": (
        http2.request(1, "POST", "/rpm/upload", ends=False)
        + http2.frame(WINDOW_UPDATE, struct.pack("!I", (1 << 31) - 1), 0, 1), FLOW_CONTROL_ERROR),
}

GOAWAYS = {
    "a request of stream 0": (http2.request(0, "GET", "/"), http2.PROTOCOL_ERROR),
    "a request of stream 2": (http2.request(2, "GET", "/"), http2.PROTOCOL_ERROR),
    "DATA of no stream": (http2.frame(DATA, b"x", 0, 1), http2.PROTOCOL_ERROR),
    "DATA after the end": (GET + http2.frame(DATA, b"x", 0, 1), STREAM_CLOSED),
    "half a PING": (http2.frame(PING, bytes(4)), FRAME_SIZE_ERROR),
    "a frame too large": (http2.frame(DATA, bytes(16385), 0, 1), FRAME_SIZE_ERROR),
    "a setting that cannot be": (http2.settings(_4=1 << 31), FLOW_CONTROL_ERROR),
    "half a setting": (http2.frame(SETTINGS, bytes(3)), FRAME_SIZE_ERROR),
    "a window of nothing": (http2.frame(WINDOW_UPDATE, bytes(4)), http2.PROTOCOL_ERROR),
    "a push": (http2.frame(http2.PUSH_PROMISE, bytes(4), END_HEADERS, 1), http2.PROTOCOL_ERROR),
    "a field that is not in the table": (http2.frame(HEADERS, b"\xff\x00", END_HEADERS, 1), COMPRESSION_ERROR),
    "a head that is cut in two": (
        http2.frame(HEADERS, http2.head("GET", "/"), END_STREAM, 1) + http2.frame(PING, bytes(8)),
        http2.PROTOCOL_ERROR),
    "the end of a reply": (GET + http2.frame(RST_STREAM, bytes(4), 0, 0), http2.PROTOCOL_ERROR),
}


@pytest.mark.parametrize("family", pop.FAMILIES)
@pytest.mark.parametrize("name", STATUSES)
def test_each_request_gets_its_status_and_the_next_is_served(name, family):
    data, status = STATUSES[name]
    with http2.Connection(family) as client:
        client.send(data)
        assert client.status(1) == status
        assert client.is_served(3)


@pytest.mark.parametrize("name", RESETS)
def test_what_is_no_request_is_reset_and_the_next_is_served(name):
    data, error = RESETS[name]
    with http2.Connection() as client:
        client.send(data)
        assert client.until(RST_STREAM, stream=1).error == error
        assert client.is_served(3)


@pytest.mark.parametrize("name", GOAWAYS)
def test_what_is_no_http2_ends_the_connection_with_a_word(name):
    data, error = GOAWAYS[name]
    before = counters.read()
    with http2.Connection() as client:
        client.send(data)
        assert client.until(GOAWAY).error == error
        assert client.receive() is None
    wait.until(lambda: counters.read().since(before)["violations_total"] == 1, "it is counted")


def test_another_protocol_is_told_so():
    with http2.Connection(greeting=wire.request("GET", "/")) as client:
        assert client.until(GOAWAY).error == http2.PROTOCOL_ERROR
        assert client.receive() is None


def test_an_upload_that_is_refused_is_told_to_stop():
    with http2.Connection() as client:
        client.send(http2.request(1, "POST", "/nothing", ends=False))
        assert client.status(1) == 405
        assert client.until(RST_STREAM, stream=1).error == http2.NO_ERROR
        client.send(http2.frame(DATA, 1000 * b"x", 0, 1))  # it was on the way
        assert client.is_served(3)


def test_a_reply_is_reset_by_its_client_and_the_next_is_served():
    with http2.Connection(greeting=http2.MAGIC + http2.settings(_4=1 << 30)) as client:
        client.send(http2.request(1, "GET", "/garbage?ckSize=1000"))
        assert client.status(1) == 200
        client.send(http2.frame(RST_STREAM, struct.pack("!I", http2.CANCEL), 0, 1))
        assert client.is_served(3)


def test_long_replies_share_the_connection():
    wide = http2.settings(_4=1 << 30) + http2.frame(WINDOW_UPDATE, struct.pack("!I", 1 << 30))
    received = {1: 0, 3: 0}
    with http2.Connection(greeting=http2.MAGIC + wide) as client:
        for stream in received:
            client.send(http2.request(stream, "GET", "/garbage?ckSize=1000"))
        while sum(received.values()) < 100 << 20:
            got = client.until(DATA)
            received[got.stream] += len(got.payload)
    assert min(received.values()) > 0.9 * max(received.values())
