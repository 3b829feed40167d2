# What a run of tests/faults has seen, as tables in docs/RELIABILITY.md: python3 -m support.fault_table RECORDS
# SPDX-License-Identifier: MIT

import itertools
import json
import sys
from pathlib import Path
from statistics import median

from support import faults, reliability, surroundings
from support.reliability import table

COMMAND = "make faults"
ONES = {**{f"`{service}` is {fault}": {service: fault} for case in faults.SINGLES for service, fault in case.items()},
        **{name: name for name in surroundings.FAULTS}}
TWOS = {f"`{one}` and `{other}`": [case for case in faults.PAIRS if tuple(case) == (one, other)]
        for one, other in itertools.combinations(faults.SERVICES, 2)}


def row_of_one(name, seen):
    withdrawn = " and ".join(f"`{service}`" for service in seen["withdrawn"])
    says = [f"`{service}` is down: {why}" for service, why in seen["says"].items()]
    times = [f"{seen[key]:.1f} s" if withdrawn else "" for key in ("withdrawn_s", "back_s")]
    return [name, f"all but {withdrawn}" if withdrawn else "all", "; ".join(says) or "nothing", *times]


def row_of_two(name, all_seen):
    def times(key):
        found = sorted(seen[key] for seen in all_seen)
        return f"{median(found):.1f} s, at most {found[-1]:.1f} s"

    return [name, str(len(all_seen)), times("withdrawn_s"), times("back_s")]


def tables(records):
    """@records: lines of JSON, one for each case."""
    read = map(json.loads, records)
    seen = {json.dumps(record["case"]): record for record in read}
    ones = table(["what happens", "what is announced", "what the pages say", "withdrawn after",
                  "announced again after its end"],
                 [row_of_one(name, seen[json.dumps(case)]) for name, case in ONES.items()])
    twos = table(["what fails", "in so many ways", "these two withdrawn, nothing else, after",
                  "announced again after their end"],
                 [row_of_two(name, [seen[json.dumps(case)] for case in cases]) for name, cases in TWOS.items()])
    return f"{ones}\n{twos}"


def main(records):
    made = tables(Path(records).read_text().splitlines())
    reliability.write(COMMAND, made)
    print(made)


if __name__ == "__main__":
    main(*sys.argv[1:])
