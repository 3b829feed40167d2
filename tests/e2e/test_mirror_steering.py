# Mirrors seen and steered: the fontaine command, the API for operators and for pushes, alerts, what status pages read.
# SPDX-License-Identifier: MIT

import contextlib
import http.client
import json
import os
import re
import socket
import sqlite3
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jsonschema
import openapi_spec_validator
import pytest
import yaml

from support import mirrord, pop, upstream, upstream_server, wait

pytestmark = pytest.mark.apart

LIMIT_S = 30
DOCUMENT = yaml.safe_load((pop.PROJECT / "services/mirror/web/openapi.yaml").read_text())


class Told(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.events.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class UnixConnection(http.client.HTTPConnection):
    """To the socket that nginx passes on to."""

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(LIMIT_S)
        self.sock.connect(str(mirrord.PUBLIC_SOCKET))


class Hook(ThreadingHTTPServer):
    def __init__(self):
        super().__init__(("127.0.0.1", 0), Told)
        self.events = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Steered(mirrord.Mirrord):
    """With two projects, each of an rsyncd, one of a module that is not there, and one of a program, which goes on as
    long as @gate is there; a webhook that listens."""

    def __init__(self, folder, stack):
        self.upstreams, self.gate = folder, folder / "gate"
        self.hook = Hook()
        stack.callback(self.hook.shutdown)
        urls = {name: self.upstream(stack, name) for name in ("files", "second")}
        urls["nowhere"] = urls["files"].replace("/mirror/", "/other/")
        projects = {name: {"kind": "files", "upstreams": [url]} for name, url in urls.items()}
        program = folder / "program"
        program.write_text(f"#!/bin/sh\necho begun; while [ -e {self.gate} ]; do sleep 0.1; done\n"
                           "echo >file; echo ended\n")
        program.chmod(0o755)
        projects["own"] = {"kind": "command", "command": str(program)}
        super().__init__(folder / "mirrord", projects, webhook=f"http://127.0.0.1:{self.hook.server_port}/told")
        self.database = self.folder / "state/mirror.db"

    def upstream(self, stack, name):
        self.fill(name, range(20), "first")
        return stack.enter_context(
            upstream_server.Rsyncd(self.upstreams / name, self.upstreams / f"{name}.rsyncd")).url

    def fill(self, name, numbers, text):
        """Make the upstream what it is to be: these files, and no other."""
        folder = self.upstreams / name
        folder.mkdir(exist_ok=True)
        for path in folder.iterdir():
            path.unlink()
        for n in numbers:
            upstream.replace(folder / f"file{n}", f"{text} {n}\n")

    def fontaine(self, *words, **environment):
        return subprocess.run([pop.FONTAINE, "mirror", *words], timeout=LIMIT_S, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, env={**os.environ, **environment})

    def said(self, *words, **environment):
        """What a command that does well prints."""
        done = self.fontaine(*words, **environment)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def token(self, *words):
        return self.said("token", *words, "--db", self.database).strip()

    def api(self, method, path, token=None):
        """Return: status, JSON or text."""
        connection = UnixConnection("mirrord")
        headers = {"X-Forwarded-For": "192.0.2.7", **({"Authorization": f"Bearer {token}"} if token else {})}
        connection.request(method, path, headers=headers)
        reply = connection.getresponse()
        text = reply.read().decode()
        connection.close()
        return reply.status, json.loads(text) if "json" in reply.headers["Content-Type"] else text

    def steer(self, name, *words):
        """Have it run by a command. Return: the run, when it is over."""
        last = self.last_run(name)
        self.said(*(words or ("start", name)))
        return self.next_run(name, last)

    def follow(self, name):
        """Have the project of a program run, and look at what it says as it says it. Return: all of it."""
        self.gate.touch()
        self.said("start", name)
        wait.until(lambda: self.state(name)["state"] == "running", "it runs", LIMIT_S)
        told = self.folder / "followed"
        command = [pop.FONTAINE, "mirror", "log", name, "--follow"]
        with told.open("w") as file, subprocess.Popen(command, stdout=file) as log:
            wait.until(lambda: "fetch:\nbegun\n" in told.read_text(), "what it has said is shown", LIMIT_S)
            assert self.state(name)["state"] == "running"
            self.gate.unlink()
            assert log.wait(LIMIT_S) == 0
        return told.read_text()

    def last_run(self, name):
        return max((run["id"] for run in self.runs(name)), default=0)

    def next_run(self, name, last):
        def over():
            return [run for run in self.runs(name) if run["id"] > last and run["ended"] is not None]

        return wait.until(over, f"a run of {name} is over", LIMIT_S)[-1]

    def query(self, text):
        with contextlib.closing(sqlite3.connect(self.database, timeout=10)) as database, database:
            return database.execute(text).fetchall()

    def until_told(self, event, project, after=0):
        def found():
            return [e for e in self.hook.events[after:] if e["event"] == event and e["project"] == project]

        return wait.until(found, f"{project} is told as {event}", LIMIT_S)[-1]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with contextlib.ExitStack() as stack:
        yield stack.enter_context(Steered(tmp_path_factory.mktemp("steered"), stack))


def test_what_is_seen(lab):
    run = lab.steer("files")
    assert run["outcome"] == "done" and run["generation"] == 1
    lines = lab.said("list").splitlines()
    assert [line.split()[0] for line in lines] == ["project", "files", "second", "nowhere", "own"]
    assert re.match(r"files +files +waiting +fresh +\d+ B +\d+ s +\d+ h +\d+ came, 0 went$", lines[1]), lines
    assert json.loads(lab.said("list", "--json"))[0]["files"] == 20
    told = lab.said("log", "files", "--follow")
    assert "generation 1: " in told and "Number of files: " in told
    assert "as its upstream is" in lab.said("why", "files")
    assert lab.follow("own").count("ended\n") == 1


def test_what_is_refused(lab):
    unknown = lab.fontaine("start", "debian")
    assert unknown.returncode == 2 and "the projects are: files second nowhere own" in unknown.stderr
    alone = lab.fontaine("list", "--socket", str(lab.folder / "nothing.sock"))
    assert alone.returncode == 1 and "is mirrord running" in alone.stderr
    nothing = lab.fontaine("release", "files")
    assert nothing.returncode == 1 and "nothing of the project is held" in nothing.stderr
    assert lab.fontaine("log", "second", "--run", "999").returncode == 2
    for words in (), ("halt",), ("start",), ("list", "files"), ("why", "files", "--follow"), ("start", "../files"):
        assert lab.fontaine(*words).returncode == 2, words


def test_a_wrong_upstream_is_explained(lab):
    assert lab.steer("nowhere")["outcome"] == "configuration"
    why = lab.fontaine("why", "nowhere")
    assert why.returncode == 1 and "no such module" in why.stdout and "in the POP file" in why.stdout
    lab.said("stop", "nowhere")
    assert "paused" in lab.fontaine("why", "nowhere").stdout
    assert lab.api("GET", "/jobs")[1][2]["status"] == "paused"


def test_hold_and_release(lab):
    lab.said("hold", "second")
    assert lab.state("second")["state"] == "paused"
    assert lab.steer("second", "release", "second")["outcome"] == "done"
    lab.fill("second", range(2), "fewer")
    assert lab.steer("second")["outcome"] == "held"
    why = lab.fontaine("why", "second")
    assert why.returncode == 1 and "is held" in why.stdout and "mirror release second" in why.stdout
    assert lab.fontaine("push", "second").returncode == 1 and lab.fontaine("start", "second").returncode == 1
    told = lab.until_told("held", "second")
    assert told["pop"] == "test" and "mirror release second" in told["remedy"]
    assert len(list(lab.current("second").iterdir())) == 20
    assert lab.steer("second", "release", "second")["outcome"] == "done"
    assert len(list(lab.current("second").iterdir())) == 2
    lab.until_told("recovered", "second")


def test_rollback(lab):
    lab.fill("files", range(20), "wrong")
    newest = lab.steer("files")["generation"]
    assert lab.current("files", "file7").read_text() == "wrong 7\n"
    assert "held" in lab.said("rollback", "files")
    assert lab.current("files", "file7").read_text() == "first 7\n"
    project = lab.state("files")
    assert project["state"] == "held" and project["generation"] == newest - 1
    assert f"rolled back from generation {newest} to {newest - 1}" in lab.fontaine("why", "files").stdout
    assert lab.fontaine("rollback", "files", "--to", "99").returncode == 1
    lab.stop()
    lab.start()
    assert lab.state("files")["state"] == "held"  # still
    lab.said("rollback", "files", "--to", str(newest))
    assert lab.current("files", "file7").read_text() == "wrong 7\n"
    lab.said("rollback", "files")
    lab.fill("files", range(20), "right")
    assert lab.steer("files", "release", "files")["generation"] == newest + 1
    assert lab.current("files", "file7").read_text() == "right 7\n"


def test_pushes_by_http(lab):
    push = "/api/v1/mirrors/files/push"
    token = lab.token("add", "--project", "files", "--label", "its upstream")
    last = lab.last_run("files")
    assert lab.api("POST", push)[0] == 401
    assert lab.api("POST", push, token[:-1] + ("a" if token[-1] != "a" else "b"))[0] == 401
    assert lab.api("POST", "/api/v1/mirrors/second/push", token)[0] == 403
    assert lab.api("POST", "/api/v1/mirrors/files/stop", token)[0] == 403
    assert lab.api("GET", "/api/v1/mirrors/files/log", token)[0] == 403
    assert lab.api("GET", push, token)[0] == 405
    assert lab.api("POST", push, token)[0] == 200
    assert lab.next_run("files", last)["outcome"] == "unchanged"
    lab.said("token", "revoke", token.split("_")[1], "--db", lab.database)
    status, problem = lab.api("POST", push, token)
    assert status == 401 and problem["type"].endswith("/no-token")
    assert "its upstream" in lab.said("token", "list", "--db", lab.database)
    assert lab.fontaine("token", "add", "--project", "debian", "--label", "x", "--db", lab.database).returncode == 1


def test_operators_by_http(lab):
    token = lab.token("add", "--operator", "--label", "desk")
    last = lab.last_run("second")
    assert lab.api("POST", "/api/v1/mirrors/second/hold", token)[1]["state"] == "paused"
    assert lab.api("POST", "/api/v1/mirrors/second/release", token)[0] == 200
    lab.next_run("second", last)
    assert lab.api("POST", "/api/v1/mirrors/second/release", token)[1]["type"].endswith("/nothing")
    assert lab.api("POST", "/api/v1/mirrors/debian/start", token)[0] == 404
    assert lab.api("GET", "/api/v1/mirrors/files/runs", token)[1][0]["outcome"] == "unchanged"
    assert "Number of files" in lab.api("GET", "/api/v1/mirrors/files/log?run=1", token)[1]
    assert lab.api("POST", "/api/v1/mirrors/files/rollback?generation=x", token)[0] == 400


@pytest.fixture(scope="module")
def sshd(tmp_path_factory):
    """One of OpenSSH, where a key may push "files" and "second" alone. Return: a function that asks as an upstream."""
    folder, port = tmp_path_factory.mktemp("sshd"), upstream_server.free_port()
    for name in "host", "key":
        upstream.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name)
    forced = f'restrict,command="{pop.FONTAINE} mirror push files second"'
    (folder / "authorized").write_text(f"{forced} {(folder / 'key.pub').read_text()}")
    (folder / "config").write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized\n"
        "PidFile none\nUsePAM no\nStrictModes no\nPermitRootLogin forced-commands-only\n")
    Path("/run/sshd").mkdir()
    server = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", folder / "config"], stdin=subprocess.DEVNULL,
                              stderr=(folder / "log").open("w"))

    def ask(*words):
        return subprocess.run(
            ["ssh", "-F", "none", "-i", folder / "key", "-p", str(port), "-o", "BatchMode=yes", "-o",
             "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={folder}/known", "root@127.0.0.1", *words],
            timeout=LIMIT_S, stdin=subprocess.DEVNULL, capture_output=True, text=True)

    try:
        wait.until(lambda: "Server listening" in (folder / "log").read_text(), "sshd listens")
        yield ask
    finally:
        server.terminate()
        server.wait(LIMIT_S)


def test_pushes_by_ssh(lab, sshd):
    last = {name: lab.last_run(name) for name in ("files", "second")}
    trap = lab.folder / "trap"
    for command in f"touch {trap}", f"sync:all; touch {trap}", f"sync:all $(touch {trap})", "sync:archive:nowhere":
        refused = sshd(command)
        assert refused.returncode == 2 and "not understood" in refused.stderr, refused
    assert sshd("sync:stage1").returncode == 0
    assert sshd("sync:stage2", "sync:archive:second").returncode == 0
    lab.next_run("second", last["second"])
    assert lab.last_run("files") == last["files"] and not trap.exists()
    assert "files: " in sshd("sync:all", "sync:mhop").stdout
    lab.next_run("files", last["files"])


def test_what_status_pages_read(lab):
    jobs = lab.api("GET", "/jobs")[1]
    assert [job["name"] for job in jobs] == ["files", "second", "nowhere", "own"]
    assert jobs[0]["status"] == "success" and jobs[0]["last_update_ts"] > 1_700_000_000
    page = lab.api("GET", "/mirrorz.json")[1]
    assert page["version"] == 1.7 and page["site"]["url"] == "https://www.pop.test"
    assert [mirror["url"] for mirror in page["mirrors"]] == ["/files/", "/second/", "/nowhere/", "/own/"]
    assert re.fullmatch(r"S\d{10}X\d{10}", page["mirrors"][0]["status"])
    assert lab.api("GET", "/metrics")[0] == 404  # the operator's


def test_the_description(lab):
    openapi_spec_validator.validate(DOCUMENT)
    token = lab.token("add", "--operator", "--label", "reader")
    replies = {"Project": lab.api("GET", "/api/v1/mirrors")[1],
               "Problem": [lab.api("POST", "/api/v1/mirrors/files/stop")[1]],
               "Run": lab.api("GET", "/api/v1/mirrors/second/runs", token)[1]}
    for name, values in replies.items():
        schema = {**DOCUMENT["components"]["schemas"][name], "additionalProperties": False,
                  "components": DOCUMENT["components"]}
        for value in values:
            jsonschema.validate(value, schema, jsonschema.Draft202012Validator)
            assert set(value) == set(schema["properties"])


def test_stale_and_well_again(lab):
    lab.stop()
    lab.query("UPDATE project SET good = 1000000000, is_paused = 1 WHERE name = 'second'")
    lab.start()
    assert lab.until_told("stale", "second")["good"] == "2001-09-09T01:46:40Z"
    assert "stale" in lab.fontaine("why", "second").stdout
    n = len(lab.hook.events)
    lab.stop()
    lab.start()
    assert lab.steer("second")["outcome"] == "unchanged"
    lab.until_told("recovered", "second", n)
    assert [event["event"] for event in lab.hook.events[n:] if event["project"] == "second"] == ["recovered"]
