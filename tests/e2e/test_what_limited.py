# What the server's TCP says of a test that has a name, by which the page tells what limited it.
# SPDX-License-Identifier: MIT

import json
import secrets
import threading
import time

import pytest

from support import again, links, pop, speedtestd, wire

pytestmark = pytest.mark.alone

RUN_S = 4
STREAMS = 2
SLICE_S = 0.02


def reading(address, test):
    return json.loads(wire.ask(address, wire.request("GET", f"/received?test={test}")).body)["tcp"]


def busy(tcp, name):
    """The share of the busy time."""
    return tcp[name] / tcp["busy_ms"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with links.link() as link:
        link.server.run("sysctl", "-q", "net.ipv4.tcp_congestion_control=reno")  # it fills a queue until it drops
        with speedtestd.running(link.server, tmp_path_factory.mktemp("limited")) as server:
            server.link = link
            yield server


def download(connection, test, rate_bytes_per_s=None):
    """Read for RUN_S, as fast as it comes or no faster than that."""
    connection.send(wire.request("GET", f"/garbage?ckSize=1024&test={test}"))
    connection.reply_head()
    end = time.monotonic() + RUN_S
    while time.monotonic() < end:
        connection.stream.read(1 << 16 if rate_bytes_per_s is None else int(rate_bytes_per_s * SLICE_S))
        if rate_bytes_per_s is not None:
            time.sleep(SLICE_S)


def measure(server, **how):
    """Download over some connections at once. Return: what the server says of them, while they are open."""
    test = secrets.token_hex(16)
    with server.link.client.entered():
        connections = [wire.Connection(server.address()) for _ in range(STREAMS)]
        threads = [threading.Thread(target=download, args=(c, test), kwargs=how) for c in connections]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        time.sleep(0.3)  # a look at a socket comes with what moves there
        tcp = reading(server.address(), test)
        for connection in connections:
            connection.__exit__()
    return tcp


def test_a_slow_link_is_the_network(server):
    def expect(tcp):
        assert tcp["busy_ms"] > 0.8 * STREAMS * RUN_S * 1000
        assert busy(tcp, "rwnd_limited_ms") < 0.2
        assert busy(tcp, "sndbuf_limited_ms") < 0.2
        assert tcp["sent_bytes"] == pytest.approx(RUN_S * 50e6 / 8, rel=0.3)
        assert 0 < tcp["min_rtt_ms"] < 20 < tcp["rtt_ms"] < 200, "a queue has built up"

    server.link.shape(server.link.server, mbit=50, queue_ms=40)
    expect(again.measured(lambda: measure(server), expect))


def test_a_slow_reader_is_the_receiver(server):
    def expect(tcp):
        assert busy(tcp, "rwnd_limited_ms") > 0.5
        assert tcp["min_rtt_ms"] < 20

    server.link.shape(server.link.server, mbit=1000, queue_ms=20)
    expect(again.measured(lambda: measure(server, rate_bytes_per_s=1e6), expect))


def test_drops_are_seen(server):
    def expect(tcp):
        assert 0.0005 < tcp["retransmitted_bytes"] / tcp["sent_bytes"] < 0.2

    server.link.shape(server.link.server, mbit=50, queue_ms=5)
    expect(again.measured(lambda: measure(server), expect))


def test_two_phases_of_one_test_add_up(server):
    test = secrets.token_hex(16)
    size = 1 << 20
    with server.link.client.entered(), wire.Connection(server.address()) as connection:
        sums = []  # of one connection: what went before is not counted again
        for _ in range(3):
            connection.send(wire.request("GET", f"/garbage?ckSize=1&test={test}"))
            assert len(connection.reply().body) == size
            sums.append(reading(server.address(), test)["sent_bytes"])
    assert 0 < sums[0] < sums[1] < sums[2] < 3.2 * size


def test_a_test_without_a_name_is_not_looked_at():
    address, test = pop.address("speedtest"), secrets.token_hex(16)
    wire.ask(address, wire.request("GET", "/garbage?ckSize=1"))
    assert wire.ask(address, wire.request("GET", f"/received?test={test}")).status == 404
