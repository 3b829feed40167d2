#!/usr/bin/env python3
# What mirrors cost, as a table beside the aims: docs/cost.md has a copy of build/bench/mirrors.md, which this writes.
# It fails when an aim is missed.
# SPDX-License-Identifier: MIT

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass

from runner import RESULTS

RSYNC = "rsync -a --delete"
SIZES = "4 KiB", "64 KiB", "4096 KiB"


@dataclass(frozen=True)
class Figure:
    what: str
    value: float
    words: Callable[[float], str]
    aim: float | None = None
    is_floor: bool = False  # more is better

    def is_met(self):
        return self.aim is None or (self.value >= self.aim if self.is_floor else self.value <= self.aim)

    def line(self):
        aim = "" if self.aim is None else f"{'at least' if self.is_floor else 'at most'} {self.words(self.aim)}"
        return f"| {self.what} | {self.words(self.value)} | {aim}{'' if self.is_met() else ': **missed**'} |"


def figures():
    rows = json.loads(RESULTS.read_text())
    ours = {row["name"]: row["ours"] for row in rows}
    ratio = {(row["name"].removeprefix("mirror, "), row["peer"]): row["ratio"] for row in rows}
    formats = {"times": "{:.2f} times".format, "ms": lambda s: f"{s * 1000:.3g} ms", "s": "{:.3g} s".format,
               "part": "{:.2%}".format, "MiB": lambda gib: f"{gib * 1024:.0f} MiB", "ratio": "{:.2f}".format}

    def cost(what, name, unit, aim=None):
        return Figure(what, 1 / ours[f"mirror, {name}"], formats[unit], aim)

    def sync(what, name, aim=None):
        return Figure(what, 1 / ratio[name, RSYNC], formats["times"], aim)

    yield sync(f"a sync of 200,000 files, nothing new, beside `{RSYNC}`", "nothing new", 1.5)
    yield sync("the same, 5% new", "5% new", 1.25)
    yield sync("the first one", "first sync")
    yield sync("the second one, 5% new", "second sync, 5% new")
    yield Figure("a run whose probe says that nothing is new", 60 / ours["mirror, probe says unchanged"], formats["ms"])
    yield cost("verification of 60,000 packages", "60,000 packages verified", "s", 20)
    yield cost("the switch to a new generation, by the clock", "switch", "ms", 0.05)
    yield cost("500 projects of which none is due, of a core", "500 projects idle", "part", 0.01)
    yield cost("the same, memory at most", "500 projects in memory", "MiB", 64 / 1024)
    for peer, aim in ("nginx, Debian's", 0.95), ("nginx, bare", None):
        for size in SIZES:
            yield Figure(f"files of {size} served, beside {peer}", ratio[size, peer], formats["ratio"], aim, True)


def main():
    all_figures = list(figures())
    lines = ["| processor time of | measured | aim |", "|---|---:|---:|", *(each.line() for each in all_figures)]
    text = "\n".join(lines) + "\n"
    (RESULTS.parent / "mirrors.md").write_text(text)
    print(text)
    if missed := [each.what for each in all_figures if not each.is_met()]:
        sys.exit(f"missed: {'; '.join(missed)}")


main()
