# Every state of the pages, in every language, theme and width: fit for everyone, as axe-core sees it.
# SPDX-License-Identifier: MIT

import pytest

from support import looks, pop, wait
from support.browser import chromium

EN_WIDE = [("en", False, 1280)]


def open_speedtest(browser):
    browser.open(pop.url("speedtest"))
    wait.until(lambda: browser.find_all("#addresses code"), "the visitor's address")


def start(browser):
    browser.script("document.querySelector('#start').click()")
    wait.until(lambda: browser.state("#content") == "running", "the test runs")


def wait_for_phase(browser, phase):
    wait.until(lambda: browser.attribute("#content", "data-phase") == phase, f"the phase {phase}", 60)


def open_details(browser):
    browser.script("document.querySelectorAll('details').forEach((each) => { each.open = true; })")


@pytest.mark.timeout(300)
def test_the_speed_test_fits_from_start_to_end(settled):
    with chromium() as browser:
        open_speedtest(browser)
        looks.expect_fit(browser, "speedtest-idle")
        start(browser)
        wait_for_phase(browser, "latency")
        looks.expect_fit(browser, "speedtest-latency", EN_WIDE)
        wait_for_phase(browser, "download")
        looks.expect_fit(browser, "speedtest-running")
        wait.until(lambda: browser.state("#content") == "done", "the end", 90)
        looks.expect_fit(browser, "speedtest-done")
        open_details(browser)
        looks.expect_fit(browser, "speedtest-details")
        assert browser.errors() == []


@pytest.mark.timeout(120)
def test_a_test_that_is_stopped_or_fails_fits(stopped_unit):
    with chromium() as browser:
        open_speedtest(browser)
        start(browser)
        wait_for_phase(browser, "download")
        browser.script("document.querySelector('#start').click()")
        looks.expect_fit(browser, "speedtest-stopped")
        start(browser)
        wait_for_phase(browser, "download")
        stopped_unit("speedtestd.socket")
        wait.until(lambda: browser.state("#content") == "failed", "the test has failed", 30)
        looks.expect_fit(browser, "speedtest-failed")


def test_the_portal_fits(settled):
    with chromium() as browser:
        browser.open(pop.url("pages"))
        wait.until(lambda: browser.state("#overall") == "up", "the live status")
        looks.expect_fit(browser, "portal")
        assert browser.errors() == []
