# A visitor in a real browser measures their connection, and the page tells the truth.
# SPDX-License-Identifier: MIT

import re
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from support import counters, looks, pop, wait
from support.browser import chromium
from support.speedtest_page import open_page, wait_for_phase, wait_for_state

STREAMS = 5
LOADS = [("download", "download"), ("upload", "upload"), ("single", "download"), ("single", "upload")]
PLAN = [
    (None, None, None), ("server", None, None), ("latency", "ipv4", None), ("latency", "ipv6", None),
    ("loss", None, None), ("queue", None, None),
    *[(phase, family, way) for family in pop.FAMILIES for phase, way in LOADS],
]
SUMMARY = {"en": "Over {}: download {}, upload {}.", "fr": "En {} : réception {}, envoi {}."}
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


pytestmark = [pytest.mark.alone, pytest.mark.timeout(150)]  # the first one that looks at the run waits for it


def test_every_phase_comes_in_its_turn(measured):
    assert measured.phases == PLAN


@pytest.mark.parametrize("direction", ["download", "upload"])
def test_the_rate_is_that_of_the_bytes(measured, direction):
    expect_rate(measured.browser, measured.results, direction)


def test_the_latency_is_that_of_the_run(measured):
    expect_latency(measured.browser, measured.results)


def test_both_families_are_compared(measured):
    expect_comparison(measured.browser, measured.results)


def test_the_bytes_are_those_of_the_server(measured):
    expect_bytes(measured.browser, measured.results, measured.counted)


@pytest.mark.parametrize("language", SUMMARY)
def test_the_result_is_told_in_words(measured, language):
    looks.wear(measured.browser, language, False, 1280)
    download, upload = (spoken(measured.browser, f"#{direction}") for direction in ("download", "upload"))
    told = SUMMARY[language].format(FAMILY_NAMES[leading_family(measured.results)], download, upload)
    assert spoken(measured.browser, "#summary").startswith(told)
    looks.wear(measured.browser, "en", False, 1280)


def test_the_result_is_drawn(measured):
    for chart in ("#rates", "#latencies"):
        assert len(measured.browser.find_all(f"{chart} polyline")) == 2
        assert measured.browser.label(chart)
    assert measured.browser.text("#start") == "Start again"


def test_a_visitor_can_stop_a_test_and_start_again():
    """With the keyboard, on a small and dark screen, in French."""
    others = counters.read()["connections"]
    with chromium("fr", dark=True, width=360) as browser:
        open_page(browser, "ipv6")
        assert browser.text("#start") == "Commencer"
        tab_to(browser, "#start")
        browser.press(Keys.ENTER)
        for phase in ("latency", "download"):
            wait_for_phase(browser, phase)
            browser.screenshot(f"speedtest-fr-dark-360-{phase}")
        browser.press(Keys.ENTER)
        wait_for_state(browser, "stopped")
        assert browser.text("#start") == "Recommencer"
        moved = counters.read()
        wait.until(lambda: counters.read()["connections"] <= others + 2 * 6, "the streams end")
        after = counters.read().since(moved)
        assert after["sent_bytes_total"] < buffers_bytes(STREAMS)
        browser.press(Keys.ENTER)
        wait_for_phase(browser, "latency")
        assert browser.errors() == []
    assert browser.foreign_requests() == []


def test_a_test_that_is_cut_off_says_so(stopped_unit):
    with chromium() as browser:
        open_page(browser)
        browser.click("#start")
        wait_for_phase(browser, "download")
        stopped_unit("speedtestd.socket")
        wait.until(lambda: browser.state("#content") == "failed", "the test has failed", 15)
        assert "connection to the test was lost" in browser.text("#summary")
        assert browser.text("#start") == "Start again"
        assert browser.find_all("#download[data-bits-per-second]") == []
        looks.expect_fit(browser, "speedtest-failed")


def test_the_page_is_made_for_screen_readers():
    with chromium() as browser:
        open_page(browser)
        assert browser.read("#start", lambda found: found[0].aria_role) == "button"
        assert browser.label("#start") == "Start"
        assert browser.text("[role=status] > #summary")
        headings = browser.texts("h1")
        assert len(headings) == 1 and headings[0]
        assert browser.script("return document.documentElement.lang") == "en"
        assert all(browser.texts(".facts dt"))
