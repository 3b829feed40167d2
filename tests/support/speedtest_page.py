# The page of the speed test, as its visitor uses it.
# SPDX-License-Identifier: MIT

import re
from contextlib import contextmanager
from pathlib import Path

from support import counters, pop, wait
from support.browser import chromium

STREAMS = 5
WATCH = """
    window.phases = [];
    document.addEventListener("speedtest", ({ detail }) => {
        window.results = detail.results;
        if (detail.state === "running")
            window.phases.push([detail.phase, detail.family, detail.direction]);
    });
"""


def buffers_bytes(streams):
    """What the sockets of both sides can hold of so many streams."""
    limits = [Path(f"/proc/sys/net/ipv4/tcp_{name}").read_text().split()[2] for name in ("rmem", "wmem")]
    return streams * sum(map(int, limits))


def open_page(browser, family="ipv4"):
    browser.open(pop.url("speedtest", family=family))
    wait.until(lambda: browser.text("#start") and browser.find_all("#addresses code"), "the page is there")


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


class Measured:
    """A browser whose visitor has just measured, and what the server has counted meanwhile."""

    def __init__(self, browser, counted):
        self.browser, self.counted = browser, counted
        self.phases = [tuple(phase) for phase in browser.script("return window.phases")]
        self.results = browser.script("return window.results")


@contextmanager
def measured():
    """From the button to the result, with a picture of each state."""
    before = counters.read()
    with chromium() as browser:
        open_page(browser)
        browser.script(WATCH)
        browser.click("#start")
        for phase in ("latency", "download", "upload", "single"):
            wait_for_phase(browser, phase)
            browser.screenshot(f"speedtest-en-light-1280-{phase}")
        wait_for_state(browser, "done", 60)
        yield Measured(browser, counters.read().since(before))
        assert browser.errors() == []
    assert browser.foreign_requests() == []
