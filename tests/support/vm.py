# A machine in QEMU with the disk of the POP "lab", as image/boot starts one. Its disk may keep what is written, so that
# it can lose its power and start again.
# SPDX-License-Identifier: MIT

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import answers
import qemu
from support import pop

POP = "lab"
POP_FILE = pop.PROJECT / f"image/pops/{POP}.yaml"
IMAGES = pop.BUILD / f"images/{POP}"
DISK, ISO = IMAGES / f"fontaine-{POP}.qcow2", IMAGES / f"fontaine-{POP}.iso"
LIMIT_S = int(os.environ.get("MACHINE_LIMIT_S", 1800))  # on a busy host, a start takes many minutes
SSH_LIMIT_S = 600
FIRMWARE_STARTS = "BdsDxe: starting"
SSH = ["ssh", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
       "-o", f"ConnectTimeout={SSH_LIMIT_S}", "-i", qemu.KEY]


def with_key():
    """QEMU's arguments for the credential by which ssh() gets in."""
    return qemu.credential("ssh.authorized_keys.root", qemu.public_key())


def waited_s(task):
    try:
        return int((task / "schedstat").read_text().split()[1]) / 1e9  # proc_pid_schedstat: in its run queue
    except OSError:  # it has ended
        return 0


class Machine:
    """To use in a with statement. @folder: for its console; @media: QEMU's arguments for what it starts from; @more:
    others."""

    pop_file = POP_FILE
    here = staticmethod(answers.on_this_host)

    def __init__(self, folder, *media, more=None, firmware="uefi"):
        self.log, self.media, self.firmware = folder / "console", media, firmware
        self.more = with_key() if more is None else more
        self.process = None
        endpoints = answers.endpoints(self.pop_file)
        self.asked, self.sockets = answers.asked(endpoints, self.here), answers.sockets(endpoints)
        self.host = self.here(qemu.ssh_socket(self.sockets)[1])  # where operators log in

    def __enter__(self):
        if self.process is None:
            self.start()
        return self

    def __exit__(self, *error):
        if self.process is not None:
            qemu.stop(self.process)
            self.process = None

    def start(self, *more):
        """Switch it on, also once more after cut_power(). @more: arguments of QEMU."""
        self.told_to_start()
        command = qemu.command(self.network(), self.log, *self.media, *self.more, *more, firmware=self.firmware,
                               restarts=True)
        self.process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *command], start_new_session=True,
                                        stdin=subprocess.DEVNULL)

    def network(self):
        return qemu.network(self.pop_file, self.sockets)

    def told_to_start(self, starts=1):
        """@starts: it may take so many."""
        self.mark = len(self.whole_console())
        self.began, self.limit_s = time.monotonic(), LIMIT_S * starts

    def cut_power(self):
        self.process.kill()
        self.process.wait()
        self.process = None

    def whole_console(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def console(self):
        """What it has said since it was switched on, or told to restart."""
        return self.whole_console()[self.mark:]

    def type(self, line):
        """Return when the machine has shown it: QEMU forgets what it has not passed on when we close."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(SSH_LIMIT_S)
            s.connect(str(self.log.with_suffix(".sock")))
            s.sendall(f"{line}\n".encode())
            while b"\n" not in s.recv(4096):
                pass

    def goes_on(self):
        """For as long as its limit is, but for what its host kept it waiting."""
        return self.process.poll() is None and time.monotonic() < self.began + self.limit_s + self.kept_waiting_s()

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
        silent = answers.wait_for_all(self.asked, self.goes_on)
        assert not silent, f"{silent}; the console ends with:\n{self.console()[-3000:]}"
        took_s = time.monotonic() - self.began
        print(f"every service answers after {took_s:.0f} s, {self.processor_s():.0f} of processors", file=sys.stderr)

    def processor_s(self):
        """How long it has used the processors of this host: on one that is busy, more telling than the time."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # proc(5): utime, stime

    def kept_waiting_s(self):
        """How long a thread of it could have run, but had no processor; of the one that waited longest."""
        return max(map(waited_s, Path(f"/proc/{self.process.pid}/task").iterdir()), default=0)

    def answering(self):
        """Sockets that answer now."""
        return self.asked - set(answers.unanswered(self.asked))

    def by_ssh(self):
        """The command that runs others on the machine."""
        return [*map(str, SSH), f"root@{self.host}"]

    def ssh(self, command, check=True, timeout=SSH_LIMIT_S):
        done = subprocess.run([*self.by_ssh(), command], text=True, capture_output=True, timeout=timeout,
                              stdin=subprocess.DEVNULL)
        assert not check or done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done

    def put(self, path, where):
        """A file of this host into the machine."""
        with open(path, "rb") as file:
            subprocess.run([*self.by_ssh(), f"cat >{where}"], check=True, timeout=SSH_LIMIT_S, stdin=file)

    def wait_in(self):
        self.wait_for(lambda: self.ssh("true", check=False).returncode == 0, "somebody can log in")

    def failed_units(self):
        return self.ssh("systemctl --failed --no-legend --plain").stdout

    def wait_well(self):
        self.wait_up()
        self.wait_in()
        assert self.failed_units() == ""

    def restart(self, starts=1):
        """Have it start again, by UEFI; return when it does. @starts: it may take so many."""
        self.told_to_start(starts)
        self.ssh("systemctl --no-block reboot", check=False)
        self.wait_to_say(FIRMWARE_STARTS)
