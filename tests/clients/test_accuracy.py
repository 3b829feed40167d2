# On a link of a known rate, a client's figure is that rate.
# SPDX-License-Identifier: MIT

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import again, links, speedtestd

pytestmark = pytest.mark.alone

DURATION_S = 30  # the client counts an upload as it leaves for its own buffers, which fill only once
QUEUE_MS = 50
DIRECTIONS = ["download", "upload"]
CASES = [(20, "ipv4"), (100, "ipv6"), (500, "ipv4")]


def librespeed(link, server, family, folder):
    servers = folder / "servers.json"
    servers.write_text(json.dumps([{
        "id": 1, "name": "known link", "server": server.url(family),
        "dlURL": "garbage", "ulURL": "empty", "pingURL": "empty", "getIpURL": "getIP",
    }]))
    command = ["librespeed-cli", "--local-json", servers, "--server", "1", "--json",
               "--duration", DURATION_S, "--timeout", 2 * DURATION_S]
    done = subprocess.run(
        link.client.command(*command), check=True, timeout=3 * DURATION_S, stdout=subprocess.PIPE)
    [result] = json.loads(done.stdout)
    return result


def measure(mbit, family, folder):
    with links.link() as link, speedtestd.running(link.server, folder) as server:
        for sender in link.server, link.client:
            link.shape(sender, mbit, QUEUE_MS)
        return librespeed(link, server, family, folder)


def expect_rate(result, mbit, family, direction):
    assert result[direction] == pytest.approx(mbit * links.PAYLOAD_SHARE[family], rel=0.03)


def measure_well(case, new_folder):
    def expect(result):
        for direction in DIRECTIONS:
            expect_rate(result, *case, direction)

    return again.measured(lambda: measure(*case, new_folder("link")), expect)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """All at once, as each takes long; each has a link of its own."""
    with ThreadPoolExecutor(len(CASES)) as threads:
        runs = {case: threads.submit(measure_well, case, tmp_path_factory.mktemp) for case in CASES}
        return {case: run.result() for case, run in runs.items()}


@pytest.mark.timeout(3 * again.TIMES * DURATION_S)
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("mbit, family", CASES)
def test_the_figure_is_the_rate_of_the_link(results, mbit, family, direction):
    expect_rate(results[mbit, family], mbit, family, direction)
