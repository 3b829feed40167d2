# A mirrord with upstreams of its own, and nginx in front of what it publishes; nothing of the POP.
# SPDX-License-Identifier: MIT

import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from pathlib import Path

import yaml

from support import passed, pop, speedtestd, upstream_server, wait, wire

PROGRAM = pop.BUILD / "release/mirrord"
SOCKET = Path("/run/mirrord/control.sock")
PUBLIC_SOCKET = Path("/run/mirrord/http.sock")  # to which the POP's nginx passes on
API = "/api/v1/mirrors"
RUN_LIMIT_S = 30
NGINX = """\
user root;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
daemon off;
events {{ worker_connections 256; }}
http {{
	access_log off;
	client_body_temp_path {folder}/body;
	proxy_temp_path {folder}/proxy;
	fastcgi_temp_path {folder}/fastcgi;
	uwsgi_temp_path {folder}/uwsgi;
	scgi_temp_path {folder}/scgi;
	server {{
		listen 127.0.0.1:{port};
		root {root};
		location ~ ^/(?<project>[^/]+)/(?<file>.*)$ {{
			try_files /$project/current/$file /$project/before-1/$file =404;
		}}
	}}
}}
"""


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
        self.port = upstream_server.free_port()

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.listeners = [passed.listening(stack, path) for path in (SOCKET, PUBLIC_SOCKET)]
            while self.has_begun():
                pass
            self.start()
            stack.callback(self.stop)
            self.start_nginx(stack)
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
        projects = [{"name": name, "interval": "1d", **keys} for name, keys in self.projects.items()]
        (self.folder / "pop.yaml").write_text(yaml.safe_dump({
            "site": speedtestd.SITE, "addresses": {"ipv4": "127.0.0.1"},
            "services": {"pages": {}, "mirror": {"root": str(self.root), **self.mirror, "projects": projects}}}))

    def start(self):
        log = (self.folder / "mirrord.log").open("a")
        self.process = subprocess.Popen(
            passed.command(self.listeners, [PROGRAM, "--pop", self.folder / "pop.yaml"]),
            env={**os.environ, "STATE_DIRECTORY": str(self.folder / "state"), **self.environment},
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=self.listeners)
        log.close()
        try:
            self.ask("GET", "")  # it answers
        except BaseException:
            self.stop(signal.SIGKILL)
            raise

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        status = self.process.wait(RUN_LIMIT_S)
        if how != signal.SIGKILL:
            assert status == 0, f"mirrord ended with {status}: {self.log_text()}"
            assert not [pid for name in self.projects for pid in self.programs(name)], "programs of runs are left"

    def log_text(self):
        return (self.folder / "mirrord.log").read_text(errors="replace")

    def start_nginx(self, stack):
        conf = self.folder / "nginx.conf"
        conf.write_text(NGINX.format(folder=self.folder, port=self.port, root=self.root))
        server = subprocess.Popen(["nginx", "-e", self.folder / "nginx.log", "-c", conf], stdin=subprocess.DEVNULL)
        stack.callback(server.wait, 10)
        stack.callback(server.terminate)
        wait.until(self.is_served, "nginx answers")

    def is_served(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def url(self, project):
        return f"http://127.0.0.1:{self.port}/{project}/"

    def current(self, project, *below):
        return self.root.joinpath(project, "current", *below)

    def ask(self, method, path):
        """Return: what is replied, JSON or text."""
        with wire.UnixConnection(SOCKET, RUN_LIMIT_S) as connection:
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

    def begin(self, project, wish="push"):
        """Have it run. Return: a function that waits for the end of that run, and returns it."""
        last = max((run["id"] for run in self.runs(project)), default=0)
        self.ask("POST", f"/{project}/{wish}")

        def new():
            return [run for run in self.runs(project) if run["id"] > last and run["ended"] is not None]

        return lambda seconds=RUN_LIMIT_S: wait.until(new, f"a run of {project} is over", seconds)[-1]

    def run(self, project, wish="push"):
        """Have it run to its end. Return: the run."""
        return self.begin(project, wish)()

    def killed_at_any_moment(self, project, change, times):
        """In @times runs, each after change(number), end this mirrord by SIGKILL, each time later in the run, and
        start it again. Yields after each of the two; the first run, change(0), is left alone to know how long it is."""
        began = time.monotonic()
        change(0)
        self.run(project)
        takes_s = time.monotonic() - began
        for part in range(times):
            change(part + 1)
            self.begin(project)
            time.sleep(takes_s * part / times)  # where it is by then is another place each time
            self.stop(signal.SIGKILL)
            yield
            self.start()
            yield

    def until_step(self, project, step):
        wait.until(lambda: self.state(project)["step"] == step, f"{project} comes to {step}")

    def programs(self, project):
        """Processes that its runs have started and that live: by the lock that they hold."""
        lock = self.root / project / "lock"
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                if int(entry.name) != self.process.pid and (entry / "fd/3").samefile(lock):
                    found.append(int(entry.name))
        return found
