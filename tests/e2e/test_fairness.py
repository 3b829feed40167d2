# A client without limits beside fifty slow ones, on one worker: the slow ones keep their rate.
# SPDX-License-Identifier: MIT

import contextlib
import json
import secrets
import selectors
import subprocess
import threading
import time

import pytest

from support import again, links, speedtestd, wait, wire

pytestmark = [pytest.mark.alone, pytest.mark.timeout(120)]

MBIT = 10
KEPT = 0.95
PAYLOAD_BPS = MBIT * 1e6 * links.PAYLOAD_SHARE["ipv4"]
SLOW = [f"10.9.1.{number}" for number in range(1, 51)]
WINDOW_S = 10
PIECE = bytes(1 << 18)
ENDLESS_BYTES = 60 << 30

# Neither the POP's capacity nor a client's share is what this is about.
LIMITS = {
    "workers": 1, "download_mbps": 1000000, "upload_mbps": 1000000, "tests_per_prefix": 100, "daily_gib": 100000,
    "requests_per_second": 100000,
}


class Clients:
    """The slow clients' transfers, all in one thread; counts what each has received."""

    def __init__(self, connections, requests, event):
        self.bytes = [0] * len(connections)
        self.selector = selectors.DefaultSelector()
        self.ends = False
        for number, (connection, request) in enumerate(zip(connections, requests)):
            connection.send(request)
            connection.socket.setblocking(False)
            self.selector.register(connection.socket, event, number)
        self.thread = threading.Thread(target=self.run)

    def run(self):
        buffer = bytearray(PIECE)
        while not self.ends:
            for key, events in self.selector.select(0.1):
                if events & selectors.EVENT_WRITE:
                    key.fileobj.send(PIECE)
                else:
                    self.bytes[key.data] += key.fileobj.recv_into(buffer)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ends = True
        self.thread.join()
        self.selector.close()


@pytest.fixture
def link():
    with links.link() as link:
        for address in SLOW:
            link.add_address(link.client, address)
        for sender in link.server, link.client:
            link.shape_each(sender, MBIT, SLOW)
        yield link


@contextlib.contextmanager
def connections(link, server):
    with contextlib.ExitStack() as stack, link.client.entered():
        yield [stack.enter_context(wire.Connection(server.address(), source=address)) for address in SLOW]


@contextlib.contextmanager
def greedy(link, *arguments):
    """A client that takes, or gives, all it can."""
    command = link.client.command("curl", "--silent", "--fail", "--output", "/dev/null", *arguments)
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        yield
        assert process.poll() is None, "the greedy client has ended"
    finally:
        process.kill()
        process.wait()


def rates(read):
    """The rate of each count that read() gives, as (bytes, seconds), over one window."""
    before = read()
    time.sleep(WINDOW_S)
    return [8 * (now[0] - then[0]) / (now[1] - then[1]) for then, now in zip(before, read())]


def expect_kept(read, server, direction):
    def moved():
        return server.counters()[f'tests_bytes_total{{direction="{direction}"}}']

    def measure():
        before = moved()
        return rates(read), moved() - before

    def expect(measured):
        slow, moved_bytes = measured
        assert moved_bytes > 2 * sum(slow) / 8 * WINDOW_S, "nobody was greedy"
        assert min(slow) >= KEPT * PAYLOAD_BPS
        assert max(slow) <= 1.02 * PAYLOAD_BPS

    expect(again.measured(measure, expect))


def test_slow_downloads_keep_their_rate(link, tmp_path):
    requests = [wire.request("GET", "/garbage?ckSize=1024")] * len(SLOW)
    with speedtestd.running(link.server, tmp_path, **LIMITS) as server, connections(link, server) as slow, \
            Clients(slow, requests, selectors.EVENT_READ) as clients, \
            greedy(link, server.url(path="/garbage?ckSize=1024&n=[1-10000]")):
        wait.until(lambda: min(clients.bytes) > 1 << 20, "all have begun")
        expect_kept(lambda: [(count, time.monotonic()) for count in clients.bytes], server, "download")


def received(link, server, tests):
    def one(test):
        reply = wire.ask(server.address(), wire.request("GET", f"/received?test={test}"))
        told = json.loads(reply.body) if reply.status == 200 else {"bytes": 0, "ms": 0}
        return told["bytes"], told["ms"] / 1000

    with link.client.entered():
        return [one(test) for test in tests]


def test_slow_uploads_keep_their_rate(link, tmp_path):
    endless = tmp_path / "endless"
    endless.touch()
    with endless.open("r+b") as file:
        file.truncate(ENDLESS_BYTES)
    (tmp_path / "server").mkdir()
    with speedtestd.running(link.server, tmp_path / "server", **LIMITS) as server, \
            greedy(link, "--request", "POST", "--upload-file", endless, server.url(path="/empty")), \
            connections(link, server) as slow:
        tests = [secrets.token_hex(16) for _ in slow]
        requests = [
            wire.request("POST", f"/empty?test={test}", f"Content-Length: {ENDLESS_BYTES}") for test in tests]
        with Clients(slow, requests, selectors.EVENT_WRITE):
            wait.until(lambda: min(bytes for bytes, _ in received(link, server, tests)) > 1 << 20, "all have begun")
            expect_kept(lambda: received(link, server, tests), server, "upload")
