# POPs of the test's own: a visitor waits for their turn, and chooses where to measure.
# SPDX-License-Identifier: MIT

import json
import threading

import pytest
import yaml

from support import looks, own_pop, pop, wait, wire
from support.browser import chromium

pytestmark = pytest.mark.apart

OTHER = "0123456789abcdef" * 2  # a test that another visitor runs
SPARE_PORTS = {"http_port": 8091, "https_port": 8494, "rpm_port": 8495}
WIDE_AND_NARROW = [("en", False, 1280), ("fr", True, 360)]


def pop_file(folder, site=None, **keys):
    """The POP file of the demo with the speed test alone: @keys of it, and of its @site, changed."""
    told = yaml.safe_load(pop.POP_FILE.read_text())
    told["site"].update(site or {})
    del told["exchange"], told["latency"], told["management"]  # for which there would be pages
    told["services"] = {"speedtest": {**told["services"]["speedtest"], **keys.pop("speedtest", {})}}
    told.update(keys)
    file = folder / "pop.yaml"
    file.write_text(yaml.safe_dump(told))
    return file


@pytest.fixture
def folders(tmp_path):
    made = []
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        made.append(tmp_path / name)
    return made


def ask_queue(test):
    reply = wire.ask(pop.address("speedtest"), wire.request("GET", f"/queue?test={test}"))
    return json.loads(reply.body)


def keep_place(test, until):
    """Hold a place as a page does: by asking for it over and over."""
    while not until.wait(1):
        assert ask_queue(test)["state"] == "running"


def open_and_start(browser):
    browser.open(pop.url("speedtest"))
    wait.until(lambda: browser.find_all("#addresses code"), "the page is there")
    browser.click("#start")


def phase(browser):
    return browser.attribute("#content", "data-phase")


@pytest.mark.timeout(180)
def test_who_waits_sees_their_place_and_then_gets_their_turn(folders):
    full = {"download_mbps": 1000, "upload_mbps": 1000, "test_mbps": 1000}
    with own_pop.network(), own_pop.serving(folders[0], pop_file(folders[0], speedtest=full)), chromium() as browser:
        assert ask_queue(OTHER)["state"] == "running"
        done = threading.Event()
        other = threading.Thread(target=keep_place, args=(OTHER, done))
        other.start()
        try:
            open_and_start(browser)
            wait.until(lambda: browser.text("#headline") == "In the queue: number 1", "the place", 30)
            assert "to go" in browser.text("#summary")
            looks.expect_fit(browser, "speedtest-queue", WIDE_AND_NARROW)
            assert phase(browser) == "queue"
        finally:
            done.set()
            other.join()
        wait.until(lambda: phase(browser) == "download", "the turn has come", 40)


@pytest.mark.timeout(120)
def test_who_may_not_wait_is_told_why(folders):
    one = {"tests_per_prefix": 1}
    with own_pop.network(), own_pop.serving(folders[0], pop_file(folders[0], speedtest=one)), chromium() as browser:
        assert ask_queue(OTHER)["state"] == "running"
        open_and_start(browser)
        wait.until(lambda: browser.state("#content") == "failed", "the refusal", 30)
        assert browser.text("#headline") == "Busy at the moment."
        assert "Your network already runs as many tests" in browser.text("#summary")
        looks.expect_fit(browser, "speedtest-busy", WIDE_AND_NARROW)


@pytest.mark.timeout(180)
def test_a_visitor_chooses_where_to_measure(folders):
    here, there = folders
    spare = pop_file(there, site={"name": "spare", "title": "The spare POP"}, speedtest=SPARE_PORTS)
    neighbour = {"name": "spare", "title": "The spare POP", "city": "Paris", "country": "FR",
                 "speedtest": f"//127.0.0.1:{SPARE_PORTS['http_port']}"}
    with own_pop.network(), own_pop.serving(there, spare), \
            own_pop.serving(here, pop_file(here, neighbours=[neighbour])), chromium() as browser:
        browser.open(pop.url("speedtest"))
        wait.until(lambda: browser.find_all("#server option"), "the choice")
        assert browser.texts("#server option") == ["The nearest of 2", "Fontaine on this machine", "The spare POP"]
        assert browser.label("#server") == "Measured with"
        looks.expect_fit(browser, "speedtest-choice", WIDE_AND_NARROW)
        looks.wear(browser, *WIDE_AND_NARROW[0])
        browser.click("#server option[value=spare]")
        browser.click("#start")
        wait.until(lambda: phase(browser) == "download", "the test runs", 30)
        assert "The spare POP" in browser.text("#place")
        assert not browser.is_enabled("#server")
        browser.click("#start")
        assert browser.errors() == []
    assert any(f":{SPARE_PORTS['http_port']}/garbage" in url for url in browser.requests)
    assert not any(":8081/garbage" in url for url in browser.requests)
