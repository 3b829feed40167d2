# What a visitor finds on the POP's pages, in their language, their colours and on their screen.
# SPDX-License-Identifier: MIT

import json

import pytest
from selenium.webdriver.common.keys import Keys

from support import looks, pop, time_server, wait, web
from support.browser import chromium

SERVICES = [service for service in pop.endpoints() if service != "pages"]
PAGES = {"pages": "#measure", "speedtest": "#start"}  # and what shows that one is ready
LOOKS = [("en", False, 1280), ("fr", True, 1280), ("en", True, 360), ("fr", False, 360)]
LEAD = {"en": "Test your connection", "fr": "Tester votre connexion"}


def open_page(browser, service, **where):
    browser.open(pop.url(service, **where))
    wait.until(lambda: browser.text(PAGES[service]), f"the page {service} is there")


def luminance(browser):
    colour = browser.script("return getComputedStyle(document.documentElement).backgroundColor")
    if colour == "rgba(0, 0, 0, 0)":
        colour = browser.script("return getComputedStyle(document.body).backgroundColor")
    return sum(map(int, colour.strip("rgba()").split(",")[:3])) / 3


def is_keyboard_focus_visible(browser):
    return browser.script("""
        const style = getComputedStyle(document.activeElement);
        return style.outlineStyle !== "none" || style.boxShadow !== "none";
    """)


@pytest.mark.parametrize("language, dark, width", LOOKS)
def test_every_look_fits_the_screen(settled, language, dark, width):
    look = f"{language}-{'dark' if dark else 'light'}-{width}"
    with chromium(language, dark, width) as browser:
        for service in PAGES:
            open_page(browser, service)
            if service == "pages":
                wait.until(lambda: browser.state("#overall") == "up", "the live status")
            assert browser.script("return document.documentElement.lang") == language
            assert not looks.NO_WORD.search(browser.text("body"))
            assert (luminance(browser) < 128) == dark
            assert browser.script("return document.documentElement.scrollWidth") <= width
            browser.screenshot(f"{'portal' if service == 'pages' else service}-{look}")
        assert browser.errors() == []
    assert browser.foreign_requests() == []


@pytest.mark.parametrize("family", pop.FAMILIES)
def test_the_portal_shows_each_service_and_how_it_is(settled, family):
    with chromium() as browser:
        open_page(browser, "pages", family=family)
        wait.until(lambda: browser.state("#overall") == "up", "the live status")
        assert browser.attributes("#services > [data-service]", "data-service") == SERVICES
        for service in SERVICES:
            card = f"[data-service={service}]"
            assert browser.state(card) == "up"
            assert browser.text(f"{card} .status").startswith("Up for")
        for service in ("ntp", "resolver", "authoritative"):
            shown = browser.texts(f"[data-service={service}] code")
            assert {pop.address(service, "udp", each)[0] for each in pop.FAMILIES} <= set(shown)
        browser.click("[data-service=resolver] summary")
        assert browser.texts("[data-service=resolver] dd code")[0] == "https://dns.demo.localhost:5443/dns-query"
        site = pop.site()
        assert browser.text("#title") == site["title"]
        about = browser.text("#about")
        for fact in (site["city"], site["domain"], site["operated_by"]["name"], site["operated_by"]["contact"]):
            assert fact in about
        assert browser.errors() == []
    assert browser.foreign_requests() == []


@pytest.mark.parametrize("language, dark, width", LOOKS[1:3])
def test_the_time_page_knows_how_far_a_clock_is_off(settled, language, dark, width):
    """This machine's clock is the server's: it is right, and within the error that the page says."""
    with chromium(language, dark, width) as browser:
        open_page(browser, "pages")
        browser.click("[data-service=ntp] .actions a")
        wait.until(lambda: browser.state("#clock") == "right", "the clock is compared", 20)
        [offset_ms], [error_ms] = (browser.attributes("#clock", f"data-{name}-ms") for name in ("offset", "error"))
        assert abs(float(offset_ms)) <= float(error_ms) < 1000
        wait.until(lambda: "10" in browser.text("#server"), "the server's stratum")
        packets = "[data-figure=packets]"
        wait.until(lambda: browser.texts(packets), "what the server counts", 20)
        before = browser.text(packets)
        time_server.query(pop.address("ntp", "udp"))
        wait.until(lambda: browser.text(packets) != before, "it counts on", 20)
        assert not looks.NO_WORD.search(browser.text("body"))
        assert browser.texts("#settings code")[-1].startswith("server ntp.demo.localhost iburst port 11123 nts")
        assert browser.script("return document.documentElement.scrollWidth") <= width
        browser.screenshot(f"time-{language}")
        assert browser.errors() == []
    assert browser.foreign_requests() == []


@pytest.mark.parametrize("family", pop.FAMILIES)
def test_the_portal_leads_to_the_speed_test_and_back(family):
    with chromium() as browser:
        open_page(browser, "pages", family=family)
        browser.click("#measure")
        wait.until(lambda: browser.driver.current_url == pop.url("speedtest", family=family), "the speed test opens")
        wait.until(lambda: browser.text("#start"), "its button is there")
        browser.click("header nav a")
        wait.until(lambda: browser.driver.current_url == pop.url("pages", family=family), "the portal opens")
        assert browser.errors() == []


def test_the_pop_is_reached_by_its_name_and_so_are_its_pages(settled):
    domain = pop.site()["domain"]
    with chromium() as browser:
        browser.open(f"http://{domain}:{pop.address('pages')[1]}/")
        wait.until(lambda: browser.state("#overall") == "up", "the live status")
        browser.click("[data-language=fr]")
        browser.click("#measure")
        speedtest = f"http://speedtest.{domain}:{pop.address('speedtest')[1]}/"
        wait.until(lambda: browser.driver.current_url == speedtest, "the speed test opens")
        wait.until(lambda: browser.text("#start") == "Commencer", "it speaks French too")
        assert browser.text("header nav [aria-current]") == "Test de débit"
        browser.click("header nav a")
        pages = f"http://www.{domain}:{pop.address('pages')[1]}/"
        wait.until(lambda: browser.driver.current_url == pages, "the portal opens")
        assert browser.errors() == []


@pytest.mark.parametrize("wanted, spoken", [("fr-CH,fr,en", "fr"), ("en-GB", "en"), ("de,fr", "fr"), ("de", "en")])
def test_pages_speak_the_language_of_the_browser(wanted, spoken):
    with chromium(wanted) as browser:
        open_page(browser, "pages")
        assert browser.text("#measure") == LEAD[spoken]


def test_language_and_theme_are_a_choice_that_is_kept():
    with chromium("en", dark=False) as browser:
        open_page(browser, "pages")
        browser.click("[data-language=fr]")
        wait.until(lambda: browser.text("#measure") == LEAD["fr"], "the page speaks French")
        browser.click("#theme")
        wait.until(lambda: luminance(browser) < 128, "the page is dark")
        open_page(browser, "speedtest")
        assert browser.text("#start") == "Commencer"
        assert luminance(browser) < 128
        assert browser.errors() == []


@pytest.mark.parametrize("service", PAGES)
def test_the_keyboard_is_enough(service):
    with chromium() as browser:
        open_page(browser, service)
        browser.press(Keys.TAB)
        assert browser.driver.switch_to.active_element.get_attribute("class") == "skip"
        reached = []
        for _ in range(30):
            browser.press(Keys.TAB)
            element = browser.driver.switch_to.active_element
            if element.tag_name == "body":
                break
            assert is_keyboard_focus_visible(browser), element.get_attribute("outerHTML")
            reached.append(element)
        usable = [e for e in browser.find_all("a[href]:not(.skip), button, summary") if e.is_displayed()]
        assert set(usable) == set(reached)


@pytest.mark.timeout(120)
def test_the_portal_shows_a_service_that_is_down(stopped_unit):
    def told():
        return json.loads(web.get(pop.url("pages", path="/status.json")).body)["services"]["ntp"]

    with chromium() as browser:
        stopped_unit("chrony.socket")
        wait.until(lambda: not told()["up"], "the status is written", 25)
        open_page(browser, "pages")
        wait.until(lambda: browser.state("[data-service=ntp]") == "down", "the live status")
        assert told()["detail"] in browser.text("[data-service=ntp] .status")
        assert browser.state("#overall") == "down"
        browser.screenshot("portal-down")
