# The power fails while mirrord fetches, publishes, rolls back and prunes: a machine with Debian's kernel and ext4 does
# all that once, and its disk is looked at as it would have been after many of its writes (support/power.py); with
# POWER_FAILURES=1000 after more of them.
# SPDX-License-Identifier: MIT

import contextlib
import os
import random
import re
import shutil
import sqlite3
import subprocess

import pytest

from support import kernel, mirrord, pop, power, upstream, upstream_server, wait
from support.mirror_checker import Folder, look, look_at

FAILURES = int(os.environ.get("POWER_FAILURES", 40))
HEALED_EVERY = 10  # to start a mirrord on all that is left would take longest
pytestmark = [pytest.mark.apart, pytest.mark.timeout(300 + FAILURES)]

DISK_MIB = 32
VERSIONS, KEPT = 4, 2
PROJECTS = ("generations", "stages")
ROLLED_BACK = 3  # after this version
PROGRAMS = [mirrord.PROGRAM, pop.FONTAINE, "/usr/bin/rsync", "/usr/bin/systemd-socket-activate"]

SCRIPT = """
mkdir /mirror
mount -t ext4 /dev/vda /mirror
cd /test
mkdir -p /mirror/root/stages/generations /mirror/state /run/mirrord
mount -t tmpfs disk /mirror/root/stages/generations
sync
rsync --daemon --config=rsyncd.conf
n=0
mark() {{
	echo "$*" | dd of=/dev/vda bs=64 seek=$(({marks_at} / 64 + n)) conv=notrunc,fsync 2>/dev/null
	n=$((n + 1))
	echo "$*"
}}
is() {{
	grep -q "^Archive serial: $2" /mirror/root/$1/current/project/trace/pop.test &&
		fontaine mirror list | grep -q "^$1 .* waiting"
}} 2>/dev/null
until_is() {{
	tries=0
	until is "$@"; do [ $((tries += 1)) = 300 ] && poweroff -f; sleep 0.1; done
	mark "$@"
}}
ln -s up1 /test/up
systemd-socket-activate -E STATE_DIRECTORY=/mirror/state -l /run/mirrord/control.sock mirrord --pop pop.yaml 2>&1 &
until [ -S /run/mirrord/control.sock ]; do :; done
for version in $(seq {versions}); do
	ln -sfn up$version /test/up
	for project in {projects}; do
		fontaine mirror $([ $version = {versions} ] && echo release || echo push) $project >/dev/null
		until_is $project $version
	done
	[ $version = {rolled_back} ] || continue
	mark generations $((version - 1))
	fontaine mirror rollback generations
	fontaine mirror hold stages
done
kill %1
wait
sync
echo all is done
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """An upstream that has gone through all its versions, and a folder in which "upN" is version N of it."""
    folder = tmp_path_factory.mktemp("versions")
    made = upstream.make("debian", folder)
    for version in range(1, VERSIONS + 1):
        if version > 1:
            made.add(f"v{version}", size=20_000)
            if version > 2:
                made.remove(f"v{version - 1}")
            made.publish()
        shutil.copytree(made.folder, folder / f"up{version}", symlinks=True)
    return made


@pytest.fixture(scope="module")
def log(archive, tmp_path_factory):
    """Of a machine's disk, on which mirrord has mirrored all versions."""
    folder = tmp_path_factory.mktemp("machine")
    test, disk, base = folder / "root/test", folder / "disk", folder / "base"
    test.mkdir(parents=True)
    for version in archive.folder.parent.glob("up*"):
        shutil.copytree(version, test / version.name, symlinks=True)
    (test / "rsyncd.conf").write_text("uid = 0\ngid = 0\nuse chroot = no\nport = 8873\n[mirror]\npath = /test/up\n")
    projects = {name: {"kind": "debian", "upstreams": ["rsync://127.0.0.1:8873/mirror/"],
                       "max_delete_percent": 100} for name in PROJECTS}
    mirrord.write_pop(test / "pop.yaml", "/mirror/root", projects, {"reserve": "1MiB", "keep_generations": KEPT})
    power.make_disk(disk, DISK_MIB)
    shutil.copy(disk, base)
    script = SCRIPT.format(marks_at=DISK_MIB << 20, versions=VERSIONS, projects=" ".join(PROJECTS),
                           rolled_back=ROLLED_BACK)
    told = kernel.run(folder / "root", PROGRAMS, ["virtio_blk"], script, *power.options(disk, folder / "log"))
    assert "all is done\n" in told, told
    return power.Log(folder / "log", base, DISK_MIB << 20)


class Left:
    """What a power failure has left: the folders of a disk. @marks: what the machine had noted by then."""

    def __init__(self, folder, marks):
        self.folder = folder
        self.published = dict(mark.split() for mark in marks)  # the last one of each project

    def current(self, project):
        """The tree that is served, or None."""
        link = self.folder / "root" / project / "current"
        return link.parent / link.readlink() if link.is_symlink() else None

    def wrong(self, project):
        """A line for each file that an index names and that is not there with its bytes, in any tree that has a name
        of its own; one for what was published and is not."""
        least, current = int(self.published.get(project, 0)), self.current(project)
        if current is None:
            return [f"nothing is published, but {least} was"] if least else []
        trees = {current, *(self.folder / "root" / project / "generations").glob("[1-9]*")}
        wrong = [f"{tree.name}: {line}" for tree in trees for line in look_at(Folder(tree), "GET")]
        found = re.search(r"Archive serial: (\d+)", (current / "project/trace/master").read_text())
        serial = int(found[1]) if found else 0
        return wrong + ([f"{serial} is published, but {least} was"] if serial < max(least, 1) else [])

    def database_says(self):
        path = self.folder / "state/mirror.db"
        if not path.exists():
            return "missing" if self.published else "ok"
        with contextlib.closing(sqlite3.connect(path)) as database:
            return database.execute("PRAGMA integrity_check").fetchone()[0]


@pytest.fixture(scope="module")
def left(log, tmp_path_factory):
    """What is left by power failures at random points, those at the beginning and the end too."""
    chance = random.Random(1)
    points = sorted({0, len(log.entries), *chance.sample(range(len(log.entries)), FAILURES - 2)})
    folder, found = tmp_path_factory.mktemp("left"), []
    for n, marks, disk in log.states(points, chance):
        power.unpack(disk, folder / f"{n}")
        found.append(Left(folder / f"{n}", marks))
    return found


def test_what_is_served_after_a_power_failure_is_whole(left):
    wrong = {each.folder.name: lines for each in left for name in PROJECTS if (lines := each.wrong(name))}
    assert wrong == {}
    assert {each.published.get(name) for each in left for name in PROJECTS} >= {None, "1", "2", f"{VERSIONS}"}


def test_the_database_opens_after_a_power_failure(left):
    assert {each.folder.name: said for each in left if (said := each.database_says()) != "ok"} == {}


class Healer:
    """A mirrord that is started on what a power failure has left."""

    def __init__(self, folder, archive, stack):
        self.archive = archive
        server = stack.enter_context(upstream_server.Rsyncd(archive.folder, folder / "rsyncd"))
        projects = {name: {"kind": "debian", "upstreams": [server.url], "max_delete_percent": 100}
                    for name in PROJECTS}
        self.mirrord = stack.enter_context(mirrord.Mirrord(folder / "mirrord", projects, keep_generations=KEPT))

    @contextlib.contextmanager
    def on(self, left):
        """It begins with those folders."""
        self.mirrord.stop()
        for to, name in (self.mirrord.folder / "state", "state"), (self.mirrord.root, "root"):
            shutil.rmtree(to)
            to.mkdir()
            if (left.folder / name).exists():
                shutil.copytree(left.folder / name, to, symlinks=True, dirs_exist_ok=True)
        disk = self.mirrord.root / "stages/generations"
        disk.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "disk", disk], check=True, timeout=10)
        self.mirrord.start()
        yield
        subprocess.run(["umount", "--lazy", disk], check=True, timeout=10)

    def heal(self, project):
        """Return: what is wrong when it has run."""
        is_held = self.mirrord.state(project)["state"] in ("held", "paused")
        run = self.mirrord.run(project, "release" if is_held else "push")
        assert run["outcome"] in ("done", "unchanged"), run
        wait.until(lambda: self.mirrord.state(project)["state"] == "waiting", "nothing runs any more")
        trace = self.mirrord.current(project, "project/trace/pop.test").read_text()
        assert f"Archive serial: {self.archive.serial}\n" in trace
        return look(self.mirrord.url(project)) + self.mirrord.left_behind(project)


def test_the_next_start_heals_what_a_power_failure_has_left(left, archive, tmp_path):
    with contextlib.ExitStack() as stack:
        healer = Healer(tmp_path, archive, stack)
        for each in left[::HEALED_EVERY]:
            with healer.on(each):
                wrong = {name: healer.heal(name) for name in PROJECTS}
            assert wrong == {name: [] for name in PROJECTS}, each.folder.name
