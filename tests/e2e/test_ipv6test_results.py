# Results of the IPv6 test that visitors share: by a code that is read out, deleted by their key, never with an
# address; and what the operator's policy and a full disk make of them.
# SPDX-License-Identifier: MIT

import itertools
import json
import re
import sqlite3
import threading
from contextlib import closing, contextmanager
from itertools import count

import pytest

from support import ipv6testd, links, observations, pop, results, wait, wire

IPV6TEST = "ipv6testd.service"
DAY_S = 24 * 60 * 60
SOURCES = map(pop.visitor("78.{0[0]}.{0[1]}").format, itertools.product(range(256), range(1, 255)))
CODE = "[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}"


@pytest.fixture(params=pop.FAMILIES)
def server(request):
    return pop.address("ipv6test", family=request.param)


@pytest.fixture
def ipv4_server():
    return pop.address("ipv6test")


@pytest.fixture
def source():
    """A client of its own: each may post and look up so much at once."""
    return next(SOURCES)


def test_a_result_is_stored_and_found(server):
    answer = observations.stored(server)
    assert re.fullmatch(CODE, answer["code"])
    assert answer["url"] == f"/r/{answer['code']}"
    assert re.fullmatch(f"/results/{answer['code']}/delete\\?key=[0-9a-f]{{32}}", answer["delete_url"])
    told = json.loads(observations.get(server, f"/results/{answer['code']}.json").body)
    given = observations.result()
    assert (told["code"], told["verdict"]) == (answer["code"], given["verdict"])
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", told["time"])
    assert told["observations"]["tests"] == given["observations"]["tests"]
    assert told["observations"]["families"]["ipv4"]["address"] == "203.0.113.0/24"
    assert [each["address"] for each in told["observations"]["resolvers"]] == ["203.0.113.0/24", "2001:db8:77::/48"]


def test_a_code_is_read_as_people_write_it(ipv4_server, source):
    code = observations.stored(ipv4_server, source=source)["code"]
    misread = code.lower().replace("0", "o").replace("1", "l")
    for written in code.lower(), code.replace("-", ""), misread, f"{code[:2]}-{code[2:]}-":
        reply = observations.get(ipv4_server, f"/results/{written}.json", source=source)
        assert (reply.status, json.loads(reply.body)["code"]) == (200, code)


def test_the_link_is_the_page(ipv4_server, source):
    code = observations.stored(ipv4_server, source=source)["code"]
    reply, page = (observations.get(ipv4_server, path, source=source) for path in (f"/r/{code}", "/"))
    assert (reply.status, reply.headers["content-type"], reply.body) == (200, "text/html; charset=utf-8", page.body)


def test_no_whole_address_is_kept(ipv4_server, source):
    """Nor a name of one, in the database or beside it."""
    given = observations.result()
    given["observations"]["families"]["ipv4"]["ptr"] = "host-203-0-113-77.example"
    observations.stored(ipv4_server, given, source=source)
    found = pop.run("grep", "--text", "--recursive", "--only-matching", "--extended-regexp",
                    "127\\.78\\.[0-9.]+/?[0-9]*|203[.-]0[.-]113[.-][0-9]+[a-z0-9./-]*|2001:db8:[0-9a-f:]*/?[0-9]*",
                    "/var/lib/fontaine/ipv6test").stdout
    kept = set(re.findall(r":(127.*|203.*|2001.*)$", found, re.MULTILINE))
    assert source.rsplit(".", 1)[0] + ".0/24" in kept
    assert kept - {text for text in kept if text.startswith("127")} == {
        "203.0.113.0/24", "2001:db8:77::/48", "2001:db8::/32"}
    assert all(text.endswith(".0/24") for text in kept if text.startswith("127"))


def test_its_visitor_can_delete_a_result(server):
    answer = observations.stored(server)
    ask = observations.get(server, answer["delete_url"], "Accept-Language: fr")
    assert (ask.status, ask.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert '<html lang="fr">' in ask.body.decode() and '<form method="post">' in ask.body.decode()
    json_url = f"/results/{answer['code']}.json"
    assert observations.get(server, json_url).status == 200, "asking deletes nothing"
    assert observations.get(server, answer["delete_url"], "Content-Length: 0", method="POST").status == 200
    assert observations.get(server, json_url).status == 404
    assert observations.get(server, answer["delete_url"]).status == 404


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("key", ["", "?key=0", "?key=" + "0" * 32])
def test_nobody_else_can(ipv4_server, source, method, key):
    code = observations.stored(ipv4_server, source=source)["code"]
    reply = observations.get(ipv4_server, f"/results/{code}/delete{key}", method=method, source=source)
    assert reply.status == 403
    assert observations.get(ipv4_server, f"/results/{code}.json", source=source).status == 200


@pytest.mark.parametrize("target", [
    "/results/0000-0000.json", "/results/0000-000.json", "/results/0000-00000.json", "/results/UUUU-UUUU.json",
    "/results/.json", "/results/0000-0000", "/results/0000-0000.png", "/results/0000-0000/delete?key=0", "/results/",
    "/results/'%20OR%201=1.json", "/results/../results.db",
])
def test_what_is_not_there(ipv4_server, source, target):
    assert observations.get(ipv4_server, target, source=source).status == 404


@pytest.mark.parametrize("body, error", [
    (b"", "the result: not JSON"),
    (b"[]", "the result: must be an object"),
    (b"{}", "the result: must have observations.tests and verdict.findings"),
    (b'{"observations":{"note":"hello"}}', "observations.note: is not a known field"),
    (b'{"observations":{"tests":{"a":{"ms":"fast"}}}}', "observations.tests.a.ms: must be a number from 0 to"),
])
def test_what_is_wrong_is_named(ipv4_server, source, body, error):
    reply = results.post(ipv4_server, body, source=source)
    assert (reply.status, reply.headers["content-type"]) == (400, "text/plain; charset=utf-8")
    assert reply.body.decode().startswith(error)


def test_a_result_has_a_limit(ipv4_server, source):
    fits, does_not = (observations.text().encode().ljust(size) for size in (64 * 1024, 64 * 1024 + 1))
    assert results.post(ipv4_server, fits, source=source).status == 201
    assert results.post(ipv4_server, does_not, source=source).status == 413


def test_nobody_tries_codes(ipv4_server, source):
    code = observations.stored(ipv4_server, source=source)["code"]
    replies = [observations.get(ipv4_server, f"/results/0000-{number:04}.json", source=source) for number in range(30)]
    statuses = [reply.status for reply in replies]
    assert statuses == [404] * 20 + [429] * 10
    assert 1 <= int(replies[-1].headers["retry-after"]) <= 10
    assert observations.get(ipv4_server, f"/results/{code}.json", source=source).status == 429, "also a good one"
    assert observations.get(ipv4_server, f"/results/{code}.json", source=next(SOURCES)).status == 200


def test_what_was_acknowledged_survives_a_kill(ipv4_server):
    """Several clients post while the daemon dies; the next one answers who waits."""
    acknowledged = []
    over = threading.Event()

    def main_pid():
        return int(pop.property_of(IPV6TEST, "MainPID"))

    def keep_posting():
        while not over.is_set():
            try:
                reply = results.post(ipv4_server, observations.text().encode(), source=next(SOURCES))
            except OSError:
                continue
            if reply is not None and reply.status == 201:
                acknowledged.append(json.loads(reply.body)["code"])

    old_pid = main_pid()
    threads = [threading.Thread(target=keep_posting) for _ in range(4)]
    for thread in threads:
        thread.start()
    wait.until(lambda: len(acknowledged) > 20, "results are stored")
    pop.run("systemctl", "kill", "--kill-whom=main", "--signal=KILL", IPV6TEST)
    wait.until(lambda: main_pid() not in (0, old_pid), "the IPv6 test runs again")
    over.set()
    for thread in threads:
        thread.join(20)
    statuses = [observations.get(ipv4_server, f"/results/{code}.json", source=next(SOURCES)).status
                for code in acknowledged]
    assert statuses == [200] * len(acknowledged)


def test_the_operator_exports_them(ipv4_server, source):
    code = observations.stored(ipv4_server, source=source)["code"]
    lines = pop.run("fontaine", "ipv6test", "export", "--since", "1h").stdout.splitlines()
    exported = {told["code"]: told for told in map(json.loads, lines)}[code]
    assert exported["network"] == source.rsplit(".", 1)[0] + ".0/24"
    assert exported["headline"] == exported["result"]["verdict"]["findings"][0]["id"]


class Pop:
    """An ipv6testd of the test's own, which can be started anew on the same state."""

    def __init__(self, link, folder):
        self.link, self.folder, self.starts = link, folder, count()
        self.state = folder / "state"
        self.state.mkdir()

    @contextmanager
    def running(self, prefix=(), **policy):
        folder = self.folder / f"start-{next(self.starts)}"
        folder.mkdir()
        with ipv6testd.running(self.link.server, folder, (), prefix, state=self.state, results=policy) as self.server:
            yield self

    def post(self, **options):
        with self.link.client.entered():
            return results.post(self.server.address(), observations.text().encode(), **options)

    def get(self, code, **options):
        with self.link.client.entered():
            return observations.get(self.server.address(), f"/results/{code}.json", **options)

    def rows(self, sql):
        with closing(sqlite3.connect(self.state / "results.db")) as db, db:
            return db.execute(sql).fetchall()

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
        assert own_pop.get("0000-0000").status == 404
        assert (own_pop.count("forbidden"), own_pop.count("stored")) == (1, 0)
    assert list(own_pop.state.glob("results*")) == []


def test_results_go_when_their_time_is_over(own_pop):
    with own_pop.running(keep_days=2):
        old, young = (json.loads(own_pop.post().body)["code"] for _ in range(2))
    for code, age_s in (old, 2 * DAY_S + 60), (young, 2 * DAY_S - 600):
        own_pop.rows(f"UPDATE result SET time = time - {age_s} WHERE id = '{code.replace('-', '')}'")
    with own_pop.running(keep_days=2):
        wait.until(lambda: own_pop.server.counters()["results_purged_total"], "a result is purged")
        assert (own_pop.get(old).status, own_pop.get(young).status) == (404, 200)
        assert own_pop.server.counters()["results_purged_total"] == 1


TINY_DISK = ["unshare", "--mount", "sh", "-c", """
cp -r "$STATE_DIRECTORY" "$STATE_DIRECTORY.keys" && mount -t tmpfs -o size=600k tmpfs "$STATE_DIRECTORY" &&
cp "$STATE_DIRECTORY.keys"/* "$STATE_DIRECTORY" && exec "$@"
""", "sh"]


def test_a_full_disk_refuses_results_and_nothing_else(own_pop):
    with own_pop.running(TINY_DISK, store="always"):
        sources = (f"10.9.7.{number}" for number in range(1, 250))
        stored, reply = [], None
        while reply is None or reply.status == 201:
            own_pop.link.add_address(own_pop.link.client, source := next(sources))
            reply = own_pop.post(source=source)
            stored += [(json.loads(reply.body)["code"], source)] if reply.status == 201 else []
        assert (reply.status, reply.body) == (507, b"The disk is full: the result is not stored.\n")
        assert len(stored) > 3
        assert [own_pop.get(code, source=source).status for code, source in stored] == [200] * len(stored)
        with own_pop.link.client.entered():
            session = wire.ask(own_pop.server.address(), wire.request("GET", "/session.json"))
        assert session.status == 200
        assert (own_pop.count("disk_full"), own_pop.count("stored")) == (1, len(stored))
