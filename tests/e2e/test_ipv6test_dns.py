# The zones of the IPv6 test: each answers what its test is about, and a resolver that checks
# signatures believes what it should and nothing else.
# SPDX-License-Identifier: MIT

import subprocess
import time

import dns.dnssec
import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import pytest

from support import ipv6test, pop
from support.dns_client import DOMAIN, WAYS, ask, delegation_of_the_zone, signed, zone_keys

UNSIGNED = ["a", "aaaa", "ds", "late", "tcp", "v4ns", "v6ns", "qmin"]
SIGNED = {"alg8": 8, "alg13": 13, "alg15": 15}
BROKEN = ["bogus", "expired", "nosig"]
HAS = {"a": ["A"], "aaaa": ["AAAA"]}  # the others have both
LATE_S = 1


def ask_test(name, rdtype, protocol="udp", family="ipv4"):
    return ask(pop.address("ipv6test", protocol, family), name, rdtype, protocol)


def addresses(answer, rdtype):
    return [record.address for rrset in answer.answer if rrset.rdtype == dns.rdatatype.from_text(rdtype)
            for record in rrset]


def own(rdtype):
    return [pop.address("ipv6test", family={"A": "ipv4", "AAAA": "ipv6"}[rdtype])[0]]


@pytest.mark.parametrize("protocol, family", WAYS)
@pytest.mark.parametrize("test", [*UNSIGNED, *SIGNED, *BROKEN])
def test_each_zone_has_the_addresses_of_its_test(test, protocol, family):
    for rdtype in "A", "AAAA":
        answer = ask_test(ipv6test.name(test, ipv6test.no_nonce()), rdtype, protocol, family)
        assert answer.rcode() == dns.rcode.NOERROR
        assert answer.flags & dns.flags.AA
        if test == "tcp" and protocol == "udp":
            assert answer.flags & dns.flags.TC and answer.answer == []
        else:
            assert addresses(answer, rdtype) == (own(rdtype) if rdtype in HAS.get(test, ["A", "AAAA"]) else [])


def test_the_names_of_each_test_are_those_that_the_page_is_told():
    assert sorted(ipv6test.session()["tests"]) == sorted([*UNSIGNED, *SIGNED, *BROKEN])


def test_anything_below_a_nonce_is_there_and_the_rest_is_not():
    assert addresses(ask_test(ipv6test.name("ds", "x", ipv6test.no_nonce()), "A"), "A") == own("A")
    assert addresses(ask_test(f"ds.v6ns.ipv6test.{DOMAIN}", "AAAA"), "AAAA") == own("AAAA")
    for nothing in ipv6test.name("ds", "www"), ipv6test.name("ds", ipv6test.no_nonce(), "x"):
        answer = ask_test(nothing, "A")
        assert answer.rcode() == dns.rcode.NXDOMAIN
        assert [rrset.rdtype for rrset in answer.authority] == [dns.rdatatype.SOA]


def test_what_a_name_does_not_have_is_no_error():
    answer = ask_test(ipv6test.name("a", ipv6test.no_nonce()), "AAAA")
    assert answer.rcode() == dns.rcode.NOERROR and answer.answer == []
    [soa] = answer.authority
    assert soa.name == dns.name.from_text(ipv6test.name("a"))
    assert soa.ttl == soa[0].minimum


@pytest.mark.parametrize("protocol", ["udp", "tcp"])
def test_an_address_comes_late_where_that_is_the_test(protocol):
    before = time.monotonic()
    ask_test(ipv6test.name("late", ipv6test.no_nonce()), "A", protocol)
    early = time.monotonic()
    ask_test(ipv6test.name("late", ipv6test.no_nonce()), "AAAA", protocol)
    late = time.monotonic()
    assert late - early >= LATE_S
    assert early - before < late - early


@pytest.mark.parametrize("test, server", [("ds", "ns"), ("v4ns", "ns4"), ("v6ns", "ns6")])
def test_the_name_server_is_the_one_that_the_parent_names(test, server):
    zone, expected = ipv6test.name(test), dns.name.from_text(f"{server}.ipv6test", DOMAIN)
    [records] = ask_test(zone, "NS").answer
    [delegation] = [rrset for rrset in ask(pop.address("authoritative", "udp"), zone, "NS").authority
                    if rrset.rdtype == dns.rdatatype.NS]
    assert [record.target for record in records] == [record.target for record in delegation] == [expected]
    families = {"ns": ["A", "AAAA"], "ns4": ["A"], "ns6": ["AAAA"]}[server]
    for rdtype in "A", "AAAA":
        answer = ask(pop.address("authoritative", "udp"), expected, rdtype)
        assert addresses(answer, rdtype) == (own(rdtype) if rdtype in families else [])


@pytest.mark.parametrize("test, algorithm", SIGNED.items())
def test_the_parent_vouches_for_the_key(test, algorithm):
    zone = dns.name.from_text(ipv6test.name(test))
    answer = ask(pop.address("authoritative", "tcp"), zone, "DS", "tcp")
    records, signatures = signed(answer.answer, "DS")
    dns.dnssec.validate(records, signatures, zone_keys())
    keys, key_signatures = signed(ask_test(zone, "DNSKEY", "tcp").answer, "DNSKEY")
    dns.dnssec.validate(keys, key_signatures, {zone: keys})
    assert [key.algorithm for key in keys] == [algorithm]
    assert records[0] == dns.dnssec.make_ds(zone, keys[0], "SHA256")


@pytest.fixture
def trusting(resolver_trusting):
    """A resolver that checks signatures down from the POP's zone."""
    return resolver_trusting(f"{DOMAIN} DS {delegation_of_the_zone()}")


def test_a_resolver_believes_what_it_should(trusting):
    for test in [*UNSIGNED, *SIGNED]:
        rdtype = HAS.get(test, ["A"])[0]
        answer = ask(trusting, ipv6test.name(test, ipv6test.no_nonce()), rdtype)
        assert addresses(answer, rdtype) == own(rdtype), test
        assert bool(answer.flags & dns.flags.AD) == (test in SIGNED), test
    for test in BROKEN:
        answer = ask(trusting, ipv6test.name(test, ipv6test.no_nonce()), "A")
        assert answer.rcode() == dns.rcode.SERVFAIL, test


def test_a_resolver_believes_what_is_denied(trusting):
    for test in SIGNED:
        for name in ipv6test.name(test, ipv6test.no_nonce()), ipv6test.name(test, "nothing"), ipv6test.name(test):
            answer = ask(trusting, name, "TXT")
            assert answer.rcode() == dns.rcode.NOERROR and answer.answer == [], name
            assert answer.flags & dns.flags.AD, name


def judge(tmp_path, *question):
    """What delv(1) says, which asks the POP's resolver for all it needs and checks it itself."""
    host, port = pop.address("resolver", "udp")
    anchor = tmp_path / "anchor"
    ds = delegation_of_the_zone()
    anchor.write_text(f'trust-anchors {{ "{DOMAIN}" static-ds {ds.key_tag} {ds.algorithm} {ds.digest_type} '
                      f'"{ds.digest.hex()}"; }};\n')
    command = ["delv", f"@{host}", "-p", str(port), "-a", anchor, f"+root={DOMAIN}", *question]
    done = subprocess.run(command, timeout=20, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout


@pytest.mark.parametrize("test, verdict", [*((test, "; fully validated") for test in SIGNED),
                                           *((test, "; unsigned answer") for test in ("a", "ds")),
                                           ("bogus", "RRSIG failed to verify"), ("expired", "RRSIG has expired"),
                                           ("nosig", "broken trust chain")])
def test_delv_judges_it_so(test, verdict, tmp_path):
    assert verdict in judge(tmp_path, ipv6test.name(test, ipv6test.no_nonce()), "A")


@pytest.mark.parametrize("test", SIGNED)
def test_delv_finds_denials_proven(test, tmp_path):
    assert "; negative response, fully validated" in judge(
        tmp_path, ipv6test.name(test, ipv6test.no_nonce()), "TXT")


@pytest.mark.parametrize("test, algorithm", SIGNED.items())
def test_kdig_and_drill_see_the_signature(test, algorithm):
    host, port = pop.address("ipv6test", "udp")
    name = ipv6test.name(test, ipv6test.no_nonce())
    for command in (["kdig", f"@{host}", "-p", str(port), "+dnssec", name, "A"],
                    ["drill", "-D", "-p", str(port), f"@{host}", name, "A"]):
        shown = subprocess.run(command, check=True, timeout=20, text=True, stdout=subprocess.PIPE).stdout
        assert "NOERROR" in shown
        assert f"RRSIG A {algorithm} " in " ".join(shown.split()), shown


def test_what_resolvers_did_is_remembered():
    nonce = ipv6test.nonce()
    host, port = pop.address("ipv6test", "udp")
    subnet = dns.edns.ECSOption("192.0.2.0", 24)
    query = dns.message.make_query(ipv6test.name("ds", nonce.upper()), "AAAA", payload=1400, want_dnssec=True,
                                   options=[subnet])
    for _ in range(2):
        dns.query.udp(query, host, port=port, timeout=5)
    host, port = pop.address("ipv6test", "tcp", "ipv6")
    dns.query.tcp(dns.message.make_query(ipv6test.name("a", nonce), "A"), host, port=port, timeout=5)
    first, second = ipv6test.seen(nonce)
    assert first.pop("first_ms") == 0 and second.pop("first_ms") >= 0
    assert first == {"test": "ds", "type": "AAAA", "resolver": {"address": pop.OWN["ipv4"], "family": "ipv4"},
                     "transport": "udp", "edns": True, "do": True, "buffer": 1400, "ecs": "192.0.2.0/24",
                     "mixed_case": True, "minimised": False, "count": 2}
    assert second == {"test": "a", "type": "A", "resolver": {"address": pop.OWN["ipv6"], "family": "ipv6"},
                      "transport": "tcp", "edns": False, "do": False, "buffer": 0, "ecs": None,
                      "mixed_case": False, "minimised": False, "count": 1}


def test_the_resolver_of_the_pop_shows_what_it_is():
    nonce = ipv6test.nonce()
    for test in "tcp", "qmin":
        ask(pop.address("resolver", "udp"), ipv6test.name(test, "x", nonce), "A")
    queries = ipv6test.seen(nonce)
    assert all(query["do"] and query["edns"] for query in queries)
    assert {query["transport"] for query in queries if query["test"] == "tcp"} == {"udp", "tcp"}
    assert any(query["minimised"] for query in queries if query["test"] == "qmin")


def test_names_that_are_none_of_ours_are_not_remembered():
    before = ipv6test.counters()
    for _ in range(20):
        ask_test(ipv6test.name("ds", ipv6test.no_nonce()), "A")
    after = ipv6test.counters()
    assert after["seen_queries"] == before["seen_queries"]
    assert after["dns_nonces_total"] == before["dns_nonces_total"]
