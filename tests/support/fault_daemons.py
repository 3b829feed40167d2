# Each of our daemons as tests/faults/test_calls.py has it: started so that its calls can fail, asked, changed, looked
# at.
# SPDX-License-Identifier: MIT

import contextlib
import itertools
import json
import os
import select
import shlex
import shutil
import signal
import socket
import sqlite3
import subprocess

import yaml

from support import (
    failing, ipv6testd, mirror_checker, mirrord, observations, passed, peerd, pop, results, reverse_pop, speedtestd,
    upstream, upstream_server, wait, wire,
)

HERE = "127.0.0.1"
LIMIT_S, STOP_LIMIT_S = 30, 15
SITE = {"site": speedtestd.SITE, "addresses": {"ipv4": HERE}}
RUN = "/run/{}/{}.sock"


class Daemon:
    """To use in a with statement. A subclass says with what it is started, how it is asked, what is changed."""

    name = ""
    sockets = ()      # in /run, that it is passed
    changes = True    # there is something that it accepts

    def __init__(self, folder):
        self.folder, self.state = folder, folder / "state"
        self.order = failing.Order(folder / "order")
        self.process, self.accepted, self.n = None, [], 0

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.prepare(stack)
            self.state.mkdir(exist_ok=True)
            self.listeners = [passed.listening(stack, path) for path in self.sockets]
            stack.callback(self.kill)
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def prepare(self, stack):
        """Write what it reads."""

    def words(self):
        return [pop.PROGRAMS / self.name, "--pop", self.folder / "pop.yaml"]

    def write_pop(self, **more):
        (self.folder / "pop.yaml").write_text(yaml.safe_dump({**SITE, **more}))

    def start(self):
        self.log_bytes = self.log_size()
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                passed.command(self.listeners, [*self.order.words, *self.words()]), stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, pass_fds=self.listeners,
                env={**os.environ, "STATE_DIRECTORY": str(self.state), **self.environment()})

    def environment(self):
        return {}

    def log_size(self):
        path = self.folder / "log"
        return path.stat().st_size if path.exists() else 0

    def said(self):
        """What it wrote since it was started."""
        return (self.folder / "log").read_bytes()[self.log_bytes:].decode(errors="replace")

    def has_ended(self):
        return self.process is None or self.process.poll() is not None

    def kill(self):
        if not self.has_ended():
            self.process.kill()
            self.process.wait(LIMIT_S)

    def stop(self):
        """Return: how it ended."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_LIMIT_S)

    def connection(self):
        return wire.UnixConnection(self.sockets[-1], LIMIT_S)

    def send(self, method, path, *headers, body=b""):
        """Return: the reply; None: there was none."""
        try:
            with self.connection() as connection:
                connection.send(wire.request(method, path, f"X-Forwarded-For: {HERE}", "Connection: close", *headers,
                                             body=body))
                wait.until(lambda: self.has_ended() or select.select([connection.socket], [], [], wait.GAP_S)[0],
                           f"{self.name} replies or ends", LIMIT_S)
                connection.socket.settimeout(1 if self.has_ended() else LIMIT_S)
                return connection.reply()
        except (ConnectionError, TimeoutError, FileNotFoundError):
            return None

    def answers(self):
        reply = self.send("GET", self.path)
        return reply is not None and reply.status == 200

    def until_up(self):
        """Return: it answers, and has not ended instead."""
        wait.until(lambda: self.has_ended() or self.answers(), f"{self.name} answers or ends", LIMIT_S)
        return not self.has_ended()

    def change(self):
        """Ask for one; what is accepted is noted."""

    def is_kept(self, accepted):
        raise NotImplementedError

    def databases(self):
        return list(self.state.glob("*.db"))

    def is_whole(self):
        """While it does not run. Return: its databases are."""
        for path in self.databases():
            with contextlib.closing(sqlite3.connect(path)) as db:
                if db.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                    return False
        return True


class Tcp(Daemon):
    """It listens by itself."""

    port = 0
    clients = itertools.cycle(f"127.{n // 250}.{n % 250}.1" for n in range(250, 60_000))

    def connection(self):
        """Each of another client: one alone may store and look up little."""
        return wire.Connection((HERE, self.port), LIMIT_S, next(self.clients))

    def prepare(self, stack):
        self.options = speedtestd.write_folders(self.folder, self.web)
        self.write_pop(services={self.section: self.keys})

    def words(self):
        return [pop.PROGRAMS / self.name, *self.options]

    def change(self):
        reply = self.send("POST", "/results", "Content-Type: application/json", body=self.result())
        if reply is not None and reply.status == 201:
            self.accepted.append(json.loads(reply.body))

    def is_kept(self, accepted):
        reply = self.send("GET", self.place(accepted))
        return reply is not None and reply.status == 200


class Speedtestd(Tcp):
    name, section, port, path = "speedtestd", "speedtest", speedtestd.PORT, "/empty"
    web, keys = speedtestd.WEB, speedtestd.ports(speedtestd.PORT)

    def result(self):
        return json.dumps(results.result()).encode()

    def place(self, accepted):
        return results.path_of(accepted["url"]) + ".json"


class Ipv6testd(Tcp):
    name, section, port, path = "ipv6testd", "ipv6test", ipv6testd.HTTP_PORT, "/ip/"
    web, keys = ipv6testd.WEB, {"http_port": ipv6testd.HTTP_PORT, "https_port": ipv6testd.HTTPS_PORT, "dns_port": 5055}

    def prepare(self, stack):
        super().prepare(stack)
        subprocess.run([*self.words(), "--prepare", self.folder / "delegations.zone"], check=True, timeout=LIMIT_S,
                       env={**os.environ, "STATE_DIRECTORY": str(self.state)})

    def result(self):
        return observations.text().encode()

    def place(self, accepted):
        return f"/results/{accepted['code']}.json"


class Healthd(Daemon):
    """A change: a service is drained, or not any more."""

    name, path = "healthd", "/status.json"
    sockets = [peerd.Path(RUN.format("healthd", name)) for name in ("control", "http")]

    def prepare(self, stack):
        self.write_pop(services={"pages": {}})

    def connection(self):
        return wire.UnixConnection(self.sockets[0], LIMIT_S)

    def change(self):
        self.n += 1
        wanted = self.n % 2 == 1
        reply = self.send("POST", "/drain" if wanted else "/undrain")
        self.accepted = [wanted] if reply is not None and reply.status == 200 else []

    def is_kept(self, accepted):
        return json.loads(self.send("GET", self.path).body)["services"]["pages"]["drained"] == accepted


class Peerd(Daemon):
    """It accepts nothing; what it measured is kept by itself."""

    name, path, changes = "peerd", "/api/v1/latency", False
    sockets = [peerd.CONTROL, peerd.PUBLIC]

    def prepare(self, stack):
        self.write_pop(services={"pages": {}}, latency={"targets": [{"name": "here", "host": HERE}]})


class Mirrord(Daemon):
    """A change: the upstream has something new, and a project runs, and publishes what it has made of it."""

    name, path = "mirrord", mirrord.API
    sockets = [mirrord.SOCKET]

    def prepare(self, stack):
        self.root = self.folder / "root"
        self.root.mkdir()
        mirrord.write_pop(self.folder / "pop.yaml", self.root, {"own": self.upstream(stack)}, {"reserve": "1MiB"})

    def upstream(self, stack):
        """Return: the project's keys in the POP file."""
        self.count, program = self.folder / "count", self.folder / "program"
        program.write_text(f"#!/bin/sh\ncp {self.count} new && mv new file\n")
        program.chmod(0o755)
        self.change_upstream()
        return {"kind": "command", "command": str(program)}

    def change_upstream(self):
        self.n += 1
        self.count.write_text(str(self.n))

    def version(self):
        """Return: which of the upstream's is published, what is not whole ends the test; None: there is none yet."""
        path = self.root / "own/current/file"
        return int(path.read_text()) if path.exists() else None

    def words(self):
        return [mirrord.PROGRAM, "--pop", self.folder / "pop.yaml"]

    def project(self):
        reply = self.send("GET", f"{self.path}/own")
        return json.loads(reply.body) if reply is not None and reply.status == 200 else None

    def run(self):
        told = self.project()
        self.send("POST", f"{self.path}/own/{'release' if told and told['state'] == 'held' else 'start'}")
        wait.until(lambda: self.has_ended() or self.is_idle(), "the run is over", LIMIT_S)

    def change(self):
        self.change_upstream()
        self.run()
        told = self.project()
        if told and told["generation"]:
            self.accepted = [told["generation"]]

    def is_idle(self):
        told = self.project()
        return told is not None and told["state"] != "running" and not told["wanted"]

    def is_whole(self):
        return super().is_whole() and (self.version() or 0) <= self.n

    def is_kept(self, accepted):
        """What is served is whole, and not older; and the next run brings it up to date."""
        is_kept = self.version() is not None and self.project()["generation"] >= accepted
        self.run()
        return is_kept and self.version() == self.n


class MirrordByRsync(Mirrord):
    """Its upstream is an archive of Debian packages, the newest of which is its version."""

    name = "mirrord-rsync"

    def upstream(self, stack):
        self.archive = upstream.make("debian", self.folder / "up")
        server = stack.enter_context(upstream_server.Rsyncd(self.archive.folder, self.folder / "rsyncd"))
        self.change_upstream()
        return {"kind": "debian", "upstreams": [server.url], "max_delete_percent": 100}

    def change_upstream(self):
        """A package is new, and the last one goes."""
        if self.n > 0:
            self.archive.remove(f"v{self.n}")
        self.n += 1
        self.archive.add(f"v{self.n}")
        self.archive.publish()

    def version(self):
        current = self.root / "own/current"
        if not current.exists():
            return None
        wrong = mirror_checker.look_at(mirror_checker.Folder(current), "GET")
        assert not wrong, wrong
        return max(int(path.name[1:]) for path in current.glob("pool/main/v/v*"))


class RsyncOfMirror(MirrordByRsync):
    """Calls fail in the rsync that it starts, not in itself."""

    name = "rsync"

    def upstream(self, stack):
        keys = super().upstream(stack)
        self.order = failing.Order(self.root / ".order")  # where it may write
        real, failing_one = self.folder / "rsync", self.folder / "failing-rsync"
        shutil.copy("/usr/bin/rsync", real)
        failing_one.write_text(f'#!/bin/sh\nexec {shlex.join(map(str, [*self.order.words, real]))} "$@"\n')
        failing_one.chmod(0o755)
        self.order.words = []
        subprocess.run(["mount", "--bind", failing_one, "/usr/bin/rsync"], check=True, timeout=LIMIT_S)
        stack.callback(subprocess.run, ["umount", "/usr/bin/rsync"], check=True, timeout=LIMIT_S)
        return keys


class Rdnsd(Daemon):
    """With its Knot: what is accepted is in DNS as well."""

    name, path = "rdnsd", "/metrics"
    sockets = [reverse_pop.SOCKET]

    def prepare(self, stack):
        (self.folder / "pop").mkdir()
        self.own = stack.enter_context(reverse_pop.ReversePop(self.folder / "pop"))
        self.bearer = f"Authorization: Bearer {self.own.token(64500)}"
        self.own.settle()
        self.own.stop_rdnsd()
        self.state = self.own.folder / "state"

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.prepare(stack)
            self.listeners = [self.own.listener]
            stack.callback(self.own.start_rdnsd)  # it is stopped as it was started
            stack.callback(self.kill)
            self.stack = stack.pop_all()
        return self

    def words(self):
        return [reverse_pop.PROGRAM, *self.own.options]

    def environment(self):
        return {"CREDENTIALS_DIRECTORY": str(self.own.folder / "keys")}

    def start(self):
        super().start()
        self.own.rdnsd = self.process

    def change(self):
        self.n += 1
        address, name = f"192.0.2.{1 + self.n % 60}", f"n{self.n}.example.net"
        reply = self.send("PUT", f"/api/v1/ptrs/{address}", self.bearer, "Content-Type: application/json",
                          body=json.dumps({"name": name}).encode())
        self.accepted = [one for one in self.accepted if one[0] != address]
        if reply is not None and reply.status in (200, 201):
            self.accepted.append((address, name))

    def is_kept(self, accepted):
        address, name = accepted
        reply = self.send("GET", f"/api/v1/ptrs/{address}", self.bearer)
        return (reply is not None and reply.status == 200 and json.loads(reply.body)["name"] == name and
                self.own.names(address) == [f"{name}."])


DAEMONS = [Speedtestd, Ipv6testd, Rdnsd, Mirrord, MirrordByRsync, RsyncOfMirror, Healthd, Peerd]
