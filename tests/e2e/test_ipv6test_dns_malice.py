# Whatever is sent to the DNS side of the IPv6 test gets the right answer or none, and others are served.
# SPDX-License-Identifier: MIT

import random
import socket
import struct
import subprocess
import time

import dns.edns
import dns.flags
import dns.message
import dns.opcode
import dns.query
import dns.rcode
import dns.update
import pytest

from support import ipv6test, pop, udp
from support.dns_client import DOMAIN, WAYS, ask

NEVER_FINISH = 300
LIMIT = pop.services()["ipv6test"]["answers_per_second"]
TCP_TIMES = 4  # as many over TCP
FLOOD = 6 * LIMIT
FLOOD_PER_SECOND = 20000
FLOOD_SECONDS = 3
NETWORKS = 250  # that the flood comes from: one address of each, all of this machine
CONNECTIONS_OF_WORKER = 1000
IDLE_S = 10
GROWTH_MAX_KIB = 4096


def question(name=None, rdtype="A", **options):
    return dns.message.make_query(name or ipv6test.name("ds", ipv6test.no_nonce()), rdtype, **options)


def send(query, protocol="udp", family="ipv4", source=None):
    host, port = pop.address("ipv6test", protocol, family)
    return getattr(dns.query, protocol)(query, host, port=port, timeout=5, source=source)


def still_serves():
    return send(question(), "tcp").rcode() == dns.rcode.NOERROR and send(question()).rcode() == dns.rcode.NOERROR


@pytest.mark.parametrize("protocol, family", WAYS)
def test_what_it_does_not_do_it_refuses(protocol, family):
    zone = ipv6test.name("ds")
    assert send(question("www.example.net"), protocol, family).rcode() == dns.rcode.REFUSED
    assert send(question(DOMAIN), protocol, family).rcode() == dns.rcode.REFUSED
    assert send(question(rdclass="CH"), protocol, family).rcode() == dns.rcode.REFUSED
    assert send(question("version.bind", "TXT", rdclass="CH"), protocol, family).rcode() == dns.rcode.REFUSED
    assert send(question(zone, "ANY", rdclass="ANY"), protocol, family).rcode() == dns.rcode.REFUSED
    for rdtype in "AXFR", "IXFR":
        assert send(question(zone, rdtype), protocol, family).rcode() == dns.rcode.REFUSED
    update = dns.update.UpdateMessage(zone)
    update.add("www", 60, "A", "192.0.2.1")
    assert send(update, protocol, family).rcode() == dns.rcode.NOTIMP
    notify = question(zone, "SOA")
    notify.set_opcode(dns.opcode.NOTIFY)
    assert send(notify, protocol, family).rcode() == dns.rcode.NOTIMP


def test_kdig_is_refused_a_transfer():
    host, port = pop.address("ipv6test", "tcp")
    done = subprocess.run(["kdig", f"@{host}", "-p", str(port), ipv6test.name("alg13"), "AXFR"], timeout=20,
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert "'REFUSED'" in done.stdout


def test_edns_of_the_future_is_told_apart():
    query = question(use_edns=1)
    answer = send(query)
    assert answer.rcode() == dns.rcode.BADVERS
    assert answer.edns == 0
    unknown = send(question(use_edns=0, options=[dns.edns.GenericOption(65001, b"x")]))
    assert unknown.rcode() == dns.rcode.NOERROR and unknown.options == ()


def raw(bytes_, seconds=0.3):
    return udp.exchange(pop.address("ipv6test", "udp"), bytes_, seconds)


def test_what_is_malformed_gets_an_error_or_nothing():
    good = question().to_wire()
    assert raw(b"") == raw(good[:11]) == b""
    assert raw(good[:2] + b"\x80" + good[3:]) == b""  # an answer
    for bad in (good[:-1], good + b"x", good[:12] + b"\xc0\x0c" + good[-4:], good[:5] + b"\2" + good[6:],
                good[:5] + b"\0" + good[6:12], good[:11] + b"\1" + good[12:]):
        answer = dns.message.from_wire(raw(bad, 2), question_only=True)
        assert answer.rcode() == dns.rcode.FORMERR
        assert answer.flags & dns.flags.QR


def test_names_of_many_labels_are_names_as_others():
    label, tail = "a.", ipv6test.name("ds", ipv6test.no_nonce())
    longest = label * ((253 - len(tail)) // 2) + tail
    assert send(question(longest)).rcode() == dns.rcode.NOERROR
    assert send(question("a." * 120 + "example")).rcode() == dns.rcode.REFUSED


def test_any_bytes_are_survived():
    """The same each time: changes of a query with all that a query may have."""
    chance = random.Random(1)
    subnet = dns.edns.ECSOption("192.0.2.0", 24)
    good = question(want_dnssec=True, options=[subnet]).to_wire()
    before = ipv6test.counters()["dns_ignored_total"]
    with udp.connected(pop.address("ipv6test", "udp"), 2, pop.visitor("7.7.7")) as s:
        for _ in range(3000):
            bytes_ = bytearray(good)
            for _ in range(chance.randrange(1, 5)):
                bytes_[chance.randrange(len(bytes_))] = chance.randrange(256)
            s.send(bytes_[:chance.randrange(len(bytes_) + 1)])
            time.sleep(0.0002)
    assert still_serves()
    assert ipv6test.counters()["dns_ignored_total"] > before


def test_a_flood_is_not_amplified():
    for_a_victim = question(ipv6test.name("alg8"), "DNSKEY", want_dnssec=True, payload=4096).to_wire()
    before = ipv6test.counters()
    answers = udp.flood(pop.address("ipv6test", "udp"), for_a_victim, FLOOD, pop.visitor("9.9.8"))
    assert all(len(answer) <= 1232 for answer in answers)
    answers = [dns.message.from_wire(answer) for answer in answers]
    whole = [answer for answer in answers if not answer.flags & dns.flags.TC]
    cut = [answer for answer in answers if answer.flags & dns.flags.TC]
    assert LIMIT <= len(whole) < FLOOD / 2
    assert all(answer.answer == answer.authority == [] for answer in cut)
    assert len(whole) < len(answers) < FLOOD
    after = ipv6test.counters()
    truncated, dropped = (after[key] - before[key] for key in
                          ('dns_limited_total{outcome="truncated"}', 'dns_limited_total{outcome="dropped"}'))
    assert 0 < truncated + dropped <= FLOOD - len(whole)  # the kernel has dropped the rest
    assert abs(truncated - dropped) <= 1
    assert send(question()).rcode() == dns.rcode.NOERROR  # others are not limited
    assert send(question(), "tcp", source=pop.visitor("9.9.8")).rcode() == dns.rcode.NOERROR  # nor those who are real


def test_who_asks_too_much_over_tcp_is_refused():
    wire = question().to_wire()
    host, port = pop.address("ipv6test", "tcp")
    codes = []
    with socket.create_connection((host, port), 5, (pop.visitor("9.9.7"), 0)) as s, s.makefile("rb") as stream:
        for _ in range(20):
            s.sendall((struct.pack("!H", len(wire)) + wire) * 500)
            for _ in range(500):
                [length] = struct.unpack("!H", stream.read(2))
                codes.append(stream.read(length)[3] & 0xf)
    assert set(codes) == {dns.rcode.NOERROR, dns.rcode.REFUSED}
    assert codes.index(dns.rcode.REFUSED) >= TCP_TIMES * LIMIT


def test_clients_that_never_finish_keep_nobody_out():
    host, port = pop.address("ipv6test", "tcp")
    started = time.monotonic()
    clients = [socket.create_connection((host, port), IDLE_S + 20) for _ in range(NEVER_FINISH)]
    for i, client in enumerate(clients):
        client.sendall(b"\0\x40half"[:i % 6])
    assert still_serves()
    for client in clients:
        assert client.recv(1) == b""  # the server has closed it
        client.close()
    assert time.monotonic() - started >= IDLE_S - 1


def test_more_connections_than_there_is_room_for_keep_nobody_out():
    workers = int(pop.run("nproc").stdout)
    host, port = pop.address("ipv6test", "tcp")
    before = ipv6test.counters()["dns_displaced_total"]
    clients = [socket.create_connection((host, port), 5) for _ in range((CONNECTIONS_OF_WORKER + 200) * workers)]
    assert still_serves()
    counters = ipv6test.counters()
    assert counters["dns_connections"] <= CONNECTIONS_OF_WORKER * workers
    assert counters["dns_displaced_total"] > before
    for client in clients:
        client.close()


def resident_kib():
    status = pop.run("cat", f"/proc/{pop.property_of('ipv6testd.service', 'MainPID')}/status").stdout
    return int(status.partition("VmRSS:")[2].split()[0])


def flood(wires, seconds):
    """FLOOD_PER_SECOND queries, from many networks, so that no limit keeps them out. Return: how many were sent."""
    address = pop.address("ipv6test", "udp")
    sockets = [udp.connected(address, 0, f"127.8.{i}.1") for i in range(NETWORKS)]
    start, sent = time.monotonic(), 0
    while time.monotonic() - start < seconds:
        if sent > (time.monotonic() - start) * FLOOD_PER_SECOND:
            time.sleep(0.001)
            continue
        for s in sockets:
            s.send(wires[sent % len(wires)])
            sent += 1
    for s in sockets:
        s.close()
    return sent


def test_a_flood_of_nonces_takes_no_memory():
    nonce = ipv6test.no_nonce()
    wire = question(ipv6test.name("ds", nonce)).to_wire()
    wires = [wire.replace(nonce.encode(), ipv6test.no_nonce().encode()) for _ in range(20000)]
    flood(wires, 0.2)  # what is needed once is there
    memory, before = resident_kib(), ipv6test.counters()
    sent = flood(wires, FLOOD_SECONDS)
    after = ipv6test.counters()
    assert after['dns_queries_total{transport="udp"}'] - before['dns_queries_total{transport="udp"}'] > sent / 2
    assert after["seen_queries"] == before["seen_queries"]
    assert resident_kib() - memory < GROWTH_MAX_KIB
    assert still_serves()
