# An ndt7 client (v0.11), by hand.
# SPDX-License-Identifier: MIT

import json
import time
from dataclasses import dataclass, field

from support import pop
from support.websocket import BINARY, CLOSE, PING, PONG, TEXT, WebSocket, close_frame, frame

PROTOCOL = "net.measurementlab.ndt.v7"
PATHS = {"download": "/ndt/v7/download", "upload": "/ndt/v7/upload"}

RUN_S = 10
STOP_S = 13  # whatever the client does


@dataclass
class Run:
    """What a test was like for its client."""

    seconds: float = 0
    sizes: list = field(default_factory=list)  # of the binary messages
    measurements: list = field(default_factory=list)
    n_pings: int = 0
    close_code: int = None  # None: the stream ended without a close frame

    @property
    def bytes(self):
        return sum(self.sizes)


def connect(direction, address=None, **options):
    return WebSocket(address or pop.address("speedtest"), PATHS[direction], PROTOCOL, **options)


def follow(client):
    """Take what comes until the server closes, as a client in good order does."""
    run, started = Run(), time.monotonic()
    for got in client.frames():
        if got.opcode == BINARY:
            run.sizes.append(len(got.payload))
        elif got.opcode == TEXT:
            run.measurements.append(json.loads(got.payload))
        elif got.opcode == PING:
            run.n_pings += 1
            client.send(frame(PONG, got.payload))
        elif got.opcode == CLOSE:
            run.close_code = got.close_code
    run.seconds = time.monotonic() - started
    return run


def download(**options):
    with connect("download", **options) as client:
        run = follow(client)
        client.send(close_frame(run.close_code))
        assert client.receive() is None, "the server closes first"
        return run


def upload(size, seconds, **options):
    """Send messages of @size for so long, then close. Return: the run, and the bytes that were sent."""
    message, sent = frame(BINARY, bytes(size)), 0
    with connect("upload", **options) as client:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            client.send(message)
            sent += size
        client.send(close_frame(1000))
        return follow(client), sent
