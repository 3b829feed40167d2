# curl, as scripts use it to measure.
# SPDX-License-Identifier: MIT

import os
import subprocess

import pytest

from support import counters, pop

MIB = 1 << 20
CURL = ["curl", "--silent", "--show-error", "--globoff", "--noproxy", "*", "--max-time", "20"]


@pytest.fixture(params=pop.FAMILIES)
def family(request):
    return request.param


def curl(family, path, *options, **how):
    """Return: (status, bytes received)."""
    report = ["--output", os.devnull, "--write-out", "%{http_code} %{size_download}"]
    command = [*CURL, *report, *options, pop.url("speedtest", family=family, path=path)]
    done = subprocess.run(command, check=True, timeout=25, stdout=subprocess.PIPE, **how)
    return tuple(map(int, done.stdout.split()))


def test_it_downloads(family):
    assert curl(family, "/garbage?ckSize=100") == (200, 100 * MIB)


@pytest.mark.parametrize("options", [
    ["--data-binary", "@-"],                                        # by length, after "100 Continue"
    ["--upload-file", "-", "--request", "POST"],                    # in chunks
    ["--data-binary", "@-", "--header", "Expect:"],
    ["--data-binary", "@-", "--http1.0"],
], ids=["by length", "in chunks", "without waiting", "by HTTP/1.0"])
def test_it_uploads(family, options):
    before = counters.read()
    assert curl(family, "/empty", *options, input=bytes(20 * MIB)) == (200, 0)
    assert counters.read().since(before)["received_bytes_total"] == 20 * MIB


@pytest.mark.usefixtures("unasked")
def test_it_asks_twice_on_one_connection(family):
    before = counters.read()
    address = pop.url("speedtest", family=family, path="/empty")
    subprocess.run([*CURL, address, address], check=True, timeout=25)
    assert counters.read().since(before)["connections_total"] == 1
