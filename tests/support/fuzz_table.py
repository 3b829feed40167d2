# What a whole run of `make fuzz` has tried, as a table in docs/RELIABILITY.md.
# SPDX-License-Identifier: MIT

from support import reliability

COMMANDS = {"libfuzzer": "make fuzz", "afl": "make fuzz ENGINE=afl"}
ALL = "all"


def write(engine, seconds, figures, n_crashes):
    """@figures: target -> inputs tried, edges reached, inputs kept."""
    lines = [[f"`{name}`", f"{tried:,}", f"{edges:,}", f"{kept:,}"] for name, (tried, edges, kept) in figures.items()]
    tried = sum(tried for tried, _, _ in figures.values())
    total = [ALL, f"{tried:,} in {seconds} s for each: {n_crashes} crashes", "", ""]
    reliability.write(COMMANDS[engine], reliability.table(["target", "inputs", "edges", "kept"], [*lines, total]))
