#!/usr/bin/env python3
# Measure us beside the peers: run.py FOLDER_OF_PROGRAMS (README.md says what and how)
# SPDX-License-Identifier: MIT

import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import connections
import cost
import ipv6test
import ipv6test_dns
import ndt7
import runner
import servers
import speedtest
import stock_servers

BENCHES = [speedtest.benches, ndt7.benches, connections.benches, ipv6test.benches, ipv6test_dns.benches,
           stock_servers.benches]
ROUNDS = 5
RESULTS = Path("build/bench")

def all_benches(programs, folder, stack):
    """Each part has a folder of its own."""
    for start in BENCHES:
        own = folder / start.__module__
        own.mkdir()
        yield from start(programs, own, stack)


def main(programs):
    RESULTS.mkdir(parents=True, exist_ok=True)
    servers.LOG.unlink(missing_ok=True)
    runner.isolate()
    with TemporaryDirectory(dir=RESULTS) as folder, ExitStack() as stack:
        benches = list(all_benches(programs.resolve(), Path(folder).resolve(), stack))
        results = runner.run(benches, ROUNDS)
    runner.write([r.as_json() for r in results])
    cost.write(results, RESULTS)
    runner.show(results)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
