# The field's own tools for HTTP/2 against the responsiveness endpoints: h2load, nghttp, curl.
# SPDX-License-Identifier: MIT

import re
import subprocess

import pytest

from support import counters, pop, web

MIB = 1 << 20


def run(*command, **how):
    done = subprocess.run([str(word) for word in command], timeout=60, capture_output=True, **how)
    assert done.returncode == 0, done.stderr
    return done.stdout


def url(path, protocol="rpm", family="ipv4"):
    return pop.url("speedtest", protocol, family, path)


def curl(address, *options, **how):
    """Return: (version of HTTP, status, bytes received)."""
    told = run("curl", "--silent", "--show-error", "--globoff", "--noproxy", "*", "--max-time", "30",
               "--cacert", web.ca_file(), "--output", "/dev/null", "--write-out",
               "%{http_version} %{http_code} %{size_download}", *options, address, **how)
    version, status, size = told.decode().split()
    return version, int(status), int(size)


@pytest.mark.usefixtures("unasked")
@pytest.mark.parametrize("family", pop.FAMILIES)
def test_curl_downloads_and_uploads(family):
    before = counters.read()
    assert curl(url("/garbage?ckSize=100", family=family)) == ("2", 200, 100 * MIB)
    assert curl(url("/rpm/upload", family=family), "--data-binary", "@-", input=bytes(50 * MIB)) == ("2", 200, 0)
    counted = counters.read().since(before)
    assert counted["received_bytes_total"] == 50 * MIB
    assert counted["sent_bytes_total"] == 100 * MIB


@pytest.mark.parametrize("protocol, offered, chosen", [
    ("rpm", "--http2", "2"), ("rpm", "--http1.1", "1.1"), ("https", "--http2", "1.1"),
])
def test_http2_is_offered_where_it_is_needed(protocol, offered, chosen):
    assert curl(url("/rpm/small", protocol), offered) == (chosen, 200, 1)


@pytest.mark.usefixtures("unasked")
@pytest.mark.parametrize("connections, streams", [(1, 1), (1, 100), (50, 10)])
def test_h2load_asks_in_parallel(connections, streams):
    before = counters.read()
    told = run("h2load", "-n", 1000, "-c", connections, "-m", streams, url("/rpm/small")).decode()
    assert "1000 succeeded, 0 failed" in told
    assert counters.read().since(before)['responses_total{class="2xx"}'] == 1000


@pytest.mark.usefixtures("unasked")
def test_h2load_uploads_and_downloads(tmp_path):
    body = tmp_path / "body"
    body.write_bytes(bytes(MIB))
    before = counters.read()
    assert "100 succeeded" in run("h2load", "-n", 100, "-c", 10, "-m", 2, "-d", body, url("/rpm/upload")).decode()
    told = run("h2load", "-n", 20, "-c", 5, "-m", 2, "-w", 20, "-W", 24, url("/garbage?ckSize=5")).decode()
    assert "20 succeeded" in told
    counted = counters.read().since(before)
    assert counted["received_bytes_total"] == 100 * MIB
    assert counted["sent_bytes_total"] == 100 * MIB


def test_nghttp_shows_what_the_server_offers():
    told = run("nghttp", "--null-out", "--verbose", "--no-dep", url("/.well-known/nq")).decode()
    assert "The negotiated protocol: h2" in told
    assert re.search(r"recv \(stream_id=\d+\) :status: 200", told)
    for setting in "SETTINGS_MAX_CONCURRENT_STREAMS(0x03):100", "SETTINGS_MAX_HEADER_LIST_SIZE(0x06):16384":
        assert setting in told


def test_nghttp_uploads_and_is_told_of_an_error(tmp_path):
    body = tmp_path / "body"
    body.write_bytes(bytes(3 * MIB))
    before = counters.read()
    assert b":status: 200" in run("nghttp", "-nv", "--data", body, url("/rpm/upload"))
    assert counters.read().since(before)["received_bytes_total"] == 3 * MIB
    assert b":status: 404" in run("nghttp", "-nv", url("/nothing"))
