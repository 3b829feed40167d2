# WebSocket by hand (RFC 6455): a frame is bytes, so that it can be wrong in any way.
# SPDX-License-Identifier: MIT

import os
import socket
import ssl
import struct
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha1

from support import wire

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


@dataclass
class Frame:
    opcode: int
    payload: bytes

    @property
    def close_code(self):
        """None when the frame gives none."""
        return struct.unpack("!H", self.payload[:2])[0] if self.payload else None


def header(opcode, length, fin=True, reserved=0, masked=True):
    """Also one that is not allowed. The mask is of zeros: it changes nothing."""
    mask_bit = 0x80 if masked else 0
    start = bytes([(0x80 if fin else 0) | reserved << 4 | opcode])
    if length < 126:
        start += bytes([mask_bit | length])
    elif length < 1 << 16:
        start += struct.pack("!BH", mask_bit | 126, length)
    else:
        start += struct.pack("!BQ", mask_bit | 127, length)
    return start + (bytes(4) if masked else b"")


def frame(opcode, payload=b"", **options):
    return header(opcode, len(payload), **options) + payload


def close_frame(code):
    return frame(CLOSE, struct.pack("!H", code))


def random_key():
    return b64encode(os.urandom(16)).decode()


def handshake(target, protocol, *headers):
    """An opening handshake in good order."""
    return wire.request(
        "GET", target, "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {random_key()}",
        "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Protocol: {protocol}", *headers)


def accept_of(key):
    return b64encode(sha1((key + GUID).encode()).digest()).decode()


class WebSocket:
    """A client, to use in a with statement. Every wait ends after @timeout_s."""

    def __init__(self, address, target, protocol, timeout_s=15, source=None, tls=None, receive_buffer=None):
        self.socket = self.connect(address, timeout_s, source, receive_buffer)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_hostname=address[0])
        key = random_key()
        self.socket.sendall(wire.request(
            "GET", target, "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Protocol: {protocol}"))
        self.stream = self.socket.makefile("rb", buffering=1 << 16)
        self.head = self.read_head()
        assert f"Sec-WebSocket-Accept: {accept_of(key)}" in self.head, self.head

    @staticmethod
    def connect(address, timeout_s, source, receive_buffer):
        made = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
        if receive_buffer is not None:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source is not None:
            made.bind((source, 0))
        made.settimeout(timeout_s)
        made.connect(address)
        return made

    def read_head(self):
        """The lines of the reply, the status line first."""
        lines = []
        while line := self.stream.readline().rstrip(b"\r\n"):
            lines.append(line.decode("latin-1"))
        assert lines and lines[0].startswith("HTTP/1.1 101 "), lines
        return lines

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.close()
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def receive(self):
        """The next frame, which a server must not mask; None at the end of the stream."""
        try:
            start = self.stream.read(2)
        except (ConnectionResetError, ssl.SSLError):
            return None
        if len(start) < 2:
            return None
        first, length = start
        assert first & 0x70 == 0 and length & 0x80 == 0, "reserved bits or a mask"
        assert first & 0x80, "a fragment"
        if length == 126:
            [length] = struct.unpack("!H", self.stream.read(2))
        elif length == 127:
            [length] = struct.unpack("!Q", self.stream.read(8))
        return Frame(first & 0x0f, self.stream.read(length))

    def frames(self):
        """All that come, up to the close frame or the end."""
        while (next_frame := self.receive()) is not None:
            yield next_frame
            if next_frame.opcode == CLOSE:
                return
