# Several POPs: one follows the other, from the first to the last within seconds, whoever is away meanwhile.
# SPDX-License-Identifier: MIT

import contextlib
import http.client
import json
import re
import signal
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from support import mirror_checker, mirror_pops, own_pop, upstream, upstream_server, wait

pytestmark = pytest.mark.apart

CHAIN_S = 20  # from the publication at the first to that at the last, on a busy machine
GHOST = [{"name": "ghost", "published": 1}, {"name": 7}, "x", {"name": "../etc", "published": 1}]


class Hostile(ThreadingHTTPServer):
    """It speaks as the POP d: what it says of files is "head", a status, or None for silence."""

    def __init__(self, tls):
        super().__init__((mirror_pops.address("d"), 443), Answers)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls / "server.crt", tls / "server.key")
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.head, self.n_heads, self.is_over = 404, 0, threading.Event()
        self.says = json.dumps(GHOST).encode()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return super().__enter__()

    def __exit__(self, *error):
        self.is_over.set()
        self.shutdown()
        super().__exit__(*error)

    def handle_error(self, *_):
        pass  # whoever asks has given up


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.says)))
        self.end_headers()
        self.wfile.write(self.server.says)

    def do_HEAD(self):
        self.server.n_heads += 1
        if self.server.head is None:
            self.server.is_over.wait()
            return
        self.send_response(self.server.head)
        self.send_header("Location", f"http://{mirror_pops.address('b')}{self.path}")
        self.end_headers()

    def log_message(self, *_):
        pass


def ask(name, path, source=None):
    """Return: status, Location, body."""
    connection = http.client.HTTPConnection(mirror_pops.address(name), timeout=10,
                                            source_address=(source, 0) if source else None)
    connection.request("GET", path)
    reply = connection.getresponse()
    body = reply.read()
    connection.close()
    return reply.status, reply.headers["Location"], body


class Chain:
    """An archive, and POPs that follow each other: a takes it from the archive, b from a, c from b. Another project
    is at a alone; b also knows of d, which says that it has one."""

    NAMES = "abc"

    def __init__(self, folder, stack):
        self.archive = upstream.make("debian", folder / "up")
        server = stack.enter_context(upstream_server.Rsyncd(self.archive.folder, folder / "rsyncd"))
        (folder / "extra").mkdir()
        upstream.replace(folder / "extra/large file", "extra\n")
        extra = stack.enter_context(upstream_server.Rsyncd(folder / "extra", folder / "extra.rsyncd"))
        mirror_pops.certify(folder / "tls", f"{self.NAMES}d")
        self.hostile = stack.enter_context(Hostile(folder / "tls"))
        self.pops, after = {}, None
        keys = {"kind": "debian", "keyring": str(self.archive.key.ring)}
        for name in reversed(self.NAMES):
            before = chr(ord(name) - 1) if name != self.NAMES[0] else None
            way = {"follow": before} if before else {"upstreams": [server.url]}
            neighbours = [mirror_pops.neighbour(before)] if before else []
            neighbours += [mirror_pops.neighbour(after, push=["debian"], prefixes=["127.9.0.0/16"])] if after else []
            neighbours += [mirror_pops.neighbour("d")] if name == "b" else []
            projects = {"debian": {**keys, **way}}
            if name == "a":
                projects["extra"] = {"kind": "files", "upstreams": [extra.url]}
            made = mirror_pops.Pop(name, folder / name, folder / "tls", projects, neighbours)
            if after:
                made.believe(after, self.pops[after].token_for("debian"))
            self.pops[name] = stack.enter_context(made)
            after = name
        self.a, self.b, self.c = (self.pops[name] for name in self.NAMES)

    def change(self, version):
        """The archive has a package more. Return: whether a has it too."""
        self.archive.add("alpha", version)
        self.archive.publish()
        return self.a.run("debian")["outcome"] == "done"

    def index(self, name):
        path = self.pops[name].current("debian", "dists/trixie/InRelease")
        return path.read_bytes() if path.exists() else None

    def is_through(self):
        return self.index("c") == (self.archive.dists / "InRelease").read_bytes()

    def pushes(self, name):
        (follower,) = self.pops[name].state("debian")["followers"]
        return follower


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    with own_pop.network(), contextlib.ExitStack() as stack:
        yield Chain(tmp_path_factory.mktemp("pops"), stack)


@pytest.mark.timeout(120)
def test_what_the_first_publishes_the_last_has_within_seconds(chain):
    assert chain.a.run("debian")["outcome"] == "done"
    wait.until(chain.is_through, "c has what a has", CHAIN_S)
    with mirror_checker.Sampler(chain.c.url("debian")) as sampler:
        for version in "2.0", "3.0":
            assert chain.change(version)
            wait.until(chain.is_through, "c has what a has", CHAIN_S)
    assert sampler.wrong == [] and sampler.n_samples > 0
    wait.until(lambda: all(chain.pops[name].state("debian")["generation"] == 3 for name in "abc"), "all say so")


def test_each_says_where_it_has_it_from_and_whom_it_tells(chain):
    above = f"rsync://{mirror_pops.address('b')}/debian/"
    assert chain.c.state("debian")["upstream"] == above
    assert f"from:    {above}" in chain.c.fontaine("why", "debian")
    assert re.search(r"to:      c: told \d+ s ago", chain.b.fontaine("why", "debian"))
    trace = chain.c.current("debian", "project/trace/c.test").read_text()
    assert f"Upstream-mirror: {mirror_pops.address('b')}" in trace, trace
    tiers = chain.c.current("debian", "project/trace/_traces").read_text().split()
    assert {f"{name}.test" for name in "abc"} <= set(tiers)
    assert (chain.pushes("b")["waiting"], chain.pushes("b")["tries"]) == (False, 0)


@pytest.mark.timeout(120)
def test_who_is_away_is_told_later(chain):
    """A kill of the one that pushes loses nothing of it, and nobody else waits for who is away."""
    chain.c.stop()
    assert ask("c", "/debian/nothing")[0] == ask("c", "/nothing")[0] == 404  # nginx says so by itself
    assert chain.change("4.0")
    away = wait.until(lambda: chain.pushes("b")["tries"] and chain.pushes("b"), "b has tried", CHAIN_S)
    assert away["waiting"] and "502" in away["words"], away
    assert not chain.pushes("a")["waiting"]
    chain.b.stop(signal.SIGKILL)
    chain.c.start()
    assert not chain.is_through()
    chain.b.start()
    wait.until(chain.is_through, "c has what a has", CHAIN_S)


def test_a_token_that_is_not_good_is_said(chain):
    chain.b.stop()
    chain.b.believe("c", "fontaine_aaaaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
    chain.b.start()
    assert chain.change("5.0")
    wait.until(lambda: chain.pushes("b")["tries"], "b has tried", CHAIN_S)
    assert "it does not accept our token" in chain.b.fontaine("why", "debian")


def redirected(name, path):
    """Where the POP sends who asks for it; a POP that has just begun first asks the others what they have."""
    return wait.until(lambda: ask(name, path)[1], f"{name} knows who has {path}")


def test_a_project_that_is_not_here_is_at_another(chain):
    assert chain.a.run("extra")["outcome"] == "done"
    chain.b.stop()
    chain.b.start()
    target = redirected("b", "/extra/large%20file?x=1")
    assert target == f"http://{mirror_pops.address('a')}/extra/large%20file?x=1&redirected"
    assert ask("a", target.partition("127.0.0.11")[2]) == (200, None, b"extra\n")
    assert redirected("b", "/extra/") == f"http://{mirror_pops.address('a')}/extra/?redirected"
    assert ask("b", "/extra/nothing")[0] == 404  # a was asked
    assert ask("b", "/nowhere/file")[0] == ask("b", "/favicon.ico")[0] == 404
    assert ask("c", "/extra/large%20file")[0] == 404  # c knows b only, which does not have it
    assert ask("b", "/extra/large%20file?redirected")[0] == 404  # once is enough


def test_a_package_of_a_newer_generation_is_at_another_and_no_index(chain):
    chain.b.fontaine("hold", "debian")
    assert chain.change("6.0")
    path = "/debian/pool/main/a/alpha/alpha_6.0_amd64.deb"
    target = redirected("b", path)
    assert target == f"http://{mirror_pops.address('a')}{path}?redirected"
    assert ask("a", target.partition("127.0.0.11")[2])[0] == 200
    assert ask("b", "/debian/dists/trixie/InRelease")[2] == chain.index("b") != chain.index("a")
    upstream.replace(chain.a.current("debian", "dists/trixie/main/extra/Packages.gz"), "of another generation")
    assert ask("b", "/debian/dists/trixie/main/extra/Packages.gz")[0] == 404
    assert ask("b", "/debian/nowhere/")[0] == ask("b", "/debian/nowhere")[0] == 404
    chain.b.fontaine("release", "debian")
    wait.until(lambda: ask("b", path)[0] == 200, "b has it itself", CHAIN_S)


def test_whoever_speaks_nonsense_sends_nobody_anywhere(chain):
    redirected("b", "/ghost/")
    for status in 302, 404, 500:
        chain.hostile.head = status
        assert ask("b", f"/ghost/{status}")[:2] == (404, None)
    before = chain.hostile.n_heads
    for _ in range(20):
        assert ask("b", "/ghost/404")[0] == 404
    assert chain.hostile.n_heads == before  # it is remembered
    chain.hostile.head = 200
    assert ask("b", "/ghost/file")[:2] == (302, f"http://{mirror_pops.address('d')}/ghost/file?redirected")
    chain.hostile.head = None
    assert ask("b", "/ghost/silent")[0] == 404  # it waits for half a second
    assert ask("b", "/ghost/another")[0] == 404  # and not again


def test_the_nearest_comes_first(chain):
    def order(source):
        return [(pop["name"], pop["why"]) for pop in json.loads(ask("b", "/api/v1/pops", source)[2])]

    assert order("127.9.0.7") == [("c", "prefix"), ("b", "routing"), ("a", "order"), ("d", "order")]
    assert order("127.0.0.1") == [("b", "routing"), ("a", "order"), ("c", "order"), ("d", "order")]
    pops = {pop["name"]: pop for pop in json.loads(ask("b", "/api/v1/pops?address=127.9.1.1")[2])}
    assert (pops["c"]["here"], pops["b"]["here"], pops["a"]["projects"]) == (False, True, ["debian", "extra"])
    assert ask("b", "/api/v1/pops?address=x")[0] == 400
