# The resolver answers members only, and checks what it answers.
# SPDX-License-Identifier: MIT

import dns.dnssec
import dns.flags
import dns.rcode
import dns.rdatatype
import pytest

from support import pop
from support.dns_client import DOMAIN, WAYS, ask, delegation_of_the_zone, signed, zone_keys


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
