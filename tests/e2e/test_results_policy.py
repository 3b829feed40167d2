# Which results a POP stores, for how long, whose origin they have, what a full disk does, and what
# the operator sees of them.
# SPDX-License-Identifier: MIT

import json
import sqlite3
import subprocess
from contextlib import closing, contextmanager
from itertools import count

import pytest

from support import links, pop, results, speedtestd, wait, wire

pytestmark = pytest.mark.apart

DAY_S = 24 * 60 * 60


class Pop:
    """A speedtestd of the test's own, which can be started anew on the same state."""

    def __init__(self, link, folder):
        self.link, self.folder, self.starts = link, folder, count()
        self.state = folder / "state"
        self.state.mkdir()

    @contextmanager
    def running(self, prefix=(), **policy):
        folder = self.folder / f"start-{next(self.starts)}"
        folder.mkdir()
        prefix = ["env", f"STATE_DIRECTORY={self.state}", *prefix]
        with speedtestd.running(self.link.server, folder, prefix, results=policy) as self.server:
            yield self

    def post(self, body=None, family="ipv4", **options):
        with self.link.client.entered():
            return results.post(self.server.address(family), body, **options)

    def stored(self, **options):
        reply = self.post(**options)
        assert reply.status == 201, reply.body
        return json.loads(reply.body)["url"]

    def get(self, target):
        with self.link.client.entered():
            return results.get(self.server.address(), target)

    def rows(self, sql):
        with closing(sqlite3.connect(self.state / "results.db")) as db, db:
            return db.execute(sql).fetchall()

    def fontaine(self, *arguments):
        return subprocess.check_output([pop.FONTAINE, "speedtest", *arguments, "--db", self.state / "results.db"],
                                       timeout=10, text=True)

    def count(self, outcome):
        return self.server.counters()[f'results_total{{outcome="{outcome}"}}']


@pytest.fixture
def own_pop(tmp_path):
    with links.link() as link:
        yield Pop(link, tmp_path)


def test_a_pop_that_stores_none_says_so(own_pop):
    with own_pop.running(store="never"):
        reply = own_pop.post()
        assert (reply.status, reply.body) == (403, b"This POP stores no results.\n")
        with own_pop.link.client.entered():
            telemetry = wire.ask(own_pop.server.address(), wire.request("POST", "/results/telemetry.php", body=b"dl=1"))
        assert telemetry.status == 403
        assert own_pop.get(f"/results/{'0' * 32}").status == 404
        assert own_pop.count("forbidden") == 2
        assert own_pop.count("stored") == 0
    assert list(own_pop.state.iterdir()) == []


@pytest.mark.parametrize("policy", ["agreed", "always"])
def test_other_pops_store_what_is_posted(own_pop, policy):
    with own_pop.running(store=policy):
        url = own_pop.stored()
        assert own_pop.get(url).status == 200
        assert own_pop.count("stored") == 1


def test_results_go_when_their_time_is_over(own_pop):
    with own_pop.running(keep_days=2):
        old, young = own_pop.stored(), own_pop.stored()
    own_pop.rows(f"UPDATE result SET time = time - {2 * DAY_S + 60} WHERE id = '{old.removeprefix('/results/')}'")
    own_pop.rows(f"UPDATE result SET time = time - {2 * DAY_S - 600} WHERE id = '{young.removeprefix('/results/')}'")
    with own_pop.running(keep_days=2):
        wait.until(lambda: own_pop.server.counters()["results_purged_total"], "a result is purged")
        assert own_pop.get(old).status == 404
        assert own_pop.get(young).status == 200
        assert own_pop.server.counters()["results_purged_total"] == 1
    assert len(own_pop.rows("SELECT * FROM family")) == 1


def test_one_client_does_not_fill_the_disk(own_pop):
    with own_pop.running(), own_pop.link.client.entered():
        with wire.Connection(own_pop.server.address()) as connection:  # one connection: one worker
            statuses = []
            for _ in range(30):
                connection.send(wire.request("POST", "/results", body=json.dumps(results.result()).encode()))
                reply = connection.reply()
                statuses.append(reply.status)
        assert statuses[:20] == [201] * 20
        assert statuses[-1] == 429
        assert 1 <= int(reply.headers["retry-after"]) <= 3
        assert own_pop.stored(family="ipv6")  # another client
        assert own_pop.count("limited") == statuses.count(429)


TINY_DISK = [
    "unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o size=600k tmpfs "$STATE_DIRECTORY" && exec "$@"', "sh"]
LARGE = json.dumps({"ipv4": {"latency": {"medianMs": 1, "samples": [12.345678901234567] * 1000}}}).encode()


def test_a_full_disk_refuses_results_and_nothing_else(own_pop):
    with own_pop.running(TINY_DISK, store="always"):
        sources = (f"10.9.7.{number}" for number in range(1, 100))
        stored, reply = [], None
        while reply is None or reply.status == 201:
            own_pop.link.add_address(own_pop.link.client, source := next(sources))
            reply = own_pop.post(LARGE, source=source)
            stored += [json.loads(reply.body)["url"]] if reply.status == 201 else []
        assert (reply.status, reply.body) == (507, b"The disk is full: the result is not stored.\n")
        assert len(stored) > 3
        assert own_pop.count("disk_full") == 1
        assert [own_pop.get(url + ".json").status for url in stored] == [200] * len(stored)
        assert len(own_pop.get("/garbage?ckSize=4").body) == 4 << 20
        with own_pop.link.client.entered():
            upload = wire.ask(own_pop.server.address(), wire.request("POST", "/empty", body=bytes(1 << 20)))
        assert upload.status == 200
        own_pop.post(LARGE)
        assert own_pop.count("disk_full") == 2
        assert own_pop.count("stored") == len(stored)


def test_without_a_folder_tests_go_on(own_pop):
    own_pop.state.rmdir()
    with own_pop.running():
        assert own_pop.post().status == 503
        assert own_pop.count("failed") == 1
        assert own_pop.get("/getIP").status == 200


def test_a_result_has_its_origin(own_pop):
    """The files of origins change while the server runs; what cannot be used changes nothing."""
    files = own_pop.folder / "origins"
    files.mkdir()
    ipv4, ipv6 = files / "ipv4", files / "ipv6"

    def put(path, text):
        made = files / "new"
        made.write_text(text)
        made.rename(path)

    def origins():
        return own_pop.rows("SELECT network, asn FROM family JOIN result ON id = result ORDER BY result.rowid")

    def counter(name):
        return own_pop.server.counters()[name]

    put(ipv4, "% RIS\n64500\t10.9.0.0/16\t300\nrubbish\n")
    put(ipv6, "64501\tfd09::/32\t300\n")
    with own_pop.running(origins=[str(ipv4), str(ipv6)]):
        wait.until(lambda: counter("origin_prefixes") == 2, "the files are read")
        own_pop.stored()
        own_pop.stored(body={"ipv6": {"latency": {"medianMs": 1}}}, family="ipv6")
        put(ipv4, "64502\t10.9.0.0/16\t300\n64503\t10.9.1.0/24\t300\n{64504,64505}\t10.8.0.0/16\t300\n")
        wait.until(lambda: counter("origin_prefixes") == 4, "the changed file is read")
        own_pop.stored()
        put(ipv4, "")
        wait.until(lambda: counter("origin_failures_total") == 1, "the emptied file is looked at")
        assert counter("origin_prefixes") == 4
        own_pop.stored()
    assert origins() == [
        ("10.9.0.0/24", 64500), ("fd09::/48", 64501), ("10.9.0.0/24", 64502), ("10.9.0.0/24", 64502)]


def test_the_operator_sees_distributions(own_pop):
    """While the server runs, and after it: the same."""
    origins = own_pop.folder / "origins"
    origins.write_text("64500\t10.9.16.0/24\t300\n64501\t10.9.17.0/24\t300\n64502\t10.9.18.0/24\t300\n")
    clients = [f"10.9.{net}.{host}" for net, hosts in ((16, 9), (17, 3), (18, 3)) for host in range(1, 1 + hosts)]
    with own_pop.running(origins=[str(origins)]):
        wait.until(lambda: own_pop.server.counters()["origin_prefixes"] == 3, "the origins are read")
        for number, client in enumerate(clients):
            own_pop.link.add_address(own_pop.link.client, client)
            own_pop.stored(body=results.result(download_bps=(number + 1) * 1e6), source=client)
        lines = own_pop.fontaine("export", "--since", "1h")
        stats = own_pop.fontaine("stats", "--json")
    assert own_pop.fontaine("export", "--since", "1h") == lines
    assert own_pop.fontaine("stats", "--json") == stats
    assert own_pop.fontaine("export", "--since", "2020-01-01", "--until", "1h") == ""

    exported = [json.loads(line)["families"]["ipv4"] for line in lines.splitlines()]
    assert sorted((each["network"], each["asn"], each["download_bps"]) for each in exported) == sorted(
        (f"10.9.{net}.0/24", 64484 + net, (number + 1) * 1e6)
        for number, net in enumerate(int(client.split(".")[2]) for client in clients))
    groups = [(group["family"], group["asn"], group["others"], group["tests"], group["download_bps"]["p50"])
              for group in json.loads(stats)["groups"]]
    assert groups == [("ipv4", 64500, False, 9, 5e6), ("ipv4", None, True, 6, 12.5e6)]
