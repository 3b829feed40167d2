# HTTP/2 clients that send what brings nothing and costs the server: they are told to calm down, which is
# counted; memory stays as it was, and the others do not notice.
# SPDX-License-Identifier: MIT

import ssl
import struct
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import counters, http2, pop, wait
from support.http2 import CONTINUATION, DATA, END_HEADERS, HEADERS, PING, PRIORITY, RST_STREAM, SETTINGS, WINDOW_UPDATE

FLOODER = pop.visitor("0.0.2")
ROUNDS_AT_ONCE = 50  # fewer than streams that may be open
ROUNDS_MAX = 40000  # if nobody stops it
RSS_MAX_BYTES = 32 << 20  # more than before


def stream_of(number):
    return 2 * number + 1


def opened(stream):
    return http2.request(stream, "POST", "/rpm/upload", ends=False)


def bomb(number):
    """A field of 4000 bytes goes into the table once; then a byte stands for it, again and again."""
    kept = b"\x40" + http2.text_of(b"x") + http2.text_of(b"y" * 4000)
    fields = http2.head("GET", "/rpm/small") + kept + b"\xbe" * 12000
    return http2.frame(HEADERS, fields, END_HEADERS, stream_of(number))


def large_head(number):
    """Frame after frame of one head that does not end."""
    if number == 0:
        return http2.frame(HEADERS, http2.head("GET", "/rpm/small"), 0, 1)
    return http2.frame(CONTINUATION, http2.field("x", "y" * 8000), 0, 1)


def reset_by_us(number):
    """No window may be so large. What comes at once may be more streams than may be open."""
    stream = stream_of(number)
    return opened(stream) + http2.frame(WINDOW_UPDATE, struct.pack("!I", (1 << 31) - 1), 0, stream)


# what the round of this number sends
FLOODS = {
    "SETTINGS": lambda number: http2.settings(_3=100),
    "PING": lambda number: http2.frame(PING, bytes(8)),
    "requests that are reset": lambda number: (
        http2.request(stream_of(number), "GET", "/rpm/large")
        + http2.frame(RST_STREAM, struct.pack("!I", http2.CANCEL), 0, stream_of(number))),
    "CONTINUATION without a byte": lambda number: (
        http2.frame(HEADERS, http2.head("GET", "/"), 0, 1) if number == 0 else http2.frame(CONTINUATION, b"", 0, 1)),
    "a head without end": large_head,
    "DATA without a byte": lambda number: opened(1) if number == 0 else http2.frame(DATA, b"", 0, 1),
    "DATA of one byte": lambda number: opened(1) if number == 0 else http2.frame(DATA, b"x", 0, 1),
    "WINDOW_UPDATE": lambda number: http2.frame(WINDOW_UPDATE, struct.pack("!I", 1)),
    "PRIORITY": lambda number: http2.frame(PRIORITY, struct.pack("!IB", 0, 1), 0, stream_of(number)),
    "heads that unfold": bomb,
}


def resident_bytes():
    pid = pop.property_of("speedtestd.service", "MainPID")
    return int(pop.run("cat", f"/proc/{pid}/statm").stdout.split()[1]) * 4096


def drown(client, flood):
    """Send without end, taking what comes. Return: the GOAWAY, or None when the server has just closed."""
    for at in range(0, ROUNDS_MAX, ROUNDS_AT_ONCE):
        try:
            client.send(b"".join(flood(number) for number in range(at, at + ROUNDS_AT_ONCE)))
            while client.has_input():
                got = client.receive()
                if got is None or got.kind == http2.GOAWAY:
                    assert client.receive() is None, "more after GOAWAY"
                    return got
        except (ConnectionError, ssl.SSLError):
            break
    return client.until(http2.GOAWAY)  # a busy server may have most of it still before it


def ping_without_reading(client, _):
    with pytest.raises((ConnectionError, ssl.SSLError)):
        while True:  # until the test's own limit
            client.send(http2.frame(PING, bytes(8)) * 1000)


def suffer(act, flood=None, ends=("floods_total",)):
    """Have a client misbehave, while another one asks small questions. Return: what came of it."""
    before, rss_before = counters.read(), resident_bytes()
    with ThreadPoolExecutor(1) as thread, http2.Connection() as other, http2.Connection(source=FLOODER) as flooder:
        run = thread.submit(act, flooder, flood)
        stream = 1
        while stream == 1 or not run.done():
            assert other.is_served(stream)
            stream += 2
            time.sleep(0.01)
        assert resident_bytes() < rss_before + RSS_MAX_BYTES
    wait.until(lambda: sum(counters.read().since(before)[end] for end in ends) == 1, "it is counted")
    return run.result()


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_is_ended_with_a_word(name):
    assert suffer(drown, FLOODS[name]).error == http2.ENHANCE_YOUR_CALM


def test_streams_that_we_must_reset_are_a_flood_or_too_many():
    goaway = suffer(drown, reset_by_us, ends=("floods_total", "violations_total"))
    assert goaway.error in (http2.ENHANCE_YOUR_CALM, http2.PROTOCOL_ERROR)


def test_a_flooder_that_does_not_read_is_closed_on():
    suffer(ping_without_reading)


def test_a_client_that_works_a_lot_is_no_flood():
    before = counters.read()
    with http2.Connection(source=FLOODER) as client:
        assert client.is_served(1)
        client.send(opened(3))
        for number in range(3000):
            client.send(http2.frame(DATA, bytes(1000), 0, 3) + http2.frame(PING, bytes(8)))
            if number % 100 == 0:
                assert client.is_served(stream_of(number + 2))
        client.send(http2.frame(DATA, b"", http2.END_STREAM, 3))
        assert client.status(3) == 200
    assert counters.read().since(before)["floods_total"] == 0
