# ndt7 clients that break the rules of WebSocket, or that are slow, silent or gone: each gets its
# end, which is counted, and the others do not notice.
# SPDX-License-Identifier: MIT

import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import counters, links, ndt7, pop, speedtestd, wait, wire
from support.websocket import BINARY, CLOSE, CONTINUATION, PING, TEXT, close_frame, frame, header

MIB = 1 << 20
MESSAGE_MAX_BYTES = 16 * MIB
ALL_OVER_S = ndt7.STOP_S + 2

# what is sent, the close code, how the end is counted
VIOLATIONS = {
    "no mask": (frame(BINARY, b"x", masked=False), 1002, "protocol_error"),
    "a text without mask": (frame(TEXT, b"x", masked=False), 1002, "protocol_error"),
    "a reserved bit": (frame(BINARY, b"x", reserved=4), 1002, "protocol_error"),
    "a reserved opcode": (frame(3, b"x"), 1002, "protocol_error"),
    "a reserved control opcode": (frame(11), 1002, "protocol_error"),
    "a ping in fragments": (frame(PING, b"x", fin=False), 1002, "protocol_error"),
    "a ping too long": (header(PING, 126), 1002, "protocol_error"),
    "a fragment of nothing": (frame(CONTINUATION, b"x"), 1002, "protocol_error"),
    "a message in a message": (frame(BINARY, b"x", fin=False) + frame(BINARY, b"x"), 1002, "protocol_error"),
    "a close frame of one byte": (frame(CLOSE, b"x"), 1002, "protocol_error"),
    "a close code that means nothing": (close_frame(1005), 1002, "protocol_error"),
    "a length with a sign": (struct.pack("!BBQ", 0x82, 0xff, 1 << 63), 1002, "protocol_error"),
    "a length in too many bytes": (struct.pack("!BBH", 0x82, 0xfe, 125) + bytes(4), 1002, "protocol_error"),
    "text that is none": (frame(TEXT, b"\xff"), 1007, "invalid_text"),
    "text that is cut off": (frame(TEXT, "é".encode()[:1]), 1007, "invalid_text"),
    "a reason that is no text": (frame(CLOSE, b"\x03\xe8\xff"), 1007, "invalid_text"),
    "a frame too large": (header(BINARY, MESSAGE_MAX_BYTES + 1), 1009, "too_big"),
    "a text too large": (header(TEXT, MESSAGE_MAX_BYTES + 1), 1009, "too_big"),
    "a frame of 2^63 bytes": (header(BINARY, (1 << 63) - 1), 1009, "too_big"),
    "fragments without end": (
        frame(BINARY, bytes(MIB), fin=False) + 16 * frame(CONTINUATION, bytes(MIB), fin=False), 1009, "too_big"),
}


CASES = {
    **{("upload", name): (frame(BINARY, bytes(1000)), *VIOLATIONS[name]) for name in VIOLATIONS},
    **{("download", name): (b"", *VIOLATIONS[name]) for name in ("no mask", "text that is none", "a frame too large")},
    ("download", "a binary message"): (b"", frame(BINARY, b"x"), 1003, "unacceptable"),
    ("upload", "a violation, and what looks like frames"): (
        b"", frame(3) + frame(PING, b"x") + frame(BINARY, bytes(MIB)), 1002, "protocol_error"),
}


def counted(before, direction, end):
    return counters.read().since(before)[f'ndt7_tests_total{{direction="{direction}",end="{end}"}}']


def violate(case):
    """Return: the close code, and what came after the close frame."""
    direction, _ = case
    first, data, *_ = CASES[case]
    with ndt7.connect(direction) as client:
        client.send(first + data)
        return ndt7.follow(client).close_code, client.receive()


@pytest.fixture(scope="module")
def violated():
    """All at once, as each waits for the server to close. A download has begun by the time it is violated."""
    before = counters.read()
    with ThreadPoolExecutor(len(CASES)) as threads:
        return before, dict(zip(CASES, threads.map(violate, CASES)))


@pytest.mark.parametrize("case", CASES, ids=" of ".join)
def test_a_violation_is_named_and_ends_the_test(violated, case):
    *_, code, _ = CASES[case]
    assert violated[1][case] == (code, None)


@pytest.mark.parametrize("direction", ["download", "upload"])
@pytest.mark.parametrize("end", sorted({end for *_, end in CASES.values()}))
def test_violations_are_counted(violated, direction, end):
    expected = [(way, case[-1]) for (way, _), case in CASES.items()].count((direction, end))
    wait.until(lambda: counted(violated[0], direction, end) == expected, f"{expected} counted as {end}")


def test_a_close_frame_is_answered_in_kind():
    for sent in close_frame(1001), frame(CLOSE), frame(CLOSE, b"\x0f\xa0because"):
        with ndt7.connect("download") as client:
            client.send(sent)
            *_, last = client.frames()
            assert (last.opcode, last.payload) == (CLOSE, sent[6:8])  # after a header of 6 bytes
            assert client.receive() is None


def test_a_character_may_be_split_between_fragments():
    with ndt7.connect("upload") as client:
        for piece, opcode in ("é".encode()[:1], TEXT), (b"", CONTINUATION):
            client.send(frame(opcode, piece, fin=False) + frame(PING, b"between"))
        client.send(frame(CONTINUATION, "é".encode()[1:]) + close_frame(1000))
        assert ndt7.follow(client).close_code == 1000


# Those that say nothing wrong, but do not move on.

def read_nothing(client):
    time.sleep(ALL_OVER_S)
    return "late"


def say_nothing(client):
    run = ndt7.follow(client)
    assert run.close_code == 1000
    assert client.receive() is None  # which comes without a close frame of ours
    return "late"


def send_fragments_of_nothing(client):
    client.send(frame(BINARY, b"", fin=False))
    end = time.monotonic() + ALL_OVER_S
    with pytest.raises(OSError):
        while time.monotonic() < end:
            client.send(1000 * frame(CONTINUATION, b"", fin=False))
            time.sleep(0.01)
    return "late"


def ping_without_end(client):
    client.socket.setblocking(False)
    end = time.monotonic() + ALL_OVER_S
    pings, left = 1000 * frame(PING, bytes(125)), b""
    while time.monotonic() < end:
        left = left or pings
        try:
            left = left[client.socket.send(left):]
        except BlockingIOError:
            time.sleep(0.01)
        except OSError:
            return "late"
    return "never ended"


def send_slowly(client):
    client.send(header(BINARY, MIB))
    for _ in range(8):
        client.send(b"x")
        time.sleep(1)
    client.send(bytes(MIB - 8) + close_frame(1000))
    assert ndt7.follow(client).close_code == 1000
    return "done"


def stop_sending(client):
    client.socket.shutdown(socket.SHUT_WR)
    while client.receive() is not None:
        pass
    return "lost"


ACTS = [
    ("download", read_nothing), ("upload", read_nothing), ("upload", say_nothing), ("upload", send_slowly),
    ("upload", send_fragments_of_nothing), ("upload", ping_without_end), ("download", ping_without_end),
    ("download", stop_sending), ("upload", stop_sending),
]


def rss_bytes():
    pid = pop.property_of("speedtestd.service", "MainPID")
    [pages] = pop.run("cat", f"/proc/{pid}/statm").stdout.split()[1:2]
    return int(pages) * 4096


def play(direction_and_act):
    direction, act = direction_and_act
    with ndt7.connect(direction, receive_buffer=64 << 10) as client:
        return act(client)


@pytest.mark.timeout(90)
def test_those_who_do_not_move_on_are_given_up_and_cost_no_memory():
    before, memory = counters.read(), rss_bytes()
    with ThreadPoolExecutor(len(ACTS)) as threads:
        ends = threads.map(play, ACTS)
        time.sleep(5)
        assert rss_bytes() < memory + 8 * MIB
        reply = wire.ask(pop.address("speedtest"), wire.request("GET", "/garbage?ckSize=100"), timeout_s=10)
        assert len(reply.body) == 100 * MIB, "others are served on"
        ends = list(ends)

    def counted():
        since = counters.read().since(before)
        return all(
            since[f'ndt7_tests_total{{direction="{direction}",end="{end}"}}']
            == [(d, e) for (d, _), e in zip(ACTS, ends)].count((direction, end))
            for (direction, _), end in zip(ACTS, ends))
    wait.until(counted, f"all are counted as {ends}")


@pytest.mark.apart
@pytest.mark.timeout(90)
def test_a_client_that_vanished_is_given_up(tmp_path):
    with links.link() as link, speedtestd.running(link.server, tmp_path) as server:
        with link.client.entered():
            client = ndt7.connect("download", address=server.address())
        with client:
            assert client.receive() is not None
            link.client.run("ip", "link", "set", "eth0", "down")
            wait.until(lambda: server.counters()['ndt7_tests_total{direction="download",end="late"}'] == 1,
                       "its test is counted as late", ALL_OVER_S)
            assert server.counters()["tests_running"] <= 1
