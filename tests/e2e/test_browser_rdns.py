# The page of reverse DNS, as a member and an operator use it: delegated, broken, repaired, hosted, many at once.
# SPDX-License-Identifier: MIT

import contextlib
import json
from types import SimpleNamespace

import dns.message
import dns.opcode
import dns.query
import dns.rcode
import dns.rdatatype
import dns.reversename
import pytest
from selenium.webdriver.common.keys import Keys

from support import axe, looks, pop, wait, web
from support.browser import chromium
from support.dns_client import ask
from support.nameservers import Knot, Nsd
from support.reverse_zones import plain

PAGE = pop.url("rdns", "https")
ZONE = "64-127.2.0.192.in-addr.arpa"
PREFIX, NETWORK, SITE = "192.0.2.64/26", "198.51.100.0/25", "2001:db8:1ff::/48"
SERVERS = {f"ns1.{ZONE}": "127.0.53.1", f"ns2.{ZONE}": "127.0.53.2"}
LOOKS = [("fr", True, 360), ("en", False, 1280), ("fr", False, 3840)]
LIMIT_S = 30
TYPED = """
    const of = ({ type, value, checked }) => ["radio", "checkbox"].includes(type) ? checked : value;
    const fields = [...document.querySelectorAll("#view :is(input, textarea)")];
    return fields.filter((field) => field.checkVisibility()).map(of);
"""


@pytest.fixture(scope="module")
def tokens():
    def add(*whose):
        return pop.run("fontaine", "rdns", "token", "add", *whose, "--label", "browser").stdout.strip()
    return SimpleNamespace(member=add("--asn", "64500"), operator=add("--operator"))


@pytest.fixture(autouse=True)
def nothing_is_left(tokens):
    """Whatever a test has ended with."""
    yield
    bearer = ["--header", f"Authorization: Bearer {tokens.operator}"]
    for prefix in (PREFIX, SITE):
        web.get(pop.url("pages", "https", path=f"/api/v1/delegations/{prefix}"), "--request", "DELETE", *bearer)
    for network in (NETWORK, SITE):
        everything = json.dumps({"within": network, "ptrs": []})
        emptied = web.get(pop.url("pages", "https", path="/api/v1/ptrs"), "--json", everything, *bearer)
        assert emptied.status == 200, emptied.body


@pytest.fixture
def servers(tmp_path):
    """The member's own name servers, on this machine: Knot and NSD."""
    here = SimpleNamespace(command=lambda *words: [*map(str, words)], entered=contextlib.nullcontext)
    glue = "".join(f"{name}. A {address}\n" for name, address in SERVERS.items())
    zones = {ZONE: plain(ZONE, list(SERVERS), extra=glue)}
    with contextlib.ExitStack() as stack:
        lab = SimpleNamespace(folder=tmp_path, stack=stack, namespace=here)
        made = [kind(lab, kind.__name__, [address], zones) for kind, address in zip((Knot, Nsd), SERVERS.values())]
        for server in made:
            server.start()
        yield made


@contextlib.contextmanager
def signed_in(token, **options):
    with chromium(**options) as browser:
        browser.open(PAGE)
        wait.until(lambda: browser.state("#content") == "signed-out", "the page asks for a token")
        fill(browser, "#token", token)
        browser.click("#sign-in button")
        wait.until(lambda: browser.state("#content") == "ready", "signed in", LIMIT_S)
        yield browser


def fill(browser, selector, text):
    field = browser.find(selector)
    field.clear()
    field.send_keys(text)


def is_ready(browser):
    return browser.state("#content") == "ready"


def wear(browser):
    """The look that the tests began with, after those of looks.expect_fit()."""
    looks.wear(browser, "en", False, 1280)
    wait.until(lambda: is_ready(browser), "the page is shown anew", LIMIT_S)


def speak(browser, language):
    browser.click(f"[data-language={language}]")
    wait.until(lambda: is_ready(browser), "the page is shown anew", LIMIT_S)


def go(browser, address, what):
    browser.script(f"location.hash = '{address}'")
    wait.until(lambda: is_ready(browser) and browser.find_all(what), what, LIMIT_S)


def is_told(browser):
    """What the page says that it has done."""
    wait.until(lambda: browser.attribute("#notice", "data-kind") == "good" and is_ready(browser), "good news", LIMIT_S)
    return browser.text("#notice")


def answers(name, rdtype):
    """What Knot says: data of the records, in order."""
    found = ask(pop.address("authoritative", "udp"), name, rdtype)
    return sorted(str(record) for rrset in [*found.answer, *found.authority] for record in rrset
                  if record.rdtype == dns.rdatatype.from_text(rdtype))


def pointer(address):
    return answers(dns.reversename.from_address(address), "PTR")


def notify():
    """The zone's server says that something is new (RFC 9859)."""
    message = dns.message.make_query(ZONE, "CDS")
    message.set_opcode(dns.opcode.NOTIFY)
    host, port = pop.address("rdns", "udp")
    assert dns.query.udp(message, host, 5, port).rcode() == dns.rcode.NOERROR


def is_followed(browser):
    """The page, opened again, says that the zone asks for no other DS records."""
    go(browser, "#/", ".prefixes")
    go(browser, f"#/prefix/{PREFIX}", "#delegation")
    return browser.find_all("#following [data-asks=ds][data-outcome=nothing]")


def choose(browser, what):
    """What addresses without a name answer: "none" or "made", the other one than before. By the keyboard alone."""
    browser.type("[name=unnamed]:checked", Keys.ARROW_DOWN)
    browser.press(Keys.TAB)
    browser.press(Keys.ENTER)
    told = is_told(browser)
    assert browser.attribute("#unnamed", "data-chosen") == what
    return told


def check_only(browser, outcome):
    browser.click("#check")
    wait.until(lambda: browser.find_all(f".result-of-check .check[data-state={outcome}]"), f"it has {outcome}", LIMIT_S)


def delegate(browser, servers):
    """Name @servers in the form, with their glue where it is asked for."""
    for field, name in zip(browser.find_all("[name=server]"), servers):
        field.clear()
        field.send_keys(name)
    for field, address in zip(browser.find_all("[name=glue]"), servers.values()):
        if field.is_displayed():
            field.clear()
            field.send_keys(address)
    browser.click("#send")


def end_delegation(browser):
    browser.click("#end-delegation")
    browser.click("#end-delegation-yes")
    wait.until(lambda: browser.state("#delegation") == "none", "it is no longer delegated", LIMIT_S)


@pytest.mark.timeout(240)
def test_a_member_delegates_breaks_repairs_and_ends(settled, tokens, servers):
    with signed_in(tokens.member) as browser:
        assert browser.attribute(f"[data-prefix='{PREFIX}']", "data-delegations") == "0"
        go(browser, f"#/prefix/{PREFIX}", "#delegate")
        delegate(browser, dict.fromkeys(SERVERS, ""))
        wait.until(lambda: "needed" in browser.text(".server .problem"), "the page asks for glue")
        delegate(browser, SERVERS)
        assert PREFIX in is_told(browser)
        wait.until(lambda: browser.state("#delegation") == "live", "the page shows it")
        assert answers(f"7.{ZONE}", "NS") == sorted(f"{name}." for name in SERVERS)
        assert answers("65.2.0.192.in-addr.arpa", "CNAME") == [f"65.{ZONE}."]
        looks.expect_fit(browser, "rdns-delegated", LOOKS)
        assert not looks.NO_WORD.search(browser.text("#view"))

        notify()
        wait.until(lambda: is_followed(browser), "what the zone asks for", LIMIT_S)
        servers[1].stop()
        wear(browser)
        browser.click("#delegation .opens > summary")
        check_only(browser, "failed")
        assert browser.attribute("[data-check=udp]", "data-result") == "error"
        finding = browser.text(".result-of-check [data-finding=udp]")
        assert SERVERS[f"ns2.{ZONE}"] in finding
        assert "UDP port 53" in finding
        assert axe.findings(browser) == []
        browser.screenshot("rdns-broken")
        check_only(browser, "failed")  # the second time it counts as broken
        go(browser, "#/", f"#broken [data-prefix='{PREFIX}']")
        looks.expect_fit(browser, "rdns-overview", LOOKS)
        wear(browser)
        servers[1].start()
        go(browser, f"#/prefix/{PREFIX}", "#delegation[data-state=broken]")
        browser.click("#delegation .opens > summary")
        check_only(browser, "passed")
        go(browser, "#/", ".prefixes")
        assert not browser.find_all("#broken")
        go(browser, f"#/prefix/{PREFIX}", "#delegation[data-state=live]")
        end_delegation(browser)
        assert answers("65.2.0.192.in-addr.arpa", "CNAME") == []
        assert browser.errors() == []


@pytest.mark.timeout(240)
def test_who_comes_second_sees_what_the_first_has_changed(settled, tokens, servers):
    first, second = SERVERS
    with signed_in(tokens.member) as browser, signed_in(tokens.operator) as operator:
        go(browser, f"#/prefix/{PREFIX}", "#delegate")
        delegate(browser, SERVERS)
        is_told(browser)
        go(operator, f"#/prefix/{PREFIX}", "#delegation[data-state=live]")
        browser.click("#delegation .opens > summary")
        fill(browser, "#ds", f"12345 13 2 {'ab' * 32}")
        browser.click("#send")
        wait.until(lambda: browser.find_all(".result-of-check .problem"), "the page says why not", LIMIT_S)
        assert browser.attribute(".result-of-check [data-check=ds-unsigned]", "data-result") == "error"
        end_delegation(operator)

        fill(browser, "#ds", "")
        browser.click("#send")
        wait.until(lambda: browser.find_all("#conflict"), "the page says that somebody was first", LIMIT_S)
        assert first in browser.text("#conflict")
        assert second in browser.text("#conflict")
        browser.click("#overwrite")
        assert PREFIX in is_told(browser)
        go(operator, "#/members", "#members")
        assert operator.attribute("#members [data-asn='64500']", "data-delegations") == "1"
        assert operator.attribute("#members [data-asn='64501']", "data-delegations") == "0"
        looks.expect_fit(operator, "rdns-members", LOOKS[:1])
        end_delegation(browser)


@pytest.mark.timeout(240)
def test_names_are_hosted_one_by_one_and_many_at_once(settled, tokens):
    address, other = "198.51.100.7", "198.51.100.8"
    with signed_in(tokens.member, language="fr", width=360) as browser:
        go(browser, f"#/prefix/{NETWORK}", "#name")
        fill(browser, "#name [name=address]", address)
        fill(browser, "#name [name=name]", "routeur.example.net")
        browser.click("#save-name")
        assert "routeur.example.net" in is_told(browser)
        assert pointer(address) == ["routeur.example.net."]
        wait.until(lambda: browser.attribute(f"[data-address='{address}']", "data-forward") in ("no", "unknown"),
                   "whether it leads back")

        browser.click("#view .opens > summary")
        fill(browser, "#csv",
             f"address,name\n{address},a.example.net\n{other};b.example.net\n203.0.113.1,c.example.net")
        browser.click("#preview")
        wait.until(lambda: browser.find_all("#preview-result"), "a preview")
        assert browser.attribute("#preview-result", "data-kinds") == "add=1 change=1 remove=0 same=0 refused=1"
        assert browser.attribute("#apply", "disabled")
        assert pointer(address) == ["routeur.example.net."]
        fill(browser, "#csv", f"{other},b.example.net")
        browser.click("#csv-all")
        browser.click("#preview")
        wait.until(lambda: browser.attribute("#preview-result", "data-kinds").startswith("add=1 change=0 remove=1"),
                   "another preview")
        assert axe.findings(browser) == []
        browser.screenshot("rdns-preview")
        browser.click("#apply")
        is_told(browser)
        assert (pointer(address), pointer(other)) == ([], ["b.example.net."])

        go(browser, f"#/prefix/{other}/32", "#remove-name")
        browser.click("#remove-name")
        browser.click("#remove-name-yes")
        wait.until(lambda: not browser.find_all("#remove-name"), "it has no name", LIMIT_S)
        go(browser, "#/history", "#history")
        subjects = browser.attributes("#history [data-seq]", "data-subject")
        assert subjects[:2] == [other, address]
        looks.expect_fit(browser, "rdns-history", LOOKS)
        assert not looks.NO_WORD.search(browser.text("#view"))
        browser.click("#sign-out")
        wait.until(lambda: browser.state("#content") == "signed-out", "signed out")
        looks.expect_fit(browser, "rdns-sign-in", LOOKS)
        browser.open(PAGE)
        wait.until(lambda: browser.state("#content") == "signed-out", "the session is over")
        assert browser.errors() == []
    assert browser.foreign_requests() == []


@pytest.mark.timeout(120)
def test_what_was_typed_stays_in_another_language(settled, tokens):
    with signed_in(tokens.member) as browser:
        go(browser, f"#/prefix/{PREFIX}", "#delegate")
        browser.click("#delegate [value=dash]")
        browser.click("#add-server")
        names = ["ns1.64-26.2.0.192.in-addr.arpa", "ns2.invalid", "ns3.invalid"]
        for field, name in zip(browser.find_all("[name=server]"), names):
            field.send_keys(name)
        browser.type("[name=glue]", "127.0.53.1")
        fill(browser, "#ds", f"12345 13 2 {'ab' * 32}")
        browser.click("#view .opens > summary")
        fill(browser, "#csv", "192.0.2.65,a.example.net")
        browser.click("#preview")
        wait.until(lambda: browser.find_all("#preview-result"), "a preview")
        check_only(browser, "failed")
        typed = browser.script(TYPED)
        speak(browser, "fr")
        wait.until(lambda: "Ce qui changerait" in browser.text("#preview-result"), "the preview in French")
        wait.until(lambda: "corriger d’abord" in browser.text(".result-of-check"), "what the check says in French")
        assert browser.script(TYPED) == typed
        assert browser.text("#send") == "Vérifier et déléguer"
        assert browser.script("return document.activeElement.dataset.language") == "fr"
        assert browser.errors() == []


@pytest.mark.timeout(120)
def test_addresses_without_a_name_get_one_where_that_is_chosen(settled, tokens):
    named, other = "2001:db8:1ff::7", "2001:db8:1ff::1"
    with signed_in(tokens.member) as browser:
        go(browser, f"#/prefix/{SITE}", "#unnamed[data-chosen=none]")
        assert not browser.is_displayed("#choose")
        made = browser.text("#unnamed code")
        fill(browser, "#name [name=address]", named)
        fill(browser, "#name [name=name]", "router.example.net")
        browser.click("#save-name")
        is_told(browser)
        assert SITE in choose(browser, "made")
        assert (pointer(named), pointer(other)) == (["router.example.net."], [f"{made}."])
        assert browser.find_all(f"#names [data-address='{named}']")
        assert browser.driver.title.startswith(SITE)
        assert not browser.find_all("#delegate")
        looks.expect_fit(browser, "rdns-made", LOOKS)
        assert not looks.NO_WORD.search(browser.text("#view"))
        wear(browser)
        go(browser, f"#/prefix/{other}", "#name")
        assert made in browser.text("#view")
        go(browser, "#/", "[data-use=made]")
        go(browser, "#/history", "#history")
        assert "Names made of addresses" in browser.text("#history [data-seq]")
        go(browser, f"#/prefix/{SITE}", "#unnamed[data-chosen=made]")
        choose(browser, "none")
        assert (pointer(named), pointer(other)) == (["router.example.net."], [])
        assert browser.errors() == []
