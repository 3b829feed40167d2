# What a visitor can do with a result: share it, save it, find it again, forget it.
# SPDX-License-Identifier: MIT

import csv
import json

import pytest

from support import looks, own_pop, pop, results, sharing, wait
from support.speedtest_page import open_page

PLAN = [(family, way, streams) for family in pop.FAMILIES for streams in ("5", "1") for way in ("download", "upload")]

pytestmark = [*own_pop.TESTED, pytest.mark.timeout(150)]


@pytest.fixture
def browser(measured):
    """Of a visitor who has just measured."""
    return measured.browser


def shown_link(browser, name):
    return browser.attribute(f"#share-{name}", "value")


def server_says(url):
    return results.get(pop.address("speedtest"), results.path_of(url))


def saved(folder, kind):
    """The text of the one file of that kind that the visitor has saved."""
    [path] = wait.until(lambda: list(folder.glob(f"fontaine-demo-*.{kind}")), f"a file, {kind}")
    return path.read_text(encoding="utf-8")


def test_a_result_is_saved_as_json_and_csv(browser, tmp_path):
    browser.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {
        "behavior": "allow", "downloadPath": str(tmp_path)})
    browser.click("#expert summary")
    for button in browser.find_all("#expert .files button"):
        button.click()
    told = json.loads(saved(tmp_path, "json"))
    assert told.pop("measuredAt").startswith("20")
    assert told == browser.script("return window.results")
    lines = list(csv.DictReader(saved(tmp_path, "csv").splitlines()))
    assert [(line["family"], line["direction"], line["streams"]) for line in lines] == PLAN
    browser.click("#expert summary")


def test_nothing_is_stored_unless_the_visitor_agrees(browser):
    sharing.expect_nothing_stored(browser, 90, "/pop.json")


def test_a_shared_result_has_a_link_a_picture_and_its_end(browser):
    sharing.share(browser)
    width = "return document.querySelector('#share img').naturalWidth"
    wait.until(lambda: browser.script(width) == 1200, "the picture")
    looks.expect_fit(browser, "speedtest-shared", [look for look in looks.LOOKS if look[2] < 3840])
    looks.wear(browser, "en", False, 1280)

    expected = browser.script("return window.results")
    for family in pop.FAMILIES:
        del expected[family]["address"]
    url = shown_link(browser, "url")
    assert json.loads(server_says(f"{url}.json").body)["result"] == expected
    assert server_says(shown_link(browser, "picture")).headers["content-type"] == "image/png"
    with browser.tab(url):
        assert browser.text("h1")
        browser.screenshot("speedtest-shared-page")
    with browser.tab(shown_link(browser, "delete")):
        browser.click("main button")
        wait.until(lambda: server_says(url).status == 404, "the result is gone")


def test_a_link_is_copied_by_its_button(browser):
    browser.click("#share-url ~ button")
    wait.until(lambda: browser.text("#share-url ~ button") == "Copied", "the button says so")
    browser.driver.execute_cdp_cmd("Browser.grantPermissions", {"permissions": ["clipboardReadWrite"]})
    copied = browser.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0], arguments[0])")
    assert copied == shown_link(browser, "url")


def test_the_browser_remembers_until_the_visitor_wants_it_to_forget(browser):
    rows = "#past tbody tr"
    assert len(browser.find_all(rows)) == 1
    download = browser.text("#download")
    with browser.tab(pop.url("speedtest")):
        wait.until(lambda: len(browser.find_all(rows)) == 1, "what is remembered")
        assert browser.text(f"{rows} td").split() == download.split()
        browser.click("#past button")
        assert not browser.is_displayed("#past")
        assert browser.driver.switch_to.active_element == browser.find("#start")
        open_page(browser)
        assert not browser.is_displayed("#past")
