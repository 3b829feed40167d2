# HTTP/2 by hand (RFC 9113): a frame is bytes, so that it can be wrong in any way, and come too often.
# SPDX-License-Identifier: MIT

import select
import socket
import ssl
import struct
from dataclasses import dataclass

from support import pop, web

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS = 1, 1, 4
NO_ERROR, PROTOCOL_ERROR, CANCEL, ENHANCE_YOUR_CALM = 0, 1, 8, 11
INITIAL_WINDOW_SIZE = 4

MAGIC = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
FRAME_HEAD_BYTES, FRAME_MAX_BYTES = 9, 16384
STATUSES = {8: 200, 9: 204, 10: 206, 11: 304, 12: 400, 13: 404, 14: 500}


def frame(kind, payload=b"", flags=0, stream=0):
    return struct.pack("!I", len(payload))[1:] + struct.pack("!BBI", kind, flags, stream) + payload


def field(name, value):
    """A header field, neither compressed nor kept (RFC 7541, 6.2.2)."""
    return b"\0" + b"".join(text_of(text.encode()) for text in (name, value))


def text_of(text):
    """A text of less than 127 bytes, or a long one with its length in more bytes (RFC 7541, 5.1)."""
    length = len(text)
    if length < 127:
        return bytes([length]) + text
    rest, start = length - 127, b"\x7f"
    while rest >= 128:
        start, rest = start + bytes([rest % 128 | 128]), rest // 128
    return start + bytes([rest]) + text


def head(method, path, *fields, authority="pop.example"):
    pseudo = {":method": method, ":scheme": "https", ":authority": authority, ":path": path}
    return b"".join(field(*item) for item in [*pseudo.items(), *fields])


def request(stream, method, path, *fields, ends=True):
    """In good order; a head that is too long for one frame goes on in the next."""
    whole = head(method, path, *fields)
    first, *rest = [whole[at:at + FRAME_MAX_BYTES] for at in range(0, len(whole), FRAME_MAX_BYTES)]
    frames = frame(HEADERS, first, (END_STREAM if ends else 0) | (0 if rest else END_HEADERS), stream)
    for number, piece in enumerate(rest, 1):
        frames += frame(CONTINUATION, piece, END_HEADERS if number == len(rest) else 0, stream)
    return frames


def settings(**values):
    """By the number of each: settings(_4=0)."""
    return frame(SETTINGS, b"".join(struct.pack("!HI", int(key[1:]), value) for key, value in values.items()))


@dataclass
class Frame:
    kind: int
    flags: int
    stream: int
    payload: bytes

    @property
    def error(self):
        """Of GOAWAY or RST_STREAM."""
        return struct.unpack("!I", self.payload[4:8] if self.kind == GOAWAY else self.payload[:4])[0]


class Connection:
    """To use in a with statement. It greets, and then does what it is told. Every wait ends after @timeout_s."""

    def __init__(self, family="ipv4", source=None, timeout_s=15, greeting=MAGIC + settings(), receive_buffer=None):
        address = pop.address("speedtest", "rpm", family)
        context = ssl.create_default_context(cafile=web.ca_file())
        context.set_alpn_protocols(["h2"])
        plain = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
        if receive_buffer is not None:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source is not None:
            plain.bind((source, 0))
        plain.settimeout(timeout_s)
        plain.connect(address)
        self.socket = context.wrap_socket(plain, server_hostname=address[0])
        assert self.socket.selected_alpn_protocol() == "h2"
        self.pending = b""
        self.send(greeting)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def read(self, length):
        while len(self.pending) < length:
            data = self.socket.recv(1 << 16)
            if not data:
                return None
            self.pending += data
        taken, self.pending = self.pending[:length], self.pending[length:]
        return taken

    def receive(self):
        """The next frame; None at the end of the stream. Settings are acknowledged."""
        try:
            start = self.read(FRAME_HEAD_BYTES)
            if start is None:
                return None
            kind, flags, stream = struct.unpack("!BBI", start[3:])
            if kind == SETTINGS and not flags & ACK:
                self.send(frame(SETTINGS, flags=ACK))
            return Frame(kind, flags, stream, self.read(int.from_bytes(start[:3])))
        except (ConnectionResetError, ssl.SSLEOFError):
            return None

    def has_input(self):
        return bool(self.pending or self.socket.pending() or select.select([self.socket], [], [], 0)[0])

    def until(self, kind, **wanted):
        """The next frame of this kind, with these fields; others before it are dropped. None: it never came."""
        while (got := self.receive()) is not None:
            if got.kind == kind and all(getattr(got, name) == value for name, value in wanted.items()):
                return got
        return None

    def status(self, stream):
        """The status of a reply: one in the table of HPACK (RFC 7541, appendix A), or the first that is not."""
        first, length, *rest = self.until(HEADERS, stream=stream).payload
        if first & 0x80:
            return STATUSES[first & 0x7f]
        return int(bytes(rest[:length]))

    def is_served(self, stream):
        """Whether a small question is answered."""
        self.send(request(stream, "GET", "/rpm/small"))
        return self.status(stream) == 200
