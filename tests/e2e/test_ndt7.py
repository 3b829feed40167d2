# The ndt7 protocol, by hand: what goes over the wire when all is well.
# SPDX-License-Identifier: MIT

import json
import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from support import counters, links, ndt7, own_pop, pop, speedtestd, wait, web, websocket, wire

pytestmark = own_pop.TESTED

KIB, MIB = 1 << 10, 1 << 20
CONNECTION_KEYS = {"Client", "Server", "UUID", "StartTime"}
TCP_KEYS = {
    "BusyTime", "BytesAcked", "BytesReceived", "BytesSent", "BytesRetrans", "ElapsedTime", "MinRTT", "RTT", "RTTVar",
    "RWndLimited", "SndBufLimited",
}
BBR_KEYS = {"BW", "MinRTT", "PacingGain", "CwndGain", "ElapsedTime"}
US = 1e6


def ended(direction, end="done"):
    return f'ndt7_tests_total{{direction="{direction}",end="{end}"}}'


def counted_since(before, direction, n):
    """What the server counted, once it has seen the end of @n tests."""
    wait.until(lambda: counters.read()[ended(direction)] == before[ended(direction)] + n, "the tests have ended")
    return counters.read().since(before)


def idle_upload():
    with ndt7.connect("upload") as client:
        return ndt7.follow(client)


@pytest.fixture(scope="module")
def long_runs():
    """A download over each family and an upload that does not end, at once, as each takes ten seconds."""
    before = counters.read()
    with ThreadPoolExecutor() as threads:
        upload = threads.submit(idle_upload)
        downloads = list(threads.map(
            lambda family: ndt7.download(address=pop.address("speedtest", family=family)), pop.FAMILIES))
        return downloads, counted_since(before, "download", len(downloads)), upload.result()


@pytest.fixture
def downloads(long_runs):
    return long_runs[:2]


def test_a_download_ends_after_its_time(downloads):
    for run in downloads[0]:
        assert run.close_code == 1000
        assert ndt7.RUN_S - 0.1 < run.seconds < ndt7.RUN_S + 5


def test_messages_grow_with_what_was_sent(downloads):
    for run in downloads[0]:
        sent = 0
        for before, size in zip([8 * KIB, *run.sizes], run.sizes):
            assert size in (before, 2 * before)
            assert size == 8 * KIB or size <= sent / 8  # it doubled at a sixteenth
            sent += size
        assert set(run.sizes) == {8 * KIB << n for n in range(8)}, "up to 1 MiB"


def test_the_server_counts_what_the_client_got(downloads):
    runs, counted = downloads
    for run in runs:
        last = run.measurements[-1]
        assert last["AppInfo"]["NumBytes"] == run.bytes
        assert last["TCPInfo"]["BytesSent"] - last["TCPInfo"]["BytesRetrans"] > 0.9 * run.bytes
        assert last["TCPInfo"]["BytesAcked"] > 0.9 * run.bytes
    assert counted['tests_bytes_total{direction="download"}'] == sum(run.bytes for run in runs)


def test_measurements_come_at_random_times_each_with_a_ping(downloads):
    for run in downloads[0]:
        times_s = [m["AppInfo"]["ElapsedTime"] / US for m in run.measurements]
        pauses_s = [later - earlier for earlier, later in zip([0, *times_s], times_s)]
        assert run.n_pings == len(run.measurements)
        assert 5 < len(times_s) < ndt7.RUN_S / 0.1  # 250 ms on average, less what is cut off
        assert len({round(pause_s, 2) for pause_s in pauses_s}) > 5


def test_measurements_have_what_clients_read(downloads):
    for run, host in zip(downloads[0], ["127.0.0.1", "[::1]"]):
        assert len({m["ConnectionInfo"]["UUID"] for m in run.measurements}) == 1
        for m in run.measurements:
            assert (m["Origin"], m["Test"]) == ("server", "download")
            assert m["ConnectionInfo"].keys() == CONNECTION_KEYS
            assert m["ConnectionInfo"]["Client"].startswith(f"{host}:")
            assert m["ConnectionInfo"]["Server"] == f"{host}:{pop.address('speedtest')[1]}"
            assert m["TCPInfo"].keys() >= TCP_KEYS
            assert 0 < m["TCPInfo"]["MinRTT"] <= m["TCPInfo"]["RTT"]
            assert m["TCPInfo"]["BusyTime"] <= m["TCPInfo"]["ElapsedTime"] + US


@pytest.mark.parametrize("size", [KIB, 100 * KIB, 16 * MIB])
def test_an_upload_is_counted_to_the_byte(size):
    before = counters.read()
    run, sent = ndt7.upload(size, seconds=1)
    counted = counted_since(before, "upload", 1)

    assert run.close_code == 1000
    assert counted['tests_bytes_total{direction="upload"}'] == sent
    numbers = [m["AppInfo"]["NumBytes"] for m in run.measurements]
    assert numbers == sorted(numbers) and 0 < numbers[-1] <= sent
    assert run.measurements[-1]["TCPInfo"]["BytesReceived"] > 0.9 * numbers[-1]
    assert run.sizes == []


def test_an_upload_that_does_not_end_is_ended(long_runs):
    *_, run = long_runs
    assert run.close_code == 1000
    assert ndt7.RUN_S - 0.1 < run.seconds < ndt7.RUN_S + 5
    assert run.measurements[-1]["AppInfo"]["NumBytes"] == 0


def test_it_works_over_tls():
    tls = ssl.create_default_context(cafile=str(web.ca_file()))
    before = counters.read()
    run, sent = ndt7.upload(100 * KIB, seconds=1, address=pop.address("speedtest", "https"), tls=tls)
    assert run.close_code == 1000
    assert counted_since(before, "upload", 1)['tests_bytes_total{direction="upload"}'] == sent
    with ndt7.connect("download", address=pop.address("speedtest", "https"), tls=tls) as client:
        frames = [client.receive() for _ in range(100)]
        assert sum(len(f.payload) for f in frames if f.opcode == websocket.BINARY) > MIB
        client.send(websocket.close_frame(1001))
        assert [f for f in client.frames()][-1].close_code == 1001


def test_a_ping_is_answered_with_its_bytes():
    with ndt7.connect("upload") as client:
        client.send(websocket.frame(websocket.PING, b"there?"))
        pong = next(f for f in client.frames() if f.opcode == websocket.PONG)
        assert pong.payload == b"there?"


def handshake(target="/ndt/v7/download", without=None, **headers):
    """@without: the name of a line that is left out; @headers: lines that are different."""
    lines = {
        "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": websocket.random_key(),
        "Sec-WebSocket-Version": "13", "Sec-WebSocket-Protocol": ndt7.PROTOCOL,
        **{name.replace("_", "-"): value for name, value in headers.items()}}
    lines.pop(without, None)
    return wire.request("GET", target, *(f"{name}: {value}" for name, value in lines.items()))


@pytest.mark.parametrize("data, status", [
    (handshake(without="Sec-WebSocket-Protocol"), 400),
    (handshake(Sec_WebSocket_Protocol="net.measurementlab.ndt.v8"), 400),
    (handshake(without="Upgrade"), 400),
    (handshake(Connection="keep-alive"), 400),
    (handshake(without="Sec-WebSocket-Key"), 400),
    (handshake(Sec_WebSocket_Key="dG9vIHNob3J0"), 400),
    (handshake(Sec_WebSocket_Version="8"), 426),
    (handshake(target="/ndt/v7/upload?x=" + 4095 * "y"), 400),
    (handshake(target="/ndt/v7/upload?x=" + 4094 * "y"), 101),
    (handshake(Sec_WebSocket_Protocol=f"other, {ndt7.PROTOCOL}", Upgrade="h2c, WebSocket"), 101),
    (wire.request("HEAD", "/ndt/v7/download"), 400),
    (wire.request("POST", "/ndt/v7/upload", body=b"x"), 405),
])
def test_a_handshake_is_in_good_order_or_refused(data, status):
    with wire.Connection(pop.address("speedtest")) as connection:
        connection.send(data)
        reply = connection.reply_head()
        assert reply.status == status
        if status == 426:
            assert reply.headers["sec-websocket-version"] == "13"


def test_lines_that_a_client_compares_byte_for_byte():
    with ndt7.connect("upload") as client:
        assert {"Upgrade: websocket", "Connection: Upgrade"} < {*client.head}
        assert f"Sec-WebSocket-Protocol: {ndt7.PROTOCOL}" in client.head


def test_the_locate_reply_points_to_us():
    keys = yaml.safe_load(pop.POP_FILE.read_text())["services"]["speedtest"]
    request = wire.request("GET", "/v2/nearest/ndt/ndt7?client_name=x", host=f"pop.example:{keys['http_port']}")
    reply = wire.ask(pop.address("speedtest"), request)
    assert reply.status == 200
    assert reply.headers["access-control-allow-origin"] == "*"
    [result] = json.loads(reply.body)["results"]
    assert result["machine"] == pop.site()["name"]
    assert result["urls"] == {
        f"{scheme}:///ndt/v7/{direction}":
            f"{scheme}://pop.example:{keys[key]}/ndt/v7/{direction}"
        for scheme, key in (("ws", "http_port"), ("wss", "https_port")) for direction in ("download", "upload")
    }


def test_who_asks_by_no_name_is_not_told_where():
    reply = wire.ask(pop.address("speedtest"), b"GET /v2/nearest/ndt/ndt7 HTTP/1.0\r\n\r\n")
    assert reply.status == 400


def test_bbr_is_chosen_where_the_kernel_has_it(tmp_path):
    available = Path("/proc/sys/net/ipv4/tcp_available_congestion_control").read_text().split()
    with links.link() as link, speedtestd.running(link.server, tmp_path) as server:
        link.server.run("sysctl", "-q", "net.ipv4.tcp_congestion_control=reno")
        with link.client.entered():
            client = ndt7.connect("download", address=server.address())
        with client:
            texts = (f.payload for f in client.frames() if f.opcode == websocket.TEXT)
            measurement = json.loads(next(texts))
        assert measurement["TCPInfo"]["BytesAcked"] > 0
        assert measurement.get("BBRInfo", {}).keys() == (BBR_KEYS if "bbr" in available else set())


def test_a_test_that_may_not_run_is_refused_before_it_begins(tmp_path):
    with links.link() as link, speedtestd.running(link.server, tmp_path, tests_per_prefix=1) as server:
        link.add_address(link.client, "10.9.0.3")
        with link.client.entered():
            with ndt7.connect("upload", address=server.address()):
                reply = wire.ask(server.address(), handshake(), source="10.9.0.3")
        assert reply.status == 429
        assert int(reply.headers["retry-after"]) > 0


def test_a_server_that_stops_says_so(tmp_path):
    with links.link() as link, link.client.entered():
        with speedtestd.running(link.server, tmp_path) as server:
            client = ndt7.connect("upload", address=server.address())
        with client:
            assert ndt7.follow(client).close_code == 1001
