# The IPv6 test in a browser, on the demo POP: its addresses are real, its names are the browser's own.
# What it says on broken networks is tested in the laboratory (test_ipv6test_*.py).
# SPDX-License-Identifier: MIT

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest
from selenium.webdriver.common.keys import Keys

from support import looks, pop, sharing, wait
from support.browser import chromium

pytestmark = pytest.mark.timeout(120)

EN_WIDE = [("en", False, 1280)]
ADDRESSES = {"ipv4": "127.0.0.1", "ipv6": "::1"}
AT_ONCE = 2  # browsers
PLACES = "return [...document.querySelectorAll('#tested [data-test]')].map((row) => row.offsetTop)"
WITHOUT_ADVICE = "document.querySelector('#advice').replaceChildren()"  # of which a busy machine may be given some
WAYS = list(product(["http", "https"], pop.FAMILIES))
TESTED = ["literal4", "literal6", "up4", "down4", "up6", "down6"]


def open_test(browser, path="/", **where):
    browser.open(pop.url("ipv6test", path=path, **where))
    wait.until(lambda: browser.text("#headline"), "the page is there")


def wait_for_end(browser):
    wait.until(lambda: browser.state("#content") not in ("idle", "running"), "the end of the test", 45)
    assert browser.state("#content") == "done", browser.text("#headline")


def errors(browser):
    """But for those of asking what has arrived of an upload of which, on a busy machine, nothing has."""
    return [error for error in browser.errors() if "/received?" not in error]


def mark(browser, test):
    return browser.attribute(f"#tested [data-test={test}]", "data-mark")


def findings(browser):
    return browser.attributes("#findings [data-finding]", "data-finding")


@pytest.fixture(scope="module")
def tested():
    """A browser whose visitor has just been tested, and has looked at the page meanwhile."""
    with chromium() as browser:
        open_test(browser)
        assert browser.state("#content") == "running"
        places = browser.script(PLACES)
        looks.expect_fit(browser, "ipv6test-running", [look for look in looks.LOOKS if look[2] == 1280])
        looks.wear(browser, "en", False, 1280)
        wait_for_end(browser)
        assert len(places) > 20
        browser.script(WITHOUT_ADVICE)
        assert browser.script(PLACES) == places, "nothing moves under who reads it"
        yield browser
        assert errors(browser) == []
    assert browser.foreign_requests() == []


def visit(way):
    """Return: the marks, the addresses, the errors, and what was asked elsewhere."""
    scheme, family = way
    with chromium() as browser:
        open_test(browser, family=family, protocol=scheme)
        wait_for_end(browser)
        addresses = {each: browser.text(f"#address-{each} code") for each in ADDRESSES}
        told = {test: mark(browser, test) for test in TESTED}, addresses, errors(browser)
    return *told, browser.foreign_requests()


@pytest.fixture(scope="module")
def visits():
    """Side by side, as each takes long."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return {way: threads.submit(visit, way) for way in WAYS}


@pytest.mark.parametrize("way", WAYS, ids=" over ".join)
def test_both_families_are_tested_by_their_addresses(visits, way):
    assert visits[way].result() == (dict.fromkeys(TESTED, "good"), ADDRESSES, [], [])


def test_what_needs_names_is_not_tested_and_there_is_no_score(tested):
    assert tested.attribute("#content", "data-headline") == "names-local"
    for test in ["a", "aaaa", "ds", "he", "v6ns", "alg13", "bogus"]:
        assert mark(tested, test) == "none", test
    assert tested.attributes("#scores [data-family]", "data-score") == ["", ""]
    assert not {"healthy-dual-stack", "resolver-validating", "fallback-works"} & set(findings(tested))


def test_every_look_is_fit_for_everyone(tested):
    looks.expect_fit(tested, "ipv6test")
    assert not looks.NO_WORD.search(tested.text("main"))
    tested.script("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    looks.expect_fit(tested, "ipv6test-details", [look for look in looks.LOOKS if look[2] < 3840])
    looks.wear(tested, "en", False, 1280)


def test_the_keyboard_is_enough(tested):
    expected = tested.script("""
        const usable = document.querySelectorAll("a[href]:not(.skip), button, summary, input, [tabindex='0']");
        return [...usable].filter((each) => each.checkVisibility());
    """)
    assert len(expected) > 8
    tested.script("document.querySelector('.skip').focus()")
    reached = []
    for _ in expected:
        tested.press(Keys.TAB)
        reached.append(tested.driver.switch_to.active_element)
        assert tested.script("return document.activeElement.matches(':focus-visible')"), reached[-1].text
    assert reached == expected


def test_a_run_is_saved_as_json(tested, tmp_path):
    tested.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    tested.click("#expert .files button")
    [path] = wait.until(lambda: list(tmp_path.glob("fontaine-demo-*.json")), "a file")
    told = json.loads(path.read_text(encoding="utf-8"))
    assert told["observations"]["version"] == 1
    assert told["verdict"]["scores"] == {"ipv4": None, "ipv6": None}
    for family, address in ADDRESSES.items():
        facts = told["observations"]["families"][family]
        assert (facts["address"], len(facts["samplesMs"])) == (address, 10)
        assert facts["downloadBps"] > 0 and facts["uploadBps"] > 0


def test_nothing_is_stored_unless_the_visitor_agrees(tested):
    sharing.expect_nothing_stored(tested, 30, "/connection.json")


def test_a_help_desk_sees_what_a_visitor_shares(tested):
    sharing.share(tested)
    code = tested.text("#share-code")
    looks.expect_fit(tested, "ipv6test-shared", EN_WIDE)
    rows = {test: mark(tested, test) for test in TESTED}
    with tested.tab(pop.url("ipv6test")):
        wait_for_end(tested)
        tested.find("#code").send_keys(code.lower().replace("-", " ") + "\n")
        wait.until(lambda: tested.state("#content") == "stored", "the result")
        assert code in tested.text("#advice")
        assert {test: mark(tested, test) for test in TESTED} == rows
        assert [tested.text(f"#address-{family} code") for family in pop.FAMILIES] == ["127.0.0.0/24", "::/48"]
        looks.expect_fit(tested, "ipv6test-stored", [look for look in looks.LOOKS if look[2] < 3840])
    with tested.tab(tested.attribute("#share-delete", "value")):
        tested.click("main button")
        wait.until(lambda: not tested.find_all("main button"), "the result is gone")
        tested.open(pop.url("ipv6test", path=f"/r/{code}"))
        wait.until(lambda: tested.state("#content") == "missing", "the page says so")
        looks.expect_fit(tested, "ipv6test-missing", EN_WIDE)
        tested.click("#start")
        wait.until(lambda: tested.state("#content") in ("running", "done"), "the visitor's own test")
    assert [error for error in errors(tested) if f"/results/{code}.json" not in error] == []


def test_another_run_follows_by_a_click(tested):
    tested.click("#start")
    wait.until(lambda: tested.state("#content") == "running", "the test runs")
    wait_for_end(tested)


def test_a_code_that_is_none_is_told_at_once(tested):
    tested.find("#code").send_keys("nonsense!\n")
    wait.until(lambda: "nonsense!" in tested.text("#lookup-answer"), "the page says so")
    tested.find("#code").clear()


def test_a_server_that_is_gone_is_told(tested, stopped_unit):
    assert errors(tested) == []
    stopped_unit("ipv6testd.socket")
    stopped_unit("ipv6testd.service")
    tested.click("#start")
    wait.until(lambda: tested.state("#content") == "failed", "the page says so", 20)
    looks.expect_fit(tested, "ipv6test-failed", EN_WIDE)
    tested.errors()  # those of what was not answered
