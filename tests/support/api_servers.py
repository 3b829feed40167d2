# The servers that have an API, each with what is asked for and with somebody in each role.
# SPDX-License-Identifier: MIT

import contextlib
import itertools
import json
from dataclasses import dataclass, field
from pathlib import Path

from support import links, mirrord, openapi, peerd, pop, reverse_pop, speedtestd, wait, wire

NOBODY, OTHER, MEMBER, OPERATOR, PAGE, FORGED = "nobody", "other", "member", "operator", "page", "forged"
ROLES = [NOBODY, OTHER, MEMBER, OPERATOR]
CLIENTS = itertools.cycle(f"198.18.{n // 250}.{n % 250}" for n in range(0, 50_000, 7))  # each asks little
LIMIT_S = 30


@dataclass
class Api:
    document: openapi.Document
    socket: Path
    process: object
    credentials: dict = field(default_factory=dict)  # role -> header lines
    own: object = None                               # the server, of its own class

    def ask(self, method, target, role=NOBODY, *headers, data=None, media_type="application/json"):
        words = [f"X-Forwarded-For: {next(CLIENTS)}", "Connection: close", *self.credentials.get(role, []), *headers]
        if data is not None:
            words.append(f"Content-Type: {media_type}")
        with wire.UnixConnection(self.socket, LIMIT_S) as connection:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it need not read all to refuse it
                connection.send(wire.request(method, target, *words, body=data or b""))
            return connection.reply(has_body=method != "HEAD")


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


SERVERS = {"rdns": rdns, "mirror": mirror, "latency": latency, "status": status}
