# What the engine of the page measures is what the network does, in a real browser on a link of known rate.
# SPDX-License-Identifier: MIT

from types import SimpleNamespace

import pytest

from support import again, engine, links, pop, queues, speedtestd
from support.browser import chromium

pytestmark = pytest.mark.alone

HOSTS = list(links.SERVER.values())
MBIT = {"download": 100, "upload": 50}
SENDER = {"download": "server", "upload": "client"}
QUEUE_MS = 15  # a deeper one makes longer gaps when packets are lost, and the figure less certain
LOADS = [("download", "download"), ("upload", "upload"), ("single", "download"), ("single", "upload")]
PLAN = [
    ("server", None, None), ("latency", "ipv4", None), ("latency", "ipv6", None), ("queue", None, None),
    *[(phase, family, way) for family in pop.FAMILIES for phase, way in LOADS],
]
BOTH = [(family, way) for family in pop.FAMILIES for way in ("download", "upload")]


def measured_loads(results):
    """(family, streams, direction, result) of each."""
    return [
        (family, streams, way, of[way])
        for family in pop.FAMILIES
        for streams, of in ((5, results[family]), (1, results[family]["single"]))
        for way in ("download", "upload")]


@pytest.fixture(scope="module")
def link():
    with links.link() as link:
        yield link


def measure(link, folder):
    """One whole run on a link of known rate, and all that was seen of it."""
    seen = SimpleNamespace()
    seen.queues = {
        way: queues.Watch(*link.bottleneck(getattr(link, sender)), MBIT[way]) for way, sender in SENDER.items()}
    for way, sender in SENDER.items():
        link.shape(getattr(link, sender), MBIT[way], QUEUE_MS)
    with speedtestd.running(link.server, folder) as server:
        before = server.counters()
        seen.hosts = {server.url(family).split("/")[2] for family in pop.FAMILIES}
        with link.client.entered(), chromium(hosts=HOSTS) as browser, queues.Watching(*seen.queues.values()):
            browser.open(server.url())
            run = engine.Run(browser)
            seen.end = run.wait_for_end()
            seen.counted = server.counters().since(before)
            seen.results, seen.phases = run.results(), run.phases()
            seen.started = {
                (m["phase"], m["family"], m["direction"]): m["atMs"] / 1000 for m in run.messages(type="phase")}
            seen.rates = run.messages(type="rate")
            seen.errors = browser.errors()
        seen.requests = browser.requests
    return seen


def window(run, family, way):
    """(result, seconds since 1970 when what it is of began, and when it ended)"""
    result = run.results[family][way]
    from_s = run.started[way, family, way] + 1
    return result, from_s, from_s + result["ms"] / 1000


def expect_rate(run, family, way):
    result, from_s, to_s = window(run, family, way)
    carried_bps = run.queues[way].carried_bps(from_s, to_s)
    assert carried_bps > MBIT[way] * 1e6 / 2, "a busy machine keeps a link from some of its rate, not from all"
    assert result["bitsPerSecond"] == pytest.approx(carried_bps * links.PAYLOAD_SHARE[family], rel=0.03)


def expect_latency(run, family, way):
    result, from_s, to_s = window(run, family, way)
    queue_ms = run.queues[way].median_ms(from_s, to_s)
    assert result["addedMs"] == pytest.approx(queue_ms, rel=0.1, abs=4)  # a browser is late at times


@pytest.fixture(scope="module")
def run(link, tmp_path_factory):
    def expect(run):
        assert run.end["type"] == "done"
        for family, way in BOTH:
            expect_rate(run, family, way)
            expect_latency(run, family, way)

    return again.measured(lambda: measure(link, tmp_path_factory.mktemp("run")), expect)


@pytest.mark.timeout(250)
def test_both_families_are_measured_in_one_run(run):
    assert run.end["type"] == "done"
    assert run.phases == PLAN
    assert {family: run.results[family]["address"] for family in pop.FAMILIES} == links.CLIENT
    assert all("reason" not in run.results[family] for family in pop.FAMILIES)
    assert run.results["server"]["url"] == f"http://{links.SERVER['ipv4']}:{speedtestd.PORT}"
    assert run.errors == []


def test_a_run_takes_about_45_s(run):
    took_s = run.end["atMs"] / 1000 - run.started["server", None, None]
    assert 40 < took_s < 55


def test_bytes_are_those_of_the_server(run):
    totals = {way: sum(r["totalBytes"] for _, _, w, r in measured_loads(run.results) if w == way)
              for way in ("download", "upload")}
    late = run.counted["received_bytes_total"] - totals["upload"]
    assert 0 <= late < 0.02 * totals["upload"], "what arrived when the page no longer waited for it"
    cut = run.counted["sent_bytes_total"] - totals["download"]
    assert 0 <= cut < 0.1 * totals["download"], "heads, and what was on its way at the end"


@pytest.mark.parametrize("family, way", BOTH)
def test_the_figure_is_the_rate_of_the_link(run, family, way):
    result = run.results[family][way]
    expect_rate(run, family, way)
    assert result["bitsPerSecond"] == pytest.approx(result["bytes"] * 8000 / result["ms"])
    assert 5000 <= result["ms"] < 8000
    assert result["limitedBy"] == {"download": "network", "upload": None}[way]


@pytest.mark.parametrize("family, way", BOTH)
def test_latency_under_load_is_that_of_the_queue(run, family, way):
    result = run.results[family][way]
    expect_latency(run, family, way)
    assert result["rpm"] == pytest.approx(60000 / result["latencyMs"])
    assert result["latencyMs"] == pytest.approx(result["addedMs"] + run.results[family]["latency"]["medianMs"])


def test_every_load_has_its_details(run):
    for family, streams, way, result in measured_loads(run.results):
        assert result["streams"] == streams
        assert len(result["latencySamples"]) >= 10
        assert result["confidence"] in ("low", "medium", "high")
        assert result["tcp"]["busy_ms"] >= 0
        seconds = [point["second"] for point in result["series"]]
        assert seconds == sorted(seconds) and seconds[-1] > 3
        moved = sum(p["bitsPerSecond"] * gap for p, gap in zip(
            result["series"], [seconds[0], *(b - a for a, b in zip(seconds, seconds[1:]))])) / 8
        assert moved == pytest.approx(result["totalBytes"], rel=0.2), "but for the end"


def test_progress_is_told_many_times_a_second(run):
    assert len(run.rates) > 5 * sum(r["ms"] / 1000 for _, _, _, r in measured_loads(run.results))


def test_nothing_is_asked_elsewhere(run):
    assert {url.split("/")[2] for url in run.requests} == run.hosts


def test_a_page_over_https_measures_both_families_over_https():
    with chromium() as browser:
        browser.open(pop.url("speedtest", "https"))
        run = engine.Run(browser)
        run.wait_for(type="rate", seconds=30)
        results = run.results()
        assert browser.errors() == []
    assert [results[family]["address"] for family in pop.FAMILIES] == ["127.0.0.1", "::1"]
    assert results["loss"]["percent"] < 5, "what comes late on a busy machine is lost too"
    measured = {url for url in browser.requests if "/empty" in url or "/garbage" in url}
    assert {url.rpartition(":")[0] for url in measured} >= {"https://127.0.0.1", "https://[::1]"}
    assert {url.split(":")[0] for url in browser.requests} == {"https"}
