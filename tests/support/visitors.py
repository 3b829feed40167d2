# Visitors of every kind, who come to the POP all the time, anew or over the connection that they have.
# SPDX-License-Identifier: MIT

import base64
import hashlib
import socket
import ssl
import struct
import threading
from functools import partial

import dns.exception
import dns.message
import dns.query

from support import pop, time_server, udp, wait, web, wire
from support.dns_client import ask

PATHS = {"pages": "/", "speedtest": "/empty", "ipv6test": "/ip/"}
LONG = {"pages": "/", "speedtest": "/garbage?ckSize=1"}  # of those who stay connected
DOT, NTS = ["resolver dot", "authoritative dot"], "ntp nts"
DOMAIN = pop.site()["domain"]
LIMIT_S = 10

# NTS Key Establishment (RFC 8915, 4): type, length, body of each record; it is critical with the first bit.
RECORD = struct.Struct("!HH")
CRITICAL, END, NEXT_PROTOCOL, AEAD, COOKIE = 0x8000, 0, 1, 4, 5
WANTED = b"".join(RECORD.pack(kind, len(body)) + body for kind, body in [
    (CRITICAL | NEXT_PROTOCOL, bytes(2)), (AEAD, struct.pack("!H", 15)), (CRITICAL | END, b"")])


def kinds(records):
    """Of each of the records that an NTS-KE server has sent."""
    while records:
        kind, size = RECORD.unpack(records[:RECORD.size])
        yield kind & ~CRITICAL
        records = records[RECORD.size + size:]


def certificate(tls):
    return hashlib.sha256(tls.getpeercert(binary_form=True)).hexdigest()


def read_all(tls):
    return b"".join(iter(lambda: tls.recv(65536), b""))


class Kept(wire.Connection):
    def __init__(self, tls):
        self.socket, self.stream = tls, tls.makefile("rb")


class Visitors:
    """Of each kind one comes after the other; what they saw (a certificate, or None), and what failed."""

    def __init__(self):
        self.ca_file = str(web.ca_file())
        self.failures = []
        self.kinds = {
            **{service: partial(self.fetch, service) for service in PATHS},
            **{f"{service} kept": partial(self.again, service, "https", self.fetch_by, path)
               for service, path in LONG.items()},
            **{way: partial(self.look_up_over_tls, *way.split()) for way in DOT},
            **{f"{way} kept": partial(self.again, *way.split(), self.look_up_by) for way in DOT},
            **{service: partial(self.look_up, service) for service in ("resolver", "authoritative")},
            "resolver doh": self.look_up_by_curl,
            "authoritative doq": partial(self.once_more, self.look_up_by_quic),
            "pages http2": partial(self.curl, "--http2"),
            "pages http3": self.fetch_as_browsers_do,
            "ntp": self.ask_the_time, NTS: partial(self.once_more, self.ask_for_keys),
        }
        self.seen = {kind: [] for kind in self.kinds}
        self.kept = {}
        self.is_over = threading.Event()
        self.threads = [threading.Thread(target=self.visit, args=(kind,), daemon=True) for kind in self.kinds]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        for thread in self.threads:
            thread.join(20)
        for kept in self.kept.values():
            kept.__exit__()

    def visit(self, kind):
        while not self.is_over.is_set():
            try:
                self.seen[kind].append(self.kinds[kind]())
            except (OSError, EOFError, AssertionError, dns.exception.DNSException) as error:
                self.failures.append((kind, repr(error)))

    def wait_for_more(self):
        """Of each kind, some that came from now on."""
        before = {kind: len(seen) for kind, seen in self.seen.items()}
        wait.until(lambda: all(len(seen) > before[kind] + 5 for kind, seen in self.seen.items()), "more have come")

    def connect(self, service, protocol, *alpn):
        context = ssl.create_default_context(cafile=self.ca_file)
        context.set_alpn_protocols(alpn)
        plain = socket.create_connection(pop.address(service, protocol), LIMIT_S, (time_server.another_client(), 0))
        return context.wrap_socket(plain, server_hostname=DOMAIN)

    def once_more(self, ask):
        """When a server ends a connection instead of answering, clients ask again over another: of DNS (RFC 7766,
        6.2.4), of HTTP (RFC 9112, 9.3.1), and of NTS, as chrony takes a certificate by a restart alone."""
        try:
            return ask()
        except (OSError, EOFError, dns.exception.DNSException):
            return ask()

    def again(self, service, protocol, ask, *arguments):
        """Over the same connection as before."""
        def by_the_same():
            connection = self.kept.pop((service, protocol), None) or Kept(self.connect(service, protocol))
            ask(connection, *arguments)
            self.kept[service, protocol] = connection

        return self.once_more(by_the_same)

    def fetch(self, service):
        with self.connect(service, "https") as client:
            client.sendall(wire.request("GET", PATHS[service], "Connection: close"))
            reply = client.recv(65536)
            assert reply.startswith(b"HTTP/1.1 200"), reply[:40]
            return certificate(client)

    def fetch_by(self, connection, path):
        connection.send(wire.request("GET", path))
        if (reply := connection.reply()) is None:
            raise EOFError
        assert reply.status == 200

    def curl(self, *options):
        self.curl_by_name("pages https", "", *options)

    def curl_by_name(self, where, path, *options):
        by_name = f"https://{DOMAIN}:{pop.address(*where.split())[1]}/{path}"
        done = web.curl(*map(str, options), "--output", "/dev/null", "--write-out", "%{http_code}", by_name)
        assert done.stdout == "200", done.stderr

    def fetch_as_browsers_do(self):
        """nginx that is about to end takes no new connection of QUIC, and yet gets some: then by TCP."""
        try:
            self.curl("--http3-only", "--max-time", 3)
        except AssertionError:
            self.curl("--http2")

    def look_up(self, service):
        for protocol in "udp", "tcp":
            assert ask(pop.address(service, protocol), DOMAIN, "SOA", protocol).answer

    def look_up_over_tls(self, service, protocol):
        with Kept(self.connect(service, protocol)) as connection:
            self.look_up_by(connection)
            return certificate(connection.socket)

    def look_up_by(self, connection):
        assert dns.query.tls(dns.message.make_query(DOMAIN, "SOA"), "", LIMIT_S, sock=connection.socket).answer

    def look_up_by_curl(self):
        question = base64.urlsafe_b64encode(dns.message.make_query(DOMAIN, "SOA", id=0).to_wire()).decode().rstrip("=")
        self.curl_by_name("resolver doh", f"dns-query?dns={question}", "--http2")

    def look_up_by_quic(self):
        """Not by kdig 3.4.6, which takes no certificate whose subject is empty, as CAs give them."""
        host, port = pop.address("authoritative", "doq")
        assert dns.query.quic(dns.message.make_query(DOMAIN, "SOA"), host, LIMIT_S, port, verify=self.ca_file,
                              server_hostname=DOMAIN).answer

    def ask_the_time(self):
        with udp.connected(pop.address("ntp", "udp"), 5, time_server.another_client()) as s:
            s.send(time_server.question(token=1))
            assert s.recv(65536)

    def ask_for_keys(self):
        with self.connect("ntp", "nts", "ntske/1") as tls:
            tls.sendall(WANTED)
            if not (answer := read_all(tls)):
                raise EOFError
            assert COOKIE in kinds(answer)
            return certificate(tls)
