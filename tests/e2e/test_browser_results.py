# The page of a shared result, and the one that deletes it, in a real browser: fit for everyone in every look.
# SPDX-License-Identifier: MIT

import pytest

from support import axe, looks, pop, results, wait
from support.browser import chromium


@pytest.fixture
def shared():
    both = results.result()
    both["ipv6"] = {**both["ipv4"], "address": "2001:db8::1"}
    return results.stored(pop.address("speedtest"), both, source=pop.visitor("79.0.1"))


def wear(browser, path, language, dark, width):
    browser.resize(width, looks.HEIGHTS[width])
    browser.driver.add_cookie({"name": "fontaine_theme", "value": "dark" if dark else "light"})
    browser.open(pop.url("speedtest", path=f"{path}{'&' if '?' in path else '?'}lang={language}"))
    assert browser.script("return document.documentElement.lang") == language
    assert browser.script("return document.documentElement.dataset.theme") == ("dark" if dark else "light")


@pytest.mark.parametrize("page, worn", [("url", looks.LOOKS), ("delete_url", looks.LOOKS[::5])])
def test_it_fits(shared, page, worn):
    with chromium() as browser:
        browser.open(pop.url("speedtest", path=shared["url"]))
        for look in worn:
            wear(browser, shared[page], *look)
            assert axe.findings(browser) == [], look
            assert browser.script("return document.documentElement.scrollWidth") <= look[2], look
            browser.screenshot(f"results-{page}-{looks.name(*look)}")
        assert browser.errors() == []


def test_a_visitor_deletes_it(shared):
    with chromium() as browser:
        browser.open(pop.url("speedtest", path=shared["delete_url"]))
        browser.click("button")
        wait.until(lambda: browser.text("main").endswith("The result is deleted."), "the page says so")
    assert results.get(pop.address("speedtest"), shared["url"]).status == 404
