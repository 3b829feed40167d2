# What the engine of the page does when a test does not simply run: queues, refusals, servers that go away.
# SPDX-License-Identifier: MIT

import signal

import pytest

from support import engine, links, speedtestd, wire
from support.browser import chromium

HOSTS = list(links.SERVER.values())


@pytest.fixture
def link():
    with links.link() as link:
        yield link


@pytest.mark.alone
@pytest.mark.parametrize("side, to, reason", [
    ("client", links.SERVER["ipv6"], "lost"),    # no way there
    ("server", links.CLIENT["ipv6"], "silent"),  # no way back
])
def test_a_family_that_is_down_does_not_hold_the_run_up(link, tmp_path, side, to, reason):
    hole = ("blackhole", f"{to}/128")
    namespace = getattr(link, side)
    with (speedtestd.running(link.server, tmp_path) as server, link.client.entered(),
          chromium(hosts=HOSTS) as browser):
        assert wire.ask(server.address("ipv6"), wire.request("GET", "/empty")).status == 200
        # A neighbour of whom nothing is heard is given up after some seconds: this one stays known.
        link.client.run("ip", "-6", "neighbour", "change", links.SERVER["ipv6"], "dev", "eth0", "nud", "permanent")
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


@pytest.mark.apart
def test_a_test_waits_its_turn(link, tmp_path):
    other = "0123456789abcdef" * 2
    with (speedtestd.running(link.server, tmp_path, download_mbps=100, upload_mbps=100, test_mbps=100) as server,
          link.client.entered(), chromium(hosts=HOSTS) as browser):
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


@pytest.mark.apart
def test_a_refusal_in_mid_run_says_for_how_long(link, tmp_path):
    with (speedtestd.running(link.server, tmp_path, daily_gib=1) as server,
          link.client.entered(), chromium(hosts=HOSTS) as browser):
        browser.open(server.url())
        run = engine.Run(browser)
        end = run.wait_for_end()
        assert (end["type"], end["reason"]) == ("failed", "busy")
        assert 0 < end["retryAfterS"] <= 24 * 3600
        assert run.results()["ipv4"]["latency"]["medianMs"] > 0, "what was measured stays"


@pytest.mark.apart
@pytest.mark.parametrize("how, reason", [(signal.SIGTERM, "lost"), (signal.SIGSTOP, "silent")])
def test_a_server_that_goes_away_in_mid_run_ends_it(link, tmp_path, how, reason):
    with speedtestd.running(link.server, tmp_path) as server:
        try:
            with link.client.entered(), chromium(hosts=HOSTS) as browser:
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


@pytest.mark.apart
def test_a_chosen_neighbour_is_measured(link, tmp_path):
    """The page of one POP, the measurement at another."""
    near, far = tmp_path / "near", tmp_path / "far"
    near.mkdir(), far.mkdir()
    neighbour = {"name": "far", "title": "Far away", "city": "Brest", "country": "FR",
                 "speedtest": f"//{links.SERVER['ipv4']}:8082"}
    with (speedtestd.running(link.server, near, neighbours=[neighbour]) as server,
          speedtestd.running(link.server, far, http_port=8082) as other,
          link.client.entered(), chromium(hosts=HOSTS) as browser):
        browser.open(server.url())
        run = engine.Run(browser, "far")
        run.wait_for(type="result", phase="latency", family="ipv6")
        results = run.results()
        run.wait_for(type="rate")
        assert browser.errors() == []
    assert results["server"]["url"] == f"http://{links.SERVER['ipv4']}:8082"
    assert {url.split("/")[2] for url in browser.requests if "/empty" in url} == {
        f"{links.SERVER['ipv4']}:8082", f"[{links.SERVER['ipv6']}]:8082"}
