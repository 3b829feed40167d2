# What tests/faults/test_calls.py has seen, as tables in docs/RELIABILITY.md: python3 -m support.call_table RECORDS
# SPDX-License-Identifier: MIT

import json
import sys
from collections import Counter
from pathlib import Path

from support import failing, reliability

COMMAND = "make faults-calls"
PHASES = {"start": "starts", "request": "is asked", "change": "is changed", "stop": "stops"}
CALLS = {"allocation": "an allocation", "write": "`write` and its like", "read": "`read` and its like",
         "fsync": "`fsync`", "accept": "`accept`", "open": "`open`", "fork": "`fork` and its like",
         "rename": "`rename`", "link": "`link` and its like", "unlink": "`unlink` and its like", "folder": "`mkdir`"}


def cell(seen):
    tried = sum(seen.values())
    return f"{tried}: {seen['answers']} go on, {seen['ends']} end" if tried else ""


def tables(records):
    """@records: lines of JSON, one for each daemon."""
    of_phase, of_fault = {}, {}
    for record in map(json.loads, records):
        for key, n in record["seen"].items():
            phase, fault, how = key.split("/")
            of_phase.setdefault((record["daemon"], phase), Counter())[how] += n
            of_fault.setdefault(fault, Counter())[how] += n
    daemons = sorted({daemon for daemon, _ in of_phase})
    rows = [[f"`{daemon}`", *(cell(of_phase.get((daemon, phase), Counter())) for phase in PHASES)]
            for daemon in daemons]
    faults = [[CALLS[fault.kind], fault.error, cell(of_fault[str(fault)])] for fault in failing.FAULTS
              if str(fault) in of_fault]
    return (reliability.table(["a call fails while it", *PHASES.values()], rows) + "\n" +
            reliability.table(["what fails", "with", "tried: what came of it"], faults))


def main(records):
    made = tables(Path(records).read_text().splitlines())
    reliability.write(COMMAND, made)
    print(made)


if __name__ == "__main__":
    main(*sys.argv[1:])
