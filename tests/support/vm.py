# A machine in QEMU with the disk or ISO of the POP "lab", as image/boot starts one. Its disk may keep what is written,
# so that it can lose its power and start again.
# SPDX-License-Identifier: MIT

import os
import socket
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
DISK, ISO = IMAGES / f"fontaine-{POP}.qcow2", IMAGES / f"fontaine-{POP}.iso"
LIMIT_S = 900
SSH_LIMIT_S = 120
FIRMWARE_STARTS = "BdsDxe: starting"
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


def with_key():
    """QEMU's arguments for the credential by which ssh() gets in."""
    return qemu.credential("ssh.authorized_keys.root", qemu.public_key())


def kept(image):
    """QEMU's arguments for a disk that keeps what is written."""
    return qemu.drive(image, keeps=True)


def kept_disk(path, image=DISK):
    """As kept(), for a new disk @path on top of @image."""
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", image, path],
                   check=True, timeout=60)
    return kept(path)


class Machine:
    """To use in a with statement. @folder: for its console; @more: arguments of QEMU."""

    def __init__(self, folder, *media, firmware="uefi", more=None):
        self.log = folder / "console"
        self.media, self.firmware = media, firmware
        self.more = with_key() if more is None else more

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        qemu.stop(self.process)

    def start(self):
        """Switch it on, also once more after cut_power() or when it has stopped."""
        self.mark = len(self.whole_console())
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            qemu.command(qemu.network(POP_FILE, sockets()), self.log, *self.media, *self.more,
                         firmware=self.firmware, restarts=True),
            start_new_session=True, stdin=subprocess.DEVNULL)

    def cut_power(self):
        self.process.kill()
        self.process.wait()

    def whole_console(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def console(self):
        """What it has said since it was switched on, or told to restart."""
        return self.whole_console()[self.mark:]

    def type(self, text):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(SSH_LIMIT_S)
            s.connect(str(self.log.with_suffix(".sock")))
            s.sendall(text.encode())

    def goes_on(self):
        return self.process.poll() is None and time.monotonic() < self.began + LIMIT_S

    def wait_for(self, condition, what):
        while not (value := condition()):
            assert self.goes_on(), f"{what}: it has not, in {time.monotonic() - self.began:.0f} s; its console ends " \
                                   f"with:\n{self.console()[-3000:]}"
            time.sleep(1)
        return value

    def wait_to_say(self, text):
        self.wait_for(lambda: text in self.console(), f"it says {text!r}")

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

    def answering(self):
        """Sockets that answer now."""
        return asked() - set(answers.unanswered(asked()))

    def ssh(self, command, check=True, timeout=SSH_LIMIT_S):
        done = subprocess.run([*by_ssh(), command], text=True, capture_output=True, timeout=timeout,
                              stdin=subprocess.DEVNULL)
        assert not check or done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done

    def wait_in(self):
        self.wait_for(lambda: self.ssh("true", check=False).returncode == 0, "somebody can log in")

    def version(self):
        return self.ssh("sed -n s/^IMAGE_VERSION=//p /etc/os-release").stdout.strip().strip('"')

    def restart(self):
        """Have it start again, by UEFI; return when it does."""
        self.mark = len(self.whole_console())
        self.began = time.monotonic()
        self.ssh("systemctl --no-block reboot", check=False)
        self.wait_to_say(FIRMWARE_STARTS)
