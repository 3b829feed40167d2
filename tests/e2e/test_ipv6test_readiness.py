# How many visitors are ready for IPv6: counted once a day for each household, told by day and origin AS.
# SPDX-License-Identifier: MIT

import json
import sqlite3
import subprocess
from contextlib import closing, contextmanager

import pytest

from support import ipv6testd, links, pop, wait, wire

ORIGINS = "64500\t10.9.0.0/16\t300\n64501\t10.9.6.0/24\t300\n64502\tfd09::/32\t300\n"


class Pop:
    def __init__(self, link, folder):
        self.link, self.folder = link, folder

    @contextmanager
    def running(self, **keys):
        with ipv6testd.running(self.link.server, self.folder, **keys) as self.server:
            yield self

    def ask(self, request, family="ipv4", **options):
        with self.link.client.entered():
            return wire.ask(self.server.address(family), request, **options)

    def post(self, body, **options):
        return self.ask(wire.request("POST", "/readiness", body=body), **options)

    def count(self, ipv6=10, **options):
        assert self.post(json.dumps({"ipv4": 10, "ipv6": ipv6}).encode(), **options).status == 200

    def told(self, days=90):
        reply = self.ask(wire.request("GET", f"/readiness.json?days={days}"))
        assert reply.status == 200
        return json.loads(reply.body)

    def clients(self, network, n):
        for number in range(1, n + 1):
            self.link.add_address(self.link.client, source := f"{network}.{number}")
            yield source

    def outcome(self, name):
        return self.server.counters()[f'readiness_total{{outcome="{name}"}}']


@pytest.fixture
def own_pop(tmp_path):
    (tmp_path / "daemon").mkdir()
    with links.link() as link:
        yield Pop(link, tmp_path / "daemon")


def figures(entries):
    return [(entry["asn"], entry["tests"], entry["ipv6_ready"]) for entry in entries]


def test_the_pop_tells_all():
    reply = wire.ask(pop.address("ipv6test"), wire.request("GET", "/readiness.json"))
    assert (reply.status, reply.headers["access-control-allow-origin"]) == (200, "*")
    assert set(json.loads(reply.body)) == {"days", "asns"}


def test_tests_are_counted_by_day_and_as(own_pop):
    origins = own_pop.folder.parent / "origins"
    origins.write_text(ORIGINS)
    with own_pop.running(results={"origins": [str(origins)]}):
        wait.until(lambda: own_pop.server.counters()["origin_prefixes"] == 3, "the origins are read")
        assert own_pop.told() == {"days": [], "asns": []}
        for number, source in enumerate(own_pop.clients("10.9.5", 12)):
            own_pop.count(ipv6=9 if number < 7 else 8, source=source)
        for source in own_pop.clients("10.9.6", 9):
            own_pop.count(ipv6=0, source=source)
        own_pop.count(family="ipv6")
        told = own_pop.told()
        assert [(day["tests"], day["ipv6_ready"]) for day in told["days"]] == [(22, 8)]
        assert figures(told["asns"]) == [(64500, 12, 7), (None, 10, 1)]
        assert own_pop.told(7) == told
    database = own_pop.folder / "state/results.db"
    stats = subprocess.check_output([pop.FONTAINE, "ipv6test", "stats", "--json", "--db", database], timeout=10)
    assert json.loads(stats) == told
    with closing(sqlite3.connect(database)) as db:
        kept = "\n".join(db.iterdump())
    assert "10.9." not in kept and "fd09" not in kept


def test_a_household_counts_once_a_day(own_pop):
    with own_pop.running():
        for _ in range(5):
            own_pop.count()
            own_pop.count(ipv6=0, family="ipv6")
        assert figures(own_pop.told()["asns"]) == [(None, 2, 1)]
        assert (own_pop.outcome("counted"), own_pop.outcome("again")) == (2, 8)


@pytest.mark.parametrize("body, error", [
    (b"", "the scores: not JSON"),
    (b"[]", "the scores: must be an object"),
    (b"{}", "the scores: must have ipv4 and ipv6"),
    (b'{"ipv4":10,"ipv6":null}', "the scores: must have ipv4 and ipv6"),
    (b'{"ipv4":10,"ipv6":11}', "ipv6: must be a number from 0 to 10"),
    (b'{"ipv4":10,"ipv6":"10"}', "ipv6: must be a number from 0 to 10"),
    (b'{"ipv4":10,"ipv6":10,"name":"me"}', "name: is not a known field"),
])
def test_what_is_wrong_is_named(own_pop, body, error):
    with own_pop.running():
        reply = own_pop.post(body)
        assert reply.status == 400
        assert reply.body.decode().startswith(error)
        assert own_pop.told() == {"days": [], "asns": []}
        assert own_pop.outcome("invalid") == 1


@pytest.mark.parametrize("days", ["0", "8", "-7", "1e9", "x", "9" * 100])
def test_other_lengths_of_time_are_refused(days):
    reply = wire.ask(pop.address("ipv6test"), wire.request("GET", f"/readiness.json?days={days}"))
    assert (reply.status, reply.body) == (400, b"days: must be one of 7, 30, 90, 365\n")


def test_a_pop_that_stores_none_has_none(own_pop):
    with own_pop.running(results={"store": "never"}):
        assert own_pop.ask(wire.request("GET", "/readiness.json")).status == 404
        assert own_pop.post(b'{"ipv4":10,"ipv6":10}').status == 404
