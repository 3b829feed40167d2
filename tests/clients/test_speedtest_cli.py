# Ookla's old command-line client, unmodified, against us as a "mini" server.
# SPDX-License-Identifier: MIT

import json
import os
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from support import counters, own_pop, pop
from support.speedtest_page import buffers_bytes

pytestmark = own_pop.TESTED

THREADS = 4

# What the client asks of its vendor before all else: here, to run for one second in each direction.
VENDOR_CONFIG = b"""<?xml version="1.0" encoding="UTF-8"?>
<settings>
<client ip="127.0.0.1" lat="45.76" lon="4.84" isp="Example" country="FR"/>
<server-config threadcount="2" ignoreids=""/>
<download testlength="1" threadsperurl="4"/>
<upload testlength="1" ratio="5" maxchunkcount="50" threads="2" threadsperurl="4"/>
</settings>
"""


class Vendor(BaseHTTPRequestHandler):
    def do_GET(self):
        is_config = self.path.startswith("http://www.speedtest.net/speedtest-config.php?")
        self.send_response(200 if is_config else 403)
        self.end_headers()
        self.wfile.write(VENDOR_CONFIG)

    def log_message(self, *_):
        pass


@contextmanager
def vendor():
    """The client's HTTP proxy: all it is asked for is the vendor's configuration."""
    server = HTTPServer(("127.0.0.1", 0), Vendor)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


def measure(*options):
    with vendor() as proxy:
        environment = {**os.environ, "http_proxy": proxy, "no_proxy": pop.address("speedtest")[0]}
        command = ["speedtest-cli", "--mini", pop.url("speedtest", path=""), "--json", *options]
        done = subprocess.run(command, env=environment, check=True, timeout=60, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


@pytest.mark.parametrize("options", [[], ["--no-pre-allocate"], ["--single"]], ids=" ".join)
def test_it_measures_what_the_server_counts(options):
    before = counters.read()
    result = measure(*options)
    counted = counters.read().since(before)

    assert result["server"]["url"] == pop.url("speedtest", path="/speedtest/upload.php")
    assert 0 < result["ping"] < 1000
    # its requests go on for a moment after it has stopped to count
    assert 0 < result["bytes_received"] <= counted["sent_bytes_total"]
    assert 0 < result["bytes_sent"] <= counted["received_bytes_total"] + buffers_bytes(THREADS)  # or is on its way
    assert result["download"] > 1e6
    assert result["upload"] > 1e6
