# The POP's servers: their processes, and what these have of memory and descriptors.
# SPDX-License-Identifier: MIT

from functools import cache

from support import pop

UNITS = ["speedtestd", "ipv6testd", "rdnsd", "mirrord", "healthd", "peerd", "nginx", "chrony", "unbound", "knot",
         "coturn", "rsyncd@127.0.0.1"]
MIB = 1 << 20


def main_processes():
    """Of each unit that runs, by its number in the POP."""
    shown = pop.run("systemctl", "show", "--value", "--property=MainPID", *(f"{unit}.service" for unit in UNITS)).stdout
    return {unit: process for unit, process in zip(UNITS, shown.split(), strict=True) if process != "0"}


def processes(main):
    """The main process and its children."""
    return [main, *pop.inside(f"/proc/{main}/task/{main}/children").read_text().split()]


def memory_bytes(main, *kinds):
    """Of all its processes together, as /proc/PID/status has it (proc_pid_status(5))."""
    lines = [line for process in processes(main)
             for line in pop.inside(f"/proc/{process}/status").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith(tuple(f"{kind}:" for kind in kinds))) * 1024


def descriptors(main):
    return sum(len(list(pop.inside(f"/proc/{process}/fd").iterdir())) for process in processes(main))


@cache
def memory_limit(unit):
    """Of the unit, in bytes; not every kernel that this runs on enforces it."""
    return int(pop.property_of(f"{unit}.service", "MemoryMax"))
