# Who is told by mail or a webhook: real servers that keep what comes.
# SPDX-License-Identifier: MIT

import contextlib
import email
import email.policy
import http.server
import threading

from aiosmtpd.controller import Controller


class Mailbox:
    """A mail server on @address and @port, in a with statement; of the thread's own network."""

    def __init__(self, port, address="127.0.0.1", refuse=()):
        self.messages, self.refuse = [], set(refuse)
        self.controller = Controller(self, hostname=address, port=port)

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refuse:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        message = email.message_from_bytes(envelope.content, policy=email.policy.SMTP)
        self.messages += [(address, message) for address in envelope.rcpt_tos]
        return "250 OK"

    def to(self, address):
        return [message for to, message in list(self.messages) if to == address]


class Told(list):
    """What was posted: (path, headers, body) of each."""

    def to(self, path):
        return [(headers, body) for where, headers, body in list(self) if where == path]


@contextlib.contextmanager
def webhook(port, address="127.0.0.1", served=None):
    """A web server that takes all that is posted, and has what is in @served by its path."""
    told = Told()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path in (served or {}) else 404)
            self.end_headers()
            self.wfile.write((served or {}).get(self.path, "").encode())

        def do_POST(self):
            told.append((self.path, self.headers, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer((address, port), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
