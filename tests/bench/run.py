#!/usr/bin/env python3
# Measure us beside the peers: run.py FOLDER_OF_PROGRAMS (README.md says what and how)
# SPDX-License-Identifier: MIT

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import connections
import cost
import ipv6test
import ipv6test_dns
import ndt7
import runner
import servers
import speedtest

BENCHES = [speedtest.benches, ndt7.benches, connections.benches, ipv6test.benches, ipv6test_dns.benches]
ROUNDS = 5
RESULTS = Path("build/bench")

# The kernel's own defaults, whatever this machine was tuned to. Reno sends as soon as
# it may: a congestion control that paces would be measured by the timers of the machine.
SYSCTL = {
    "tcp_congestion_control": "reno",
    "tcp_rmem": "4096 131072 6291456",
    "tcp_wmem": "4096 16384 4194304",
}


def isolate():
    """A network namespace for the sockets, and one processor for servers and load alike."""
    os.unshare(os.CLONE_NEWNET)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for key, value in SYSCTL.items():
        Path("/proc/sys/net/ipv4", key).write_text(value)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def all_benches(programs, folder, stack):
    """Each part has a folder of its own."""
    for start in BENCHES:
        own = folder / start.__module__
        own.mkdir()
        yield from start(programs, own, stack)


def main(programs):
    if os.geteuid() != 0:
        sys.exit("make bench needs root: it measures in a network namespace of its own")
    RESULTS.mkdir(parents=True, exist_ok=True)
    servers.LOG.unlink(missing_ok=True)
    isolate()
    with TemporaryDirectory(dir=RESULTS) as folder, ExitStack() as stack:
        benches = list(all_benches(programs.resolve(), Path(folder).resolve(), stack))
        results = runner.run(benches, ROUNDS)
    runner.write(results, RESULTS / "results.json")
    cost.write(results, RESULTS)
    runner.show(results)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
