# The resolver between an Internet of the test's own, which goes away, and those who ask: a member, and an outsider.
# SPDX-License-Identifier: MIT

import concurrent.futures
import contextlib
import json

import dns.edns
import dns.flags
import dns.message
import dns.query
import dns.rcode
import pytest
import yaml

from support import lab_dns, pop, speedtestd, wait
from support.machine import Machine

pytestmark = pytest.mark.apart

RESOLVER, MEMBER, OUTSIDER = "203.0.113.53", "203.0.113.66", "203.0.113.67"
RUN = "/run/fontaine"
CONFIGURATION = f"{RUN}/unbound/unbound.conf"
ZONE = "other.example. A 192.0.2.81\n"
SHOWN, OTHER, ROOTS_OWN = "shown.example", "other.example", "ipv4only.arpa"


class Lab:
    """The machines, and the resolver as a POP file configures it."""

    def __init__(self, stack, folder):
        self.folder = folder
        self.internet, self.pop, self.visitors = (stack.enter_context(Machine()) for _ in range(3))
        self.internet.join("eth0", self.pop, "eth0")
        self.pop.join("eth1", self.visitors, "eth0")
        for machine, device, *addresses in [
                (self.internet, "eth0", "198.51.100.53/24", "2001:db8:53::53/64"),
                (self.pop, "eth0", "198.51.100.1/24", "2001:db8:53::1/64"), (self.pop, "eth1", f"{RESOLVER}/24"),
                (self.visitors, "eth0", f"{MEMBER}/24", f"{OUTSIDER}/24")]:
            machine.add_address(device, *addresses)
        self.root = lab_dns.Root(self.internet, folder / "root")
        self.root.start(ZONE)
        self.write()
        self.resolver = self.start()

    def write(self):
        for path in "/run", "/var/lib", "/usr/share":
            self.pop.keep_changes(path, self.folder / path.replace("/", "-"))
        top = self.pop.file("/")
        for path in "run/unbound", "var/lib/unbound", "var/lib/fontaine/tls", "usr/share/dns":
            (top / path).mkdir(parents=True, exist_ok=True)
        self.root.publish(top / "usr/share/dns")
        self.let_in(MEMBER)
        (self.folder / "pop.yaml").write_text(yaml.safe_dump({
            "site": speedtestd.SITE, "ixf_export": str(self.folder / "ixf.json"),
            "services": {"resolver": {"addresses": {"ipv4": RESOLVER}, "queries_per_second": 100000,
                                      "root_servers": [lab_dns.ADDRESSES["ipv4"]]}}}))
        self.render()
        self.pop.run(speedtestd.TEST_CA, f"{RUN}/tls/names", "/var/lib/fontaine/tls")

    def render(self):
        self.pop.run(pop.FONTAINE, "render", self.folder / "pop.yaml", RUN, "--stock", pop.PROJECT / "services/stock")

    def let_in(self, address):
        """What the exchange says of its members."""
        connection = {"vlan_list": [{"vlan_id": 1, "ipv4": {"address": address}}]}
        (self.folder / "ixf.json").write_text(json.dumps(
            {"version": "1.0", "member_list": [{"asnum": 64496, "connection_list": [connection]}]}))

    def start(self):
        resolver = self.pop.start("unbound", "-d", "-p", "-c", CONFIGURATION)
        wait.until(lambda: self.rcode("localhost", RESOLVER, limit_s=0.5) is not None, "the resolver answers")
        return resolver

    def control(self, *words):
        return self.pop.run("unbound-control", "-c", CONFIGURATION, *words)

    def ask(self, name, source=MEMBER, kind="A", limit_s=8):
        question = dns.message.make_query(name, kind, want_dnssec=True)
        with (self.pop if source == RESOLVER else self.visitors).entered():
            return dns.query.udp(question, RESOLVER, limit_s, source=source)

    def rcode(self, name, source=MEMBER, **options):
        with contextlib.suppress(OSError, dns.exception.Timeout):
            return self.ask(name, source, **options).rcode()

    def cut(self):
        self.internet.run("ip", "link", "set", "eth0", "down")


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with contextlib.ExitStack() as stack:
        yield Lab(stack, tmp_path_factory.mktemp("lab"))


@pytest.mark.parametrize("way", [["+notcp"], ["+tcp"], ["+tls"], ["+https"]])
def test_an_outsider_is_refused_whatever_it_speaks(lab, way):
    def told(source):
        return lab.visitors.run("kdig", f"@{RESOLVER}", "-b", source, *way, "+bufsize=4096", "other.example", "TXT")

    assert "status: REFUSED" in told(OUTSIDER)
    assert "ANSWER: 0; AUTHORITY: 0" in told(OUTSIDER)
    assert "status: NOERROR" in told(MEMBER)


def test_it_has_a_verified_root_of_its_own(lab):
    wait.until(lambda: ".\tserial" in lab.control("list_auth_zones"), "the root zone is there")
    answer = lab.ask(ROOTS_OWN)
    assert answer.rcode() == dns.rcode.NOERROR and answer.flags & dns.flags.AD


def test_new_members_are_let_in_without_a_lost_question(lab):
    assert lab.rcode(OTHER, OUTSIDER) == dns.rcode.REFUSED
    lab.let_in(OUTSIDER)
    lab.render()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        reloading = pool.submit(lab.control, "fast_reload")
        n = 0
        while not reloading.done() or n < 200:
            assert lab.rcode(OTHER, RESOLVER, limit_s=2) == dns.rcode.NOERROR
            n += 1
        reloading.result()
    assert lab.rcode(OTHER, OUTSIDER) == dns.rcode.NOERROR
    assert lab.rcode(OTHER, MEMBER) == dns.rcode.REFUSED
    lab.let_in(MEMBER)
    lab.render()
    lab.control("fast_reload")
    assert lab.rcode(OTHER, MEMBER) == dns.rcode.NOERROR


def is_old(answer):
    return any(option.code == dns.edns.EDECode.STALE_ANSWER for option in answer.options
               if option.otype == dns.edns.OptionType.EDE)


def test_it_goes_on_when_nobody_can_be_asked(lab):
    """What it knew, and all of the root."""
    assert lab.rcode(SHOWN) == dns.rcode.NOERROR
    lab.cut()
    answer = wait.until(lambda: (given := lab.ask(SHOWN)) and is_old(given) and given, "its second is over")
    assert answer.rcode() == dns.rcode.NOERROR and answer.answer[0][0].address == "192.0.2.80"
    denied = lab.ask("nowhere.invalid-in-the-root", kind="A")
    assert denied.rcode() == dns.rcode.NXDOMAIN and denied.flags & dns.flags.AD


def test_a_root_that_was_changed_is_not_believed(lab):
    """The copy on the disk is good after a restart, and no more when one record of it is another."""
    path = lab.pop.file("/var/lib/unbound/root.zone")
    wait.until(path.exists, "the copy is written")
    text = path.read_text()
    assert "192.0.0.170" in text
    lab.pop.stop(lab.resolver)
    lab.resolver = lab.start()
    assert lab.ask(ROOTS_OWN).answer
    lab.pop.stop(lab.resolver)
    path.write_text(text.replace("192.0.0.170", "192.0.0.99"))
    lab.resolver = lab.start()
    assert lab.rcode(ROOTS_OWN, limit_s=1) != dns.rcode.NOERROR
