# A secondary server, NSD, that is told of the reverse zones by the catalog and of their changes by Knot, and what
# it serves then: the same answers, signed.
# SPDX-License-Identifier: MIT

import contextlib
import subprocess

import dns.message
import dns.query
import dns.rcode
import dns.reversename
import dns.tsigkeyring
import dns.xfr
import dns.zone
import pytest

from support import links, reverse_pop, wait

pytestmark = pytest.mark.apart

SECONDARY, PORT = "127.0.0.2", 53
ZONES = ["192.0.2.0/24", "198.51.100.0/24", "2001:db8::/32"]
NAMES = ["2.0.192.in-addr.arpa", "100.51.198.in-addr.arpa", "8.b.d.0.1.0.0.2.ip6.arpa"]
DELEGATION = {"nameservers": [{"name": "ns1.example.net"}, {"name": "ns2.example.net"}]}
CONFIGURATION = """server:
  ip-address: {address}
  zonesdir: "{folder}"
  username: ""
  chroot: ""
  pidfile: ""
  xfrdfile: "{folder}/xfrd"
  zonelistfile: "{folder}/list"
  xfrdir: "{folder}"
  xfrd-reload-timeout: 0
  verbosity: 1
remote-control:
  control-enable: no
key:
  name: second
  algorithm: hmac-sha256
  secret: {secret}
pattern:
  name: reverse
  request-xfr: AXFR {primary}@{primary_port} second
  allow-notify: {primary} second
  outgoing-interface: {address}
zone:
  name: reverse-zones.pop.test
  catalog: consumer
  catalog-member-pattern: reverse
  request-xfr: AXFR {primary}@{primary_port} second
  allow-notify: {primary} second
  outgoing-interface: {address}
"""


def ask(reverse, name, kind, dnssec=True):
    question = dns.message.make_query(name, kind, want_dnssec=dnssec)
    with reverse.namespace.entered():
        return dns.query.tcp(question, SECONDARY, 5, PORT)


@pytest.fixture(scope="module")
def reverse(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nsd")
    secondary = {"name": "ns2.pop.test", "address": SECONDARY, "key": "second"}
    members = [{"asn": 64500, "name": "One", "prefixes": ZONES}]
    with reverse_pop.ReversePop(tmp_path_factory.mktemp("reverse"), ZONES, members, secondaries=[secondary]) as made:
        (folder / "conf").write_text(CONFIGURATION.format(
            address=SECONDARY, folder=folder, secret=made.key("second").rpartition(":")[2],
            primary=reverse_pop.ADDRESS, primary_port=reverse_pop.KNOT_PORT))
        with (folder / "log").open("w") as log, subprocess.Popen(
                made.namespace.command("nsd", "-d", "-c", folder / "conf"), stdout=log, stderr=log) as nsd:
            try:
                made.settle()
                yield made
            finally:
                nsd.terminate()


def has(reverse, name):
    try:
        return ask(reverse, name, "SOA").rcode() == dns.rcode.NOERROR
    except (OSError, EOFError):
        return False


def shown(answer):
    """Code and records, with signatures; what stands beside an answer is each server's own choice."""
    section = answer.answer or answer.authority
    return answer.rcode(), {rrset.name.to_text() + " " + record.to_text() for rrset in section for record in rrset}


def is_the_same(reverse, name, kind):
    return shown(ask(reverse, name, kind)) == shown(reverse.ask(name, kind, dnssec=True))


def test_every_zone_comes_through_the_catalog(reverse):
    for name in NAMES:
        wait.until(lambda name=name: has(reverse, name), f"NSD has {name}", 30)
        answer = ask(reverse, name, "NS", dnssec=False)
        assert {record.target.to_text() for record in answer.answer[0]} == {"ns1.pop.test.", "ns2.pop.test."}


def test_it_serves_what_members_change(reverse):
    status, said = reverse.api("PUT", "ptrs/192.0.2.7", {"name": "seven.example.net"})
    assert status == 201, said
    path = "delegations/198.51.100.64/26?check=no"
    status, said = reverse.api("PUT", path, DELEGATION, asn=None)
    assert status == 201, said
    questions = [("7.2.0.192.in-addr.arpa", "PTR"), ("8.2.0.192.in-addr.arpa", "PTR"),
                 ("70.100.51.198.in-addr.arpa", "PTR"), ("64-127.100.51.198.in-addr.arpa", "NS"),
                 ("2.0.192.in-addr.arpa", "DNSKEY"), ("2.0.192.in-addr.arpa", "SOA")]
    for name, kind in questions:
        wait.until(lambda name=name, kind=kind: is_the_same(reverse, name, kind), f"{name} {kind} is the same", 30)
    assert ask(reverse, "7.2.0.192.in-addr.arpa", "PTR").answer[0][0].target.to_text() == "seven.example.net."


@contextlib.contextmanager
def unreachable(reverse):
    route = "blackhole", f"{SECONDARY}/32", "table", "local"
    reverse.namespace.run("ip", "route", "add", *route)
    yield
    reverse.namespace.run("ip", "route", "del", *route)


def failures(reverse):
    return (reverse.folder / "knot.log").read_text().count(f"[{NAMES[0]}.] notify, outgoing, remote {SECONDARY}")


def test_one_that_was_not_there_is_told_again(reverse):
    """Without waiting until it asks by itself, two hours later."""
    assert reverse.api("PUT", "ptrs/192.0.2.10", {"name": "ten.example.net"})[0] == 201
    wait.until(lambda: has(reverse, NAMES[0]) and is_the_same(reverse, "10.2.0.192.in-addr.arpa", "PTR"), "told", 30)
    before = failures(reverse)
    with unreachable(reverse):
        status, said = reverse.api("PUT", "ptrs/192.0.2.9", {"name": "nine.example.net"})
        assert status == 201, said
        wait.until(lambda: failures(reverse) > before, "Knot could not tell it", 10)
    assert not ask(reverse, "9.2.0.192.in-addr.arpa", "PTR").answer
    wait.until(lambda: is_the_same(reverse, "9.2.0.192.in-addr.arpa", "PTR"), "it has what it missed", 60)


def test_it_follows_when_names_move(reverse):
    """A prefix with names for all addresses is the POP's alone: the secondary refers to it, and has the names after."""
    address, prefix = "2001:db8:1::7", "delegations/2001:db8:1::/64"
    owner = dns.reversename.from_address(address).to_text()
    assert reverse.api("PUT", f"ptrs/{address}", {"name": "seven.example.net"})[0] == 201
    wait.until(lambda: ask(reverse, owner, "PTR").answer, "the name is there", 30)
    assert reverse.api("PUT", prefix, {"nameservers": [{"name": "ns1.pop.test"}]})[0] == 201
    wait.until(lambda: not ask(reverse, owner, "PTR").answer, "the name is elsewhere", 30)
    referral = ask(reverse, owner, "PTR", dnssec=False).authority[0]
    assert [record.to_text() for record in referral] == ["ns1.pop.test."]
    assert reverse.names(address) == ["seven.example.net."]
    assert reverse.api("DELETE", prefix)[0] == 204
    wait.until(lambda: is_the_same(reverse, owner, "PTR"), "the name is back", 30)
    assert reverse.names(address) == ["seven.example.net."]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_served_verifies(reverse, name, tmp_path):
    """As ldns-verify-zone sees the whole zone, with the key that Knot has made."""
    zone = dns.zone.Zone(name)
    key = reverse.key("rdnsd").rpartition(":")[2]
    query = dns.xfr.make_query(zone, keyring=dns.tsigkeyring.from_text({"rdnsd.": key}))[0]
    with reverse.namespace.entered():
        dns.query.inbound_xfr(reverse_pop.ADDRESS, zone, query, reverse_pop.KNOT_PORT, timeout=10)
    path = tmp_path / "zone"
    path.write_text(zone.to_text(relativize=False))
    links.run("ldns-verify-zone", "-p", "0", path)


def test_a_zone_that_is_gone_from_the_pop_file_goes_from_the_secondary(reverse):
    text = (reverse.folder / "knot.conf").read_text()
    conf = text.replace(f"  - domain: {NAMES[1]}.\n    template: reverse\n", "")
    assert conf != text
    (reverse.folder / "knot.conf").write_text(conf)
    reverse.namespace.run("knotc", "-s", reverse.folder / "run/knot.sock", "reload")
    wait.until(lambda: not has(reverse, NAMES[1]), "NSD has it no more", 30)
    (reverse.folder / "knot.conf").write_text(text)
    reverse.namespace.run("knotc", "-s", reverse.folder / "run/knot.sock", "reload")
    wait.until(lambda: has(reverse, NAMES[1]), "NSD has it again", 30)
