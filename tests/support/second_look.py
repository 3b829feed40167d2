#!/usr/bin/python3
# Tests that have failed, once more, with nothing else going on: tests/support/second_look.py RESULTS PYTEST...
# SPDX-License-Identifier: MIT
#
# Beside three thousand others, on a busy machine, a test may meet a moment that is not the product's fault. So a few
# that failed are run again, each group by itself; one that passes then is counted as passed, and told by its name, here
# and in the last lines of `make check`: it is a defect of the test or of the product until somebody has said which.
# Many that fail are no accident: these are not run again. A test counts once, with however many parameters.

import subprocess
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

import junit

MOST = 6
LIMIT_S = 400
APART = {"speedtest", "rdns", "others"}  # groups of run_e2e that have a network of their own
GROUPS = APART | {"pop", "alone"}


def node(case):
    """The case's name for pytest."""
    return f"tests/{case.get('classname').replace('.', '/')}.py::{case.get('name')}"


def look_again(path, cases, pytest):
    """The names of those of the group at @path that pass now."""
    again, group = path.with_suffix(".again"), path.stem
    command = [*pytest, f"--junitxml={again}", *sorted({node(case) for case in cases})]
    if group in APART:
        command.insert(0, "tests/support/apart")
    try:
        subprocess.run(command, timeout=LIMIT_S, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return set()
    if not again.exists():
        return set()
    found = list(junit.cases(again))
    return {node(case) for case in found} - {node(case) for case in found if not junit.passed(case)}


def settle(path, cases, pytest):
    """Return: how many of @cases have failed for good."""
    passed = look_again(path, cases, pytest)
    junit.forgive(path, lambda case: node(case) in passed)
    return len({node(case) for case in cases} - passed)


def main(results, *pytest):
    paths = [Path(results) / f"{group}.xml" for group in sorted(GROUPS)]
    if not all(path.exists() for path in paths):
        return 1  # a group was not through in time
    bad = {path: list(filter(junit.failed, junit.cases(path))) for path in paths}
    if not 0 < len({node(case).partition("[")[0] for cases in bad.values() for case in cases}) <= MOST:
        return 1
    return sum(settle(path, cases, pytest) for path, cases in bad.items() if cases) > 0


sys.exit(main(*sys.argv[1:]))
