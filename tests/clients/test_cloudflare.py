# The npm module @cloudflare/speedtest, unmodified, in a browser: on a page of another site, pointed at us.
# SPDX-License-Identifier: MIT

import json
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from support import counters, own_pop, pop, wait
from support.browser import chromium

pytestmark = own_pop.TESTED

MODULE = pop.BUILD / "npm/node_modules/@cloudflare/speedtest/dist"
MEASUREMENTS = [
    {"type": "latency", "numPackets": 5},
    {"type": "download", "bytes": 1000000, "count": 4, "bypassMinDuration": True},
    {"type": "upload", "bytes": 1000000, "count": 4, "bypassMinDuration": True},
]
DOWNLOADED = UPLOADED = 4 * 1000000


class Site(SimpleHTTPRequestHandler):
    extensions_map = {".js": "text/javascript", "": "text/html"}

    def do_GET(self):
        if self.path != "/":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def site():
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Site, directory=MODULE))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


def start(url):
    return f"""
        import("/speedtest.js").then(({{ default: SpeedTest }}) => {{
            const test = new SpeedTest({{
                downloadApiUrl: "{url}/__down", uploadApiUrl: "{url}/__up", logAimApiUrl: null,
                bandwidthMinRequestDuration: 0, // loopback is faster than the client expects
                measurements: {json.dumps(MEASUREMENTS)},
            }});
            test.onFinish = (results) => {{ window.summary = JSON.stringify(results.getSummary()); }};
            test.onError = (error) => {{ window.failure = String(error); }};
        }}, (error) => {{ window.failure = String(error); }});
    """


@pytest.mark.parametrize("family", pop.FAMILIES)
def test_it_measures_what_the_server_counts(family):
    with site() as page, chromium() as browser:
        browser.open(page)
        before = counters.read()
        browser.script(start(pop.url("speedtest", family=family, path="")))
        wait.until(lambda: browser.script("return window.summary || window.failure"), "the test ends", 60)
        assert browser.script("return window.failure") is None
        summary = json.loads(browser.script("return window.summary"))
        counted = counters.read().since(before)

    assert counted["sent_bytes_total"] >= DOWNLOADED
    assert counted["received_bytes_total"] >= UPLOADED
    assert summary["download"] > 1e6
    assert summary["upload"] > 1e6
    assert 0 < summary["latency"] < 1000
