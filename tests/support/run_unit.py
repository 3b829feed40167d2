#!/usr/bin/python3
# Run every unit test below a folder: tests/support/run_unit.py FOLDER RESULTS
# SPDX-License-Identifier: MIT
#
# RESULTS gets the JUnit file that each program writes. A program that crashes,
# hangs or fails outside its tests (a leak, say) counts as one failed test. Most of
# their time they wait.

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import junit

LIMIT_S = 120


def run(program, report):
    """Run one program. Return whether all is well, and what it said."""
    env = {**os.environ, "CMOCKA_MESSAGE_OUTPUT": "XML", "CMOCKA_XML_FILE": str(report)}
    report.unlink(missing_ok=True)
    done = subprocess.run(["timeout", "--kill-after=5", str(LIMIT_S), program], env=env, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    if not report.exists() or (done.returncode != 0 and not junit.count(report)[1]):
        junit.write_failure(report, program.name, f"exit status {done.returncode}\n{done.stdout}")
    return report, done.stdout


def main(folder, results):
    results = Path(results).resolve()  # some tests work in a folder of their own
    results.mkdir(parents=True, exist_ok=True)
    programs = sorted(path for path in Path(folder).rglob("test_*") if os.access(path, os.X_OK))
    reports = [results / f"{'-'.join(program.relative_to(folder).parts)}.xml" for program in programs]

    passed = failed = 0
    with ThreadPoolExecutor(2 * os.cpu_count()) as pool:
        for program, (report, said) in zip(programs, pool.map(run, programs, reports)):
            good, bad = junit.count(report)
            passed, failed = passed + good, failed + bad
            if bad or not good:
                print(f"--- {program}\n{said}{report.read_text()}")
    print(f"{passed} passed, {failed} failed in {len(programs)} programs")
    sys.exit(failed > 0 or passed == 0)


main(*sys.argv[1:])
