# The POP's own zone: signed, complete, and nothing more.
# SPDX-License-Identifier: MIT

import dns.dnssec
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import pytest

from support import pop, udp
from support.dns_client import DOMAIN, WAYS, ask, ask_zone, kdig, signed, zone_keys

ECDSA_P256 = 13
NAMES = {"www": "pages", "speedtest": "speedtest", "ipv6test": "ipv6test", "turn": "turn", "ntp": "ntp",
         "dns": "resolver", "ns1": "authoritative"}


@pytest.mark.parametrize("protocol, family", WAYS)
@pytest.mark.parametrize("rdtype", ["SOA", "NS", "A", "AAAA", "TXT", "MX", "DNSKEY"])
def test_its_records_are_signed(rdtype, protocol, family):
    answer = ask_zone(DOMAIN, rdtype, protocol, family)
    assert answer.rcode() == dns.rcode.NOERROR
    assert answer.flags & dns.flags.AA
    records, signatures = signed(answer.answer, rdtype)
    assert {signature.algorithm for signature in signatures} == {ECDSA_P256}
    dns.dnssec.validate(records, signatures, zone_keys())


@pytest.mark.parametrize("name, service", NAMES.items())
def test_every_service_has_a_name(name, service):
    for rdtype, family in ("A", "ipv4"), ("AAAA", "ipv6"):
        records, signatures = signed(ask_zone(f"{name}.{DOMAIN}", rdtype).answer, rdtype)
        dns.dnssec.validate(records, signatures, zone_keys())
        protocol = next(iter(pop.endpoints()[service]))
        assert [record.address for record in records] == [pop.address(service, protocol, family)[0]]


@pytest.mark.parametrize("protocol, family", WAYS)
def test_what_does_not_exist_is_denied_with_a_proof(protocol, family):
    answer = ask_zone(f"nowhere.{DOMAIN}", "A", protocol, family)
    assert answer.rcode() == dns.rcode.NXDOMAIN
    proofs = [rrset for rrset in answer.authority if rrset.rdtype == dns.rdatatype.NSEC]
    assert proofs
    for proof in proofs:
        records, signatures = signed([rrset for rrset in answer.authority if rrset.name == proof.name], "NSEC")
        dns.dnssec.validate(records, signatures, zone_keys())


@pytest.mark.parametrize("family", pop.FAMILIES)
@pytest.mark.parametrize("protocol", ["udp", "dot", "doq"])
def test_kdig_sees_its_signature(protocol, family):
    shown = kdig("authoritative", protocol, family, "+dnssec", DOMAIN.to_text(), "SOA")
    assert "status: NOERROR" in shown
    assert "Flags: qr aa" in shown
    assert f"RRSIG SOA {ECDSA_P256} " in " ".join(shown.split())


@pytest.mark.parametrize("name, rdtype", [("example.net", "A"), ("localhost", "SOA"), (".", "NS"), (".", "ANY")])
def test_it_answers_for_no_other_zone(name, rdtype):
    assert ask_zone(name, rdtype).rcode() == dns.rcode.REFUSED


@pytest.mark.parametrize("family", pop.FAMILIES)
def test_it_is_not_given_away_whole(family):
    answer = ask_zone(DOMAIN, "AXFR", "tcp", family)
    assert answer.rcode() in (dns.rcode.REFUSED, dns.rcode.NOTAUTH)
    assert answer.answer == []


@pytest.mark.parametrize("name, rdtype, family", [
    ("speedtest-ipv4", "A", "ipv4"), ("speedtest-ipv6", "AAAA", "ipv6")])
def test_the_speed_test_has_a_name_for_each_family(name, rdtype, family):
    answer = ask_zone(f"{name}.{DOMAIN}", rdtype)
    addresses = [record.address for rrset in answer.answer if rrset.rdtype == dns.rdatatype.from_text(rdtype)
                 for record in rrset]
    assert addresses == [pop.address("speedtest", family=family)[0]]


@pytest.mark.parametrize("name", ["version.bind", "version.server", "id.server", "hostname.bind"])
@pytest.mark.parametrize("service", ["authoritative", "resolver"])
def test_servers_do_not_say_what_they_are(service, name):
    answer = ask(pop.address(service, "udp"), name, "TXT", rdclass="CH")
    assert answer.answer == []


def test_a_flood_is_not_amplified():
    question = dns.message.make_query(DOMAIN, "DNSKEY", want_dnssec=True).to_wire()
    answers = udp.flood(pop.address("authoritative", "udp"), question, 2000, pop.visitor("9.9.9"))
    answers = [dns.message.from_wire(answer) for answer in answers]
    whole = [answer for answer in answers if not answer.flags & dns.flags.TC]
    assert 0 < len(whole) < 500
    assert len(whole) < len(answers) < 2000
