# Members' servers roll their keys, move, secure a zone and give that up: the delegation follows, or says why not.
# SPDX-License-Identifier: MIT

import signal
import socket

import dns.message
import dns.opcode
import dns.rcode
import pytest

from support import children, reverse_pop, wait
from support.children import OPERATOR, ds_of, text_of, zone_of

pytestmark = pytest.mark.apart

LIMIT_S = 30
FLOOD = 1000  # messages
NS = [f"ns1.{OPERATOR}", f"ns2.{OPERATOR}"]
BIND_NS = [f"bind1.{OPERATOR}", f"bind2.{OPERATOR}"]
SERVERS = dict.fromkeys(NS, ())
ROLL, BOOTSTRAP, DELETE, MOVE, GLUE, UNSECURED, BIND, AGAIN, STILL, FLOODED = range(10)
SEVERAL = 0x10, 0x11
CASES = {ROLL: "rollover", BOOTSTRAP: "always", DELETE: "always", AGAIN: "always", MOVE: "none",
         GLUE: "none", UNSECURED: "none", FLOODED: "none",
         **dict.fromkeys(SEVERAL, "none")}


def of_operator():
    hosts = "".join(f"{kind}{i} A {address}\n" for kind, addresses in (
        ("ns", children.ADDRESSES), ("bind", children.BIND_ADDRESSES)) for i, address in enumerate(addresses, 1))
    return text_of(OPERATOR, NS, hosts)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with children.Lab(tmp_path_factory.mktemp("following")) as made:
        zones = {OPERATOR: of_operator(), **{zone_of(case)[1]: text_of(zone_of(case)[1], NS) for case in CASES}}
        policies = {OPERATOR: "none", **{zone_of(case)[1]: publish for case, publish in CASES.items()}}
        made.knot_of_members = children.SigningKnot(made, "members", children.ADDRESSES, zones, policies)
        made.knot_of_members.start()
        zones = {zone: text_of(zone, BIND_NS) for _, zone in map(zone_of, (BIND, STILL))}
        made.bind = children.SigningBind(made, "bind", children.BIND_ADDRESSES, zones)
        made.bind.start()
        children.Resolver(made, [ds_of(key, OPERATOR) for key in secure_keys(made, OPERATOR)]).start()
        made.settle()
        yield made


def secure_keys(lab, zone, address=children.ADDRESSES[0]):
    return [key for key in lab.at(address, zone, "DNSKEY") if key.startswith("257 ")]


def present_ds(lab, zone):
    return [ds_of(key, zone) for key in secure_keys(lab, zone)]


def same(texts):
    """DS records, however they are written."""
    return sorted("".join(text.split(maxsplit=3)[:3]) + "".join(text.split()[3:]).lower() for text in texts)


def begin(lab, case, ds=True, servers=SERVERS):
    prefix, zone = zone_of(case)
    status, reply = lab.delegate(prefix, servers, {zone: present_ds(lab, zone)} if ds else {})
    assert status == 201, reply
    return prefix, zone


def notify(lab, prefix, zone, asks="ds"):
    """As the zone's server would, at some other time."""
    lab.forget_look(prefix)
    assert lab.notify(zone, "CDS" if asks == "ds" else "CSYNC") == dns.rcode.NOERROR


def follow(lab, prefix, zone, outcome, asks="ds"):
    """Have it looked at, and wait for what comes of it."""
    seen = []

    def comes_out():
        seen[:] = [lab.following(prefix, zone, asks)]
        return seen[0] is not None and seen[0]["outcome"] == outcome

    notify(lab, prefix, zone, asks)
    try:
        wait.until(comes_out, f"{zone} comes out as {outcome}", LIMIT_S)
    except AssertionError as late:
        raise AssertionError(f"{late}: {seen}") from None


def test_knot_rolls_its_key(lab):
    prefix, zone = begin(lab, ROLL)
    before = lab.served(zone, "DS")

    def asks_for_another():
        cds = lab.at(children.ADDRESSES[0], zone, "CDS")
        return cds if cds and same(cds) != same(before) else None

    lab.knot_of_members.control("zone-key-rollover", zone, "ksk")
    asked = wait.until(asks_for_another, "Knot asks for the new key's DS", LIMIT_S)
    follow(lab, prefix, zone, "followed")
    after = lab.served(zone, "DS")
    assert after != before
    assert same(after) == same(asked)
    assert lab.who_changed(prefix) == "CDS of the zone"
    wait.until(lambda: not lab.at(children.ADDRESSES[0], zone, "CDS"), "Knot sees it, and asks no more", LIMIT_S)
    follow(lab, prefix, zone, "nothing")


def vouch(lab, zone, servers, address):
    """Have the operator's zone say for each server what the zone says (RFC 9615)."""
    lab.knot_of_members.change(OPERATOR, *(
        ("set", f"_dsboot.{zone}._signal.{server}.", "1", kind, text)
        for server in servers for kind in ("CDS", "CDNSKEY") for text in lab.at(address, zone, kind)))


def test_bind_is_secured_and_rolls_its_key(lab):
    prefix, zone = begin(lab, BIND, ds=False, servers=dict.fromkeys(BIND_NS, ()))
    address = children.BIND_ADDRESSES[0]
    first = wait.until(lambda: lab.at(address, zone, "CDS"), "BIND asks for its key's DS", LIMIT_S)
    vouch(lab, zone, BIND_NS, address)
    follow(lab, prefix, zone, "followed")
    assert same(lab.served(zone, "DS")) == same(first)
    lab.bind.control("dnssec", "-checkds", "published", zone)
    lab.bind.control("dnssec", "-rollover", "-key", first[0].split()[0], zone)
    wait.until(lambda: same(lab.at(address, zone, "CDS")) not in (same(first), []), "BIND asks for another", LIMIT_S)
    notify(lab, prefix, zone)
    wait.until(lambda: same(lab.served(zone, "DS")) == same(lab.at(address, zone, "CDS")), "it is followed", LIMIT_S)


def test_a_zone_is_secured_by_its_operators_word(lab):
    prefix, zone = begin(lab, BOOTSTRAP, ds=False)
    follow(lab, prefix, zone, "no-signal")
    assert lab.served(zone, "DS") == []
    assert "_dsboot" in lab.following(prefix, zone, "ds")["remedy"]
    vouch(lab, zone, NS, children.ADDRESSES[0])
    follow(lab, prefix, zone, "followed")
    assert same(lab.served(zone, "DS")) == same(lab.at(children.ADDRESSES[0], zone, "CDS"))


def test_a_zone_gives_its_keys_up(lab):
    prefix, zone = begin(lab, DELETE)
    assert len(lab.served(zone, "DS")) == 1
    lab.knot_of_members.publish(zone, "delete-dnssec")
    wait.until(lambda: lab.at(children.ADDRESSES[0], zone, "CDS") == ["0 0 0 00"], "Knot asks for no DS", LIMIT_S)
    follow(lab, prefix, zone, "followed")
    assert lab.served(zone, "DS") == []


def test_what_cannot_be_published_is_tried_again(lab):
    prefix, zone = begin(lab, AGAIN)
    lab.knot_of_members.publish(zone, "delete-dnssec")
    wait.until(lambda: lab.at(children.ADDRESSES[0], zone, "CDS") == ["0 0 0 00"], "Knot asks for no DS", LIMIT_S)
    lab.stop_knot()
    notify(lab, prefix, zone)
    outcome = f"SELECT outcome FROM followed WHERE zone = '{zone}' AND what = 'ds'"
    wait.until(lambda: lab.query(outcome) == [("unpublished",)], "the POP's Knot does not take it", LIMIT_S)
    assert lab.query(f"SELECT count(*) FROM ds WHERE zone = '{zone}'") == [(1,)]
    lab.start_knot()
    lab.settle()
    assert len(lab.served(zone, "DS")) == 1
    follow(lab, prefix, zone, "followed")
    assert lab.served(zone, "DS") == []


def test_the_zone_moves(lab):
    prefix, zone = begin(lab, MOVE)
    change = lab.knot_of_members.change
    change(zone, ("set", "@", "1", "CSYNC", "1 2 NS"))
    follow(lab, prefix, zone, "waits", "ns")
    change(zone, ("unset", "@", "CSYNC"), ("set", "@", "1", "CSYNC", "1 3 NS"),
           ("unset", "@", "NS", f"{NS[1]}."), ("set", "@", "1", "NS", "nowhere.invalid."))
    follow(lab, prefix, zone, "check", "ns")
    change(zone, ("unset", "@", "NS", "nowhere.invalid."), ("set", "@", "1", "NS", f"ns3.{OPERATOR}."))
    follow(lab, prefix, zone, "followed", "ns")
    assert lab.served(zone, "NS") == [f"ns1.{OPERATOR}.", f"ns3.{OPERATOR}."]
    assert len(lab.served(zone, "DS")) == 1
    assert lab.who_changed(prefix) == "CSYNC of the zone"


def test_a_server_inside_gets_another_address(lab):
    prefix, zone = zone_of(GLUE)
    change = lab.knot_of_members.change
    inside = f"ns.{zone}"
    change(zone, ("unset", "@", "NS", f"{NS[0]}."), ("set", "@", "1", "NS", f"{inside}."),
           ("set", "ns", "1", "A", "127.0.1.1"))
    begin(lab, GLUE, servers={inside: ["127.0.1.1"], NS[1]: ()})
    change(zone, ("unset", "ns", "A"), ("set", "ns", "1", "A", "127.0.1.9"),
           ("set", "@", "1", "CSYNC", "1 1 A NS AAAA"))
    follow(lab, prefix, zone, "check", "ns")  # nobody answers there
    change(zone, ("unset", "ns", "A"), ("set", "ns", "1", "A", "127.0.1.3"))
    follow(lab, prefix, zone, "followed", "ns")
    assert lab.glue(zone, inside) == ["127.0.1.3"]


def test_zones_of_one_prefix(lab):
    """Each has its own keys; the servers are those of both."""
    prefix, zones = "2001:db8:110::/47", [zone_of(number)[1] for number in SEVERAL]
    first, second = zones
    status, reply = lab.delegate(prefix, SERVERS, {zone: present_ds(lab, zone) for zone in zones})
    assert status == 201, reply
    knot = lab.knot_of_members
    for zone, outcome in (first, "zones-differ"), (second, "followed"):
        knot.change(zone, ("set", "@", "1", "CSYNC", "1 3 NS"), ("unset", "@", "NS", f"{NS[0]}."),
                    ("set", "@", "1", "NS", f"ns3.{OPERATOR}."))
        follow(lab, prefix, zone, outcome, "ns")
    assert [lab.served(zone, "NS") for zone in zones] == 2 * [[f"ns2.{OPERATOR}.", f"ns3.{OPERATOR}."]]

    knot.publish(first, "delete-dnssec")
    wait.until(lambda: lab.at(children.ADDRESSES[0], first, "CDS"), "Knot asks for no DS", LIMIT_S)
    follow(lab, prefix, first, "followed")
    assert [len(lab.served(zone, "DS")) for zone in zones] == [0, 1]


def test_nobody_moves_a_zone_that_is_not_secured(lab):
    prefix, zone = begin(lab, UNSECURED, ds=False)
    lab.knot_of_members.change(zone, ("set", "@", "1", "CSYNC", "1 3 NS"), ("unset", "@", "NS", f"{NS[1]}."),
                               ("set", "@", "1", "NS", f"ns3.{OPERATOR}."))
    follow(lab, prefix, zone, "unsecured", "ns")
    assert lab.served(zone, "NS") == [f"{name}." for name in NS]


def test_rdnsd_ends_in_the_middle_of_a_look(lab):
    """The zone's servers are silent, so it is long."""
    prefix, zone = begin(lab, STILL, ds=False, servers=dict.fromkeys(BIND_NS, ()))
    servers = lab.bind.process
    visits = lab.counter("follow_visits_total")
    servers.send_signal(signal.SIGSTOP)
    try:
        notify(lab, prefix, zone)
        wait.until(lambda: lab.counter("follow_visits_total") > visits, "the look has begun", LIMIT_S)
        lab.stop_rdnsd()
        lab.start_rdnsd()
        follow(lab, prefix, zone, "silent")
    finally:
        servers.send_signal(signal.SIGCONT)
    wait.until(lambda: lab.at(children.BIND_ADDRESSES[0], zone, "CDS"), "BIND asks for its key's DS", LIMIT_S)
    follow(lab, prefix, zone, "no-signal")


def test_a_stranger_is_refused(lab):
    assert lab.notify("2.0.192.in-addr.arpa") == dns.rcode.REFUSED
    assert lab.counter("notifies_total", 'outcome="refused"') > 0


def test_a_flood_changes_nothing(lab):
    """So many from one address are read; a delegation that was just looked at is left alone."""
    prefix, zone = begin(lab, FLOODED, ds=False)
    follow(lab, prefix, zone, "nothing")
    visits = lab.counter("follow_visits_total")
    message = dns.message.make_query(zone, "CDS")
    message.set_opcode(dns.opcode.NOTIFY)
    with lab.namespace.entered(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
        for _ in range(FLOOD):
            sending.sendto(message.to_wire(), (reverse_pop.ADDRESS, children.NOTIFY_PORT))
    wait.until(lambda: lab.counter("notifies_total", 'outcome="limited"') > 0, "more are not read", LIMIT_S)
    assert lab.counter("notifies_total", 'outcome="taken"') < FLOOD
    assert lab.counter("follow_visits_total") == visits
    assert lab.served(zone, "NS") == [f"{name}." for name in NS]
