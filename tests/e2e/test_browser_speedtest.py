# A visitor in a real browser measures their connection, and the page tells the truth.
# SPDX-License-Identifier: MIT

import re
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from support import counters, pop, wait
from support.browser import chromium

STREAMS = 5
LOADS = [("download", "download"), ("upload", "upload"), ("single", "download"), ("single", "upload")]
PLAN = [
    (None, None, None), ("server", None, None), ("latency", "ipv4", None), ("latency", "ipv6", None),
    ("loss", None, None), ("queue", None, None),
    *[(phase, family, way) for family in pop.FAMILIES for phase, way in LOADS],
]
WORDS = {
    "en": {"start": "Start", "again": "Start again", "done": "Over {}: download {}, upload {}."},
    "fr": {"start": "Commencer", "again": "Recommencer", "done": "En {} : réception {}, envoi {}."},
}
FAMILY_NAMES = {"ipv4": "IPv4", "ipv6": "IPv6"}


def buffers_bytes(streams):
    """What the sockets of both sides can hold of so many streams."""
    limits = [Path(f"/proc/sys/net/ipv4/tcp_{name}").read_text().split()[2] for name in ("rmem", "wmem")]
    return streams * sum(map(int, limits))


def tab_to(browser, selector):
    target = browser.find(selector)
    for _ in range(20):
        browser.press(Keys.TAB)
        if browser.driver.switch_to.active_element == target:
            return
    pytest.fail(f"Tab does not lead to {selector}")


def click_start(browser):
    wait.until(lambda: browser.text("#start"), "the button is there")
    browser.click("#start")


def start_with_keys(browser):
    tab_to(browser, "#start")
    browser.press(Keys.ENTER)


def wait_for_state(browser, state, seconds=15):
    wait.until(lambda: browser.state("#content") in (state, "failed"), f"the test is {state}", seconds)
    assert browser.state("#content") == state, browser.text("#summary")


def wait_for_phase(browser, phase, seconds=30):
    """Until the page shows what the phase has measured so far."""
    def shown():
        live = browser.script("return document.querySelector('[data-live] .figure')?.textContent ?? ''")
        is_now = browser.attribute("#content", "data-phase") == phase
        return browser.state("#content") == "failed" or is_now and re.search(r"\d", live)
    wait.until(shown, f"a live figure of {phase}", seconds)
    assert browser.state("#content") == "running", browser.text("#summary")


def run_whole_test(browser, start, look):
    """From the button to the result, with a picture of each state."""
    browser.script("""
        window.phases = [];
        document.addEventListener("speedtest", ({ detail }) => {
            window.results = detail.results;
            if (detail.state === "running")
                window.phases.push([detail.phase, detail.family, detail.direction]);
        });
    """)
    browser.screenshot(f"speedtest-{look}-idle")
    start(browser)
    for phase in ("latency", "download", "upload", "single"):
        wait_for_phase(browser, phase)
        browser.screenshot(f"speedtest-{look}-{phase}")
    wait_for_state(browser, "done", 60)
    browser.screenshot(f"speedtest-{look}-done")
    assert [tuple(phase) for phase in browser.script("return window.phases")] == PLAN


def shown_rate(text):
    """Bits per second, of "2.34 Gbit/s"."""
    value, unit = text.replace(",", ".").split()
    return float(value) * {"Mbit/s": 1e6, "Gbit/s": 1e9}[unit]


def spoken(browser, selector):
    """The text with plain spaces."""
    return re.sub(r"\s", " ", browser.text(selector))


def leading_family(results):
    return max(pop.FAMILIES, key=lambda family: results[family]["download"]["bitsPerSecond"])


def expect_rate(browser, results, direction):
    """The rate is the bytes of the measured window over its time: no more, no less."""
    selector = f"#{direction}"
    rate = browser.figure(selector, "bits-per-second")
    window_bytes, window_ms = browser.figure(selector, "bytes"), browser.figure(selector, "ms")
    assert rate == results[leading_family(results)][direction]["bitsPerSecond"]
    assert rate == pytest.approx(window_bytes * 8000 / window_ms)
    assert 5000 <= window_ms < 8500
    assert 0.5 < window_bytes / browser.figure(selector, "total-bytes") < 1
    assert rate > 100e6  # over loopback
    assert shown_rate(browser.text(selector)) == pytest.approx(rate, rel=0.006)  # three digits


def expect_latency(browser, results):
    latency = results[leading_family(results)]["latency"]
    assert browser.figure("#idle", "ms") == latency["medianMs"]
    assert 0 <= browser.figure("#idle", "min-ms") <= latency["medianMs"] < 50


def compared(browser, row):
    """What the comparison has in a row, by family."""
    cells = browser.attributes(f"#families [data-row={row}] td", "data-value")
    return dict(zip(pop.FAMILIES, cells, strict=True))


def expect_comparison(browser, results):
    """Every figure of both families is in the table."""
    def expect(row, read):
        shown = {family: float(value) for family, value in compared(browser, row).items()}
        assert shown == {family: read(results[family]) for family in pop.FAMILIES}, row

    expect("atRest-idle", lambda measured: measured["latency"]["medianMs"])
    expect("atRest-jitter", lambda measured: measured["latency"]["jitterMs"])
    for way in ("download", "upload"):
        expect(f"{way}-severalStreams", lambda measured: measured[way]["bitsPerSecond"])
        expect(f"{way}-oneStream", lambda measured: measured["single"][way]["bitsPerSecond"])
        expect(f"{way}-latencyMeanwhile", lambda measured: measured[way]["latencyMs"])
        expect(f"{way}-responsiveness", lambda measured: measured[way]["rpm"])
        told = compared(browser, f"{way}-confidence")
        assert told == {family: results[family][way]["confidence"] for family in pop.FAMILIES}
    for family in pop.FAMILIES:
        assert browser.text(f"#addresses [data-family={family}] code") == results[family]["address"]


def expect_bytes(browser, results, counted):
    """What the page says was moved is what the server counted."""
    measured = {
        way: [one[way] for family in pop.FAMILIES for one in (results[family], results[family]["single"])]
        for way in ("download", "upload")}
    downloaded, uploaded = (sum(one["totalBytes"] for one in all_of) for all_of in measured.values())
    assert uploaded == counted["received_bytes_total"]
    assert downloaded < counted["sent_bytes_total"] < downloaded + 2 * buffers_bytes(STREAMS + 1)
    assert browser.figure("#data", "bytes") == downloaded + uploaded


@pytest.mark.timeout(120)
@pytest.mark.parametrize("family, language, dark, width, start", [
    ("ipv4", "en", False, 1280, click_start),
    ("ipv6", "fr", True, 360, start_with_keys),
])
def test_the_figures_of_the_page_are_those_of_the_server(family, language, dark, width, start):
    words = WORDS[language]
    before = counters.read()
    with chromium(language, dark, width) as browser:
        browser.open(pop.url("speedtest", family=family))
        wait.until(lambda: browser.text("#start") == words["start"], "the button is there")
        run_whole_test(browser, start, look=f"{language}-{'dark' if dark else 'light'}-{width}")
        assert browser.text("#start") == words["again"]
        results = browser.script("return window.results")
        expect_rate(browser, results, "download")
        expect_rate(browser, results, "upload")
        expect_latency(browser, results)
        expect_comparison(browser, results)
        expect_bytes(browser, results, counters.read().since(before))
        assert spoken(browser, "#summary").startswith(words["done"].format(
            FAMILY_NAMES[leading_family(results)], spoken(browser, "#download"), spoken(browser, "#upload")))
        for chart in ("#rates", "#latencies"):
            assert len(browser.find_all(f"{chart} polyline")) == 2
            assert browser.label(chart)
        assert browser.errors() == []
    assert browser.foreign_requests() == []


def test_a_visitor_can_stop_a_test_and_start_again():
    with chromium() as browser:
        browser.open(pop.url("speedtest"))
        click_start(browser)
        wait_for_phase(browser, "download")
        click_start(browser)
        wait_for_state(browser, "stopped")
        moved = counters.read()
        wait.until(lambda: counters.read()["connections"] <= 1 + 2 * 6, "the streams end")
        after = counters.read().since(moved)
        assert after["sent_bytes_total"] < buffers_bytes(STREAMS)
        click_start(browser)
        wait_for_phase(browser, "latency")
        assert browser.errors() == []


def test_a_test_that_is_cut_off_says_so(stopped_unit):
    with chromium() as browser:
        browser.open(pop.url("speedtest"))
        click_start(browser)
        wait_for_phase(browser, "download")
        stopped_unit("speedtestd.socket")
        wait.until(lambda: browser.state("#content") == "failed", "the test has failed", 15)
        assert "connection to the test was lost" in browser.text("#summary")
        assert browser.text("#start") == "Start again"
        assert browser.find_all("#download[data-bits-per-second]") == []
        browser.screenshot("speedtest-cut-off")


def test_the_page_is_made_for_screen_readers():
    with chromium() as browser:
        browser.open(pop.url("speedtest"))
        wait.until(lambda: browser.text("#start"), "the button is there")
        assert browser.read("#start", lambda found: found[0].aria_role) == "button"
        assert browser.label("#start") == "Start"
        assert browser.text("[role=status] > #summary")
        headings = browser.texts("h1")
        assert len(headings) == 1 and headings[0]
        assert browser.script("return document.documentElement.lang") == "en"
        assert all(browser.texts(".facts dt"))
