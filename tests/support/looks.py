# Every look of a page: languages, themes, widths of the screen; and that each is fit for everyone.
# SPDX-License-Identifier: MIT

import re

from support import axe

HEIGHTS = {360: 740, 1280: 900, 3840: 2160}  # by width
LOOKS = [  # every two of a language, a theme and a width meet in one of them
    ("en", False, 360), ("en", True, 1280), ("en", False, 3840),
    ("fr", True, 360), ("fr", False, 1280), ("fr", True, 3840),
]

NO_WORD = re.compile(r"\w_\w|undefined|null|NaN|\[object")  # what a text that is missing looks like


def name(language, dark, width):
    return f"{language}-{'dark' if dark else 'light'}-{width}"


def wear(browser, language, dark, width):
    """Turn the page to a look by its own switches, whatever it shows."""
    browser.resize(width, HEIGHTS[width])
    browser.script(f"""
        document.querySelector("[data-language={language}]").click();
        if (document.documentElement.dataset.theme !== "{'dark' if dark else 'light'}")
            document.querySelector("#theme").click();
        document.activeElement.blur();
        scrollTo(0, 0);
    """)
    assert browser.script("return document.documentElement.lang") == language


def expect_fit(browser, page, looks=LOOKS):
    """In every look nothing is wider than the screen and axe-core finds nothing; and a picture of each."""
    for look in looks:
        wear(browser, *look)
        assert axe.findings(browser) == [], look
        assert browser.script("return document.documentElement.scrollWidth") <= look[2], look
        browser.screenshot(f"{page}-{name(*look)}")
