# Packet loss, measured by a browser, is what the way to the POP loses.
# SPDX-License-Identifier: MIT

import json
import subprocess

import pytest

from support import again, own_pop, pop
from support.browser import chromium

PACKETS = 1000
MEASURE = """
    const done = arguments[0];
    const { measureLoss } = await import("/loss.js");
    const ticket = await (await fetch("/turn")).json();
    const reports = [];
    const stop = new AbortController();
    const report = (message) => {
        reports.push(message);
        PROGRESS
    };
    const result = await measureLoss(ticket, report, stop.signal).catch((error) => ({ error: String(error) }));
    done({ result, reports });
"""


def measure(browser, before="", progress=""):
    """Run the module in a page of the speed test. Return: its result, and what it has reported."""
    browser.driver.set_script_timeout(40)
    told = browser.driver.execute_async_script(before + MEASURE.replace("PROGRESS", progress))
    return told["result"], told["reports"]


@pytest.fixture
def page():
    with chromium() as browser:
        browser.open(pop.url("speedtest"))
        yield browser


@pytest.mark.alone
@pytest.mark.parametrize("family", pop.FAMILIES)
def test_nothing_is_lost_inside_one_machine(family):
    def expect_nothing_lost(measured):
        result, _ = measured
        assert (result["sent"], result["received"], result["lost"], result["percent"]) == (PACKETS, PACKETS, 0, 0)
        assert 0 < result["latencyMs"] < 100
        assert 0 <= result["jitterMs"] < 100

    with chromium() as browser:
        browser.open(pop.url("speedtest", family=family))
        result, reports = again.measured(lambda: measure(browser), expect_nothing_lost)
        assert browser.errors() == []
    expect_nothing_lost((result, reports))
    assert [report["sent"] for report in reports] == sorted(report["sent"] for report in reports)
    assert all(0 <= report["received"] <= report["sent"] for report in reports)
    assert reports[-1]["sent"] == PACKETS


MESSAGE = "meta length 144-148"  # a packet with one message of the test, and no other
WAY = """
table inet way {}
delete table inet way
table inet way {
    counter seen {}
    counter dropped {}
    chain in {
        type filter hook input priority 0
        udp %s %d %s
    }
}
"""


def nft(*arguments, **options):
    return subprocess.run(["nft", *arguments], check=True, timeout=10, text=True, stdout=subprocess.PIPE,
                          **options).stdout


def make_way(direction, rule):
    """@rule for packets to the relay ("dport") or from it ("sport")."""
    nft("-f", "-", input=WAY % (direction, pop.address("turn", "udp")[1], rule))


def count(name):
    told = json.loads(nft("--json", "list", "counter", "inet", "way", name))["nftables"]
    return next(entry["counter"]["packets"] for entry in told if "counter" in entry)


@pytest.fixture
def own_network(tmp_path):
    with own_pop.network(), own_pop.serving(tmp_path):
        yield


@pytest.mark.alone
@pytest.mark.parametrize("direction, percent", [("dport", 2), ("sport", 20)], ids=["up", "down"])
def test_what_the_way_loses_is_lost(own_network, page, direction, percent):
    def measure_on_a_new_way():
        make_way(direction, f"{MESSAGE} counter name seen numgen random mod 100 < {percent} counter name dropped drop")
        return measure(page)[0], count("dropped")

    def expect_what_was_dropped(measured):
        result, dropped = measured
        assert result["sent"] == PACKETS
        assert dropped > 0
        assert result["lost"] == pytest.approx(dropped, abs=3)

    result, dropped = again.measured(measure_on_a_new_way, expect_what_was_dropped)
    expect_what_was_dropped((result, dropped))
    assert count("seen") > PACKETS / 2
    assert result["percent"] == result["lost"] * 100 / PACKETS
    assert result["received"] + result["lost"] == PACKETS


def test_a_way_that_is_cut_while_it_measures(own_network, page):
    make_way("sport", "quota over 80 kbytes counter name dropped drop")
    result, reports = measure(page)
    assert count("dropped") > 0
    assert 0 < reports[-1]["received"] < PACKETS / 2
    assert result == {"reason": "interrupted"}


def test_a_relay_that_does_not_answer(stopped_unit, page):
    stopped_unit("coturn.service")
    assert measure(page)[0] == {"reason": "unreachable"}


def test_a_credential_that_is_none(page):
    result, _ = measure(page, before="const { fetch: ask } = window; window.fetch = async () => ({ json: async () => "
                                     "({ ...await (await ask('/turn')).json(), credential: 'none' }) });")
    assert result == {"reason": "unreachable"}


def test_a_browser_without_it(page):
    assert measure(page, before="delete window.RTCPeerConnection;")[0] == {"reason": "unsupported"}


def test_it_can_be_stopped(page):
    result, reports = measure(page, progress="stop.abort(new Error('enough'));")
    assert result == {"error": "Error: enough"}
    assert reports[-1]["sent"] < PACKETS
