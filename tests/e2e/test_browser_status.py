# How the services were over the last 90 days: the page, in its looks, and the feed.
# SPDX-License-Identifier: MIT

import json
import xml.etree.ElementTree as ET
from datetime import datetime

import pytest

from support import looks, pop, wait, web
from support.browser import chromium

LOOKS = [("en", False, 3840), ("fr", True, 360)]
ATOM = "{http://www.w3.org/2005/Atom}"
DAYS = 90


@pytest.fixture
def drained():
    """A service that is drained, and well."""
    pop.run("fontaine", "drain", "turn")
    yield "turn"
    pop.run("fontaine", "undrain", "turn")


def test_the_page_tells_of_each_service_each_day(settled, drained):
    with chromium() as browser:
        browser.open(pop.url("pages", path="/status/"))
        wait.until(lambda: browser.state("#content") == "shown", "the history is there")
        assert browser.attributes("#services > [data-service]", "data-service") == list(pop.endpoints())
        assert set(browser.attributes("#services > [data-service]", "data-state")) == {"up"}
        assert all(0 < float(share) <= 100 for share in browser.attributes("#services > [data-service]", "data-share"))
        assert len(browser.find_all(f"[data-service={drained}] svg g")) == DAYS
        assert browser.text(f"#outages [data-service={drained}][data-kind=maintenance]")
        looks.expect_fit(browser, "status", LOOKS)
        assert browser.errors() == []


def element(parent, name):
    found = parent.findall(ATOM + name)
    assert len(found) == 1, name
    return found[0]


def moment(parent, name):
    return datetime.fromisoformat(element(parent, name).text)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_outages_are_a_feed(language):
    reply = web.get(pop.url("pages", path=f"/status.atom?language={language}"))
    assert reply.headers["content-type"] == "application/atom+xml"
    feed = ET.fromstring(reply.body)
    assert feed.tag == f"{ATOM}feed"
    assert element(feed, "id").text and element(feed, "title").text and element(element(feed, "author"), "name").text
    selves = [link.get("href") for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert selves == [element(feed, "id").text]
    entries = feed.findall(f"{ATOM}entry")
    for entry in entries:  # (RFC 4287, 4.1.2)
        assert element(entry, "title").text and element(entry, "summary").text
        assert element(entry, "link").get("href") == element(entry, "id").text
        assert moment(entry, "published") <= moment(entry, "updated") <= moment(feed, "updated")
    ids = [element(entry, "id").text for entry in entries]
    assert len(set(ids)) == len(ids)
    history = json.loads(web.get(pop.url("pages", path="/history.json?days=90")).body)
    assert len(ids) <= sum(event["state"] == "down" for event in history["events"])


def test_a_feed_in_no_language_of_ours():
    reply = web.get(pop.url("pages", path="/status.atom?language=de"))
    assert (reply.status, reply.body) == (400, "language: give en or fr\n")
