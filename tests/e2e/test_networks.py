# The page of connected networks and its JSON: the demo's members, and a thousand of an IX-F Member Export.
# SPDX-License-Identifier: MIT

import json
import subprocess
from ipaddress import ip_address

import pytest
import yaml
from selenium.webdriver.common.keys import Keys

from support import looks, pop, wait, web
from support.browser import chromium

MANY = 1000
LOOKS = [("en", False, 1280), ("fr", True, 360), ("fr", False, 3840)]
API = pop.PROJECT / "services/web/networks/openapi.yaml"


def url(path=""):
    return pop.url("pages", path=f"/networks/{path}")


def members():
    return yaml.safe_load(pop.POP_FILE.read_text())["members"]


def test_the_json_has_the_members_as_its_description_says():
    page = web.get(url("networks.json"))
    assert page.headers["content-type"].startswith("application/json")
    networks = json.loads(page.body)["networks"]
    schema = yaml.safe_load(API.read_text())["components"]["schemas"]["Network"]
    assert [{"asn": network["asn"], "name": network["name"], "peering": network["ipv4"] + network["ipv6"],
             "port_mbps": network["speed_mbps"]} for network in networks] == [
        {key: member[key] for key in ("asn", "name", "peering", "port_mbps")} for member in members()]
    for network in networks:
        assert list(network) == schema["required"] == list(schema["properties"])
    assert yaml.safe_load(web.get(url("openapi.yaml")).body)["info"]
    assert web.get(url("ixf.json")).status == 404  # the demo has none


def export():
    """As an exchange's own software writes it, with what it need not say left out now and then."""
    return {"version": "1.0", "timestamp": "2026-03-14T09:26:53Z", "ixp_list": [], "member_list": [{
        "asnum": 1000 + i, "name": f"Network {i}",
        **({"url": f"https://network{i}.example/"} if i % 3 else {}),
        **({"member_since": f"20{i % 20:02}-01-02T00:00:00Z"} if i % 4 else {}),
        "connection_list": [{
            "ixp_id": 1, "if_list": [{"if_speed": 10 ** (3 + i % 3)}],
            "vlan_list": [{"ipv4": {"address": str(ip_address("198.18.0.0") + i), "max_prefix": i, "routeserver": True},
                           "ipv6": {"address": str(ip_address("2001:db8::") + i)}}]}],
    } for i in range(1, MANY + 1)]}


def render(folder):
    command = [pop.FONTAINE, "render", folder / "pop.yaml", folder / "out", "--stock", pop.PROJECT / "services/stock"]
    done = subprocess.run(command, timeout=20, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.fixture
def rendered(tmp_path):
    """What is rendered of such an export, by a POP that passes it on."""
    (tmp_path / "ixf.json").write_text(json.dumps(export()))
    description = yaml.safe_load(pop.POP_FILE.read_text())
    del description["members"]
    description |= {"ixf_export": str(tmp_path / "ixf.json"), "exchange": {"publish_export": True}}
    (tmp_path / "pop.yaml").write_text(yaml.safe_dump(description))
    render(tmp_path)
    return tmp_path / "out/www"


def test_an_export_is_passed_on_and_one_that_broke_changes_nothing(rendered):
    pop_file = rendered.parents[1] / "pop.yaml"
    passed_on, networks = rendered / "ixf.json", rendered / "networks.json"
    assert json.loads(passed_on.read_text()) == export()
    assert json.loads(networks.read_text())["export"] == "/networks/ixf.json"
    before = networks.read_bytes()
    description = yaml.safe_load(pop_file.read_text())
    description["services"] = {"pages": {}}  # the resolver needs it
    pop_file.write_text(yaml.safe_dump(description))
    (rendered.parents[1] / "ixf.json").write_text('{"member_list": [')
    assert "ixf.json: byte" in render(rendered.parents[1])
    assert networks.read_bytes() == before


@pytest.fixture
def many(rendered):
    """The POP shows them."""
    shown = pop.inside("/run/fontaine/www/networks.json")
    before = shown.read_bytes()
    shown.write_bytes((rendered / "networks.json").read_bytes())
    yield
    shown.write_bytes(before)


def first(browser):
    return browser.attribute("#networks > :first-child", "data-asn")


def found(browser):
    return browser.script("return document.querySelectorAll('#networks > :not([hidden])').length")


def test_the_page_shows_the_members_in_every_look():
    with chromium() as browser:
        browser.open(url())
        wait.until(lambda: browser.state("#content") == "known", "the networks are there")
        assert browser.attributes("#networks > [data-asn]", "data-asn") == ["64501", "64500"]  # by name
        assert browser.text("header nav [aria-current]") == "Networks"
        assert "192.0.2.9" in browser.text("[data-asn='64500']")
        assert "100 Gbit/s" in browser.text("[data-asn='64500']").replace("\u00a0", " ")
        looks.expect_fit(browser, "networks", LOOKS)
        assert not looks.NO_WORD.search(browser.text("body"))
        assert browser.errors() == []
    assert browser.foreign_requests() == []


@pytest.mark.timeout(150)
def test_a_thousand_networks_are_searched_and_sorted_by_keyboard(many):
    with chromium() as browser:
        browser.open(url())
        wait.until(lambda: browser.state("#content") == "known", "the networks are there")
        assert found(browser) == MANY
        browser.type("#query", "as1500")
        wait.until(lambda: found(browser) == 1, "one is found")
        assert browser.text("#found") == "1 of 1,000 networks"
        browser.type("#query", Keys.BACKSPACE * 6 + "198.18.3.")
        wait.until(lambda: found(browser) == 1000 - 3 * 256 + 1, "those of some addresses are found")
        browser.type("#query", Keys.BACKSPACE * 9)
        wait.until(lambda: found(browser) == MANY, "all are found")
        browser.script("document.querySelector('[data-column=speed] button').focus()")
        for direction, asn in [("ascending", "1003"), ("descending", "1002")]:
            browser.press(Keys.ENTER)
            wait.until(lambda: browser.attribute("[data-column=speed]", "aria-sort") == direction,  # noqa: B023
                       "it is sorted")
            assert first(browser) == asn
        browser.click("[data-language=fr]")
        wait.until(lambda: browser.text("#found") == "1\u202f000 réseaux sur 1\u202f000", "it speaks French")
        assert first(browser) == "1002"
        assert browser.errors() == []


def write_ports(**ports):
    """As a switch has them (RFC 8343), read by a collector."""
    interfaces = [{"name": name, "description": f"AS{number}", "oper-status": state}
                  for number, (name, state) in zip((64500, 64501), ports.items())]
    pop.inside("/run/switch.json").write_text(json.dumps({"ietf-interfaces:interfaces": {"interface": interfaces}}))


@pytest.fixture
def watched():
    """The POP is told how ports are, and shows it."""
    shown = pop.BUILD / "run/etc/pop.yaml"
    before = shown.read_text()
    notices = {"interval_seconds": 1, "webhook": "http://127.0.0.1:9/nobody",
               "links": [{"name": "sw1", "file": "/run/switch.json"}]}
    write_ports(port1="up", port2="down")
    shown.write_text(yaml.safe_dump({**yaml.safe_load(before), "notices": notices}))
    take()
    yield
    shown.write_text(before)
    take()
    pop.run("rm", "/run/switch.json")


def take():
    pop.run("systemctl", "reload", "fontaine-render.service")
    pop.run("systemctl", "reload", "nginx.service")
    pop.run("systemctl", "restart", "peerd.service")


def states():
    page = web.get(pop.url("pages", path="/api/v1/networks/states"))
    return [each["state"] for each in json.loads(page.body)["states"]] if page.status == 200 else []


def now(browser, asn):
    return browser.text(f"[data-asn='{asn}'] .states")


@pytest.mark.timeout(150)
def test_the_page_shows_how_ports_are(watched):
    with chromium() as browser:
        wait.until(lambda: states() == ["up", "down"], "peerd has looked")
        browser.open(url())
        wait.until(lambda: now(browser, 64500) == "Ports up: 1", "the column is there")
        assert browser.text("[data-column=states]") == "Now"
        assert now(browser, 64501) == "Ports down: 1"
        for direction, asn in ("ascending", "64500"), ("descending", "64501"):
            browser.click("[data-column=states] button")
            assert browser.attribute("[data-column=states]", "aria-sort") == direction
            assert first(browser) == asn
        write_ports(port1="down", port2="up")
        wait.until(lambda: states() == ["down", "up"], "peerd has looked again")
        browser.open(url())  # it looks every 15 seconds
        wait.until(lambda: now(browser, 64501) == "Ports up: 1", "it is up")
        assert now(browser, 64500) == "Ports down: 1"
        browser.click("[data-language=fr]")
        wait.until(lambda: now(browser, 64500).replace("\u00a0", " ") == "Ports hors service : 1", "it speaks French")
        assert browser.errors() == []
