# What a whole run of `make torture` has seen, as tables in docs/RELIABILITY.md:
# python3 -m support.torture_table RESULTS
# SPDX-License-Identifier: MIT

import datetime
import json
import sys
from pathlib import Path

from support import reliability
from support.reliability import table

COMMAND = "make torture"
MIB = 1 << 20


def tables(results, day):
    attacks = [[row["what"], f"{row['done']:,}", f"{min(row['during'].values()):.2f}",
                f"{min(row['after'].values()):.2f}"] for row in results["attacks"]]
    memory = [[f"`{unit}`", f"{most / MIB:.0f} MiB"] for unit, most in results["memory_bytes"].items()]
    return (f"{day}:\n\n"
            + table(["attack", "done", "least that a guest gets meanwhile", "two seconds after it"], attacks) + "\n"
            + table(["server", "most memory that it had"], memory))


def main(path):
    day = datetime.date.fromtimestamp(Path(path).stat().st_mtime)
    reliability.write(COMMAND, tables(json.loads(Path(path).read_text()), day))


if __name__ == "__main__":
    main(*sys.argv[1:])
