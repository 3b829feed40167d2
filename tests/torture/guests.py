# Who uses the POP while it is attacked: at a steady pace, far below what it can.
# SPDX-License-Identifier: MIT

import ssl
import subprocess
import threading
import time

import dns.exception

from support import dns_client, pop, time_server, udp, wait, web, wire

IN_TIME_S = 1  # who waits longer has not been served
OWN_ADDRESS = "127.200.0.1"  # no attack comes from it
PIECE_BYTES = 256 << 10
LOST = OSError, EOFError, AssertionError, subprocess.SubprocessError, dns.exception.DNSException


class Guest:
    """Calls @use() @per_second times, from so many hosts in turn, each of which waits for what it has asked for. What
    fails, or is late, is not served; what a host cannot try meanwhile is not, either."""

    def __init__(self, name, per_second, use, hosts=1):
        self.name, self.per_second, self.use, self.hosts, self.served_at = name, per_second, use, hosts, []

    def start(self):
        for i in range(self.hosts):
            threading.Thread(target=self.host, args=[time.monotonic() + i / self.per_second], daemon=True).start()

    def host(self, due):
        while True:
            time.sleep(max(0, due - time.monotonic()))
            began = time.monotonic()
            try:
                self.use()
                if time.monotonic() - began < IN_TIME_S:
                    self.served_at.append(time.monotonic())
            except LOST:
                pass
            due = max(due + self.hosts / self.per_second, time.monotonic() - IN_TIME_S)

    def goodput(self, begin, end):
        """What share of its wishes was served from @begin to @end."""
        return sum(begin <= at < end for at in list(self.served_at)) / (self.per_second * (end - begin))


class Download:
    """Of a body without end, piece by piece, over a connection that is made anew when it has gone."""

    def __init__(self):
        self.connection = None

    def __call__(self):
        try:
            self.connection = self.connection or self.connect()
            assert len(self.connection.stream.read(PIECE_BYTES)) == PIECE_BYTES
        except LOST:
            self.connection = None
            raise

    def connect(self):
        connection = wire.Connection(pop.address("speedtest"), IN_TIME_S, OWN_ADDRESS)
        connection.send(wire.request("GET", "/garbage?ckSize=1024"))
        assert (head := connection.reply_head()) and head.status == 200
        return connection


def fetch(service, path):
    assert wire.ask(pop.address(service), wire.request("GET", path), timeout_s=IN_TIME_S,
                    source=OWN_ADDRESS).status == 200


class Visit:
    """Of a page, each over a TLS connection of its own."""

    def __init__(self, path="/"):
        self.path = path
        self.context = ssl.create_default_context(cafile=str(web.ca_file()))

    def __call__(self):
        with wire.Connection(pop.address("pages", "https"), IN_TIME_S, OWN_ADDRESS) as connection:
            connection.socket = self.context.wrap_socket(connection.socket, server_hostname=pop.site()["domain"])
            connection.stream = connection.socket.makefile("rb")
            connection.send(wire.request("GET", self.path))
            assert (reply := connection.reply()) and reply.status == 200


def look_up(service):
    assert dns_client.ask(pop.address(service, "udp"), pop.site()["domain"], "SOA", source=OWN_ADDRESS,
                          seconds=IN_TIME_S).answer


def ask_the_time(source):
    with udp.connected(pop.address("ntp", "udp"), IN_TIME_S, source) as s:
        s.send(time_server.question(token=1))
        assert s.recv(65536)


def mirrored_file():
    """The largest that the POP's mirror has."""
    find = "find", "/srv/mirror/fontaine/current/", "-type", "f", "-printf", "%s %P\\n"
    listed = wait.until(lambda: pop.run(*find, check=False).stdout, "the mirror has something", 60)
    return "/fontaine/" + max((int(size), path) for size, path in map(str.split, listed.splitlines()))[1]


def all_of_them(time_clients=None):
    """@time_clients: their addresses, without end; not given: always others."""
    time_clients = time_clients or iter(time_server.another_client, None)
    file = mirrored_file()
    return [
        Guest("speed test", 20, Download()),
        Guest("page", 10, Visit()),
        Guest("mirror", 5, lambda: fetch("pages", file)),
        Guest("IPv6 test", 20, lambda: fetch("ipv6test", "/ip/")),
        Guest("resolver", 40, lambda: look_up("resolver"), hosts=40),
        Guest("zones", 40, lambda: look_up("authoritative"), hosts=40),
        Guest("time", 20, lambda: ask_the_time(next(time_clients)), hosts=20),
    ]
