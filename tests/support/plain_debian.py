# A plain Debian 13 that is booted, in a network of its own without anybody else.
# SPDX-License-Identifier: MIT

import os
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from support import pop, wait

TREE = pop.BUILD / "plain/tree"
LANDLOCK = "landlock_create_ruleset landlock_add_rule landlock_restrict_self"


class Machine:
    """What its disk @root holds stays from one boot to the next."""

    def __init__(self, root):
        self.root = root
        self.nspawn = None

    def boot(self):
        with open(self.root.parent / "console", "ab") as console:
            self.nspawn = subprocess.Popen(
                ["systemd-nspawn", "--quiet", "--boot", f"--directory={self.root}", "--private-network",
                 "--hostname=plain", "--console=read-only", "--register=no", "--keep-unit", "--link-journal=no",
                 f"--system-call-filter={LANDLOCK}"],
                env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=console, stderr=console)
        wait.until(self.has_booted, "a plain Debian that has booted", 120, 1)

    def has_booted(self):
        assert self.nspawn.poll() is None, (self.root.parent / "console").read_text()
        said = self.run("systemctl", "is-system-running", check=False).stdout.strip() if self.init() else ""
        return said in ("running", "degraded")

    def halt(self):
        if self.nspawn is None:
            return
        self.nspawn.terminate()
        try:
            self.nspawn.wait(60)
        finally:
            self.nspawn.kill()
            self.nspawn.wait(10)
            self.nspawn = None

    def init(self):
        pid = self.nspawn.pid
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().strip()

    def run(self, *command, check=True, seconds=60):
        done = subprocess.run(
            ["nsenter", "--target", self.init(), "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "env", "-i",
             "PATH=/usr/sbin:/usr/bin", "HOME=/root", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", *command],
            timeout=seconds, text=True, stdin=subprocess.DEVNULL, capture_output=True)
        assert not check or done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}"
        return done

    def apt(self, *words):
        return self.run("apt-get", "--quiet=1", "--option=Dpkg::Use-Pty=0", "--yes", *words, seconds=600).stdout


@contextmanager
def plain_debian():
    """A machine whose disk is thrown away after."""
    with tempfile.TemporaryDirectory() as folder:
        upper, work, root = (Path(folder) / name for name in ("upper", "work", "root"))
        for each in upper, work, root:
            each.mkdir()
        subprocess.run(["mount", "-t", "overlay", "plain", "-o",
                        f"lowerdir={TREE},upperdir={upper},workdir={work}", root], check=True, timeout=10)
        machine = Machine(root)
        try:
            machine.boot()
            yield machine
        finally:
            machine.halt()
            subprocess.run(["umount", root], check=True, timeout=10)
