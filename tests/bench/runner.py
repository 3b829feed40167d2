# Compare ourselves with peers: every figure of every contender in each round, so
# that what else the machine does meets all alike. What counts is the ratio.
# SPDX-License-Identifier: MIT

import json
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROW = "{:<36} {:<30} {:>9} {:<20} {:>9} {:>6}  {}"


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


@dataclass(frozen=True)
class Result:
    bench: Bench
    peer: Contender
    ours: list[float]  # one figure for each round
    theirs: list[float]

    @property
    def ratios(self):
        return [a / b for a, b in zip(self.ours, self.theirs, strict=True)]

    def as_json(self):
        """As the project's results are kept; figures with six digits say more than any run."""
        return {"name": self.bench.name, "unit": self.bench.unit,
                "ours": float(f"{statistics.median(self.ours):.6g}"), "peer": self.peer.label,
                "theirs": float(f"{statistics.median(self.theirs):.6g}"),
                "ratio": round(statistics.median(self.ratios), 3)}


def run(benches, rounds):
    """Measure everything once in each round. Return: a Result for each peer of each bench."""
    figures = {}
    for nth in range(rounds):
        for bench in benches:
            if bench.rounds is not None and nth >= bench.rounds:
                continue
            for contender in (bench.ours, *bench.peers):
                figures.setdefault((bench.name, contender.label), []).append(contender.measure())
    return [Result(b, peer, figures[b.name, b.ours.label], figures[b.name, peer.label])
            for b in benches for peer in b.peers]


def write(results, path: Path):
    path.write_text(json.dumps([r.as_json() for r in results], indent=1) + "\n")


def show(results):
    print(ROW.format("what", "unit", "ours", "peer", "theirs", "ratio", "in the rounds"))
    for r in results:
        line = r.as_json()
        print(ROW.format(line["name"], line["unit"], f"{line['ours']:,.1f}", line["peer"],
                         f"{line['theirs']:,.1f}", f"{line['ratio']:.2f}",
                         f"{min(r.ratios):.2f} to {max(r.ratios):.2f}"))
