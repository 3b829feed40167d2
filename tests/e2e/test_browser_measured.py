# A visitor has measured their connection in a real browser, and the page tells the truth.
# SPDX-License-Identifier: MIT

import re

import pytest

from support import looks, own_pop, pop
from support.speedtest_page import STREAMS, buffers_bytes

pytestmark = [*own_pop.TESTED, pytest.mark.timeout(150)]  # the first one that looks at the run waits for it

LOADS = [("download", "download"), ("upload", "upload"), ("single", "download"), ("single", "upload")]
PLAN = [
    (None, None, None), ("server", None, None), ("latency", "ipv4", None), ("latency", "ipv6", None),
    ("loss", None, None), ("queue", None, None),
    *[(phase, family, way) for family in pop.FAMILIES for phase, way in LOADS],
]
SUMMARY = {"en": "Over {}: download {}, upload {}.", "fr": "En {} : réception {}, envoi {}."}
FAMILY_NAMES = {"ipv4": "IPv4", "ipv6": "IPv6"}


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
    assert 5000 <= window_ms < 12000
    assert 0.3 < window_bytes / browser.figure(selector, "total-bytes") < 1
    assert 10e6 < rate < 1.1 * own_pop.MBIT * 1e6
    assert shown_rate(browser.text(selector)) == pytest.approx(rate, rel=0.006)  # three digits


def expect_latency(browser, results):
    latency = results[leading_family(results)]["latency"]
    assert browser.figure("#idle", "ms") == latency["medianMs"]
    assert 0 <= browser.figure("#idle", "min-ms") <= latency["medianMs"] < 1000


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
