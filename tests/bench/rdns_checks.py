#!/usr/bin/env python3
# How long the check of a delegation takes, and what a thousand of them cost: rdns_checks.py
# SPDX-License-Identifier: MIT

import contextlib
import json
import os
import sqlite3
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from support import nameservers, pop, reverse_pop, reverse_zones, wait  # noqa: E402

CHECKS, ALL_LIMIT_S, ONE_LIMIT_S = 1000, 60, 2
ROUNDS = 5
PREFIX, ZONE = "2001:db8::/32", "8.b.d.0.1.0.0.2.ip6.arpa"
MEMBERS = [{"asn": 64500, "name": "One", "prefixes": [PREFIX]}]
SERVERS = {f"ns{i}.example.net": (f"127.0.1.{i}", f"2001:db8:53::{i}") for i in range(1, 5)}
RESOLVER = "127.0.0.1@5053"
RESULTS = Path("build/bench/rdns_checks.json")


class Resolver(nameservers.Unbound):
    def __init__(self, lab):
        soa = "SOA ns.example.net. mail.example.net. 1 3600 900 604800 300"
        hosts = "".join(f"{name}. {kind} {address}\n" for name, addresses in SERVERS.items()
                        for kind, address in zip(("A", "AAAA"), addresses, strict=True))
        super().__init__(lab, "resolver", [RESOLVER, "127.0.0.53"],
                         {"ip6.arpa.": f"ip6.arpa. {soa}\n", "example.net.": f"example.net. {soa}\n{hosts}"})


def delegation(i):
    """Its prefix, zone, first and last address."""
    first = bytes.fromhex(f"20010db8{i:04x}") + bytes(10)
    return f"2001:db8:{i:x}::/48", f"{'.'.join(reversed(f'{i:04x}'))}.{ZONE}", first, first[:6] + b"\xff" * 10


def fill(database, keys):
    """Delegations that nobody has checked yet."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("BEGIN")
        member = db.execute("SELECT id FROM member").fetchone()[0]
        for i, key in keys.items():
            prefix, zone, first, last = delegation(i)
            line = db.execute("INSERT INTO audit (at, who, what, subject, member, after) VALUES (0, 'bench',"
                              " 'delegation', ?, ?, '{}')", (prefix, member)).lastrowid
            db.execute("INSERT INTO delegation VALUES (?, ?, 0, ?, ?, ?, ?, 'live')",
                       (zone, prefix, first, last, member, line))
            db.executemany("INSERT INTO nameserver VALUES (?, ?, NULL)", [(zone, name) for name in SERVERS])
            db.execute("INSERT INTO ds VALUES (?, ?, ?, ?, ?)", (zone, *key.ds(zone).split()))
        db.execute("UPDATE recheck SET next = 0")
        db.execute("COMMIT")


def processor_s(process):
    user, system = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def check_one(lab, key):
    """Seconds, from the command's start to its end."""
    _, zone, _, _ = delegation(1)
    words = [word for name in SERVERS for word in ("--ns", name)]
    start = time.monotonic()
    told = json.loads(lab.namespace.run(pop.FONTAINE, "rdns", "check", zone, *words, "--ds", key.ds(zone), "--json",
                                        "--resolver", "127.0.0.53", "--allow", "127.0.0.0/8", "--allow", PREFIX))
    assert told["passed"] and told["warnings"] == told["notices"] == 0
    return time.monotonic() - start


def measure(folder):
    keys = {i: reverse_zones.Key() for i in range(1, CHECKS + 1)}
    texts = {delegation(i)[1]: reverse_zones.signed(reverse_zones.plain(delegation(i)[1], list(SERVERS)), key)
             for i, key in keys.items()}
    addresses = [a for pair in SERVERS.values() for a in pair]
    with reverse_pop.ReversePop(folder, zones=[PREFIX], members=MEMBERS,
                                lab_prefixes=["127.0.0.0/8", PREFIX]) as lab:
        for _, address in SERVERS.values():
            lab.namespace.run("ip", "address", "add", f"{address}/128", "dev", "lo")
        nameservers.Nsd(lab, "members", addresses, texts).start()
        Resolver(lab).start()
        one = sorted(check_one(lab, keys[1]) for _ in range(ROUNDS))
        lab.settle()
        lab.stop_rdnsd()
        fill(folder / "state/rdns.db", keys)
        lab.start_rdnsd()
        before_s, start = processor_s(lab.rdnsd), time.monotonic()
        wait.until(lambda: lab.query("SELECT count(*) FROM checked")[0][0] == CHECKS, "all are checked",
                   10 * ALL_LIMIT_S)
        result = {"one_s": one[len(one) // 2], "one_max_s": one[-1], "all_s": time.monotonic() - start,
                  "all_processor_s": processor_s(lab.rdnsd) - before_s}
        assert lab.query("SELECT count(*) FROM checked WHERE NOT passed")[0][0] == 0
    return result


def main():
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        result = measure(Path(folder))
    RESULTS.write_text(json.dumps(result, indent=2) + "\n")
    print(f"a healthy signed zone, four servers of both families: {result['one_s'] * 1000:.0f} ms, "
          f"at most {result['one_max_s'] * 1000:.0f} ms")
    print(f"{CHECKS} of them by rdnsd: {result['all_s']:.1f} s, {result['all_processor_s']:.1f} s of one core")
    if result["one_max_s"] > ONE_LIMIT_S or max(result["all_s"], result["all_processor_s"]) > ALL_LIMIT_S:
        sys.exit("rdns_checks: slower than promised")


main()
