# What the pages of tests have in common for a visitor who shares a result, or does not.
# SPDX-License-Identifier: MIT

from support import wait

ASKED = "return performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)"


def expect_nothing_stored(browser, days, asked_for):
    """The page has asked for @asked_for and for no result, and says that one would be kept for @days."""
    asked = browser.script(ASKED)
    assert asked_for in asked
    assert not any(path == "/results" or path.startswith("/results/") for path in asked)
    assert f"{days} days" in browser.text("#share")
    assert browser.find_all("#share input") == []


def share(browser):
    """Until its links are shown, the first of them in focus."""
    browser.click("#share .button")
    wait.until(lambda: browser.find_all("#share-url"), "the links")
    assert browser.driver.switch_to.active_element == browser.find("#share-url")
