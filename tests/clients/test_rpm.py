# Responsiveness under load, measured by our own client over HTTP/2.
# SPDX-License-Identifier: MIT

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import again, counters, links, pop, queues, rpm, speedtestd, web

pytestmark = pytest.mark.alone

IN_FLIGHT_BYTES = 256 << 20  # sockets' buffers of all connections, when the client stops

MBIT = 100
QUEUE_MS = 100
INTERVAL_S = 1
LIMIT_S = 20
OPTIONS = ["-c", "1", "-i", INTERVAL_S, "-s", LIMIT_S / 2]


@pytest.fixture(scope="module", params=pop.FAMILIES)
def on_this_machine(request):
    """(what the client tells, what the server counted)"""
    before = counters.read()
    url = pop.url("speedtest", "rpm", request.param)
    return rpm.measure(url, web.ca_file(), "-c", "4", "-i", "0.25", "-s", "3"), counters.read().since(before)


def test_it_measures_what_the_server_counts(on_this_machine):
    told, counted = on_this_machine
    for direction, name in ("download", "sent_bytes_total"), ("upload", "received_bytes_total"):
        assert told[direction]["bytes"] > 0
        assert abs(counted[name] - told[direction]["bytes"]) < IN_FLIGHT_BYTES # the client leaves in mid-transfer
    assert counted["timeouts_total"] == counted["floods_total"] == counted["limited_total"] == 0


@pytest.mark.parametrize("direction", rpm.DIRECTIONS)
def test_its_figure_is_made_of_its_probes(on_this_machine, direction):
    told = on_this_machine[0][direction]
    fresh_ms = (told["tcp_ms"] + told["tls_ms"] + told["http_ms"]) / 3
    assert told["rpm"] == pytest.approx((60000 / fresh_ms + 60000 / told["loaded_ms"]) / 2, rel=0.01)
    assert all(told[f"{name}_samples"] > 5 for name in ("tcp", "tls", "http", "loaded"))


class OnALink:
    """A run over one connection of load, and how full the queue was meanwhile."""

    def __init__(self, direction, folder):
        with links.switched_link() as link, speedtestd.running(link.server, folder, prefix=FIRST) as server:
            sender = link.server if direction == "download" else link.client
            for namespace in link.server, link.client:
                namespace.run("sysctl", "-q", "net.ipv4.tcp_congestion_control=reno")  # it fills the queue
                link.shape(namespace, MBIT, QUEUE_MS)
            queue = queues.Watch(*link.bottleneck(sender), MBIT)
            with queues.Watching(queue):
                self.told = rpm.measure(server.secure_url("rpm"), server.ca_file, "-d", direction, *OPTIONS,
                                        prefix=link.client.command(*FIRST))[direction]
            ended_s = self.told["ended_s"] - time.monotonic() + time.time()
            window = ended_s - rpm.WINDOW * INTERVAL_S, ended_s
            self.queue_ms, self.carried_bps = queue.mean_ms(*window), queue.carried_bps(*window)


# What else this machine does is no part of the network's latency.
FIRST = ["chrt", "--fifo", "1"]


def expect_latency(run):
    assert run.queue_ms > QUEUE_MS / 4
    for waits in "tcp_ms", "loaded_ms", "http_ms":
        assert run.told[waits] == pytest.approx(run.queue_ms, rel=0.15), waits


def expect_goodput(run):
    assert run.carried_bps > MBIT * 1e6 / 2, "a busy machine keeps a link from some of its rate, not from all"
    carried = links.PAYLOAD_SHARE["ipv4"] * run.carried_bps
    assert 0.9 * carried < run.told["goodput_bps"] < 1.03 * carried  # a probe may take 5 %


@pytest.fixture(scope="module")
def on_a_link(tmp_path_factory):
    """Both at once, as each takes long; each has a link of its own."""
    def measure_well(direction):
        def expect(run):
            expect_latency(run)
            expect_goodput(run)

        return again.measured(lambda: OnALink(direction, tmp_path_factory.mktemp("link")), expect)

    with ThreadPoolExecutor(len(rpm.DIRECTIONS)) as threads:
        return dict(zip(rpm.DIRECTIONS, threads.map(measure_well, rpm.DIRECTIONS)))


@pytest.mark.timeout(3 * again.TIMES * LIMIT_S)
@pytest.mark.parametrize("direction", rpm.DIRECTIONS)
def test_a_loaded_connection_waits_for_the_queue_and_for_nothing_else(on_a_link, direction):
    expect_latency(on_a_link[direction])


@pytest.mark.parametrize("direction", rpm.DIRECTIONS)
def test_the_goodput_is_the_rate_of_the_link(on_a_link, direction):
    expect_goodput(on_a_link[direction])
