# What a run of `make soak` has seen, as a table in docs/RELIABILITY.md.
# SPDX-License-Identifier: MIT

import datetime

from support import reliability

COMMAND = "make soak"
MINUTES_MIN = 30
MIB = 1 << 20


def table(figures):
    """@figures: as tests/torture/soak.py keeps them."""
    def row(unit, grown):
        memory, descriptors = grown["memory_bytes"], grown["descriptors"]
        return [f"`{unit}`", *(f"{each / MIB:.1f} MiB" for each in memory), *map(str, descriptors)]

    served = figures["served"]
    heads = ["server", "memory of its own, once warm", "at the end", "descriptors", "at the end"]
    return (f"{datetime.date.today()}, {figures['minutes']:g} minutes; each of {len(served)} guests had at least "
            f"{min(served.values()):.2f} of its wishes:\n\n"
            + reliability.table(heads, [row(*each) for each in figures["units"].items()]))


def write(figures):
    """When the run was long enough, and nothing was wrong."""
    if figures["minutes"] >= MINUTES_MIN and not figures["wrong"]:
        reliability.write(COMMAND, table(figures))
