# The verdict of the IPv6 test on broken networks: a real browser on lines of the lab, one for each fault. A healthy
# line is tested several times: with HEALTHY_RUNS=100 for longer.
# SPDX-License-Identifier: MIT

import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from support import again, lab, wait
from support.lab_cases import CASES

AT_ONCE = 3  # lines, each with its browser
HEALTHY_RUNS = int(os.environ.get("HEALTHY_RUNS", 9))
SHARED = ["ipv6-mtu-up-untold", "ipv6-mtu-down-untold"]  # lines that lose large packets
LIMIT_S = {"healthy": 20, "broken": 45}  # what a visitor may have to wait, as the page promises
LATE_S = 30  # for the whole of it to end, on a busy machine
BAD = ("problem", "warning")
SLOWER = "ipv6-throughput"

pytestmark = [pytest.mark.apart, pytest.mark.timeout(300)]  # one waits for those that others began

# Case -> (headline, its scores of IPv4 and IPv6, all other problems and warnings). Ids as in web/verdict.js.
HEALTHY = ("healthy-dual-stack", (10, 10), set())
VERDICTS = {
    "healthy": HEALTHY,
    "ipv4-only": ("ipv4-only", (10, 0), set()),
    "ipv6-only": ("ipv6-only", (0, 10), set()),
    "ipv6-only-nat64": ("ipv6-only-nat64", (7, 10), set()),
    "ipv6-black-hole": ("ipv6-broken", (10, 0), set()),
    "ipv6-refused": ("ipv6-refused", (10, 0), set()),
    "ipv6-slow": ("ipv6-slow", (10, 5), {"ipv6-latency", SLOWER}),
    "ipv4-black-hole": ("ipv4-broken", (0, 10), set()),
    "mtu-at-home": HEALTHY,
    "ipv6-too-big-untold": ("mtu-ipv6-icmp", (1, 1), set()),
    "resolver-without-ipv6": ("healthy-dual-stack", (10, 9), {"resolver-no-ipv6"}),
    "resolver-not-validating": ("healthy-dual-stack", (10, 10), {"resolver-not-validating"}),
    "dns-without-tcp": ("dns-no-tcp", (10, 10), set()),
    "ipv4-mtu-up": HEALTHY,
    "ipv4-mtu-up-untold": ("mtu-ipv4-to-us", (1, 10), set()),
    "ipv4-mtu-down": HEALTHY,
    "ipv4-mtu-down-untold": ("mtu-ipv4-to-you", (1, 10), set()),
    "ipv6-mtu-up": HEALTHY,
    "ipv6-mtu-up-untold": ("mtu-ipv6-to-us", (1, 1), set()),
    "ipv6-mtu-down": HEALTHY,
    "ipv6-mtu-down-untold": ("mtu-ipv6-to-you", (1, 1), {"mtu-ipv6-icmp"}),
}
REMEMBER = 'document.addEventListener("ipv6test", ({ detail }) => { window.lastState = detail; });'


def run(browser, scheme="http"):
    """Test once. Return: the page's state at the end (state.js)."""
    url = lab.url("ipv6test", scheme=scheme)
    browser.open(url)
    if not browser.find_all("main"):  # a resolver that has just started can be slower than a browser is patient
        browser.open(url)
    limit_s = LIMIT_S["broken"] + LATE_S
    wait.until(lambda: browser.attribute("main", "data-state") == "done", "the test has ended", limit_s)
    return json.loads(browser.script("return JSON.stringify(window.lastState)"))


@contextmanager
def visiting(internet, case):
    """The browser of a visitor on their line."""
    with internet.line(case) as line, line.chromium() as browser:
        browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": REMEMBER})
        yield browser


def shared(internet, browser):
    """The result that the page shows, as a help desk on another line gets it by its code."""
    browser.click("#share button")
    wait.until(lambda: browser.find_all("#share-code"), "a code is shown", LIMIT_S["healthy"])
    with internet.line() as help_desk:
        return json.loads(help_desk.home.run(
            "curl", "--silent", "--fail", "--max-time", LIMIT_S["healthy"],
            lab.url("ipv6test", f"/results/{browser.text('#share-code')}.json")))


def runs_of(internet, case, times=1, scheme="http"):
    """So many runs in one browser. Return: their states, what was asked elsewhere, and what a help desk is told."""
    def expect_rates(state):
        """Of all that makes a verdict, a busy machine spoils these first. A run of half a minute leaves them out."""
        assert (SLOWER in found(state)[2]) == (SLOWER in VERDICTS[case][2])

    with visiting(internet, case) as browser:
        states = [again.measured(lambda: run(browser, scheme), expect_rates) for _ in range(times)]
        told = shared(internet, browser) if case in SHARED else None
    foreign = [url for url in browser.requests if not lab.is_of_the_pop(urlsplit(url).hostname)]
    return states, foreign, told


@pytest.fixture(scope="module")
def internet(tmp_path_factory):
    with lab.internet(tmp_path_factory.mktemp("lab")) as internet:
        yield internet


@pytest.fixture(scope="module")
def results(internet):
    """Case -> future of runs_of(). The healthy line is there several times, and each time tested often."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        futures = {case: pool.submit(runs_of, internet, case) for case in CASES}
        futures["often"] = [pool.submit(runs_of, internet, "healthy", HEALTHY_RUNS // AT_ONCE) for _ in range(AT_ONCE)]
        futures["over tls"] = pool.submit(runs_of, internet, "healthy", scheme="https")
        yield futures


def found(state):
    """What VERDICTS says of a case, as the page found it."""
    findings = state["verdict"]["findings"]
    scores = state["verdict"]["scores"]
    return (findings[0]["id"], (scores["ipv4"], scores["ipv6"]),
            {each["id"] for each in findings[1:] if each["severity"] in BAD})


@pytest.mark.parametrize("case", CASES)
def test_the_verdict_is_right(results, case):
    [state], foreign, _ = results[case].result()
    assert found(state) == VERDICTS[case], json.dumps(state["observations"])
    assert foreign == []


def test_no_healthy_run_has_a_wrong_verdict(results):
    states = [state for future in results["often"] for state in future.result()[0]]
    assert len(states) == HEALTHY_RUNS
    assert [found(state) for state in states] == [HEALTHY] * HEALTHY_RUNS


def test_nobody_waits_longer_than_the_page_promises(results):
    for case in CASES:
        [state], _, _ = results[case].result()
        limit_s = LIMIT_S["healthy" if VERDICTS[case] == HEALTHY else "broken"]
        assert state["observations"]["durationMs"] < limit_s * 1000, case


def test_the_verdict_is_the_same_over_tls(results):
    [state], _, _ = results["over tls"].result()
    assert found(state) == HEALTHY, json.dumps(state["observations"])
    assert state["observations"]["scheme"] == "https"


@pytest.mark.parametrize("case", SHARED)
def test_a_help_desk_finds_the_result_of_a_line_that_loses_large_packets(results, case):
    *_, told = results[case].result()
    assert told["verdict"]["findings"][0]["id"] == VERDICTS[case][0]
