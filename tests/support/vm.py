# A machine in QEMU with the disk of the POP "lab", as image/boot starts one.
# SPDX-License-Identifier: MIT

import os
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import answers
import qemu
from support import pop

POP = "lab"
POP_FILE = pop.PROJECT / f"image/pops/{POP}.yaml"
IMAGES = pop.BUILD / f"images/{POP}"
DISK = IMAGES / f"fontaine-{POP}.qcow2"
LIMIT_S = 900
SSH_LIMIT_S = 120
SSH = ["ssh", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
       "-o", f"ConnectTimeout={SSH_LIMIT_S}", "-i", qemu.KEY]


@cache
def endpoints():
    return answers.endpoints(POP_FILE)


@cache
def sockets():
    return answers.sockets(endpoints())


def asked():
    return answers.asked(endpoints())


def by_ssh():
    """The command that runs others on the machine."""
    return [*map(str, SSH), f"root@{answers.on_this_host(qemu.ssh_socket(sockets())[1])}"]


class Machine:
    """To use in a with statement. @media: QEMU's arguments for what it starts from; @folder: for its console."""

    def __init__(self, folder, *media):
        self.log, self.media = folder / "console", media

    def __enter__(self):
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            qemu.command(qemu.network(POP_FILE, sockets()), self.log, *self.media,
                         *qemu.credential("ssh.authorized_keys.root", qemu.public_key())),
            start_new_session=True, stdin=subprocess.DEVNULL)
        return self

    def __exit__(self, *error):
        qemu.stop(self.process)

    def console(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def goes_on(self):
        return self.process.poll() is None and time.monotonic() < self.began + LIMIT_S

    def wait_for(self, condition, what):
        while not (value := condition()):
            assert self.goes_on(), f"{what}: it has not, in {time.monotonic() - self.began:.0f} s; its console ends " \
                                   f"with:\n{self.console()[-3000:]}"
            time.sleep(1)
        return value

    def wait_up(self):
        """Until every service answers; print after how many seconds."""
        silent = answers.wait_for_all(asked(), self.goes_on)
        assert not silent, f"{silent}; the console ends with:\n{self.console()[-3000:]}"
        took_s = time.monotonic() - self.began
        print(f"every service answers after {took_s:.0f} s, {self.processor_s():.0f} of processors", file=sys.stderr)

    def processor_s(self):
        """How long it has used the processors of this host: on one that is busy, more telling than the time."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # proc(5): utime, stime

    def ssh(self, command, check=True, timeout=SSH_LIMIT_S):
        done = subprocess.run([*by_ssh(), command], text=True, capture_output=True, timeout=timeout,
                              stdin=subprocess.DEVNULL)
        assert not check or done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done

    def wait_in(self):
        self.wait_for(lambda: self.ssh("true", check=False).returncode == 0, "somebody can log in")
