# A mirrord with upstreams of its own, and nginx and rsyncd in front of what it publishes; nothing of the POP.
# SPDX-License-Identifier: MIT

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from pathlib import Path

import yaml

from support import passed, pop, speedtestd, stock, upstream_server, wait, wire

PROGRAM = pop.PROGRAMS / "mirrord"
SOCKET = Path("/run/mirrord/control.sock")
PUBLIC_SOCKET = Path("/run/mirrord/http.sock")  # to which the POP's nginx passes on
API = "/api/v1/mirrors"
RUN_LIMIT_S = 30


def write_pop(path, root, projects, mirror, pages=None, **whole):
    """@projects, @mirror: as in Mirrord. @pages: more of that service; @whole: more of the file, or instead."""
    listed = [{"name": name, "interval": "1d", **keys} for name, keys in projects.items()]
    services = {"pages": pages or {}, "mirror": {"root": str(root), **mirror, "projects": listed}}
    path.write_text(yaml.safe_dump({
        "site": speedtestd.SITE, "addresses": {"ipv4": "127.0.0.1"}, "services": services, **whole}))


def is_listening(port, address="127.0.0.1"):
    with contextlib.suppress(OSError), socket.create_connection((address, port), 1):
        return True
    return False


class Mirrord:
    """
    To use in a with statement. @projects: name -> its keys in the POP file, "kind" and "upstreams" at least.
    @mirror: more keys of the section. @environment: more of its own.
    """

    def __init__(self, folder, projects, environment=None, **mirror):
        self.folder, self.projects = Path(folder), projects
        self.environment = environment or {}
        self.root = Path(mirror.pop("root", self.folder / "root"))
        self.mirror = {"reserve": "1MiB", "runs_at_once": 64, "runs_per_upstream": 64, **mirror}
        self.port, self.rsync_port, self.https_port = (upstream_server.free_port() for _ in range(3))
        self.socket = SOCKET

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.listeners = [passed.listening(stack, path) for path in (SOCKET, PUBLIC_SOCKET)]
            while self.has_begun():
                pass
            self.start()
            stack.callback(self.stop)
            self.start_servers(stack)
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def has_begun(self):
        """From now on no project runs by itself: new ones do, soon. Return: one has; all of that is forgotten."""
        for folder in self.folder / "state", *(self.root / name for name in self.projects):
            shutil.rmtree(folder, ignore_errors=True)
        self.write()
        self.start()
        self.stop()
        with contextlib.closing(sqlite3.connect(self.folder / "state/mirror.db")) as db, db:
            db.execute("UPDATE project SET due = ?", [int(time.time()) + 80_000])
            return db.execute("SELECT count(*) FROM run").fetchone()[0] > 0

    def write(self):
        for path in self.folder / "state", self.root:
            path.mkdir(parents=True, exist_ok=True)
        write_pop(self.folder / "pop.yaml", self.root, self.projects, {"rsync_port": self.rsync_port, **self.mirror},
                  {"http_port": self.port, "https_port": self.https_port})

    def command(self):
        return passed.command(self.listeners, [PROGRAM, "--pop", self.folder / "pop.yaml"])

    def start(self):
        log = (self.folder / "mirrord.log").open("a")
        self.process = subprocess.Popen(
            self.command(), env={**os.environ, "STATE_DIRECTORY": str(self.folder / "state"), **self.environment},
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=self.listeners)
        log.close()
        try:
            wait.until(self.has_socket, "it has its socket")
            self.ask("GET", "")  # it answers
        except BaseException:
            self.stop(signal.SIGKILL)
            raise

    def has_socket(self):
        with contextlib.suppress(OSError), wire.UnixConnection(self.socket):
            return True
        return False

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        status = self.process.wait(RUN_LIMIT_S)
        if how != signal.SIGKILL:
            assert status == 0, f"mirrord ended with {status}: {self.log_text()}"
            assert not [pid for name in self.projects for pid in self.programs(name)], "programs of runs are left"

    def log_text(self):
        return (self.folder / "mirrord.log").read_text(errors="replace")

    def start_servers(self, stack):
        """nginx and rsyncd, as the POP has them."""
        rendered = self.folder / "rendered"
        stock.render(pop.FONTAINE, self.folder / "pop.yaml", rendered)
        (self.folder / "nginx.conf").write_text(f"user root;\ndaemon off;\n{stock.nginx(rendered, self.folder)}")
        (self.folder / "rsyncd.conf").write_text(stock.rsyncd(rendered))
        for command in (["nginx", "-e", self.folder / "nginx.log", "-c", self.folder / "nginx.conf"],
                        ["rsync", "--daemon", "--no-detach", f"--config={self.folder}/rsyncd.conf",
                         "--address=127.0.0.1"]):
            server = subprocess.Popen(command, stdin=subprocess.DEVNULL)
            stack.callback(server.wait, 10)
            stack.callback(server.terminate)
        wait.until(lambda: is_listening(self.port) and is_listening(self.rsync_port), "nginx and rsyncd answer")

    def url(self, project, protocol="http"):
        return f"{protocol}://127.0.0.1:{self.port if protocol == 'http' else self.rsync_port}/{project}/"

    def current(self, project, *below):
        return self.root.joinpath(project, "current", *below)

    def ask(self, method, path):
        """Return: what is replied, JSON or text."""
        with wire.UnixConnection(self.socket, RUN_LIMIT_S) as connection:
            connection.send(wire.request(method, f"{API}{path}", "Connection: close",
                                         "X-Forwarded-For: 127.0.0.1"))
            reply = connection.reply()
        assert reply is not None and reply.status == 200, f"{method} {path}: {reply}"
        text = reply.body.decode()
        return json.loads(text) if text[:1] in "[{" else text

    def state(self, project):
        return next(p for p in self.ask("GET", "") if p["name"] == project)

    def runs(self, project):
        """The newest first."""
        return self.ask("GET", f"/{project}/runs")

    def begin(self, project, wish="push", gap_s=wait.GAP_S):
        """Have it run. Return: a function that waits for the end of that run, asks so often, and returns it."""
        last = max((run["id"] for run in self.runs(project)), default=0)
        self.ask("POST", f"/{project}/{wish}")

        def new():
            return [run for run in self.runs(project) if run["id"] > last and run["ended"] is not None]

        return lambda seconds=RUN_LIMIT_S: wait.until(new, f"a run of {project} is over", seconds, gap_s)[-1]

    def run(self, project, wish="push"):
        """Have it run to its end. Return: the run."""
        return self.begin(project, wish)()

    def until_step(self, project, step):
        wait.until(lambda: self.state(project)["step"] == step, f"{project} comes to {step}")

    def left_behind(self, project):
        """What nobody has a use for once a run is over: files that were begun, programs, cgroups."""
        folder = self.root / project
        known = re.compile("lock|work|current|before-[0-9]+|generations|run|tree")
        strange = [path for path in folder.iterdir() if not known.fullmatch(path.name)]
        begun = [*folder.glob("generations/.*"), *folder.glob("work/**/.*.??????"), *folder.glob("run/dirty"),
                 *folder.rglob(".put.new"), *folder.glob("current/Archive-Update-in-Progress-*")]
        own = re.search("^0::(/.*)$", Path(f"/proc/{self.process.pid}/cgroup").read_text(), re.MULTILINE)
        groups = [path for root in ("", "/unified") if own and
                  (path := Path(f"/sys/fs/cgroup{root}{own[1]}/run-{project}")).exists()]
        return [str(path) for path in strange + begun + groups] + self.programs(project)

    def programs(self, project):
        """Processes that its runs have started and that live: by the lock that they hold."""
        lock = self.root / project / "lock"
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                if int(entry.name) != self.process.pid and (entry / "fd/3").samefile(lock):
                    found.append(int(entry.name))
        return found
