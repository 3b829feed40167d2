#!/usr/bin/env python3
# How long a change of reverse DNS takes until it is in Knot, beside many delegations: rdns.py
# SPDX-License-Identifier: MIT

import contextlib
import json
import random
import sqlite3
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from support import reverse_pop, wait  # noqa: E402

DELEGATIONS = 10000
CHANGES, PAUSE_MAX_S = 300, .4
LIMIT_S, WHOLE_LIMIT_S = 1, 60
PREFIX, ZONE = "2001:db8::/32", "8.b.d.0.1.0.0.2.ip6.arpa"
MEMBERS = [{"asn": 64500, "name": "One", "prefixes": [PREFIX]}]
RESULTS = Path("build/bench/rdns.json")


def delegation(i):
    """Its prefix, zone, first and last address."""
    first = bytes.fromhex(f"20010db8{i:04x}") + bytes(10)
    nibbles = ".".join(reversed(f"{i:04x}"))
    return f"2001:db8:{i:x}::/48" if i else "2001:db8::/48", f"{nibbles}.{ZONE}", first, first[:6] + b"\xff" * 10


def fill(database):
    """Delegations that the database has and Knot does not."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("BEGIN")
        member = db.execute("SELECT id FROM member").fetchone()[0]
        for i in range(DELEGATIONS):
            prefix, zone, first, last = delegation(i)
            line = db.execute("INSERT INTO audit (at, who, what, subject, member, after) VALUES (0, 'bench',"
                              " 'delegation', ?, ?, '{}')", (prefix, member)).lastrowid
            db.execute("INSERT INTO delegation VALUES (?, ?, 0, ?, ?, ?, ?, 'live')",
                       (zone, prefix, first, last, member, line))
            db.executemany("INSERT INTO nameserver VALUES (?, ?, NULL)",
                           [(zone, f"ns{n}.customer{i}.example.net") for n in (1, 2)])
        db.execute("COMMIT")


def change(pop, i):
    """Give an address a name, and see it in Knot. Return: seconds from the request on."""
    address, name = f"2001:db8:fff0::{i:x}", f"host{i}.example.net"
    start = time.monotonic()
    status, said = pop.api("PUT", f"ptrs/{address}", {"name": name})
    assert status in (200, 201), said
    assert pop.names(address) == [f"{name}."]
    return time.monotonic() - start


def changes(pop, first, last):
    """One after the other, at moments of chance: Knot counts its own in seconds (docs/ARCHITECTURE.md)."""
    chance = random.Random(first)
    for i in range(first, last):
        time.sleep(chance.uniform(0, PAUSE_MAX_S))
        yield change(pop, i)


def percentile(values, share):
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def measure(folder):
    with reverse_pop.ReversePop(folder, zones=[PREFIX], members=MEMBERS) as pop:
        pop.settle()
        pop.stop_rdnsd()
        fill(folder / "state/rdns.db")
        start = time.monotonic()
        pop.start_rdnsd()
        wait.until(pop.is_settled, "all delegations are in Knot", 10 * WHOLE_LIMIT_S)
        whole = time.monotonic() - start
        pop.token(64500)
        change(pop, 0)
        alone = list(changes(pop, 1, CHANGES))
        pop.stop_rdnsd()
        pop.start_rdnsd()  # and all is compared
        beside = list(changes(pop, CHANGES, CHANGES + CHANGES // 5))
        compared = pop.counter("zones_compared_total", 'end="right"')
        wait.until(pop.is_settled, "compared", WHOLE_LIMIT_S)
        assert pop.counter("drift_records_total") == 0
    return {"whole_s": whole, "compared_meanwhile": compared, **{
        f"{name}_{label}_s": percentile(values, share) for name, values in (("alone", alone), ("beside", beside))
        for label, share in (("median", .5), ("p99", .99), ("max", 1))}}


def main():
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        results = measure(Path(folder))
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    print(f"{DELEGATIONS} delegations into an empty Knot: {results['whole_s']:.1f} s")
    for name, what in ("alone", "PUT until it is in Knot"), ("beside", "the same while all zones are compared"):
        median, p99, largest = (results[f"{name}_{label}_s"] * 1000 for label in ("median", "p99", "max"))
        print(f"{what}: median {median:.0f} ms, p99 {p99:.0f} ms, max {largest:.0f} ms")
    if results["whole_s"] > WHOLE_LIMIT_S or max(results["alone_p99_s"], results["beside_p99_s"]) > LIMIT_S:
        sys.exit("rdns: slower than promised")


main()
