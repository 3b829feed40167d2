# Every state of the pages, in every language, theme and width: fit for everyone, as axe-core sees it.
# SPDX-License-Identifier: MIT

import pytest

from support import looks, pop, wait
from support.browser import chromium
from support.speedtest_page import open_page, wait_for_phase, wait_for_state

EN_WIDE = [("en", False, 1280)]


def open_details(browser, whether):
    browser.script(f"document.querySelectorAll('details').forEach((each) => {{ each.open = {whether}; }})")


@pytest.mark.speedtest
@pytest.mark.timeout(150)
def test_the_speed_test_fits_from_start_to_stop(own_speedtest):
    with chromium() as browser:
        open_page(browser)
        looks.expect_fit(browser, "speedtest-idle")
        browser.click("#start")
        wait_for_phase(browser, "latency")
        looks.expect_fit(browser, "speedtest-latency", EN_WIDE)
        wait_for_phase(browser, "download")
        looks.expect_fit(browser, "speedtest-running")
        assert browser.state("#content") == "running"
        browser.script("document.querySelector('#start').click()")
        wait_for_state(browser, "stopped")
        looks.expect_fit(browser, "speedtest-stopped")
        assert browser.errors() == []


@pytest.mark.speedtest
@pytest.mark.timeout(150)
def test_a_result_fits(measured):
    looks.expect_fit(measured.browser, "speedtest-done")
    open_details(measured.browser, "true")
    looks.expect_fit(measured.browser, "speedtest-details")
    open_details(measured.browser, "false")
    looks.wear(measured.browser, *EN_WIDE[0])


def test_the_portal_fits(settled):
    with chromium() as browser:
        browser.open(pop.url("pages"))
        wait.until(lambda: browser.state("#overall") == "up", "the live status")
        looks.expect_fit(browser, "portal")
        assert browser.errors() == []
