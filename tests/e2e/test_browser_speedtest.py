# A visitor in a real browser begins to measure, and it ends otherwise. Whole runs: test_browser_measured.py.
# SPDX-License-Identifier: MIT

import pytest
from selenium.webdriver.common.keys import Keys

from support import counters, looks, wait
from support.browser import chromium
from support.speedtest_page import STREAMS, buffers_bytes, open_page, wait_for_phase, wait_for_state


def tab_to(browser, selector):
    target = browser.find(selector)
    for _ in range(20):
        browser.press(Keys.TAB)
        if browser.driver.switch_to.active_element == target:
            return
    pytest.fail(f"Tab does not lead to {selector}")


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
