# HTTP/2 clients that do not move on: one stream or the whole connection is given up, in time, and counted.
# SPDX-License-Identifier: MIT

import struct
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import counters, http2, web
from support.http2 import DATA, END_STREAM, HEADERS, MAGIC, RST_STREAM, WINDOW_UPDATE

HEAD_S, BODY_S, REPLY_S = 10, 20, 20  # the server's limits
WIDE = http2.settings(_4=1 << 30) + http2.frame(WINDOW_UPDATE, struct.pack("!I", 1 << 30))


def stop_in_the_head(client):
    assert client.is_served(1)
    client.send(http2.frame(HEADERS, http2.head("GET", "/rpm/small"), END_STREAM, 3))
    while client.receive() is not None:
        pass
    return "closed"


def stop_in_the_body(client):
    client.send(http2.request(1, "POST", "/rpm/upload", ends=False) + http2.frame(DATA, b"x", 0, 1))
    status = client.status(1)
    assert client.is_served(3)
    return status


def open_no_window(client):
    client.send(http2.settings(_4=0) + http2.request(1, "GET", "/garbage?ckSize=1"))
    assert client.status(1) == 200
    client.send(http2.request(3, "POST", "/rpm/upload", ends=False) + http2.frame(DATA, b"", END_STREAM, 3))
    assert client.status(3) == 200  # another stream goes on
    error = client.until(RST_STREAM, stream=1).error
    client.send(http2.request(5, "HEAD", "/rpm/small"))
    assert client.status(5) == 200
    return error


def take_nothing(client):
    client.send(WIDE + http2.request(1, "GET", "/rpm/large"))
    time.sleep(REPLY_S + 2)
    while client.receive() is not None:
        pass
    return "closed"


def drip_a_body(client):
    client.send(http2.request(1, "POST", "/rpm/upload", ends=False))
    for _ in range(BODY_S // 2 + 1):
        time.sleep(2)
        client.send(http2.frame(DATA, b"x", 0, 1))
    client.send(http2.frame(DATA, b"", END_STREAM, 1))
    return client.status(1)


ACTS = {
    stop_in_the_head: ("closed", HEAD_S),
    stop_in_the_body: (408, BODY_S),
    open_no_window: (http2.CANCEL, REPLY_S),
    take_nothing: ("closed", REPLY_S + 2),
    drip_a_body: (200, BODY_S + 2),
}
N_GIVEN_UP = 4


def play(act):
    """Return: what came of it, and after how many seconds."""
    with http2.Connection(timeout_s=BODY_S + 10, greeting=MAGIC + http2.settings()) as client:
        started = time.monotonic()
        return act(client), time.monotonic() - started


@pytest.fixture(scope="module")
def outcomes():
    """All at once, as each takes long."""
    web.ca_file()  # fetched once, before all want it
    before = counters.read()
    with ThreadPoolExecutor(len(ACTS)) as threads:
        outcomes = dict(zip(ACTS, threads.map(play, ACTS)))
    outcomes["counted"] = counters.read().since(before)
    return outcomes


@pytest.mark.parametrize("act", ACTS)
def test_each_is_given_its_time(outcomes, act):
    outcome, limit_s = ACTS[act]
    assert outcomes[act][0] == outcome
    assert limit_s - 1 < outcomes[act][1] < limit_s + 3


def test_those_given_up_are_counted(outcomes):
    assert outcomes["counted"]["timeouts_total"] == N_GIVEN_UP
