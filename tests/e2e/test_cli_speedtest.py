# "fontaine speedtest run": what it prints is what the server counts and what the link carries.
# SPDX-License-Identifier: MIT

import json
import os
import pty
import re
import subprocess

import pytest

from support import again, counters, links, pop, speedtestd, web, wire

LIMIT_S = 60
STREAMS = 5


def fontaine(*arguments, prefix=()):
    return subprocess.run([*prefix, pop.FONTAINE, "speedtest", "run", *arguments], text=True, capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=LIMIT_S)


def measured(*arguments, **options):
    done = fontaine(*arguments, "--json", **options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def check_direction(told, streams=STREAMS):
    assert 300 < told["ms"] < 5000  # six seconds, unless it is told
    assert told["bitsPerSecond"] == pytest.approx(told["bytes"] * 8000 / told["ms"], rel=1e-6)
    assert told["bytes"] < told["totalBytes"]  # all but the ramp
    assert told["streams"] == streams
    assert min(told["latencySamples"]) <= told["latencyMs"] <= max(told["latencySamples"])
    assert told["rpm"] == pytest.approx(60000 / told["latencyMs"], rel=0.05)
    assert told["grade"] in ("A+", "A", "B", "C", "D", "F")


def check_directions(told):
    for family in told.keys() & set(pop.FAMILIES):
        for direction in "download", "upload":
            check_direction(told[family][direction], told[family][direction]["streams"])


def test_both_families_by_name():
    counted = []

    def measure():
        before = counters.read()
        told = measured(pop.url("speedtest").replace("127.0.0.1", "localhost"), "--seconds", "1")
        counted.append(counters.read().since(before))
        return told

    told, counted = again.measured(measure, check_directions), counted[-1]
    assert list(told) == ["server", "ipv4", "ipv6"]
    for family, address in pop.OWN.items():
        assert told[family]["address"] == address
        latency = told[family]["latency"]
        assert len(latency["samples"]) == 20
        assert min(latency["samples"]) == latency["minMs"] <= latency["medianMs"] < 1000
        check_direction(told[family]["download"])
        check_direction(told[family]["upload"])
        for direction in "download", "upload":
            assert told[family][direction]["limitedBy"] in ("network", "receiver", "sender")
    downloaded, uploaded = (sum(told[family][direction]["totalBytes"] for family in pop.FAMILIES)
                            for direction in ("download", "upload"))
    assert downloaded <= counted["sent_bytes_total"]
    assert uploaded <= counted["received_bytes_total"]
    assert uploaded > 0.9 * counted["received_bytes_total"]


def test_a_server_that_has_librespeeds_paths_only():
    """Below backend/ there is no queue, and nobody to ask what has arrived."""
    told = again.measured(lambda: measured(f"{pop.url('speedtest')}backend/", "--streams", "1", "--seconds", "1"),
                          check_directions)
    assert list(told) == ["server", "ipv4"]  # which is all that its address has
    check_direction(told["ipv4"]["download"], streams=1)
    check_direction(told["ipv4"]["upload"], streams=1)


def run_on_terminal(*arguments):
    """(what the terminal has shown on standard error, what has come on standard output)."""
    ours, theirs = pty.openpty()
    command = [pop.FONTAINE, "speedtest", "run", *arguments]
    shown = b""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:  # its end
            pass
        report = process.stdout.read()
        assert process.wait(LIMIT_S) == 0
    os.close(ours)
    return shown.decode(), report.decode()


def test_what_people_see():
    shown, report = run_on_terminal(pop.url("speedtest", "https"), "--ca", web.ca_file(), "--seconds", "1")
    for name in "latency", "download", "upload":
        assert re.search(rf"\r\x1b\[K  {name} +\[#{{20}}\]  [\d.]+ ", shown), name
    assert shown.endswith("\r\x1b[K")  # taken away at the end

    lines = report.splitlines()
    assert lines[0] == f"IPv4, from {pop.OWN['ipv4']}"
    assert re.fullmatch(r"  latency   [\d.]+ ms, at best [\d.]+ ms, jitter [\d.]+ ms", lines[1])
    for line, direction in zip(lines[2:], ("download", "upload  "), strict=True):
        assert re.match(rf"  {direction}  \d+ Mbit/s; latency [\d.]+ ms, [\d.]+ ms more: grade \S+, "
                        r"\d+ round trips a minute", line)


@pytest.mark.parametrize("url, why", [
    ("http://127.0.0.1:1", "Failed to connect"),
    ("http://nobody.invalid", "no such host"),
    (pop.url("pages"), "it has no speed test (status 404)"),
    (pop.url("pages", "https"), "TLS: "),
], ids=["refused", "no such host", "another server", "unknown certificate"])
def test_why_it_cannot(url, why):
    done = fontaine(url, "-4", "--json")
    assert done.returncode == 1
    assert re.search(rf"^fontaine: {re.escape(url.rstrip('/'))}: IPv4: {re.escape(why)}", done.stderr)
    told = json.loads(done.stdout)["ipv4"]
    assert why in told["why"] and told["reason"] in ("lost", "none", "refused", "tls")


@pytest.fixture
def link():
    with links.link() as made:
        yield made


def in_client(link):
    return link.client.command()


def test_one_family_is_enough(link, tmp_path):
    """The server listens on both, but IPv6 leads nowhere."""
    link.client.run("ip", "-6", "address", "flush", "dev", "eth0")
    with speedtestd.running(link.server, tmp_path):
        hosts = tmp_path / "hosts"
        hosts.write_text(f"{links.SERVER['ipv4']} pop.test\n{links.SERVER['ipv6']} pop.test\n")
        with_names = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', hosts]
        told = measured(f"http://pop.test:{speedtestd.PORT}", "--streams", "1", "--seconds", "1",
                        prefix=[*in_client(link), *with_names])
    check_direction(told["ipv4"]["download"], streams=1)
    assert told["ipv6"]["reason"] == "lost"


def test_a_full_pop_says_when_to_come_back(link, tmp_path):
    with speedtestd.running(link.server, tmp_path, tests_per_prefix=1) as server, link.client.entered():
        with wire.Connection(server.address()) as other:
            other.send(wire.request("GET", f"/garbage?ckSize=1024&test={'0' * 32}"))
            assert other.reply_head().status == 200
            done = fontaine(server.url())
    assert done.returncode == 1
    assert re.search(r"it refuses the test \(prefix\): try again in \d+ s$", done.stdout)


@pytest.mark.alone
@pytest.mark.timeout(120)
def test_the_rate_of_a_link(link, tmp_path):
    for sender, mbit in (link.server, 100), (link.client, 20):
        link.shape(sender, mbit, queue_ms=500)  # room for what is sent before the rate is known: nothing gets lost

    def expect_rates(told):
        for direction, rate in ("download", 100e6), ("upload", 20e6):
            expected = rate * links.PAYLOAD_SHARE["ipv4"]
            assert told[direction]["bitsPerSecond"] == pytest.approx(expected, rel=0.03), direction
            assert 5 < told[direction]["addedMs"] < 550, direction
        assert told["upload"]["limitedBy"] == "network"

    with speedtestd.running(link.server, tmp_path) as server:
        told = again.measured(lambda: measured(server.url(), prefix=in_client(link))["ipv4"], expect_rates)
    expect_rates(told)


@pytest.mark.parametrize("arguments, complaint", [
    ([], "no URL"), (["a.example"], "no address of a server"), (["http://a.example", "b"], "more than one URL"),
    (["http://a.example", "--streams", "0"], "--streams"), (["http://a.example", "--streams", "65"], "--streams"),
    (["http://a.example", "--seconds", "1x"], "--seconds"), (["http://a.example", "--seconds", "-1"], "--seconds"),
    (["http://127.0.0.1", "-6"], "other family"), (["http://a.example", "--jsn"], "--jsn"),
    (["ftp://a.example"], "no address of a server"), (["http://a:b"], "no address of a server"),
])
def test_wrong_command_lines(arguments, complaint):
    done = fontaine(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert complaint in done.stderr
