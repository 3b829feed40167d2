# Members' name servers, healthy and broken in each way that a check of a delegation looks for.
# SPDX-License-Identifier: MIT

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from support import nameservers, reverse_zones
from support.reverse_zones import Key, plain, signed, signed_nsec3, with_signature_of, without

REAL = ("knot", "nsd", "named")
HOSTS = (*REAL, "open", "noudp", "notcp", "noedns", "dropsedns", "version", "nosoa", "garbage", "truncated", "trickle",
         "referral", "dead", "dead2")
OF_DNSSEC = {"ds", "dnskey-signature", "soa-signature", "denial", "cds"}
OF_ORIGINS = {"as-diversity", "prefix-diversity"}
RESOLVER, ROOT_RESOLVER = "192.0.2.53", "192.0.2.54"
LONG_AGO = {"since": -2 * reverse_zones.WEEK_S, "until": -reverse_zones.WEEK_S}
LATER = {"since": 3600}
TRICKLE_S = 0.2  # between two bytes
NO_SIGNATURE = {"dnskey-signature": "error", "soa-signature": "error", "denial": "error"}

KEY, OTHER = Key(), Key()


def addresses(host):
    number = HOSTS.index(host) + 1
    return f"192.0.2.{number}", f"2001:db8:53::{number:x}"


def name(host):
    return f"{host}.example.net"


def given(host, *literals):
    return f"{name(host)}={','.join(literals or addresses(host))}"


@dataclass
class Case:
    name: str
    expected: dict                         # id of check -> result, of what is not passed
    zone: str = ""
    hosts: tuple = REAL
    text: Callable = lambda case, host: case.plain()  # None: it does not have the zone
    ns: Callable = lambda case: [name(host) for host in case.hosts]
    ds: Callable = lambda case: []
    arguments: tuple = ()
    untested: set | None = frozenset()     # None: whatever
    is_of_dnssec: bool = False

    def plain(self, **changes):
        return plain(self.zone, [given.partition("=")[0] for given in self.ns(self)], **changes)


def unsigned(*arguments, **named):
    return Case(*arguments, untested=OF_DNSSEC | OF_ORIGINS, **named)


def with_dnssec(name, expected, text, ds=lambda case: [KEY.ds(case.zone)], **named):
    """@text(case, plain text, host)"""
    untested = OF_ORIGINS | (set() if ds(Case("", {}, zone="example")) else {"ds"})
    return Case(name, expected, text=lambda case, host: text(case, case.plain(), host), ds=ds, untested=untested,
                is_of_dnssec=True, **named)


def at_one(other, at="nsd"):
    """One server has @other(text) in place of the well signed zone."""
    return lambda case, text, host: other(case, text) if host == at else signed(text, KEY)


def everywhere(other):
    return lambda case, text, host: signed(text + other(case), KEY)


def inside(case):
    return [f"ns1.{case.zone}={','.join(addresses('knot'))}", name("nsd"), name("named")]


CASES = [
    unsigned("healthy", {}),
    unsigned("RFC 2317 with a slash", {}, zone="0/25.200.51.198.in-addr.arpa"),
    unsigned("RFC 2317 with a dash", {}, zone="0-127.200.51.198.in-addr.arpa"),
    unsigned("a single nibble", {}, zone="a.8.b.d.0.1.0.0.2.ip6.arpa"),
    unsigned("a server inside", {}, ns=inside, text=lambda case, host: case.plain(
        extra="".join(f"ns1 {kind} {a}\n" for kind, a in zip(("A", "AAAA"), addresses("knot"), strict=True)))),
    with_dnssec("signed", {}, everywhere(lambda case: "")),
    with_dnssec("signed, RFC 2317", {}, everywhere(lambda case: ""), zone="64/26.200.51.198.in-addr.arpa"),
    with_dnssec("signed, NSEC3", {}, lambda case, text, host: signed_nsec3(text, case.zone, KEY)),
    with_dnssec("signed, without DS", {}, everywhere(lambda case: ""), ds=lambda case: []),

    unsigned("no parent", {"zone": "error"}, arguments=("--resolver", ROOT_RESOLVER)),
    Case("no child", {"zone": "error", "authority": "error"}, text=lambda case, host: None, untested=None),
    Case("nobody there", {"server": "error", "udp": "error", "tcp": "error"}, hosts=("dead", "dead2"), untested=None),
    unsigned("private address", {"address": "error"}, ns=lambda case: [*map(name, REAL), "private.example.net"]),
    unsigned("no address", {"address": "error"}, ns=lambda case: [*map(name, REAL), "nowhere.example.net"]),
    unsigned("one of three addresses is silent", {"udp": "error", "tcp": "error"}, hosts=("knot", "nsd", "named"),
             ns=lambda case: [name("named"), "three.example.net"]),
    unsigned("no UDP", {"udp": "error"}, hosts=("knot", "named", "noudp")),
    unsigned("no TCP", {"tcp": "error"}, hosts=("knot", "named", "notcp")),
    Case("one network", {"as-diversity": "warning", "prefix-diversity": "warning"},
         arguments=("--origins", "one-network"), untested=OF_DNSSEC),
    Case("several networks", {}, arguments=("--origins", "several-networks"), untested=OF_DNSSEC),
    unsigned("one server", {"two-servers": "error"}, hosts=("knot",)),
    unsigned("IPv4 only", {"two-servers": "notice"}, ns=lambda case: [given(h, addresses(h)[0]) for h in REAL]),
    unsigned("IPv6 only", {"two-servers": "warning"}, ns=lambda case: [given(h, addresses(h)[1]) for h in REAL]),
    unsigned("one server under two names", {"distinct": "error"},
             ns=lambda case: [*map(name, REAL), "nsd2.example.net"]),
    unsigned("lame", {"authority": "error"}, text=lambda case, host: None if host == "nsd" else case.plain()),
    unsigned("referral to itself", {"authority": "error"}, hosts=("knot", "nsd", "referral")),
    unsigned("alias", {"cname": "error"}, hosts=("knot", "named", "nsd"),
             ns=lambda case: [name("knot"), name("named"), f"alias.example.net={','.join(addresses('nsd'))}"]),
    unsigned("no SOA", {"soa": "error"}, hosts=("knot", "nsd", "nosoa")),
    unsigned("NS not in child", {"ns-child": "error"},
             text=lambda case, host: case.plain().replace("@ NS named.example.net.\n", "")),
    unsigned("serials differ", {"serial": "warning"}, text=lambda case, host: case.plain(serial=1 + (host == "nsd"))),
    unsigned("NS sets differ", {"ns-same": "notice"},
             text=lambda case, host: case.plain(extra="@ NS more.example.net.\n" if host == "nsd" else "")),
    unsigned("no glue", {"glue": "error"}, ns=lambda case: [*map(name, REAL), f"ns1.{case.zone}"],
             text=lambda case, host: case.plain(extra="ns1 A 192.0.2.1\n")),
    unsigned("glue differs", {"glue": "error"}, ns=inside,
             text=lambda case, host: case.plain(extra="ns1 A 192.0.2.77\nns1 AAAA 2001:db8:53::1\n")),
    unsigned("other addresses than in DNS", {"glue": "error"}, hosts=("nsd", "named"),
             ns=lambda case: [given("knot", *addresses("named")), name("nsd")]),
    unsigned("open recursor", {"recursion": "error"}, hosts=("knot", "nsd", "open")),
    unsigned("no EDNS", {"edns": "error"}, hosts=("knot", "nsd", "noedns")),
    unsigned("EDNS dropped", {"edns": "error"}, hosts=("knot", "nsd", "dropsedns")),
    unsigned("EDNS version", {"edns-version": "error"}, hosts=("knot", "nsd", "version")),

    with_dnssec("wrong DS", {"ds": "error"}, everywhere(lambda case: ""), ds=lambda case: [OTHER.ds(case.zone)]),
    with_dnssec("spare DS", {"ds": "warning"}, everywhere(lambda case: ""),
                ds=lambda case: [KEY.ds(case.zone), OTHER.ds(case.zone)]),
    with_dnssec("DNSKEY expired", {"dnskey-signature": "error"}, at_one(
        lambda case, text: with_signature_of(signed(text, KEY), signed(text, KEY, **LONG_AGO), "DNSKEY"))),
    with_dnssec("DNSKEY unsigned", {"dnskey-signature": "error"}, at_one(
        lambda case, text: without(signed(text, KEY), "RRSIG DNSKEY"), at="knot")),
    with_dnssec("DNSKEY bogus", {"dnskey-signature": "error"}, at_one(
        lambda case, text: signed(text, KEY) + f"{case.zone}. 300 IN DNSKEY {OTHER.record}\n")),
    with_dnssec("DNSKEY by another key", {"dnskey-signature": "error"}, everywhere(lambda case: OTHER.line()),
                ds=lambda case: [OTHER.ds(case.zone)]),
    with_dnssec("SOA expired", {"soa-signature": "error"}, at_one(
        lambda case, text: with_signature_of(signed(text, KEY), signed(text, KEY, **LONG_AGO), "SOA"))),
    with_dnssec("SOA unsigned", {"soa-signature": "error"}, at_one(
        lambda case, text: without(signed(text, KEY), "RRSIG SOA"))),
    with_dnssec("SOA bogus", {"soa-signature": "error"}, at_one(
        lambda case, text: with_signature_of(signed(text, KEY), signed(case.plain(serial=2), KEY), "SOA"))),
    with_dnssec("all expired", NO_SIGNATURE, at_one(
        lambda case, text: signed(text, KEY, **LONG_AGO))),
    with_dnssec("all from the future", NO_SIGNATURE, at_one(
        lambda case, text: signed(text, KEY, **LATER))),
    with_dnssec("no NSEC", {"denial": "error"}, at_one(
        lambda case, text: without(signed(text, KEY), "NSEC", "RRSIG NSEC"))),
    with_dnssec("NSEC unsigned", {"denial": "error"}, at_one(
        lambda case, text: without(signed(text, KEY), "RRSIG NSEC"))),
    unsigned("DS on an unsigned zone", {"ds-unsigned": "error"}, ds=lambda case: [KEY.ds(case.zone)],
             is_of_dnssec=True),
    with_dnssec("DS, one server unsigned", {"ds-unsigned": "error"}, at_one(lambda case, text: text)),
    with_dnssec("CDS and CDNSKEY", {}, everywhere(lambda case: KEY.cds(case.zone) + KEY.cdnskey())),
    with_dnssec("CDS: no DS any more", {}, everywhere(lambda case: "@ CDS 0 0 0 00\n@ CDNSKEY 0 3 0 AA==\n")),
    with_dnssec("CDS of no key", {"cds": "error"}, everywhere(lambda case: OTHER.cds(case.zone))),
    with_dnssec("CDS and CDNSKEY differ", {"cds": "error"}, everywhere(
        lambda case: OTHER.line() + KEY.cds(case.zone) + OTHER.cdnskey())),
    with_dnssec("CDS at one server only", {"cds": "error"}, at_one(
        lambda case, text: signed(text + KEY.cds(case.zone), KEY))),
    with_dnssec("CDS unsigned", {"cds": "error"}, lambda case, text, host: without(
        signed(text + KEY.cds(case.zone), KEY), *["RRSIG CDS"] * (host == "nsd"))),

    unsigned("garbage", {"udp": "error", "tcp": "error"}, hosts=("knot", "nsd", "garbage")),
    unsigned("truncated, and no TCP", {"tcp": "error"}, hosts=("knot", "nsd", "truncated")),
    unsigned("trickling TCP", {"tcp": "error"}, hosts=("knot", "nsd", "trickle")),
]

for number, case in enumerate(CASES):
    case.zone = case.zone or f"{number}.51.198.in-addr.arpa"


def wrong_answers():
    """What each of the hosts that are no real servers does."""
    def zone_of(query):
        asked = query.question[0].name
        return next((case for case in CASES if asked.is_subdomain(dns.name.from_text(case.zone))), None)

    def made(query, edns=True):
        case = zone_of(query)
        names = [given.partition("=")[0] for given in case.ns(case)] if case else []
        return nameservers.made_answer(query, case.zone if case else "nothing", names, edns)

    def no_edns(query, is_tcp):
        response = made(query, edns=False)
        if query.edns >= 0:
            response.answer, response.authority = [], []
            response.set_rcode(dns.rcode.FORMERR)
        return [response.to_wire()]

    def drops_edns(query, is_tcp):
        return [] if query.edns >= 0 and not is_tcp else version_aware(query, is_tcp)

    def version_aware(query, is_tcp):
        response = made(query)
        if query.edns > 0:
            response.answer, response.authority = [], []
            response.set_rcode(dns.rcode.BADVERS)
        return [response.to_wire()]

    def any_version(query, is_tcp):
        return [made(query).to_wire()]

    def no_soa(query, is_tcp):
        if query.edns <= 0 and query.question[0].rdtype == dns.rdatatype.SOA:
            response = made(query)
            response.answer = []
            return [response.to_wire()]
        return version_aware(query, is_tcp)

    def truncated(query, is_tcp):
        if is_tcp:
            return []
        response = dns.message.make_response(query)
        response.flags |= dns.flags.TC | dns.flags.AA
        if query.edns > 0:
            response.set_rcode(dns.rcode.BADVERS)
        return [response.to_wire()]

    def referral(query, is_tcp):
        response = dns.message.make_response(query)
        if query.edns > 0:
            response.set_rcode(dns.rcode.BADVERS)
        elif (case := zone_of(query)) is not None:
            response.authority.append(dns.rrset.from_text(case.zone + ".", 300, "IN", "NS", f"{name('referral')}."))
        return [response.to_wire()]

    return {"noedns": no_edns, "dropsedns": drops_edns, "version": any_version, "nosoa": no_soa, "truncated": truncated,
            "referral": referral,
            "trickle": lambda query, is_tcp: [made(query).to_wire()] if is_tcp else truncated(query, is_tcp),
            "garbage": lambda query, is_tcp: [os.urandom(60), query.to_wire()[:2] + os.urandom(70)]}


def resolver_zones():
    soa = "SOA ns.example.net. mail.example.net. 1 3600 900 604800 300"
    names = [(name(host), addresses(host)) for host in HOSTS] + [("nsd2.example.net", addresses("nsd"))]
    hosts = "".join(f"{host}. A {ipv4}\n{host}. AAAA {ipv6}\n" for host, (ipv4, ipv6) in names)
    odd = "private.example.net. A 10.0.0.1\nalias.example.net. CNAME nsd.example.net.\n" + "".join(
        f"three.example.net. {kind} {addresses(host)[number]}\n"
        for host in ("knot", "nsd", "dead") for number, kind in enumerate(("A", "AAAA")))
    net = f"example.net. {soa}\n{hosts}{odd}"
    return {"in-addr.arpa.": f"in-addr.arpa. {soa}\n", "ip6.arpa.": f"ip6.arpa. {soa}\n", "example.net.": net}, \
        {".": f". {soa}\n", "example.net.": net}


def case_of(name):
    return next(case for case in CASES if case.name == name)


@contextlib.contextmanager
def started(folder):
    """The servers of all cases, in a namespace of their own."""
    everything = [RESOLVER, ROOT_RESOLVER, *(a for host in HOSTS for a in addresses(host))]
    with nameservers.Lab(folder, [f"{a}/{128 if ':' in a else 32}" for a in everything]) as made:
        drop = "table inet members { chain in { type filter hook input priority 0; "
        for proto in "udp", "tcp":
            v4, v6 = addresses(f"no{proto}")
            drop += f"ip daddr {v4} {proto} dport 53 drop; ip6 daddr {v6} {proto} dport 53 drop; "
        made.namespace.run("nft", drop + "}; }")

        def zones(host):
            texts = {case.zone: case.text(case, host) for case in CASES}
            return {zone: text for zone, text in texts.items() if text is not None}

        def several(*hosts):
            return [a for host in hosts for a in addresses(host)]

        known, root_known = resolver_zones()
        for server in [
            nameservers.Knot(made, "knot", several("knot"), zones("knot")),
            nameservers.Nsd(made, "nsd", several("noudp", "notcp", "nsd"), zones("nsd")),
            nameservers.Bind(made, "named", several("named"), zones("named")),
            nameservers.OpenBind(made, "open", several("open"), zones("open")),
            nameservers.Unbound(made, "resolver", [RESOLVER], known),
            nameservers.Unbound(made, "root-resolver", [ROOT_RESOLVER], root_known),
        ]:
            server.start()
        for host, answer in wrong_answers().items():
            nameservers.Wrong(made, addresses(host), answer, TRICKLE_S if host == "trickle" else 0)
        (folder / "one-network").write_text("64500\t192.0.2.0/24\t9\n64500\t2001:db8::/32\t9\n")
        (folder / "several-networks").write_text("".join(
            f"{64500 + number}\t{a}/{128 if ':' in a else 32}\t9\n"
            for number, host in enumerate(REAL) for a in addresses(host)))
        yield made
