# What is downloaded of mirrors is counted: by the POP's own nginx and rsyncd, as real clients have it.
# SPDX-License-Identifier: MIT

import contextlib
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
from itertools import product
from pathlib import Path

import jsonschema
import pytest
import yaml

from support import links, mirrord, pop, speedtestd, stock, upstream, upstream_server, wait, wire

pytestmark = pytest.mark.apart

DOCUMENT = yaml.safe_load((pop.PROJECT / "services/mirror/web/openapi.yaml").read_text())
TRAFFIC = Path("/run/traffic")
RSYNC_LOCKS = Path("/run/rsyncd")
LIMIT_S = 30
ADDRESSES = "127.0.0.1", "::1"
HOSTS = {"ipv4": "127.0.0.1", "ipv6": "[::1]"}
CLIENT = "127.66.0.1"  # of no network
ORIGINS = "64500\t127.0.0.0/24\t10\n64501\t::1/128\t10\n"
VERSIONS = {"http/1": ("http", "--http1.1"), "h2": ("https", "--http2"), "h3": ("https", "--http3-only")}
FILES = {"small": 4000, "large": 3_000_000}
OVERHEAD = {"http/1": 0, "h2": 4000, "h3": 4000, "rsync": 100}  # frames, which clients do not tell
CONNECTIONS = 3  # by rsync, to a project at once
FLOOD = 200_000
GROWTH_MAX_KIB = 8 << 10
SERIES = re.compile(r"^mirrord_(\w+)\{(.*)\} (\d+)$", re.MULTILINE)


class Served(mirrord.Mirrord):
    """With one project, and the POP's nginx and rsyncd in front."""

    def __init__(self, folder, stack):
        self.upstream, self.origins = folder / "upstream", folder / "origins"
        self.upstream.mkdir()
        self.origins.write_text(ORIGINS)
        for name, size in FILES.items():
            upstream.replace(self.upstream / name, os.urandom(size))
        url = stack.enter_context(upstream_server.Rsyncd(self.upstream, folder / "rsyncd")).url
        for path in TRAFFIC, RSYNC_LOCKS:
            path.mkdir()
            stack.callback(shutil.rmtree, path)
        for name in "http", "rsync":
            (TRAFFIC / name).touch()
        super().__init__(folder / "mirrord", {"tree": {"kind": "files", "upstreams": [url]}},
                         origins=[str(self.origins)], rsync_connections=CONNECTIONS)
        self.port, self.https_port, self.rsync_port = 80, 443, 873

    def write(self):
        super().write()
        path = self.folder / "pop.yaml"
        text = yaml.safe_load(path.read_text())
        text["addresses"]["ipv6"] = "::1"
        path.write_text(yaml.safe_dump(text))

    def start_servers(self, stack):
        """At both addresses, with TLS, and with the POP's own files to tell mirrord by."""
        out = self.folder / "rendered"
        stock.render(pop.FONTAINE, self.folder / "pop.yaml", out)
        links.run(speedtestd.TEST_CA, out / "tls/names", out / "tls")
        text = (out / "nginx/nginx.conf").read_text().replace("/var/lib/fontaine/tls", str(out / "tls"))
        text = re.sub(r"/(run|var/lib)/nginx", str(self.folder), text)
        (out / "nginx/nginx.conf").write_text(f"user root;\n{text}")
        self.serve(stack, "nginx", "-e", "stderr", "-c", out / "nginx/nginx.conf", "-g", "daemon off;")
        for host in ADDRESSES:
            self.serve(stack, "rsync", "--daemon", "--no-detach", f"--config={out / 'rsync/rsyncd.conf'}",
                       f"--address={host}")
        wait.until(lambda: all(mirrord.is_listening(*each) for each in product((80, 443, 873), ADDRESSES)),
                   "nginx and rsyncd answer")

    def serve(self, stack, *command):
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        stack.callback(server.wait, 10)
        stack.callback(server.terminate)

    def metrics(self):
        """{name: {labels: value}} of what has labels."""
        with wire.UnixConnection(mirrord.SOCKET, LIMIT_S) as connection:
            connection.send(wire.request("GET", "/metrics", "Connection: close", "X-Forwarded-For: 127.0.0.1"))
            text = connection.reply().body.decode()
        found = {}
        for name, labels, value in SERIES.findall(text):
            found.setdefault(name, {})[labels] = int(value)
        return found

    def counted(self, family, protocol, status="2xx"):
        """(requests, bytes) since the start."""
        labels = f'project="tree",family="{family}",protocol="{protocol}",status="{status}"'
        metrics = self.metrics()
        return tuple(metrics.get(f"traffic_{what}_total", {}).get(labels, 0) for what in ("requests", "bytes"))

    def traffic(self, *options):
        """What the command tells."""
        done = subprocess.run([pop.FONTAINE, "mirror", "traffic", *options], timeout=LIMIT_S, check=True,
                              capture_output=True, text=True)
        return json.loads(done.stdout) if "--json" in options else done.stdout


def curl(url, *words):
    """Return: (status, bytes that were received, with the head)."""
    form = "%{http_code} %{size_header} %{size_download}"
    done = subprocess.run(["curl", "--silent", "--insecure", "--globoff", "--max-time", "10", "--output", "/dev/null",
                           "--write-out", form, *words, url], timeout=LIMIT_S, capture_output=True, text=True)
    status, head, body = done.stdout.split()
    assert done.returncode == 0, done.stderr
    return int(status), int(head) + int(body)


def rsync(family, folder):
    """Return: the bytes that the client has received."""
    done = subprocess.run(["rsync", "-rt", "--stats", f"rsync://{HOSTS[family]}/tree/", folder], check=True,
                          timeout=LIMIT_S, capture_output=True, text=True)
    return int(re.search(r"Total bytes received: ([\d,]+)", done.stdout).group(1).replace(",", ""))


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with contextlib.ExitStack() as stack:
        served = stack.enter_context(Served(tmp_path_factory.mktemp("traffic"), stack))
        assert served.run("tree")["outcome"] == "done"
        yield served


def download(family, protocol):
    """Return: (requests, bytes) of what is there; ask for what is no download, too, and last for what is not there."""
    scheme, version = VERSIONS[protocol]
    top = f"{scheme}://{HOSTS[family]}"
    received = [curl(f"{top}/tree/{path}", version, *words)
                for path, words in (("large", []), ("small", []), ("large", ["--range", "1000-1999"]))]
    assert [status for status, _ in received] == [200, 200, 206]
    for path in "", "jobs", "none", "mirror/json/tree/":
        curl(f"{top}/{path}", version)
    assert curl(f"{top}/tree/none", version)[0] == 404
    return len(received), sum(size for _, size in received)


def expect(served, received, status):
    """That what clients received is counted: {(family, protocol): (requests, bytes)}."""
    for (family, protocol), (requests, size) in received.items():
        counted = served.counted(family, protocol, status)
        assert counted[0] == requests, (family, protocol)
        assert abs(counted[1] - size) <= OVERHEAD[protocol], (family, protocol, counted, size)


def test_what_curl_receives_is_counted(served):
    received = {each: download(*each) for each in product(pop.FAMILIES, VERSIONS)}
    wait.until(lambda: all(served.counted(*each, "4xx")[0] for each in received), "the last of each is counted")
    expect(served, received, "2xx")


def test_what_rsync_receives_is_counted(served, tmp_path):
    received = {}
    for family in pop.FAMILIES:
        whole, list_alone = (rsync(family, tmp_path / family) for _ in range(2))
        assert whole > sum(FILES.values()) > list_alone
        received[family, "rsync"] = 2, whole + list_alone
    wait.until(lambda: all(served.counted(*each, "none")[0] == 2 for each in received), "all of them are counted")
    expect(served, received, "none")


def test_who_is_refused_by_rsyncd_is_counted(served, tmp_path):
    label = 'project="tree"'
    with contextlib.ExitStack() as stack:
        for _ in range(CONNECTIONS):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", 873), LIMIT_S)).makefile("rwb")
            client.write(b"@RSYNCD: 31.0 md5\ntree\n")
            client.flush()
            assert client.readline().startswith(b"@RSYNCD: ")
            client.readline()  # it is let in, or there are as many as may be
        done = subprocess.run(["rsync", "-rt", "rsync://127.0.0.1/tree/", tmp_path], timeout=LIMIT_S,
                              capture_output=True, text=True)
        assert "max connections (3) reached" in done.stdout + done.stderr
        wait.until(lambda: served.metrics()["rsync_refused_total"][label] > 0, "it is counted")


def test_networks_are_those_that_announce_the_address(served):
    def networks():
        return {each["asn"]: each for each in served.traffic("--json")["networks"]}

    curl(f"http://{HOSTS['ipv4']}/tree/small", "--interface", CLIENT)
    wait.until(lambda: {None, 64500, 64501} <= set(networks()), "all networks are told of")
    told = served.traffic("--json")
    schema = {**DOCUMENT["components"]["schemas"]["Traffic"], "components": DOCUMENT["components"]}
    jsonschema.validate(told, {**schema, "required": list(schema["properties"])}, jsonschema.Draft202012Validator)
    assert told["projects"][0]["bytes"] == sum(told["projects"][0]["steps"]) == sum(
        family["bytes"] for family in told["families"]) == sum(each["bytes"] for each in networks().values())
    assert served.metrics()["network_requests_total"]['asn="64501"'] == networks()[64501]["requests"]
    assert re.search(r"^  tree  +\d+  +\d[\d.]* MiB$", served.traffic("--span", "year"), re.MULTILINE)


def test_mirrord_may_be_away(served):
    def kept():
        project = served.traffic("--json")["projects"][0]
        return project["requests"], project["bytes"]

    counted = served.counted("ipv4", "http/1")[0]
    curl("http://127.0.0.1/tree/small")
    wait.until(lambda: served.counted("ipv4", "http/1")[0] == counted + 1, "it is counted")
    before = kept()
    served.stop()
    try:
        received = [curl("http://127.0.0.1/tree/small") for _ in range(20)]
    finally:
        served.start()
    assert {status for status, _ in received} == {200}
    missed = 20, sum(size for _, size in received)
    wait.until(lambda: served.counted("ipv4", "http/1") == missed, "it is counted by who comes after")
    after = kept()
    assert all(now >= then + more for now, then, more in zip(after, before, missed))
    served.stop()
    served.start()
    assert kept() == after  # by the database
    with contextlib.closing(sqlite3.connect(served.folder / "state/mirror.db")) as database:
        assert database.execute("SELECT sum(requests) FROM traffic WHERE length = 3600").fetchone()[0] >= 20


def test_a_flood_of_lines_takes_no_memory(served):
    def resident():
        status = Path(f"/proc/{served.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))

    def unreadable():
        return served.metrics()["traffic_unreadable_total"]['log="http"']

    before, unreadable_before, counted = resident(), unreadable(), served.counted("ipv6", "http/1")
    with (TRAFFIC / "http").open("ab", buffering=0) as log:
        log.write(b"tree 200 7 ::1 HTTP/1.1\n" * FLOOD)
        log.write(b"no tree\n\0\n" + b"x" * 1_000_000 + b"\nother 200 1 ::1 HTTP/1.1\n")
    wait.until(lambda: unreadable() == unreadable_before + 4, "all of it is read")
    assert served.counted("ipv6", "http/1") == (counted[0] + FLOOD, counted[1] + 7 * FLOOD)
    assert resident() < before + GROWTH_MAX_KIB
    assert (TRAFFIC / "http").stat().st_blocks * 512 <= 64 << 10


def test_nobodys_address_is_kept(served):
    curl(f"http://{HOSTS['ipv4']}/tree/small", "--interface", CLIENT)
    size = (TRAFFIC / "http").stat().st_size
    wait.until(lambda: (TRAFFIC / "http").stat().st_size > size, "nginx has written it")
    wait.until(lambda: CLIENT.encode() not in (TRAFFIC / "http").read_bytes()[size:], "it is gone")
    for path in [*(served.folder / "state").iterdir(), served.folder / "mirrord.log"]:
        assert CLIENT.encode() not in path.read_bytes()
