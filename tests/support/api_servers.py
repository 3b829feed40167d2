# The servers that have an API, each with what is asked for and with somebody in each role.
# SPDX-License-Identifier: MIT

import contextlib
import itertools
import json
from dataclasses import dataclass, field
from pathlib import Path

from support import api_fuzz, ipv6testd, links, mirrord, observations, openapi, peerd, pop, reverse_pop, results
from support import speedtestd, wait, wire

NOBODY, OTHER, MEMBER, OPERATOR, PAGE, FORGED = "nobody", "other", "member", "operator", "page", "forged"
ROLES = [NOBODY, OTHER, MEMBER, OPERATOR]
CLIENTS = itertools.cycle(f"198.18.{n // 250}.{n % 250}" for n in range(0, 50_000, 7))  # each asks little
SOURCES = itertools.cycle(f"127.{n // 250}.{n % 250}.7" for n in range(1, 50_000, 7))
LIMIT_S = 30
OPEN = api_fuzz.Statuses(invalid=400, no_token=400, media_type=None)
TEST = f"{1:032x}"


@dataclass
class Api:
    document: openapi.Document
    socket: Path
    process: object
    credentials: dict = field(default_factory=dict)  # role -> header lines
    own: object = None                               # the server, of its own class
    statuses: api_fuzz.Statuses = api_fuzz.Statuses()
    cases: int = 150                                 # requests that are made of each operation
    given: dict = field(default_factory=dict)        # name of a parameter -> values of what is there

    def connection(self):
        return wire.UnixConnection(self.socket, LIMIT_S)

    def ask(self, method, target, role=NOBODY, *headers, data=None, media_type="application/json"):
        words = [f"X-Forwarded-For: {next(CLIENTS)}", "Connection: close", *self.credentials.get(role, []), *headers]
        if data is not None:
            words.append(f"Content-Type: {media_type}")
        with self.connection() as connection:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it need not read all to refuse it
                connection.send(wire.request(method, target, *words, body=data or b""))
            reply = connection.reply_head()
            if reply and method != "HEAD" and reply.headers.get("content-type") != api_fuzz.BYTES:  # may have no end
                reply.body = connection.stream.read(int(reply.headers.get("content-length", 0)))
            return reply


@dataclass
class Open(Api):
    """Of a server that visitors reach themselves, on an address of a link's server, and where they share results."""

    result: object = None  # makes one

    def connection(self):
        with self.own.namespace.entered():
            return wire.Connection(self.own.address(), LIMIT_S, source=next(SOURCES))

    def furnish(self):
        """What was shared last is still there."""
        last = self.given.get("id") or self.given.get("code")
        if last is None or self.ask("GET", f"/results/{last[-1]}.json").status == 404:
            self.share()

    def share(self):
        """One more result is there, and its key is known."""
        shared = json.loads(self.ask("POST", "/results", data=json.dumps(self.result()).encode()).body)
        shared["key"] = shared.pop("delete_url").rpartition("=")[2]
        for name, value in shared.items():
            self.given.setdefault(name, []).append(value)


def bearer(token):
    return [f"Authorization: Bearer {token.strip()}"]


def document(path):
    return openapi.Document(pop.PROJECT / "services" / path / "openapi.yaml")


def add_session(api):
    """Somebody by the page: with all that it sends, and as the page of others has the browser send it."""
    token = api.credentials[MEMBER][0].split()[-1]
    entered = api.ask("POST", "/api/v1/session", data=json.dumps({"token": token}).encode())
    cookie = f"Cookie: {entered.headers['set-cookie'].split(';')[0]}"
    csrf = json.loads(entered.body)["csrf"]
    api.credentials[PAGE] = [cookie, f"X-CSRF-Token: {csrf}", "Sec-Fetch-Site: same-origin"]
    api.credentials[FORGED] = [cookie, "Sec-Fetch-Site: cross-site", "Origin: https://evil.example"]


@contextlib.contextmanager
def rdns(folder):
    with reverse_pop.ReversePop(folder) as own:
        api = Api(document("rdns/web"), reverse_pop.SOCKET, own.rdnsd, own=own)
        for role, asn in (OTHER, 64501), (MEMBER, 64500), (OPERATOR, None):
            api.credentials[role] = bearer(own.token(asn))
        add_session(api)
        yield api


@contextlib.contextmanager
def mirror(folder):
    """Nobody answers at its upstreams."""
    projects = {name: {"kind": "files", "upstreams": ["rsync://127.0.0.1:9/x/"]} for name in ("files", "second")}
    with mirrord.Mirrord(folder, projects) as own:
        own.run("files")
        api = Api(document("mirror/web"), mirrord.PUBLIC_SOCKET, own.process, own=own)
        for role, whose in ((OTHER, ["--project", "second"]), (MEMBER, ["--project", "files"]),
                            (OPERATOR, ["--operator"])):
            api.credentials[role] = bearer(links.run(pop.FONTAINE, "mirror", "token", "add", *whose, "--label", role,
                                                     "--db", own.folder / "state/mirror.db"))
        yield api


@contextlib.contextmanager
def latency(folder):
    file = {"site": speedtestd.SITE, "addresses": {"ipv4": "127.0.0.1"}, "services": {"pages": {}},
            "latency": {"targets": [{"name": "here", "title": "Here", "host": "127.0.0.1"}]}}
    with links.Namespace() as namespace, peerd.Peerd(folder, file, namespace) as own:
        api = Api(document("peers/web"), peerd.PUBLIC, own.process, own=own)
        api.given.update(target=["here"], family=["ipv4"])
        wait.until(lambda: api.ask("GET", "/api/v1/latency").status == 200, "it answers")
        yield api


@contextlib.contextmanager
def status(folder):
    """Of a POP whose one service does not run."""
    file = {"site": speedtestd.SITE, "addresses": {"ipv4": "127.0.0.1"}, "services": {"pages": {}}}
    with links.Namespace() as namespace, peerd.Healthd(folder, file, namespace) as own:
        api = Api(document("web/status"), own.sockets[-1], own.process, own=own)
        wait.until(lambda: json.loads(api.ask("GET", "/status.json").body)["services"]["pages"]["up"] is False,
                   "it has asked")
        yield api


@contextlib.contextmanager
def machine():
    """A network with the addresses of a link's server, and nobody else."""
    with links.Namespace() as namespace:
        for address in links.SERVER.values():
            namespace.run("ip", "address", "add", address, "dev", "lo")
        yield namespace


@contextlib.contextmanager
def speedtest(folder):
    with machine() as namespace, speedtestd.running(namespace, folder, test_mbps=1) as own:
        api = Open(document("speedtest/web"), None, own.process, own=own, statuses=OPEN, result=results.result,
                   cases=40)
        api.given["test"] = [TEST]
        api.ask("GET", f"/queue?test={TEST}")
        yield api


@contextlib.contextmanager
def ipv6test(folder):
    with machine() as namespace, ipv6testd.running(namespace, folder) as own:
        api = Open(document("ipv6test/web"), None, own.process, own=own, statuses=OPEN, result=observations.result,
                   cases=100)
        api.given["nonce"] = [json.loads(api.ask("GET", "/session.json").body)["nonce"]]
        yield api


SERVERS = {"rdns": rdns, "mirror": mirror, "latency": latency, "status": status, "speedtest": speedtest,
           "ipv6test": ipv6test}
