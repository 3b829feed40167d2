# kill -9 of mirrord at each step that changes what is there, and of rsync at each step that runs one: nothing that is
# published breaks, the next start heals, nothing is left behind.
# SPDX-License-Identifier: MIT

import contextlib
import itertools
import os
import signal
import subprocess

import pytest

from support import killed, mirrord, upstream, upstream_server, wait
from support.mirror_checker import look

pytestmark = pytest.mark.apart

MARKER = "Archive-Update-in-Progress-pop.test"
GONE = "v{}_1.0_amd64.deb"
LIMIT_S = 30


class Lab:
    """A mirrord of one archive, twice: as generations, and in two stages since these would be on another disk."""

    def __init__(self, folder, stack):
        self.archive, self.n = upstream.make("debian", folder / "up"), 0
        server = stack.enter_context(upstream_server.Rsyncd(self.archive.folder, folder / "rsyncd"))
        self.gate = stack.enter_context(upstream_server.Gate(server.port))
        projects = {name: {"kind": "debian", "upstreams": [self.gate.url], "max_delete_percent": 100}
                    for name in ("linked", "staged")}
        self.mirrord = stack.enter_context(mirrord.Mirrord(folder / "mirrord", projects, keep_generations=2))
        disk = self.mirrord.root / "staged/generations"
        disk.mkdir(parents=True)
        subprocess.run(["mount", "-t", "tmpfs", "disk", disk], check=True, timeout=10)
        stack.callback(subprocess.run, ["umount", "--lazy", disk], check=True, timeout=10)
        for name in projects:
            self.change()
            self.settle(name)
            self.change()
            self.settle(name)  # so that there is one to go back to

    def change(self):
        """A package is new, and the last one goes."""
        if self.n > 0:
            self.archive.remove(f"v{self.n}")
        self.n += 1
        self.archive.add(f"v{self.n}")
        self.archive.publish()

    def settle(self, project):
        """Have it become what upstream is."""
        is_held = self.mirrord.state(project)["state"] == "held"
        run = self.mirrord.run(project, "release" if is_held else "push")
        assert run["outcome"] in ("done", "unchanged"), run
        wait.until(lambda: self.mirrord.state(project)["state"] == "waiting", "nothing runs any more", LIMIT_S)
        trace = self.mirrord.current(project, "project/trace/pop.test").read_text()
        assert f"Archive serial: {self.archive.serial}\n" in trace

    def is_dead(self):
        return self.mirrord.process.poll() is not None


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with contextlib.ExitStack() as stack:
        yield Lab(tmp_path_factory.mktemp("kills"), stack)


@pytest.mark.parametrize(("project", "wish", "call", "path", "nth"), [
    ("linked", "push", "pwrite64", None, 3),  # the database
    ("linked", "push", "unlinkat", "Packages.xz", 1),  # of an old generation
    ("linked", "push", "renameat", "generations/.making", 1),  # an old generation becomes the next one
    ("linked", "push", "linkat", None, 3),
    ("linked", "push", "syncfs", None, 1),
    ("linked", "push", "renameat", "generations/.making", 2),  # which gets its number
    ("linked", "push", "renameat", ".put.new", 1),  # the trace
    ("linked", "push", "renameat", "before-1", 1),
    ("linked", "push", "renameat", "current", 1),
    ("linked", "rollback", "renameat", "before-1", 1),
    ("linked", "rollback", "renameat", "current", 1),
    ("linked", "release", "renameat", "generations/.going", 1),  # what is not kept any longer
    ("linked", "release", "unlinkat", "InRelease", 1),
    ("staged", "push", "openat2", None, 1),  # what has come is verified
    ("staged", "push", "renameat", MARKER, 1),
    ("staged", "push", "renameat", "Packages.xz", 1),
    ("staged", "push", "renameat", "InRelease", 1),
    ("staged", "push", "unlinkat", GONE, 1),
    ("staged", "push", "unlinkat", MARKER, 1),
])
def test_mirrord_is_killed(lab, project, wish, call, path, nth):
    mirror = lab.mirrord
    if wish == "release":
        mirror.ask("POST", f"/{project}/rollback")
    if wish != "rollback":
        lab.change()
    with killed.Killed(mirror.process.pid, call, path and path.format(lab.n - 1), nth):
        with contextlib.suppress(AssertionError, OSError):  # it may be dead before it replies
            mirror.ask("POST", f"/{project}/{wish}")
        wait.until(lab.is_dead, f"mirrord is killed at {call}", LIMIT_S)
    assert look(mirror.url(project)) == []
    mirror.stop(signal.SIGKILL)  # and waited for
    mirror.start()
    assert look(mirror.url(project)) == []
    lab.settle(project)
    assert look(mirror.url(project)) == []
    assert mirror.left_behind(project) == []


@pytest.mark.parametrize(("nth", "step"), [(1, "probe"), (2, "fetch")])
def test_mirrord_that_is_killed_ends_at_its_next_start_what_it_had_started(lab, nth, step):
    mirror = lab.mirrord
    lab.change()
    with lab.gate.closed_at(nth) as has_come:
        mirror.ask("POST", "/linked/push")
        wait.until(has_come, "rsync waits", LIMIT_S)
        assert mirror.state("linked")["step"] == step
        left = mirror.programs("linked")
        mirror.stop(signal.SIGKILL)
        assert set(left) & set(mirror.programs("linked"))  # rsync lives on
        mirror.start()
        assert not set(left) & set(mirror.programs("linked"))
    assert "killed what an earlier run had left" in mirror.log_text()
    assert look(mirror.url("linked")) == []
    wait.until(lambda: [run["outcome"] for run in mirror.runs("linked")][:2] == ["done", "killed"], "it ran again",
               LIMIT_S)
    lab.settle("linked")
    assert mirror.left_behind("linked") == []


@pytest.mark.parametrize(("project", "killed_at"), [
    ("linked", ["probe", "fetch", "prepare", "fetch"]),  # what was cut off is looked at before it is gone on with
    ("staged", ["probe", "list", "fetch"]),
])
def test_rsync_is_killed_each_time_that_a_run_starts_one(lab, project, killed_at):
    mirror, steps = lab.mirrord, []
    for nth in itertools.count(1):
        lab.change()
        with lab.gate.closed_at(nth) as has_come:
            ended = mirror.begin(project)
            wait.until(lambda: has_come() or mirror.state(project)["state"] == "waiting", "rsync waits", LIMIT_S)
            for pid in mirror.programs(project):
                os.kill(pid, signal.SIGKILL)
            run = ended()
        assert look(mirror.url(project)) == [] and mirror.programs(project) == []
        if run["outcome"] == "done":
            break
        assert run["outcome"] == "killed", run
        steps.append(run["step"])
    assert steps == killed_at
    assert mirror.left_behind(project) == []
