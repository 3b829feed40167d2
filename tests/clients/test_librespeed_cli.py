# LibreSpeed's command-line client, unmodified, measures against us.
# SPDX-License-Identifier: MIT

import json
import subprocess

import pytest

from support import counters, own_pop, pop, results, web

pytestmark = own_pop.TESTED

DURATION_S = 2  # of a figure
IN_FLIGHT_BYTES = 256 << 20  # sockets' buffers of all streams, when the client stops


def run(*options, seconds=1):
    command = ["librespeed-cli", "--json", "--duration", str(seconds), *options]
    done = subprocess.run(command, check=True, timeout=45, stdout=subprocess.PIPE)
    [result] = json.loads(done.stdout)
    return result


def measure(tmp_path, server, folder, *options, **duration):
    servers = tmp_path / "servers.json"
    servers.write_text(json.dumps([{
        "id": 1, "name": "POP under test", "server": server,
        "dlURL": f"{folder}garbage.php", "ulURL": f"{folder}empty.php",
        "pingURL": f"{folder}empty.php", "getIpURL": f"{folder}getIP.php",
    }]))
    return run("--local-json", servers, "--server", "1", *options, **duration)


@pytest.mark.parametrize("protocol, family, folder, options", [
    ("http", "ipv4", "", ["-4"]),
    ("http", "ipv6", "backend/", ["-6"]),
    ("http", "ipv4", "backend/", ["-4", "--no-pre-allocate", "--no-icmp"]),
    ("http", "ipv6", "", ["-6", "--no-pre-allocate", "--concurrent", "1"]),
    ("https", "ipv4", "", ["-4"]),
    ("https", "ipv6", "backend/", ["-6", "--no-pre-allocate", "--concurrent", "6"]),
], ids=lambda value: " ".join(value) if isinstance(value, list) else value or "root")
def test_it_measures_what_the_server_counts(tmp_path, protocol, family, folder, options):
    trust = ["--ca-cert", web.ca_file()] if protocol == "https" else []
    before = counters.read()
    result = measure(tmp_path, pop.url("speedtest", protocol, family), folder, *trust, *options, seconds=DURATION_S)
    counted = counters.read().since(before)

    # Over TLS the server counts what it encrypted in one go when the last of it is out; a client may leave before.
    assert result["bytes_received"] > 0
    assert abs(counted["sent_bytes_total"] - result["bytes_received"]) < IN_FLIGHT_BYTES
    assert result["bytes_sent"] > 0 # the client takes this figure while its last bytes are on the way
    assert abs(result["bytes_sent"] - counted["received_bytes_total"]) < IN_FLIGHT_BYTES
    for direction, size in ("download", "bytes_received"), ("upload", "bytes_sent"):
        from_bytes = result[size] * 8 / DURATION_S / 1e6
        assert result[direction] == pytest.approx(from_bytes, rel=0.5), direction
    assert result["ping"] < 1000
    assert result["jitter"] < 1000


@pytest.mark.parametrize("path", ["/servers.json", ""], ids=["named", "well-known"])
def test_it_finds_the_list_of_servers(path):
    result = run("--server-json", pop.url("speedtest", path=path), "--server", "1")
    assert result["server"] == {"name": pop.site()["title"], "url": pop.url("speedtest")}
    assert result["bytes_received"] > 0
    assert result["bytes_sent"] > 0


# From an address that has not shared so many results already that it would have to wait.
@pytest.mark.parametrize("family, folder", [("ipv4", ""), ("ipv6", "backend/")])
def test_it_shares_its_result(tmp_path, strangers, family, folder):
    url = pop.url("speedtest", family=family)
    result = measure(tmp_path, url, folder, "--source", strangers[family],
                     "--telemetry-level", "full", "--telemetry-server", url,
                     "--telemetry-path", f"{folder}results/telemetry.php", "--telemetry-share", f"{folder}results")
    shared = result["share"]
    assert shared.startswith(pop.url("speedtest", family=family, path=f"/{folder}results/?id="))
    server = pop.address("speedtest", family=family)
    assert results.picture(results.get(server, results.path_of(shared))).size == (1200, 630)
    told = json.loads(results.get(server, results.path_of(shared).replace("/?id", "/json.php?id")).body)
    for direction in ("download", "upload"):
        assert float(told[direction]) == pytest.approx(result[direction], abs=0.01), direction
    assert float(told["ping"]) == pytest.approx(result["ping"], abs=0.01)
