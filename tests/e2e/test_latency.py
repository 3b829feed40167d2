# peerd by itself, in a network of the test's own: what is answered, refused, lost and away; a stop and a start.
# SPDX-License-Identifier: MIT

import contextlib
import re
import signal
from urllib.parse import urlencode

import pytest
import yaml

from support import links, pop, speedtestd, wait
from support.peerd import CONTROL, Peerd

pytestmark = pytest.mark.apart

API = pop.PROJECT / "services/peers/web/openapi.yaml"
GONE = "198.51.100.9"  # nobody answers for it
TARGETS = [{"name": "four", "title": "Here", "host": "127.0.0.1"}, {"name": "six", "host": "::1"},
           {"name": "gone", "host": GONE}, {"name": "nameless", "host": "nowhere.invalid"}]
FILE = {"site": speedtestd.SITE, "addresses": {"ipv4": "127.0.0.1"}, "services": {"pages": {}},
        "latency": {"targets": TARGETS}}
HERE = [("four", "ipv4"), ("six", "ipv6")]
SAMPLE = re.compile(r'^peerd_latency_(answers|lost)_total{target="(\w+)",family="(\w+)"} (\d+)$', re.MULTILINE)
LIMIT_S = 30  # probes go out every three seconds


@contextlib.contextmanager
def peerd_where(folder, groups):
    """In a namespace whose @groups may open sockets for ICMP echo."""
    with links.Namespace() as namespace:
        namespace.set("net.ipv4.ping_group_range", groups)
        namespace.run("ip", "route", "add", "blackhole", GONE)
        with Peerd(folder, FILE, namespace) as peerd:
            yield peerd


def counts_of(peerd):
    """{("answers", target, family): n}"""
    _, body = peerd.ask("/metrics", CONTROL)
    return {(what, target, family): int(n) for what, target, family, n in SAMPLE.findall(body)}


def history_of(peerd, target, family):
    """{when a step began: its point, without its number}"""
    told = peerd.json(f"/api/v1/latency/history?{urlencode({'target': target, 'family': family})}")
    return {told["begin"] + told["step"] * number: point for number, *point in told["points"]}


def is_measured(peerd):
    counts = counts_of(peerd)
    wanted = [*(("answers", *here) for here in HERE), ("lost", "gone", "ipv4")]
    return all(counts.get(each, 0) > 0 for each in wanted)


@pytest.mark.parametrize("method, groups", [("icmp", "0 2147483647"), ("tcp", "1 0")])
def test_answers_and_losses_are_told_apart_and_outlive_a_stop(tmp_path, method, groups):
    with peerd_where(tmp_path, groups) as peerd:
        wait.until(lambda: is_measured(peerd), "probes are answered and lost", LIMIT_S)
        told = peerd.json("/api/v1/latency")
        schemas = yaml.safe_load(API.read_text())["components"]["schemas"]
        four, six, gone, nameless = told["targets"]
        assert told["method"] == method
        assert list(four) == schemas["Target"]["required"]
        assert list(four["ipv4"]) == schemas["Figure"]["required"]
        assert (four["title"], four["ipv4"]["address"], six["ipv6"]["address"]) == ("Here", "127.0.0.1", "::1")
        assert four["ipv6"] is six["ipv4"] is gone["ipv6"] is None
        assert nameless["ipv4"] is nameless["ipv6"] is None  # what cannot be asked loses nothing
        counts = counts_of(peerd)
        assert [counts["lost", *here] for here in HERE] == [0, 0]
        assert counts["answers", "gone", "ipv4"] == 0
        assert {target for _, target, _ in counts} == {"four", "six", "gone"}
        assert peerd.ask("/api/v1/latency/history?target=away&family=ipv4")[0] == 404
        assert peerd.ask("/api/v1/latency/history?target=four&family=ipv4&span=century")[0] == 400
        assert peerd.ask("/metrics")[0] == 404  # not for everybody
        assert peerd.stop() == 0

        peerd.start()
        points = [history_of(peerd, *which) for which in [*HERE, ("gone", "ipv4")]]
        sent, lost = ([sum(point[i] for point in each.values()) for each in points] for i in (0, 1))
        assert all(n > 0 for n in sent)
        assert lost[:2] == [0, 0] and lost[2] == sent[2]
        assert all(0 < point[6] < 1_000_000 for each in points[:2] for point in each.values())
        assert peerd.stop(signal.SIGKILL) == -signal.SIGKILL
        peerd.start()
        assert set(history_of(peerd, "four", "ipv4")) >= set(points[0])
