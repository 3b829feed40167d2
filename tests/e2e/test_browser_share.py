# What a visitor can do with a result: share it, save it, find it again, forget it.
# SPDX-License-Identifier: MIT

import csv
import json

import pytest

from support import looks, pop, results, wait
from support.browser import chromium

PLAN = [(family, way, streams) for family in pop.FAMILIES for streams in ("5", "1") for way in ("download", "upload")]


def open_speedtest(browser):
    browser.open(pop.url("speedtest"))
    wait.until(lambda: browser.text("#start"), "the button is there")


@pytest.fixture(scope="module")
def measured():
    """A browser whose visitor has just measured."""
    with chromium() as browser:
        open_speedtest(browser)
        browser.script("""
            document.addEventListener("speedtest", ({ detail }) => { window.results = detail.results; });
            document.querySelector("#start").click();
        """)
        wait.until(lambda: browser.state("#content") in ("done", "failed"), "the end", 120)
        assert browser.state("#content") == "done", browser.text("#summary")
        yield browser
        assert browser.errors() == []


def shown_link(browser, name):
    return browser.attribute(f"#share-{name}", "value")


def server_says(url):
    return results.get(pop.address("speedtest"), results.path_of(url))


def saved(folder, kind):
    """The text of the one file of that kind that the visitor has saved."""
    [path] = wait.until(lambda: list(folder.glob(f"fontaine-demo-*.{kind}")), f"a file, {kind}")
    return path.read_text(encoding="utf-8")


@pytest.mark.timeout(240)
def test_a_result_is_saved_as_json_and_csv(measured, tmp_path):
    measured.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {
        "behavior": "allow", "downloadPath": str(tmp_path)})
    measured.click("#expert summary")
    for button in measured.find_all("#expert .files button"):
        button.click()
    told = json.loads(saved(tmp_path, "json"))
    assert told.pop("measuredAt").startswith("20")
    assert told == measured.script("return window.results")
    lines = list(csv.DictReader(saved(tmp_path, "csv").splitlines()))
    assert [(line["family"], line["direction"], line["streams"]) for line in lines] == PLAN
    measured.click("#expert summary")


def test_nothing_is_stored_unless_the_visitor_agrees(measured):
    asked = measured.script("return performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)")
    assert asked and not any(path.startswith("/results/") or path == "/results" for path in asked)
    assert "90 days" in measured.text("#share")
    assert measured.find_all("#share input") == []


@pytest.mark.timeout(120)
def test_a_shared_result_has_a_link_a_picture_and_its_end(measured):
    measured.click("#share .button")
    wait.until(lambda: measured.find_all("#share-url"), "the links")
    assert measured.driver.switch_to.active_element == measured.find("#share-url")
    width = "return document.querySelector('#share img').naturalWidth"
    wait.until(lambda: measured.script(width) == 1200, "the picture")
    looks.expect_fit(measured, "speedtest-shared", [look for look in looks.LOOKS if look[2] < 3840])
    looks.wear(measured, "en", False, 1280)

    expected = measured.script("return window.results")
    for family in pop.FAMILIES:
        del expected[family]["address"]
    url = shown_link(measured, "url")
    assert json.loads(server_says(f"{url}.json").body)["result"] == expected
    assert server_says(shown_link(measured, "picture")).headers["content-type"] == "image/png"
    with measured.tab(url):
        assert measured.text("h1")
        measured.screenshot("speedtest-shared-page")
    with measured.tab(shown_link(measured, "delete")):
        measured.click("main button")
        wait.until(lambda: server_says(url).status == 404, "the result is gone")


def test_a_link_is_copied_by_its_button(measured):
    measured.click("#share-url ~ button")
    wait.until(lambda: measured.text("#share-url ~ button") == "Copied", "the button says so")
    measured.driver.execute_cdp_cmd("Browser.grantPermissions", {"permissions": ["clipboardReadWrite"]})
    copied = measured.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0], arguments[0])")
    assert copied == shown_link(measured, "url")


def test_the_browser_remembers_until_the_visitor_wants_it_to_forget(measured):
    rows = "#past tbody tr"
    assert len(measured.find_all(rows)) == 1
    download = measured.text("#download")
    open_speedtest(measured)
    wait.until(lambda: len(measured.find_all(rows)) == 1, "what is remembered")
    assert measured.text(f"{rows} td").split() == download.split()
    measured.click("#past button")
    assert not measured.find("#past").is_displayed()
    assert measured.driver.switch_to.active_element == measured.find("#start")
    open_speedtest(measured)
    assert not measured.find("#past").is_displayed()
