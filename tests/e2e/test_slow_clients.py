# Clients that are slow: those that move on are served, those that stop are given up.
# SPDX-License-Identifier: MIT

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import counters, pop, wait, wire

GIB = 1 << 30
HEAD_S = 10  # the server's limits
BODY_S = 20
REPLY_S = 20
UNSENT_MAX_BYTES = 128 << 10  # of a connection, by the server
SEGMENT_MAX_BYTES = 64 << 10  # what the kernel adds to at once


def drip(connection, data, seconds):
    """Send byte by byte, all within the time."""
    for at in range(len(data)):
        time.sleep(seconds / len(data))
        connection.send(data[at:at + 1])


def stop_in_the_head(connection):
    connection.send(b"GET /getIP HTTP/1.1\r\nHost: ")


def drip_an_endless_head(connection):
    drip(connection, b"GET /getIP", HEAD_S - 1)


def stop_in_the_body(connection):
    connection.send(wire.request("POST", "/empty", "Content-Length: 5") + b"hell")


def stop_in_a_chunk(connection):
    connection.send(wire.request("POST", "/empty", "Transfer-Encoding: chunked") + b"5\r\nhel")


def drip_a_body(connection):
    connection.send(wire.request("POST", "/empty", "Content-Length: 5"))
    drip(connection, b"hello", BODY_S + 2)


def stop_reading(connection):
    connection.send(wire.request("GET", "/garbage?ckSize=1024"))
    time.sleep(REPLY_S + 2)


def read_slowly(connection):
    connection.send(wire.request("GET", "/garbage?ckSize=16"))
    time.sleep(HEAD_S + 2)


ACTS = [
    stop_in_the_head, drip_an_endless_head, stop_in_the_body, stop_in_a_chunk, drip_a_body, stop_reading, read_slowly,
]


def play(act):
    """Return: the reply, and after how many seconds it was there."""
    with wire.Connection(pop.address("speedtest"), timeout_s=BODY_S + 5) as connection:
        started = time.monotonic()
        act(connection)
        reply = connection.reply()
        return reply, time.monotonic() - started


@pytest.fixture(scope="module")
def outcomes():
    """All at once, as each takes long."""
    before = counters.read()
    with ThreadPoolExecutor(len(ACTS)) as threads:
        outcomes = dict(zip(ACTS, threads.map(play, ACTS)))
    outcomes["counted"] = counters.read().since(before)
    return outcomes


@pytest.mark.parametrize("act, limit_s", [
    (stop_in_the_head, HEAD_S), (drip_an_endless_head, HEAD_S), (stop_in_the_body, BODY_S), (stop_in_a_chunk, BODY_S),
])
def test_a_request_that_does_not_end_is_given_up_in_time(outcomes, act, limit_s):
    reply, seconds = outcomes[act]
    assert reply.status == 408
    assert limit_s - 1 < seconds < limit_s + 2


def test_a_body_that_moves_on_may_take_long(outcomes):
    assert outcomes[drip_a_body][0].status == 200


def test_a_client_that_stops_reading_is_given_up(outcomes):
    reply, _ = outcomes[stop_reading]
    assert 0 < len(reply.body) < GIB


def test_a_client_that_reads_late_gets_everything(outcomes):
    reply, _ = outcomes[read_slowly]
    assert len(reply.body) == 16 << 20


def test_those_given_up_are_counted(outcomes):
    assert outcomes["counted"]["timeouts_total"] == 5


def unsent_bytes(address, client):
    """What waits in the server's socket for its first sending, and what it has sent."""
    shown = pop.run("ss", "-Htin", "sport", f"= :{address[1]}", "and", "dport", f"= :{client[1]}").stdout
    found = dict(word.split(":", 1) for word in shown.split() if word.startswith(("notsent:", "bytes_sent:")))
    return int(found.get("notsent", 0)), int(found.get("bytes_sent", 0))


def test_little_waits_in_the_socket_of_a_client_that_does_not_read():
    address = pop.address("speedtest")
    with wire.Connection(address) as connection:
        connection.send(wire.request("GET", "/garbage?ckSize=1024"))
        readings = []

        def nothing_moves():
            readings.append(unsent_bytes(address, connection.socket.getsockname()))
            return len(readings) > 1 and readings[-1] == readings[-2] and readings[-1][0] > 0

        wait.until(nothing_moves, "nothing moves any more")
        unsent, sent = readings[-1]
        assert sent > 0
        assert unsent <= UNSENT_MAX_BYTES + SEGMENT_MAX_BYTES
