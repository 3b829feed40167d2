# The resolver answers members only, and checks what it answers.
# SPDX-License-Identifier: MIT

import re
import socket
import subprocess

import dns.dnssec
import dns.flags
import dns.rcode
import dns.rdatatype
import pytest

from support import pop, wait
from support.dns_client import DOMAIN, WAYS, ask, signed, zone_keys

SECURE_ENTRY_POINT = 1
STOCK = pop.PROJECT / "services/stock"


@pytest.mark.parametrize("protocol, family", WAYS)
def test_it_finds_the_names_of_the_pop(protocol, family):
    answer = ask(pop.address("resolver", protocol, family), f"speedtest.{DOMAIN}", "AAAA", protocol)
    assert answer.rcode() == dns.rcode.NOERROR
    assert answer.flags & dns.flags.RA
    records, signatures = signed(answer.answer, "AAAA")
    dns.dnssec.validate(records, signatures, zone_keys())
    assert [record.address for record in records] == [pop.address("speedtest", family="ipv6")[0]]


def test_it_says_so_when_a_name_does_not_exist():
    assert ask(pop.address("resolver", "udp"), f"nowhere.{DOMAIN}", "A").rcode() == dns.rcode.NXDOMAIN


@pytest.mark.parametrize("protocol, family", WAYS)
def test_it_refuses_strangers(strangers, protocol, family):
    answer = ask(pop.address("resolver", protocol, family), DOMAIN, "SOA", protocol, source=strangers[family])
    assert answer.rcode() == dns.rcode.REFUSED
    assert answer.answer == []


@pytest.fixture
def resolver_trusting(tmp_path):
    """Starts a resolver as the POP configures it, but with a key to trust for the POP's zone. Return: its address."""
    started = []

    def start(anchor):
        subprocess.run([pop.FONTAINE, "render", pop.POP_FILE, tmp_path, "--stock", STOCK], check=True, timeout=10)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = free.getsockname()
        text = (tmp_path / "unbound/unbound.conf").read_text()
        text = re.sub(r"domain-insecure: .*", f'trust-anchor: "{anchor}"', text)
        text = text.replace(f"@{pop.address('resolver', 'udp')[1]}", f"@{address[1]}")
        text = text.replace("/var/lib/unbound", str(tmp_path))
        (tmp_path / "trusting.conf").write_text(text)
        started.append(subprocess.Popen(["unbound", "-d", "-c", tmp_path / "trusting.conf"]))
        wait.until(lambda: answers(address), "the resolver answers")
        return address

    yield start
    for process in started:
        process.terminate()
        process.wait(10)


def answers(address):
    try:
        return ask(address, "localhost", "A", "tcp")
    except OSError:
        return None


def delegation_of_the_zone():
    [key] = [key for key in zone_keys()[DOMAIN] if key.flags & SECURE_ENTRY_POINT]
    return dns.dnssec.make_ds(DOMAIN, key, "SHA256")


def test_it_vouches_for_what_it_could_check(resolver_trusting):
    address = resolver_trusting(f"{DOMAIN} DS {delegation_of_the_zone()}")
    answer = ask(address, f"www.{DOMAIN}", "A")
    assert answer.rcode() == dns.rcode.NOERROR
    assert answer.flags & dns.flags.AD


def test_it_gives_nothing_that_fails_the_check(resolver_trusting):
    delegation = delegation_of_the_zone()
    forged = delegation.replace(digest=bytes(32))
    answer = ask(resolver_trusting(f"{DOMAIN} DS {forged}"), f"www.{DOMAIN}", "A")
    assert answer.rcode() == dns.rcode.SERVFAIL
    assert answer.answer == []
