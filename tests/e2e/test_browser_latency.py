# The page of latencies, as the POP shows it of itself.
# SPDX-License-Identifier: MIT

from support import looks, pop, wait
from support.browser import chromium

LOOKS = [("en", False, 1280), ("fr", True, 360), ("fr", False, 3840)]


def test_the_page_shows_targets_and_their_history_in_every_look():
    with chromium() as browser:
        browser.open(pop.url("pages", path="/latency/"))
        wait.until(lambda: browser.state("#history") == "known", "the history is there")
        assert set(browser.attributes("#targets [data-target]", "data-target")) == {"here"}
        assert "127.0.0.1" in browser.text("#targets [data-family=ipv4]")
        assert browser.text("header nav [aria-current]") == "Latency"
        for span in ("years", "month"):
            browser.click(f"#spans [data-span={span}]")
            wait.until(lambda: browser.attribute("#history", "data-span") == span, "it goes further back")  # noqa: B023
        assert browser.attributes("#charts figure", "data-family")[0] == "ipv4"
        looks.expect_fit(browser, "latency", LOOKS)
        assert not looks.NO_WORD.search(browser.text("body"))
        assert browser.errors() == []
    assert browser.foreign_requests() == []
