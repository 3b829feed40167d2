# HTTP/1.1 by hand: a request is bytes, so that it can be wrong in any way.
# SPDX-License-Identifier: MIT

import socket
from dataclasses import dataclass


@dataclass
class Reply:
    status: int
    headers: dict  # names in lower case
    body: bytes


class Connection:
    """To use in a with statement. Every wait ends after @timeout_s."""

    def __init__(self, address, timeout_s=5, source=None):
        self.socket = socket.create_connection(address, timeout_s, source and (source, 0))
        self.stream = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.close()
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def end_sending(self):
        self.socket.shutdown(socket.SHUT_WR)

    def reply_head(self):
        """The next reply without its body; None when the server has closed instead."""
        try:
            status_line = self.stream.readline()
        except ConnectionResetError:
            return None
        if not status_line:
            return None
        assert status_line.startswith(b"HTTP/1.1 "), status_line
        headers = {}
        while line := self.stream.readline().rstrip(b"\r\n"):
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        return Reply(int(status_line.split()[1]), headers, b"")

    def reply(self, has_body=True):
        """The next reply, whole. @has_body is false after HEAD."""
        reply = self.reply_head()
        if reply is not None and has_body:
            reply.body = self.stream.read(int(reply.headers.get("content-length", 0)))
        return reply

    def is_closed_by_server(self):
        try:
            return self.stream.read(1) == b""
        except ConnectionResetError:
            return True


class UnixConnection(Connection):
    """The same to a socket in the file system."""

    def __init__(self, path, timeout_s=5):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout_s)
        self.socket.connect(str(path))
        self.stream = self.socket.makefile("rb")


def request(method, target, *headers, body=b"", host="pop.example"):
    """A request in good order. @headers are whole lines."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", *headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def chunked(*pieces):
    """The pieces as a chunked body."""
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in [*pieces, b""])


def ask(address, data, has_body=True, **options):
    """Send one request on a connection of its own. Return: the reply."""
    with Connection(address, **options) as connection:
        connection.send(data)
        return connection.reply(has_body)
