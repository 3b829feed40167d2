# What axe-core, the accessibility checker, finds on the page that a browser shows.
# SPDX-License-Identifier: MIT

from functools import cache

from support import pop

SCRIPT = pop.BUILD / "npm/node_modules/axe-core/axe.min.js"
RUN = """
    const done = arguments[0];
    const told = ({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary}`);
    axe.run().then(({ violations }) => done(violations.flatMap(told)), (error) => done([String(error)]));
"""


@cache
def source():
    return SCRIPT.read_text(encoding="utf-8")


def findings(browser):
    """A line for each element that breaks a rule."""
    if not browser.script("return 'axe' in window"):
        browser.script(source())
    return browser.driver.execute_async_script(RUN)
