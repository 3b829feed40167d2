# A run of the page's engine in a browser, without the page around it.
# SPDX-License-Identifier: MIT

from support import wait

RUN_LIMIT_S = 75

START = """
    const [server, done] = arguments;
    window.messages = [];
    const pop = await (await fetch("/pop.json")).json();
    const { startRun } = await import("/run.js");
    startRun({ pop, server }, (message) => window.messages.push({ ...message, atMs: Date.now() }));
    done();
"""

RESULTS = """
    const [messages, done] = arguments;
    const { NO_RESULTS, withResult } = await import("/results.js");
    done(messages.filter(({ type }) => type === "result").reduce(withResult, NO_RESULTS));
"""


class Run:
    """Started on the page that @browser shows, of a speed test's server; @server is the name of a chosen POP."""

    def __init__(self, browser, server=None):
        self.browser = browser
        browser.driver.execute_async_script(START, server)

    def messages(self, **wanted):
        """Those so far with these values, each with atMs, when it came."""
        return [
            message for message in self.browser.script("return window.messages")
            if all(message.get(key) == value for key, value in wanted.items())]

    def wait_for(self, seconds=20, **wanted):
        """The first such message; fails when the run ends without one."""
        def came():
            if found := self.messages(**wanted):
                return found[0]
            ends = self.messages(type="failed") + self.messages(type="done")
            assert not ends, f"it has ended without {wanted}: {ends}"
            return None
        return wait.until(came, f"a message {wanted}", seconds)

    def wait_for_end(self, seconds=RUN_LIMIT_S):
        """The last message."""
        return wait.until(lambda: (self.messages(type="done") + self.messages(type="failed") or [None])[0],
                          "the run ends", seconds)

    def phases(self):
        return [(m["phase"], m["family"], m["direction"]) for m in self.messages(type="phase")]

    def results(self):
        """As the page puts them together."""
        return self.browser.driver.execute_async_script(RESULTS, self.messages())
