# What public servers meet every day, for some seconds: tests/torture/attacks.py ATTACK SECONDS
# SPDX-License-Identifier: MIT
#
# It comes from loopback addresses of many prefixes, and goes to the POP on this machine. Each attack is bounded in its
# rate: on a machine that attackers and servers share, one without bounds would show who gets the processor. At its end
# it prints what it has done, as JSON.

import contextlib
import itertools
import json
import os
import resource
import socket
import ssl
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from support import pop, time_server, udp, wire  # noqa: E402 (found by the line before)

TICK_S = 0.01
SOURCES = [f"127.{10 + i % 90}.{i // 90}.1" for i in range(900)]
WEB = "pages", "speedtest", "ipv6test"
GONE = OSError, EOFError


def paced(per_second, seconds, act):
    """Call act(i), i from 0, @per_second times for so long. Return: how often nobody refused."""
    start, done, tried = time.monotonic(), 0, 0
    while (passed := time.monotonic() - start) < seconds:
        for tried in range(tried, max(tried, int(passed * per_second))):
            with contextlib.suppress(*GONE):
                act(tried)
                done += 1
        tried += 1
        time.sleep(TICK_S)
    return done


def connect(address, source):
    """Without waiting for it."""
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    s.setsockopt(socket.SOL_IP, socket.IP_BIND_ADDRESS_NO_PORT, 1)
    s.bind((source, 0))
    with contextlib.suppress(BlockingIOError):
        s.connect(address)
    return s


def hold(addresses, n, seconds, say):
    """Have @n connections, each of which sends what say() gives once a second, and open what was closed again."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    end, opened, sources = time.monotonic() + seconds, 0, itertools.cycle(SOURCES)
    held = {}
    while time.monotonic() < end:
        began = time.monotonic()
        for i in range(n):
            with contextlib.suppress(*GONE):
                if i not in held:
                    held[i] = connect(addresses[i % len(addresses)], next(sources))
                    opened += 1
                elif not tell(held[i], say(i)):
                    held.pop(i).close()
        time.sleep(max(0, 1 - (time.monotonic() - began)))
    return opened


def tell(s, data):
    """Return: whether the connection is still there."""
    try:
        if data:
            s.send(data)
        return s.recv(65536) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def slow_heads(seconds):
    heads = b"GET / HTTP/1.1\r\nHost: pop.example\r\nX-Slow: " + b"y" * 1000
    begun = {}

    def next_byte(i):
        begun[i] = begun.get(i, -1) + 1
        return heads[begun[i] % len(heads):][:1]

    return hold([pop.address(service) for service in WEB], 3000, seconds, next_byte)


def connections(seconds):
    half = os.fork()  # one process may have fewer than are wanted
    opened = hold([pop.address(service) for service in WEB], 10000, seconds, lambda _: b"")
    if half == 0:
        os._exit(0)
    os.waitpid(half, 0)
    return 2 * opened


def requests(seconds):
    """Ten at a time over the same connections."""
    ask = wire.request("GET", "/favicon.ico") * 10
    open_to = {}

    def act(i):
        key = i % 30
        if key not in open_to:
            open_to[key] = connect(pop.address(WEB[key % 3]), SOURCES[key])
        elif not tell(open_to[key], ask):
            open_to.pop(key).close()

    return 10 * paced(500, seconds, act)


def heads(seconds):
    """Requests of a mebibyte's head."""
    head = b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: %b\r\n" % (i, b"y" * 1000) for i in range(1000))

    def act(i):
        with socket.create_connection(pop.address(WEB[i % 3]), 1, (SOURCES[i % len(SOURCES)], 0)) as s:
            s.sendall(head)

    return paced(100, seconds, act)


def hello():
    """The first message of TLS."""
    out = ssl.MemoryBIO()
    tls = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), out, server_hostname=pop.site()["domain"])
    with contextlib.suppress(ssl.SSLWantReadError):
        tls.do_handshake()
    return out.read()


def handshakes(seconds):
    """Half of them: the server has signed, and nobody is there any more."""
    targets = [*(pop.address(service, "https") for service in WEB), pop.address("resolver", "dot"),
               pop.address("authoritative", "dot"), pop.address("ntp", "nts")]
    first = hello()

    def act(i):
        with socket.create_connection(targets[i % len(targets)], 1, (SOURCES[i % len(SOURCES)], 0)) as s:
            s.sendall(first)
            s.recv(1)

    return paced(300, seconds, act)


def questions(service, make, sources=SOURCES):
    """Datagrams from all of them in turn."""
    def attack(seconds):
        with contextlib.ExitStack() as stack:
            sockets = [stack.enter_context(udp.connected(pop.address(service, "udp"), 0, source))
                       for source in sources]
            return paced(20000, seconds, lambda i: sockets[i % len(sockets)].send(make(i)))

    return attack


def dns_question(i):
    """For a name that is in no cache."""
    label = f"x{i:07}".encode()
    zone = b"".join(bytes([len(part)]) + part.encode() for part in pop.site()["domain"].split("."))
    return (i & 0xffff).to_bytes(2) + bytes([1, 0, 0, 1, 0, 0, 0, 0, 0, 0, len(label)]) + label + zone + \
        bytes([0, 0, 16, 0, 1])


ATTACKS = {  # name: (what it is, how it is done)
    "slow-heads": ("3,000 connections that send a byte each second", slow_heads),
    "connections": ("20,000 connections that send nothing", connections),
    "requests": ("5,000 small requests per second", requests),
    "heads": ("100 requests with a MiB of head per second", heads),
    "handshakes": ("300 half TLS handshakes per second", handshakes),
    "resolver": ("20,000 questions per second to the resolver", questions("resolver", dns_question)),
    "member": ("20,000 questions per second by one member to it",
               questions("resolver", dns_question, SOURCES[:1])),
    "zones": ("20,000 questions per second to the zones' server", questions("authoritative", dns_question)),
    "ipv6test": ("20,000 questions per second to the IPv6 test", questions("ipv6test", dns_question)),
    "time": ("20,000 questions for the time per second", questions("ntp", time_server.question)),
}


if __name__ == "__main__":
    print(json.dumps({"done": ATTACKS[sys.argv[1]][1](float(sys.argv[2]))}))
