# What somebody could do who has taken one of the POP's servers over: system calls in its name, where it runs.
# SPDX-License-Identifier: MIT

import errno
import subprocess
from pathlib import Path

import pytest

from support import pop, sanitized, wait

INTRUDER = pop.BUILD / "release/tests/support/intruder"
NOT_WAITING = 4
AT_CWD = -100
OPENAT, SOCKET, EXECVE, PTRACE, UNSHARE, MOUNT, SETUID, BPF, KEYCTL, KILL, GETPID, MMAP = \
    257, 41, 59, 101, 272, 165, 105, 321, 250, 62, 39, 9  # of x86-64
REFUSALS = errno.EPERM, errno.EACCES, errno.EROFS, errno.ENOENT, errno.EAFNOSUPPORT

STATE = "/var/lib/fontaine"
KEY = f"{STATE}/tls/server.key"
STATES = {"speedtestd": f"{STATE}/speedtest", "ipv6testd": f"{STATE}/ipv6test", "rdnsd": f"{STATE}/rdns",
          "mirrord": f"{STATE}/mirror", "healthd": f"{STATE}/health", "peerd": f"{STATE}/peers",
          "chrony": "/var/lib/chrony", "knot": "/var/lib/knot/keys", "coturn": f"{STATE}/turn"}
NO_STATE = ["fontaine-metrics"]
STOCK = ["nginx", "chrony", "unbound", "knot", "rsyncd@127.0.0.1"]
RUN_PROGRAMS = ["mirrord", "coturn"]  # of a run; at its start
HAVE_THE_KEY = ["speedtestd", "ipv6testd", "nginx", "chrony", "unbound", "knot"]

# Ours are ended at once by their own filter when they try the like: tests/unit/lib/sys/test_syscalls.c.
OF_STOCK = {
    "trace the first process": (PTRACE, 16, 1),
    "have a user namespace": (UNSHARE, 0x10000000),
    "mount": (MOUNT, "none", "/mnt", "tmpfs", 0, 0),
    "become root": (SETUID, 0),
    "load a program into the kernel": (BPF, 0),
    "have keys of the kernel": (KEYCTL, 0),
    "end the first process": (KILL, 1, 9),
    "have memory to write and run": (MMAP, 0, 4096, 7, 0x22, -1, 0),
}


def read(path):
    return OPENAT, AT_CWD, path, 0


def outside(process):
    """The number here of a process of the POP."""
    nspawn = (pop.BUILD / "run/pid").read_text().strip()
    init = Path(f"/proc/{nspawn}/task/{nspawn}/children").read_text().strip()
    namespace = Path(f"/proc/{init}/ns/pid").readlink()
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            if f"\t{process}\n" in status.read_text().partition("NSpid:")[2].partition("\nNSpgid")[0] + "\n" and \
                    (status.parent / "ns/pid").readlink() == namespace:
                return status.parent.name
        except OSError:
            continue  # it has ended meanwhile


def calls_of(server, calls):
    """What the kernel answers the main process of @server."""
    process = outside(pop.property_of(f"{server}.service", "MainPID"))
    words = [",".join(map(str, call)) for call in calls]

    def when_it_waits():
        done = subprocess.run([INTRUDER, process, *words], text=True, capture_output=True, timeout=10)
        return done.returncode != NOT_WAITING and done

    done = wait.until(when_it_waits, f"{server} waits")
    assert done.returncode == 0, done.stderr
    return [int(line) for line in done.stdout.split()]


def refused(server):
    """What @server may not do: what it is -> the call."""
    tries = {f"read {path}": read(path) for owner, path in STATES.items() if owner != server}
    tries["read /etc/shadow"] = read("/etc/shadow")
    tries["write to /usr"] = (OPENAT, AT_CWD, "/usr/intruder", 0o101, 0o644)
    if server not in RUN_PROGRAMS:
        tries["run a shell"] = EXECVE, "/bin/sh", 0, 0
    tries["see packets of others"] = (SOCKET, 17, 3, 0)
    if server not in HAVE_THE_KEY:
        tries["read the certificate's key"] = read(KEY)
    if server == "speedtestd" and sanitized.FOLDER is None:  # by its own sandbox
        tries["connect to anybody"] = (SOCKET, 2, 1, 0)
    return tries | (OF_STOCK if server in STOCK else {})


@pytest.mark.parametrize("server", [*dict.fromkeys([*STATES, *NO_STATE, *STOCK])])
def test_who_takes_a_server_over_has_that_server_alone(server):
    own = [(GETPID,), *([read(STATES[server])] if server in STATES and server != "coturn" else [])]
    number, *opened = calls_of(server, own)
    assert str(number) == pop.property_of(f"{server}.service", "MainPID")
    assert all(answer >= 0 for answer in opened), "its own is its own"

    tries = refused(server)
    answers = dict(zip(tries, calls_of(server, tries.values()), strict=True))
    assert {what: answer for what, answer in answers.items() if -answer not in REFUSALS} == {}
    assert str(calls_of(server, [(GETPID,)])[0]) == pop.property_of(f"{server}.service", "MainPID"), "it goes on"
