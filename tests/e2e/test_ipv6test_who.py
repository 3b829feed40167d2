# Who a visitor is: origin AS, RPKI state and name, from the POP's own files and its own resolver.
# SPDX-License-Identifier: MIT

import json
import socket
import subprocess
import threading
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rrset
import pytest

from support import ipv6testd, links, pop, wait, wire

UNBOUND = """
server:
	username: ""
	chroot: ""
	directory: "{folder}"
	pidfile: ""
	use-syslog: no
	interface: {address}@53
	access-control: 10.9.0.0/16 allow
	local-zone: "9.10.in-addr.arpa." static
	local-zone: "9.0.d.f.ip6.arpa." static
	local-data-ptr: "10.9.0.2 60 home.example.net"
	local-data-ptr: "fd09::2 60 other.example.net"
	local-zone: "example.net." static
	local-data: "home.example.net. 60 A 10.9.0.2"
	local-data: "other.example.net. 60 AAAA fd09::3"
remote-control:
	control-enable: no
"""
RESOLVER = {"resolver": {}}


@pytest.fixture
def link():
    with links.link() as link:
        yield link


@pytest.fixture
def folder(tmp_path):
    """Of the daemon: empty."""
    (tmp_path / "daemon").mkdir()
    return tmp_path / "daemon"


@contextmanager
def unbound(namespace, folder):
    file = folder / "unbound.conf"
    file.write_text(UNBOUND.format(folder=folder, address=links.SERVER["ipv4"]))
    server = subprocess.Popen(namespace.command("unbound", "-d", "-p", "-c", file), stdin=subprocess.DEVNULL)
    try:
        yield
    finally:
        server.terminate()
        server.wait(10)


@contextmanager
def resolver_that(namespace, answers):
    """A resolver that sends for each question what @answers makes of it, in that order."""
    with namespace.entered():
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind((links.SERVER["ipv4"], 53))

    def serve():
        while True:
            wire_text, client = server.recvfrom(4096)
            if not wire_text:
                return
            for answer in answers(dns.message.from_wire(wire_text)):
                server.sendto(answer.to_wire(), client)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        with namespace.entered(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", (links.SERVER["ipv4"], 53))
        thread.join(10)
        server.close()


def who(link, server, family="ipv4", source=None):
    with link.client.entered():
        reply = wire.ask(server.address(family), wire.request("GET", "/who.json"), source=source)
    assert (reply.status, reply.headers["access-control-allow-origin"]) == (200, "*")
    return json.loads(reply.body)


def name_of(told):
    return told["ptr"], told["ptr_confirmed"]


def test_the_pops_own_resolver_is_asked():
    """This machine's loopback has a name in every resolver (RFC 6761)."""
    reply = wire.ask(pop.address("ipv6test"), wire.request("GET", "/who.json"))
    told = json.loads(reply.body)
    assert (told["ip"], *name_of(told)) == ("127.0.0.1", "localhost", True)


def test_names(link, folder):
    with unbound(link.server, folder.parent), ipv6testd.running(
            link.server, folder, services=RESOLVER) as server:
        wait.until(lambda: who(link, server)["ptr"], "the resolver answers")
        assert name_of(who(link, server)) == ("home.example.net", True)
        assert name_of(who(link, server, "ipv6")) == ("other.example.net", False)
        link.add_address(link.client, "10.9.0.77")
        assert name_of(who(link, server, source="10.9.0.77")) == (None, False)
        found = server.counters()
        assert found['ptr_total{outcome="unconfirmed"}'] == found['ptr_total{outcome="none"}'] == 1


def test_without_a_resolver(link, folder):
    with ipv6testd.running(link.server, folder) as server:
        assert who(link, server) == {
            "ip": "10.9.0.2", "asns": [], "prefix": None, "rpki": "unknown", "ptr": None, "ptr_confirmed": None}


def test_a_resolver_that_is_away(link, folder):
    with ipv6testd.running(link.server, folder, services=RESOLVER) as server:
        assert name_of(who(link, server)) == (None, None)
        assert server.counters()['ptr_total{outcome="unknown"}'] == 1


def named(question, name, **changes):
    """An answer that says that the client is called @name, and a change to its message."""
    answer = dns.message.make_response(question)
    answer.answer.append(dns.rrset.from_text(question.question[0].name, 60, "IN", "PTR", name))
    for field, value in changes.items():
        setattr(answer, field, value)
    return answer


def test_a_resolver_that_is_silent(link, folder):
    with resolver_that(link.server, lambda question: []), ipv6testd.running(
            link.server, folder, services=RESOLVER) as server:
        assert name_of(who(link, server)) == (None, None)


def test_a_truncated_answer_says_nothing(link, folder):
    def cut(question):
        return [named(question, "half.example.", flags=dns.flags.QR | dns.flags.TC)]

    with resolver_that(link.server, cut), ipv6testd.running(
            link.server, folder, services=RESOLVER) as server:
        assert name_of(who(link, server)) == (None, None)


def test_answers_to_other_questions_are_passed_over(link, folder):
    def guess_first(question):
        if question.question[0].rdtype != dns.rdatatype.PTR:
            return []
        other = dns.message.make_query("1.1.1.10.in-addr.arpa.", "PTR")
        other.id = question.id
        return [named(question, "guessed.example.", id=(question.id + 1) % 65536), named(other, "other.example."),
                named(question, "right.example.")]

    with resolver_that(link.server, guess_first), ipv6testd.running(
            link.server, folder, services=RESOLVER) as server:
        assert name_of(who(link, server)) == ("right.example", None)
        assert server.counters()['ptr_total{outcome="unchecked"}'] == 1


def test_origins_and_rpki_states(link, folder):
    """Its files change while the server runs."""
    files = folder.parent / "files"
    files.mkdir()
    origins, vrps = files / "origins", files / "vrps.csv"

    def put(path, text):
        made = files / "new"
        made.write_text(text)
        made.rename(path)

    def origin(family="ipv4"):
        told = who(link, server, family)
        return told["prefix"], told["rpki"], [(each["asn"], each["name"], each["rpki"]) for each in told["asns"]]

    columns = "ASN,IP Prefix,Max Length,Trust Anchor,Expires\n"
    put(origins, "64500\t10.9.0.0/16\t300\n{64501,64502}\tfd09::/32\t300\n")
    put(vrps, f"{columns}AS64500,10.9.0.0/16,16,ripe,4000000000\nAS64501,fd09::/32,48,ripe,4000000000\n")
    with ipv6testd.running(link.server, folder,
                           results={"origins": [str(origins)]}, vrps=str(vrps)) as server:
        wait.until(lambda: server.counters()["rpki_prefixes"] == 2, "the payloads are read")
        wait.until(lambda: server.counters()["origin_prefixes"] == 2, "the origins are read")
        assert origin() == ("10.9.0.0/16", "valid", [(64500, None, "valid")])
        assert origin("ipv6") == ("fd09::/32", "invalid", [(64501, None, "valid"), (64502, None, "invalid")])
        put(vrps, f"{columns}AS64511,10.9.0.0/16,16,ripe,4000000000\nAS1,10.8.0.0/16\nAS1,10.8.0.0/16,16,ripe,1\n")
        wait.until(lambda: origin()[1] == "invalid", "the changed file is read")
        assert origin("ipv6")[1] == "not-found"
        put(vrps, "")
        wait.until(lambda: server.counters()["rpki_failures_total"] == 1, "the emptied file is looked at")
        assert origin()[1] == "invalid"
