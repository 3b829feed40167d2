# What a machine does to its mirrors: its disk becomes full, its clock jumps.
# SPDX-License-Identifier: MIT

import contextlib
import os
import subprocess

import pytest

from support import mirrord, reverse_pop, sanitized, upstream_server, wait

pytestmark = [pytest.mark.apart, sanitized.unfit("a clock of its own is preloaded, and so is the sanitizer")]

MIB = 1 << 20
DISK_MIB = 48


class Lab:
    """A mirrord whose mirrors are on a small disk, with a clock of its own."""

    def __init__(self, folder, stack):
        self.folder, self.disk = folder, folder / "disk"
        self.disk.mkdir()
        self.clock = folder / "clock"
        self.set_clock("+0")
        self.mount(f"size={DISK_MIB}m")
        stack.callback(subprocess.run, ["umount", "--lazy", self.disk], check=True, timeout=10)
        projects = {}
        for name in "large", "filling", "slow":
            (folder / name).mkdir()
            server = stack.enter_context(upstream_server.Rsyncd(folder / name, folder / f"{name}.state"))
            projects[name] = {"kind": "files", "upstreams": [server.url], "timeout_hours": 1}
        projects["filling"]["bandwidth_mbps"] = projects["slow"]["bandwidth_mbps"] = 16
        environment = {**reverse_pop.CLOCK, "FAKETIME_TIMESTAMP_FILE": str(self.clock)}
        self.mirrord = stack.enter_context(
            mirrord.Mirrord(folder / "mirrord", projects, environment, root=self.disk))

    def mount(self, options):
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "disk", self.disk], check=True, timeout=10)

    def set_clock(self, offset):
        self.clock.write_text(f"{offset}\n")

    def put(self, project, name, mib):
        (self.folder / project / name).write_bytes(os.urandom(mib * MIB))

    def served(self, project):
        return sorted(path.name for path in self.mirrord.current(project).iterdir())

    def fetched_mib(self, project):
        return sum(path.stat().st_size for path in (self.disk / project / "work").iterdir()) / MIB


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with contextlib.ExitStack() as stack:
        yield Lab(tmp_path_factory.mktemp("mirror"), stack)


def test_what_does_not_fit_is_not_even_fetched(lab):
    size = DISK_MIB * 2 // 3  # of which no second one fits
    lab.put("large", "one", size)
    assert lab.mirrord.run("large")["outcome"] == "done"
    lab.put("large", "two", DISK_MIB)
    run = lab.mirrord.run("large")
    assert (run["outcome"], run["why"], "make room" in run["words"]) == ("held", "full", True), run
    assert lab.served("large") == ["one"]
    assert lab.fetched_mib("large") == size
    lab.mount(f"remount,size={3 * DISK_MIB}m")
    assert lab.mirrord.run("large", "release")["outcome"] == "done"
    assert lab.served("large") == ["one", "two"]


def test_a_disk_that_becomes_full_meanwhile(lab):
    lab.put("filling", "one", 1)
    assert lab.mirrord.run("filling")["outcome"] == "done"
    lab.put("filling", "two", 12)
    ended = lab.mirrord.begin("filling")
    lab.mirrord.until_step("filling", "fetch")
    free = os.statvfs(lab.disk)
    with contextlib.suppress(OSError):  # what is fetched takes some of it
        (lab.disk / "filler").write_bytes(bytes(free.f_bavail * free.f_bsize - MIB // 2))
    run = ended()
    assert (run["outcome"], "disk" in run["words"]) == ("held", True), run
    assert (lab.served("filling"), lab.fetched_mib("filling")) == (["one"], 1)
    (lab.disk / "filler").unlink()
    assert lab.mirrord.run("filling", "release")["outcome"] == "done"
    assert lab.served("filling") == ["one", "two"]


def test_a_clock_that_jumps_ends_nothing_and_delays_nothing(lab):
    """A run may take an hour here, and the next one comes in a day: by a clock that does not jump."""
    for jump, name in ("+10d", "ahead"), ("-10d", "back"):
        lab.put("slow", name, 4)
        ended = lab.mirrord.begin("slow")
        lab.mirrord.until_step("slow", "fetch")
        before_s = lab.mirrord.state("slow")["due"]
        lab.set_clock(jump)
        assert ended()["outcome"] == "done"
        wait.until(lambda: lab.mirrord.state("slow")["state"] == "waiting", "it is over")
        assert abs(lab.mirrord.state("slow")["due"] - before_s) > 5 * 86400  # as the clock has it now
    assert lab.served("slow") == ["ahead", "back"]
    assert lab.mirrord.run("slow")["outcome"] == "unchanged"
