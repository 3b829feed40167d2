# A machine in QEMU with a POP's disk or ISO, as image/boot starts it, whose disk may keep what it writes.
# SPDX-License-Identifier: MIT

import importlib.util
import subprocess
import time
from importlib.machinery import SourceFileLoader

from support import pop

BOOT = pop.PROJECT / "image/boot"
POP = "lab"
IMAGES = pop.BUILD / f"images/{POP}"
LIMIT_S = 600
SSH_LIMIT_S = 120


def load(path):
    """A program of ours as a module."""
    loader = SourceFileLoader(path.name, str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(path.name, loader))
    loader.exec_module(module)
    return module


boot = load(BOOT)
all_endpoints = boot.endpoints(str(pop.PROJECT / f"image/pops/{POP}.yaml"))
wanted = boot.sockets(all_endpoints)
SSH = ["ssh", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
       "-o", f"ConnectTimeout={SSH_LIMIT_S}", "-i", str(boot.KEY), f"root@{boot.on_this_host(wanted[0][1])}"]


def with_key():
    """The credential by which ssh() gets in."""
    return boot.credential("ssh.authorized_keys.root", boot.public_key())


def disk_of(path):
    """Make @path a disk that may be written to, on top of the image's."""
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2",
                    "-b", IMAGES / f"fontaine-{POP}.qcow2", path], check=True, timeout=60)
    return path


class Machine:
    """To use in a with statement. @image: a disk, or an ISO; @more: other arguments of QEMU."""

    def __init__(self, image, console, more=None, **how):
        self.image, self.log, self.how = str(image), console, how
        self.more = with_key() if more is None else more

    def __enter__(self):
        nic = boot.network(str(pop.PROJECT / f"image/pops/{POP}.yaml"), wanted)
        self.began = time.monotonic()
        self.qemu = subprocess.Popen([*boot.machine(self.image, nic, self.log, **self.how), *self.more],
                                     start_new_session=True)
        return self

    def __exit__(self, *error):
        boot.stop(self.qemu)

    def cut_power(self):
        self.qemu.kill()
        self.qemu.wait()

    def console(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def wait_for(self, what, condition):
        while not condition():
            assert time.monotonic() < self.began + LIMIT_S, f"{what}: not within {LIMIT_S} s:\n{self.console()[-2000:]}"
            assert self.qemu.poll() is None, f"{what}: the machine has stopped:\n{self.console()[-2000:]}"
            time.sleep(1)

    def wait_to_say(self, text):
        self.wait_for(f"it says {text!r}", lambda: text in self.console())

    def wait_up(self):
        """Until every service answers. Return: how many seconds that took."""
        waiting = boot.asked(all_endpoints)

        def all_answer():
            nonlocal waiting
            waiting = set(dict(boot.unanswered(waiting)))
            return not waiting

        self.wait_for("all services answer", all_answer)
        return time.monotonic() - self.began

    def answers(self):
        """Sockets that do answer, now."""
        return boot.asked(all_endpoints) - set(dict(boot.unanswered(boot.asked(all_endpoints))))

    def ssh(self, command, check=True, timeout=SSH_LIMIT_S):
        done = subprocess.run([*SSH, command], text=True, capture_output=True, timeout=timeout, cwd=pop.PROJECT,
                              stdin=subprocess.DEVNULL)
        assert not check or done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done

    def wait_in(self):
        self.wait_for("somebody can log in", lambda: self.ssh("true", check=False).returncode == 0)

    def version(self):
        return self.ssh("sed -n s/^IMAGE_VERSION=//p /etc/os-release").stdout.strip().strip('"')

    def restart(self):
        """Return when it is on its way."""
        self.began = time.monotonic()
        self.ssh("systemctl --no-block reboot", check=False)
