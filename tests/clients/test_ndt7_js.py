# M-Lab's browser client of ndt7, unmodified, in Chromium.
# SPDX-License-Identifier: MIT

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from support import counters, own_pop, pop, wait
from support.browser import chromium

pytestmark = [*own_pop.TESTED, pytest.mark.timeout(120)]

CLIENT = pop.BUILD / "npm/node_modules/@m-lab/ndt7/src"
WHOLE_TEST_S = 40
IN_FLIGHT_BYTES = 192 << 20  # sockets' buffers, and what the client keeps ready to send

PAGE = """<!doctype html>
<meta charset="utf-8">
<title>ndt7</title>
<script src="ndt7.js"></script>
<script>
const seen = {done: false, errors: [], downloadStart: 0, downloadMeasurement: 0, uploadStart: 0, uploadMeasurement: 0};
const on = (name) => (what) => { seen[name] = typeof seen[name] === 'number' ? seen[name] + 1 : what; };
ndt7.test(CONFIG, {
    error: (what) => seen.errors.push(String(what)),
    serverChosen: on('serverChosen'),
    downloadStart: on('downloadStart'),
    downloadMeasurement: on('downloadMeasurement'),
    downloadComplete: on('downloadComplete'),
    uploadStart: on('uploadStart'),
    uploadMeasurement: on('uploadMeasurement'),
    uploadComplete: on('uploadComplete'),
}).then((code) => { seen.code = code; }, (what) => seen.errors.push(String(what))).finally(() => { seen.done = true; });
</script>
"""


class Handler(SimpleHTTPRequestHandler):
    """The client's own files, and a page that runs it."""

    def __init__(self, page, *args):
        self.page = page
        super().__init__(*args, directory=str(CLIENT))

    def do_GET(self):
        if self.path != "/":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.page)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site():
    """Serves the page. Call it with the client's configuration; it returns the address."""
    servers = []

    def serve(config):
        page = PAGE.replace("CONFIG", json.dumps(config)).encode()
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, page))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def measure(address):
    with chromium(trusted=[pop.address("speedtest", "https")]) as browser:
        browser.open(address)
        wait.until(lambda: browser.script("return seen.done"), "the client has ended", WHOLE_TEST_S)
        return browser.script("return seen")


HOST, PORT = pop.address("speedtest")
CONFIGS = {
    "by address": {"protocol": "ws", "server": f"{HOST}:{PORT}"},
    "by locate and TLS": {"protocol": "wss", "loadbalancer": pop.url("speedtest", path="/v2/nearest/ndt/ndt7")},
}


@pytest.fixture(scope="module")
def runs(site):
    """Both at once, as each takes long: what they have seen, by name, and what the server has counted."""
    before = counters.read()
    pages = [site({"userAcceptedDataPolicy": True, **config}) for config in CONFIGS.values()]
    with ThreadPoolExecutor(len(pages)) as threads:
        seen = dict(zip(CONFIGS, threads.map(measure, pages)))
    return seen, counters.read().since(before)


@pytest.mark.parametrize("name", CONFIGS)
def test_it_measures(runs, name):
    seen = runs[0][name]
    assert (seen["errors"], seen["code"]) == ([], 0)
    assert ("serverChosen" in seen) == ("loadbalancer" in CONFIGS[name])
    assert (seen["downloadStart"], seen["uploadStart"]) == (1, 1)
    for direction in "download", "upload":
        client = seen[f"{direction}Complete"]["LastClientMeasurement"]
        server = seen[f"{direction}Complete"]["LastServerMeasurement"]
        assert seen[f"{direction}Measurement"] > 5
        assert client["MeanClientMbps"] == pytest.approx(client["NumBytes"] * 8e-6 / client["ElapsedTime"], rel=0.01)
        assert server["TCPInfo"]["ElapsedTime"] > 9e6
        assert abs(client["NumBytes"] - moved(server, direction)) < IN_FLIGHT_BYTES


def moved(server, direction):
    return server["TCPInfo"]["BytesAcked" if direction == "download" else "BytesReceived"]


@pytest.mark.parametrize("direction", ["download", "upload"])
def test_the_bytes_are_those_that_the_server_counts(runs, direction):
    seen, counted = runs
    counted_bytes = counted[f'tests_bytes_total{{direction="{direction}"}}']
    ends = [run[f"{direction}Complete"] for run in seen.values()]
    slack_bytes = len(ends) * IN_FLIGHT_BYTES
    assert abs(sum(end["LastClientMeasurement"]["NumBytes"] for end in ends) - counted_bytes) < slack_bytes
    assert abs(sum(moved(end["LastServerMeasurement"], direction) for end in ends) - counted_bytes) < slack_bytes
    assert sum(end["LastServerMeasurement"]["AppInfo"]["NumBytes"] for end in ends) <= counted_bytes
