#!/usr/bin/env python3
# How long a change of reverse DNS takes until it is in Knot, beside many delegations: rdns.py
# SPDX-License-Identifier: MIT

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from support import reverse_pop, wait  # noqa: E402
from support.pop import FONTAINE  # noqa: E402

DELEGATIONS = 10000
CHANGES, PAUSES, PAUSE_MAX_S = 1000, 100, .4
LIMIT_S, WHOLE_LIMIT_S = .5, 60
PREFIX = "2001:db8::/32"
MEMBERS = [{"asn": 64500, "name": "One", "prefixes": [PREFIX]}]
RESULTS = Path("build/bench/rdns.json")


def fill(pop, folder):
    """As an operator does it."""
    rows = [f"2001:db8:{i:x}::/48,ns1.customer{i}.example.net ns2.customer{i}.example.net"
            for i in range(1, DELEGATIONS + 1)]
    (folder / "delegations.csv").write_text("\n".join(rows) + "\n")
    (folder / "token").write_text(pop.token())
    said = subprocess.check_output([FONTAINE, "rdns", "import", folder / "delegations.csv", "--token-file",
                                    folder / "token"], text=True, timeout=10 * WHOLE_LIMIT_S)
    assert said.startswith(f"{DELEGATIONS} delegated"), said


def change(pop, i):
    """Give an address a name, and see it in Knot. Return: seconds from the request on."""
    address, name = f"2001:db8:fff0::{i:x}", f"host{i}.example.net"
    start = time.monotonic()
    status, said = pop.api("PUT", f"ptrs/{address}", {"name": name})
    assert status in (200, 201), said
    assert pop.names(address) == [f"{name}."]
    return time.monotonic() - start


def changes(pop, first, last):
    """One after the other without a pause, then at moments of chance: Knot counts its own in seconds
    (docs/ARCHITECTURE.md)."""
    chance = random.Random(first)
    for i in range(first, last):
        time.sleep(chance.uniform(0, PAUSE_MAX_S) if i >= last - PAUSES else 0)
        yield change(pop, i)


def percentile(values, share):
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def measure(folder):
    with reverse_pop.ReversePop(folder, zones=[PREFIX], members=MEMBERS) as pop:
        pop.settle()
        start = time.monotonic()
        fill(pop, folder)
        whole = time.monotonic() - start
        pop.token(64500)
        change(pop, 0)
        alone = list(changes(pop, 1, CHANGES))
        pop.stop_rdnsd()
        pop.start_rdnsd()  # and all is compared
        beside = list(changes(pop, CHANGES, CHANGES + 2 * PAUSES))
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
    print(f"{DELEGATIONS} delegations imported: {results['whole_s']:.1f} s")
    for name, what in ("alone", "PUT until it is in Knot"), ("beside", "the same while all zones are compared"):
        median, p99, largest = (results[f"{name}_{label}_s"] * 1000 for label in ("median", "p99", "max"))
        print(f"{what}: median {median:.0f} ms, p99 {p99:.0f} ms, max {largest:.0f} ms")
    if results["whole_s"] > WHOLE_LIMIT_S or max(results["alone_p99_s"], results["beside_p99_s"]) > LIMIT_S:
        sys.exit("rdns: slower than promised")


main()
