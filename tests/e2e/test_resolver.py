# The resolver answers members only, and checks what it answers.
# SPDX-License-Identifier: MIT

import concurrent.futures
import ssl

import dns.dnssec
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import pytest
from cryptography import x509

from support import pop
from support.dns_client import DOMAIN, WAYS, ask, delegation_of_the_zone, kdig, signed, zone_keys

WHY_BYTES = 6  # that it is prohibited (RFC 8914)
UNIT = "fontaine-members.service"
TLS = "/var/lib/fontaine/tls"
RENEW = ["setpriv", "--reuid=fontaine", "--regid=www-data", "--clear-groups", "sh", "-c",
         f"umask 027; rm {TLS}/current/names; /usr/libexec/fontaine/testca /run/fontaine/tls/names {TLS}"]


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
    question = dns.message.make_query("example.net", "ANY", use_edns=0, payload=4096)
    host, port = pop.address("resolver", protocol, family)
    answer = getattr(dns.query, protocol)(question, host, 5, port, source=strangers[family])
    assert answer.rcode() == dns.rcode.REFUSED
    assert len(answer.to_wire()) <= len(question.to_wire()) + WHY_BYTES  # no amplification


@pytest.mark.parametrize("family", pop.FAMILIES)
@pytest.mark.parametrize("protocol", ["dot", "doh"])
def test_encryption_lets_nobody_in(strangers, protocol, family):
    assert "status: REFUSED" in kdig("resolver", protocol, family, "-b", strangers[family], DOMAIN.to_text(), "SOA")


@pytest.mark.parametrize("family", pop.FAMILIES)
def test_who_knows_its_address_finds_its_encrypted_transports(family):
    """And each shows a certificate for that very address (RFC 9462, 4.2), and for the name that it is told by."""
    told = kdig("resolver", "udp", family, "+short", "_dns.resolver.arpa", "SVCB").splitlines()
    name = f"dns.{DOMAIN}"
    ports = {protocol: pop.address("resolver", protocol)[1] for protocol in ("dot", "doh")}
    hints = " ".join(f"{family}hint={pop.address('resolver', 'udp', family)[0]}" for family in pop.FAMILIES)
    assert sorted(told) == [f'1 {name} alpn="dot" port={ports["dot"]} {hints}',
                    f'2 {name} alpn="h2" port={ports["doh"]} {hints} dohpath="/dns-query{{?dns}}"']
    for protocol in ports:
        for host_name in None, pop.address("resolver", protocol, family)[0]:
            shown = kdig("resolver", protocol, family, "+short", f"www.{DOMAIN}", "A", host_name=host_name)
            assert shown.split() == [pop.address("pages")[0]]
    by_name = kdig("authoritative", "udp", family, "+short", f"_dns.{name}", "SVCB").splitlines()
    assert {tuple(line.split()[2:4]) for line in by_name} == {tuple(line.split()[2:4]) for line in told}


def reload(unit):
    pop.run("systemctl", "reload", unit)


def test_a_new_list_of_members_is_taken_by_the_unit_that_is_started_for_it():
    """What that does to questions: test_resolver_alone."""
    before = pop.run("stat", "--format=%i", "/run/fontaine/unbound/unbound.conf").stdout
    pop.run("systemctl", "start", UNIT)
    assert pop.property_of(UNIT, "Result") == "success"
    assert pop.run("stat", "--format=%i", "/run/fontaine/unbound/unbound.conf").stdout != before  # it is rendered
    assert "status: NOERROR" in kdig("resolver", "udp", "ipv4", f"www.{DOMAIN}", "A")


@pytest.mark.parametrize("unit, service, protocols", [
    ("unbound.service", "resolver", ["dot", "doh"]), ("knot.service", "authoritative", ["dot", "doq"])])
def test_a_renewed_certificate_is_taken_without_a_failed_question(unit, service, protocols):
    """Over TLS, HTTPS or QUIC; by a reload, meanwhile asked all the time."""
    words = f"www.{DOMAIN}", "A"
    pop.run(*RENEW)
    serial = pop.run("openssl", "x509", "-noout", "-serial", "-in", f"{TLS}/server.crt").stdout
    with concurrent.futures.ThreadPoolExecutor() as pool:
        reloading = pool.submit(reload, unit)
        n = 0
        while not reloading.done() or n < 3:
            for protocol in ["udp", *protocols]:
                assert "status: NOERROR" in kdig(service, protocol, "ipv4", *words)
            n += 1
        reloading.result()
    host, port = pop.address(service, "dot")
    shown = ssl.get_server_certificate((host, port))
    assert serial.strip() == f"serial={x509.load_pem_x509_certificate(shown.encode()).serial_number:040X}"


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
