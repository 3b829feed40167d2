# Compare ourselves with peers: every figure of every contender in each round, so
# that what else the machine does meets all alike. What counts is the ratio.
# SPDX-License-Identifier: MIT

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path("build/bench/results.json")

# The kernel's own defaults, whatever this machine was tuned to. Reno sends as soon as
# it may: a congestion control that paces would be measured by the timers of the machine.
SYSCTL = {
    "tcp_congestion_control": "reno",
    "tcp_rmem": "4096 131072 6291456",
    "tcp_wmem": "4096 16384 4194304",
}
ROW = "{:<36} {:<30} {:>9} {:<20} {:>9} {:>6}  {}"


def say(what):
    """How far it has come."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def isolate():
    """A network namespace for the sockets, and one processor for servers and load alike."""
    if os.geteuid() != 0:
        sys.exit("benchmarks need root: they measure in a network namespace of their own")
    os.unshare(os.CLONE_NEWNET)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for key, value in SYSCTL.items():
        Path("/proc/sys/net/ipv4", key).write_text(value)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


@dataclass(frozen=True)
class Contender:
    label: str
    measure: Callable[[], float]  # more is better


@dataclass(frozen=True)
class Bench:
    name: str
    unit: str
    ours: Contender
    peers: list[Contender]
    rounds: int | None = None  # as many as there are
    aim: float | None = None   # of the ratio, at least


@dataclass(frozen=True)
class Result:
    bench: Bench
    peer: Contender
    ours: list[float]  # one figure for each round
    theirs: list[float]

    @property
    def ratios(self):
        return [a / b for a, b in zip(self.ours, self.theirs, strict=True)]

    def is_missed(self):
        return self.bench.aim is not None and statistics.median(self.ratios) < self.bench.aim

    def as_json(self):
        """As the project's results are kept; figures with six digits say more than any run."""
        return {"name": self.bench.name, "unit": self.bench.unit,
                "ours": float(f"{statistics.median(self.ours):.6g}"), "peer": self.peer.label,
                "theirs": float(f"{statistics.median(self.theirs):.6g}"),
                "ratio": round(statistics.median(self.ratios), 3)}


def run(benches, rounds):
    """Measure everything once in each round. Return: a Result for each peer of each bench."""
    figures = {}
    most = max(bench.rounds or rounds for bench in benches)
    for nth in range(most):
        say(f"round {nth + 1} of {most}")
        for bench in benches:
            if nth >= (bench.rounds or rounds):
                continue
            contenders = (bench.ours, *bench.peers)
            for contender in contenders if nth % 2 == 0 else reversed(contenders):
                figures.setdefault((bench.name, contender.label), []).append(contender.measure())
    return [Result(b, peer, figures[b.name, b.ours.label], figures[b.name, peer.label])
            for b in benches for peer in b.peers]


def write(rows):
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(rows, indent=1) + "\n")


def add(rows):
    """To what was measured by others, in place of what was called the same."""
    names = {row["name"] for row in rows}
    old = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    write([row for row in old if row["name"] not in names] + rows)


def show(results):
    """Ends the run when an aim is missed."""
    print(ROW.format("what", "unit", "ours", "peer", "theirs", "ratio", "in the rounds"))
    for r in results:
        line = r.as_json()
        print(ROW.format(line["name"], line["unit"], f"{line['ours']:,.1f}", line["peer"],
                         f"{line['theirs']:,.1f}", f"{line['ratio']:.2f}",
                         f"{min(r.ratios):.2f} to {max(r.ratios):.2f}"))
    if missed := [f"{r.bench.name} ({r.bench.aim})" for r in results if r.is_missed()]:
        sys.exit(f"ratios below the aim: {', '.join(missed)}")
