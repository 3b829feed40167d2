# What the engine of the page measures is what the network does, in a real browser on a link of known rate.
# SPDX-License-Identifier: MIT

import json
import signal
from types import SimpleNamespace

import pytest

from support import engine, links, pop, queues, speedtestd, wait, wire
from support.browser import chromium

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


@pytest.fixture
def unshaped(link):
    for namespace in (link.server, link.client):
        namespace.run("tc", "qdisc", "replace", "dev", "eth0", "root", "pfifo")
    return link


@pytest.fixture(scope="module")
def run(link, tmp_path_factory):
    """One whole run on a link of known rate, and all that was seen of it."""
    seen = SimpleNamespace()
    seen.queues = {
        way: queues.Watch(*link.bottleneck(getattr(link, sender)), MBIT[way]) for way, sender in SENDER.items()}
    for way, sender in SENDER.items():
        link.shape(getattr(link, sender), MBIT[way], QUEUE_MS)
    with speedtestd.running(link.server, tmp_path_factory.mktemp("run")) as server:
        before = server.counters()
        seen.hosts = {server.url(family).split("/")[2] for family in pop.FAMILIES}
        with link.client.entered(), chromium(hosts=HOSTS) as browser, queues.watched(*seen.queues.values()):
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


@pytest.mark.timeout(150)
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
    assert totals["upload"] == run.counted["received_bytes_total"]
    cut = run.counted["sent_bytes_total"] - totals["download"]
    assert 0 <= cut < 0.1 * totals["download"], "heads, and what was on its way at the end"


@pytest.mark.parametrize("family, way", BOTH)
def test_the_figure_is_the_rate_of_the_link(run, family, way):
    result = run.results[family][way]
    assert result["bitsPerSecond"] == pytest.approx(MBIT[way] * 1e6 * links.PAYLOAD_SHARE[family], rel=0.03)
    assert result["bitsPerSecond"] == pytest.approx(result["bytes"] * 8000 / result["ms"])
    assert 5000 <= result["ms"] < 8000
    assert result["limitedBy"] == {"download": "network", "upload": None}[way]


@pytest.mark.parametrize("family, way", BOTH)
def test_latency_under_load_is_that_of_the_queue(run, family, way):
    result = run.results[family][way]
    from_s = run.started[way, family, way] + 1
    queue_ms = run.queues[way].median_ms(from_s, from_s + result["ms"] / 1000)
    assert result["addedMs"] == pytest.approx(queue_ms, rel=0.1, abs=0.5)
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


@pytest.mark.parametrize("side, to, reason", [
    ("client", links.SERVER["ipv6"], "lost"),    # no way there
    ("server", links.CLIENT["ipv6"], "silent"),  # no way back
])
def test_a_family_that_is_down_does_not_hold_the_run_up(unshaped, tmp_path, side, to, reason):
    hole = ("blackhole", f"{to}/128")
    namespace = getattr(unshaped, side)
    with (speedtestd.running(unshaped.server, tmp_path) as server, unshaped.client.entered(),
          chromium(hosts=HOSTS) as browser):
        namespace.run("ip", "-6", "route", "add", *hole)
        try:
            browser.open(server.url())
            run = engine.Run(browser)
            loading = run.wait_for(type="phase", phase="download")
            results, started = run.results(), run.messages(type="phase")[0]
        finally:
            namespace.run("ip", "-6", "route", "del", *hole)
    assert results["ipv6"] == {"reason": reason}
    assert results["ipv4"]["latency"]["medianMs"] < 50
    assert loading["family"] == "ipv4"
    assert loading["atMs"] - started["atMs"] < 8000


def test_a_test_waits_its_turn(unshaped, tmp_path):
    other = "0123456789abcdef" * 2
    with (speedtestd.running(unshaped.server, tmp_path, download_mbps=100, upload_mbps=100, test_mbps=100) as server,
          unshaped.client.entered(), chromium(hosts=HOSTS) as browser):
        with wire.Connection(server.address()) as first:
            first.send(wire.request("GET", f"/garbage?ckSize=1024&test={other}"))
            assert first.reply_head().status == 200
            browser.open(server.url())
            run = engine.Run(browser)
            told = run.wait_for(type="queue")
            assert (told["position"], told["waitMs"] > 0) == (1, True)
        run.wait_for(type="phase", phase="download")
        assert run.phases()[-2:] == [("queue", None, None), ("download", "ipv4", "download")]
        assert run.wait_for(type="rate")["bitsPerSecond"] >= 0
        assert browser.errors() == []


def test_a_refusal_in_mid_run_says_for_how_long(unshaped, tmp_path):
    with (speedtestd.running(unshaped.server, tmp_path, daily_gib=1) as server,
          unshaped.client.entered(), chromium(hosts=HOSTS) as browser):
        browser.open(server.url())
        run = engine.Run(browser)
        end = run.wait_for_end()
        assert (end["type"], end["reason"]) == ("failed", "busy")
        assert 0 < end["retryAfterS"] <= 24 * 3600
        assert run.results()["ipv4"]["latency"]["medianMs"] < 50, "what was measured stays"


@pytest.mark.parametrize("how, reason", [(signal.SIGTERM, "lost"), (signal.SIGSTOP, "silent")])
def test_a_server_that_goes_away_in_mid_run_ends_it(unshaped, tmp_path, how, reason):
    with speedtestd.running(unshaped.server, tmp_path) as server:
        try:
            with unshaped.client.entered(), chromium(hosts=HOSTS) as browser:
                browser.open(server.url())
                run = engine.Run(browser)
                run.wait_for(type="rate", seconds=30)
                server.process.send_signal(how)
                end = run.wait_for_end(40)
                results = run.results()
        finally:
            server.process.send_signal(signal.SIGCONT)
    assert (end["type"], end["reason"]) == ("failed", reason)
    assert results["ipv4"]["reason"] == reason
    assert "download" not in results["ipv4"]


def test_a_chosen_neighbour_is_measured(unshaped, tmp_path):
    """The page of one POP, the measurement at another."""
    near, far = tmp_path / "near", tmp_path / "far"
    near.mkdir(), far.mkdir()
    neighbour = {"name": "far", "title": "Far away", "city": "Brest", "country": "FR",
                 "speedtest": f"//{links.SERVER['ipv4']}:8082"}
    with (speedtestd.running(unshaped.server, near, neighbours=[neighbour]) as server,
          speedtestd.running(unshaped.server, far, http_port=8082) as other,
          unshaped.client.entered(), chromium(hosts=HOSTS) as browser):
        browser.open(server.url())
        run = engine.Run(browser, "far")
        run.wait_for(type="result", phase="latency", family="ipv6")
        results = run.results()
        run.wait_for(type="rate")
        assert browser.errors() == []
    assert results["server"]["url"] == f"http://{links.SERVER['ipv4']}:8082"
    assert {url.split("/")[2] for url in browser.requests if "/empty" in url} == {
        f"{links.SERVER['ipv4']}:8082", f"[{links.SERVER['ipv6']}]:8082"}


def test_a_page_over_https_measures_both_families_over_https():
    with chromium() as browser:
        browser.open(pop.url("speedtest", "https"))
        run = engine.Run(browser)
        run.wait_for(type="rate", seconds=30)
        results = run.results()
        assert browser.errors() == []
    assert [results[family]["address"] for family in pop.FAMILIES] == ["127.0.0.1", "::1"]
    assert results["loss"]["percent"] == 0
    measured = {url for url in browser.requests if "/empty" in url or "/garbage" in url}
    assert {url.rpartition(":")[0] for url in measured} >= {"https://127.0.0.1", "https://[::1]"}
    assert {url.split(":")[0] for url in browser.requests} == {"https"}
