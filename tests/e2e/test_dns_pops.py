# Three POPs that serve each other's zones: two by Knot, one by NSD; what each has is told by a catalog (RFC 9432).
# One is a node of AS112, which its router sees come and go.
# SPDX-License-Identifier: MIT

import contextlib
import os
import re
import shutil
import subprocess
from pathlib import Path

import dns.flags
import dns.message
import dns.query
import dns.rcode
import pytest
import yaml

from support import links, passed, pop, reverse_pop, speedtestd, wait

pytestmark = pytest.mark.apart

AT = {"lyon": "192.0.2.1", "paris": "192.0.2.2", "lille": "192.0.2.3"}
ANYCAST = pop.PROJECT / "packaging/systemd/anycast"
KEYS = ["lyon-paris", "lyon-lille", "paris-lyon"]
AS112 = ["192.175.48.1", "192.175.48.6", "192.175.48.42", "192.31.196.1",
         "2620:4f:8000::1", "2620:4f:8000::6", "2620:4f:8000::42", "2001:4:112::1"]
AS112_PREFIXES = {"192.175.48.0/24", "192.31.196.0/24", "2620:4f:8000::/48", "2001:4:112::/48"}
OWN_PREFIX = f"{AT['paris']}/32"
ROUTER, POP = ["198.51.100.0/31", "2001:db8:ff::1/64"], ["198.51.100.1/31", "2001:db8:ff::2/64"]
ROUTER_CONF = """
router id 198.51.100.0;
log stderr { error, fatal, bug };
protocol device { }
protocol bgp over4 { local as 64501; neighbor 198.51.100.1 as 64500; ipv4 { import all; export none; }; }
protocol bgp over6 { local as 64501; neighbor 2001:db8:ff::2 as 64500; ipv6 { import all; export none; }; }
"""
COMES_S, GOES_S = 40, 20
PROGRAMS = {"knot": ["knotd"], "nsd": ["nsd", "-d", "-P", ""]}


def taken_by(name, key):
    return {"name": f"ns1.{name}.test", "address": AT[name], "key": key}


def taken_from(name, key):
    return {"address": AT[name], "key": key, "catalog": f"zones.{name}.test"}


PEERS = {
    "lyon": {"secondaries": [taken_by("paris", "lyon-paris"), taken_by("lille", "lyon-lille")],
             "primaries": [taken_from("paris", "paris-lyon")]},
    "paris": {"secondaries": [taken_by("lyon", "paris-lyon")], "primaries": [taken_from("lyon", "lyon-paris")],
              "as112": True},
    "lille": {"server": "nsd", "primaries": [taken_from("lyon", "lyon-lille")]},
}


def prepare(name, folder, keys):
    """Its POP file, what is rendered of it, its keys and its certificate. Return: the command of its server."""
    for part in "keys", "state", "run", "tls":
        (folder / part).mkdir(parents=True)
    neighbours = [{"address": address.partition("/")[0], "asn": 64501} for address in ROUTER]
    file = {"site": {**speedtestd.SITE, "domain": f"{name}.test"}, "services": {
        "authoritative": {"addresses": {"ipv4": AT[name]}, **PEERS[name]}},
        "bgp": {"asn": 64500, "router_id": "198.51.100.1", "hold_seconds": 1, "neighbours": neighbours}}
    (folder / "pop.yaml").write_text(yaml.safe_dump(file))
    out = folder / "out"
    links.run(pop.FONTAINE, "render", folder / "pop.yaml", out, "--stock", reverse_pop.STOCK)
    links.run(speedtestd.TEST_CA, out / "tls/names", folder / "tls")
    for key in keys.glob("*.conf"):  # those of the other POPs are put there
        shutil.copy(key, folder / "keys")
    links.run(reverse_pop.PREPARE, out / "knot/reverse.list", folder / "keys", folder / "state")
    server = PEERS[name].get("server", "knot")
    places = {"/var/lib/fontaine/reverse-zones": "keys", "/run/credentials/nsd.service/keys_": "keys/",
              "/var/lib/knot/reverse": "state", "/var/lib/knot": "state", "/var/lib/nsd": "state", "/run/knot": "run",
              "/run/nsd": "run", "/var/lib/fontaine/tls": "tls"}
    text = (out / f"{server}/{server}.conf").read_text()
    for place, part in places.items():
        text = text.replace(place, f"{folder}/{part}")
    (folder / "conf").write_text(text)
    return [*PROGRAMS[server], "-c", folder / "conf"]


@contextlib.contextmanager
def running(namespace, command, log, **options):
    with log.open("w") as out, subprocess.Popen(namespace.command(*command), stdin=subprocess.DEVNULL,
                                                stdout=out, stderr=out, **options) as server:
        try:
            yield
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def pops(tmp_path_factory):
    """Return: the network that they are in."""
    top = tmp_path_factory.mktemp("pops")
    keys = top / "keys"
    keys.mkdir()
    for key in KEYS:
        (keys / f"{key}.conf").write_text(links.run("keymgr", "-t", key, "hmac-sha256"))
    os.chmod(top, 0o755)
    with contextlib.ExitStack() as stack:
        namespace = stack.enter_context(links.Namespace())
        namespace.run(ANYCAST, "up", *AT.values(), *AS112)
        namespace.folder = top
        for name in AT:
            command = prepare(name, top / name, keys)
            stack.enter_context(running(namespace, command, top / f"{name}.log"))
        yield namespace


def join(pops, router):
    pops.run("ip", "link", "add", "name", "eth0", "type", "veth", "peer", "name", "eth0",
             "netns", router.holder.pid)
    for namespace, addresses in (pops, POP), (router, ROUTER):
        for address in addresses:
            namespace.run("ip", "address", "add", address, "dev", "eth0")
        namespace.run("ip", "link", "set", "eth0", "up")


@pytest.fixture
def routes(pops):
    """Paris has healthd and BIRD. Return: what its router has from it now, as a function: prefix -> path."""
    folder, paris = pops.folder, pops.folder / "paris"
    (folder / "router.conf").write_text(ROUTER_CONF)
    state = folder / "healthd"
    state.mkdir()
    with contextlib.ExitStack() as stack:
        router = stack.enter_context(links.Namespace())
        join(pops, router)
        listeners = [passed.listening(stack, Path(f"/run/healthd/{name}.sock")) for name in ("control", "http")]
        healthd = passed.command(listeners, [pop.PROGRAMS / "healthd", "--pop", paris / "pop.yaml"])
        for namespace, command, options in (
                (pops, ["bird", "-f", "-c", paris / "out/bird/bird.conf", "-s", folder / "bird.ctl"], {}),
                (router, ["bird", "-f", "-c", folder / "router.conf", "-s", folder / "router.ctl"], {}),
                (pops, healthd, {"pass_fds": listeners, "env": {**os.environ, "STATE_DIRECTORY": str(state)}})):
            stack.enter_context(running(namespace, command, folder / "announcing.log", **options))

        def now():
            shown = router.run("birdc", "-r", "-s", folder / "router.ctl", "show", "route", "all")
            return dict(re.findall(r"^(\S+/\d+) .*?as_path: ([\d ]+)$", shown, re.MULTILINE | re.DOTALL))

        wait.until((folder / "router.ctl").exists, "the router can be asked")
        yield now


def ask(namespace, address, name, kind):
    question = dns.message.make_query(name, kind, want_dnssec=True)
    with namespace.entered():
        try:
            return dns.query.tcp(question, address, 5)
        except OSError:
            return None


def has(namespace, server, zone):
    answer = ask(namespace, AT[server], zone, "SOA")
    return answer and answer.answer and answer.flags & dns.flags.AA


@pytest.mark.parametrize("server, zone", [("paris", "lyon.test"), ("lille", "lyon.test"), ("lyon", "paris.test")])
def test_each_serves_what_the_others_have(pops, server, zone):
    """The same, signed: answers differ in nothing."""
    primary = zone.partition(".")[0]
    wait.until(lambda: has(pops, primary, zone), f"{primary} has its own zone", 20)
    wait.until(lambda: has(pops, server, zone), f"{server} has {zone}", 20)
    for kind in "SOA", "NS", "DNSKEY":
        own, taken = (ask(pops, AT[at], zone, kind).answer for at in (primary, server))
        assert own and {rrset.to_text() for rrset in own} == {rrset.to_text() for rrset in taken}
    servers = {f"ns1.{zone}.", *(second["name"] + "." for second in PEERS[primary]["secondaries"])}
    assert {record.target.to_text() for rrset in ask(pops, AT[server], zone, "NS").answer
            if rrset.rdtype == dns.rdatatype.NS for record in rrset} == servers


def test_a_zone_is_given_to_nobody_without_a_key(pops):
    for server in AT.values():
        answer = ask(pops, server, "lyon.test", "AXFR")
        assert answer.rcode() in (dns.rcode.REFUSED, dns.rcode.NOTAUTH) and not answer.answer


def test_nsd_answers_over_tls(pops):
    told = pops.run("kdig", f"@{AT['lille']}", "+tls", "+short", "lyon.test", "SOA")
    assert told.startswith("ns1.lyon.test.")


@pytest.mark.parametrize("address", AS112)
def test_a_node_of_as112_knows_no_private_names(pops, address):
    """RFC 7534, 4; RFC 7535, 3.2."""
    for name, apex in ("1.0.0.10.in-addr.arpa", "10.in-addr.arpa"), ("9.31.172.in-addr.arpa", "31.172.in-addr.arpa"), (
            "x.empty.as112.arpa", "empty.as112.arpa"):
        answer = ask(pops, address, name, "PTR")
        assert answer.rcode() == dns.rcode.NXDOMAIN and answer.flags & dns.flags.AA
        assert answer.authority[0].name.to_text() == f"{apex}."
    assert ask(pops, address, "hostname.as112.net", "TXT").answer


def test_as112_is_announced_as_long_as_its_addresses_answer(pops, routes):
    """By its own AS number, which the POP's neighbours see behind the POP's (RFC 7534, 3.4)."""
    expected = {OWN_PREFIX: "64500", **dict.fromkeys(AS112_PREFIXES, "64500 112")}
    wait.until(lambda: routes() == expected, "all is announced", COMES_S)
    one = "192.175.48.42/32", "dev", "lo"
    pops.run("ip", "address", "delete", *one)
    wait.until(lambda: set(routes()) == {OWN_PREFIX}, "one of them does not answer, and AS112 leaves alone", GOES_S)
    pops.run("ip", "address", "add", *one)
    wait.until(lambda: routes() == expected, "all is back", COMES_S)
