# In each of our daemons, while it starts, is asked, is changed and stops: the nth call of each kind fails. It goes on
# and answers, or ends and says why; what it had accepted is there when it runs again. `make faults-calls` runs it and
# makes the tables of docs/RELIABILITY.md.
# SPDX-License-Identifier: MIT

import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from support import failing, wait
from support.fault_daemons import DAEMONS, LIMIT_S

SAMPLES = int(os.environ.get("SAMPLES", "8"))  # of the calls of a kind, spread evenly
RECORDS = Path(os.environ["CALLS_RECORDS"])  # a line of JSON for each daemon
WHY = re.compile(r"^out of memory|^<[0-3]>.+|^[^<].+", re.MULTILINE)  # of the log; a level is that of syslog


@pytest.fixture(params=DAEMONS, ids=lambda kind: kind.name)
def daemon(request, tmp_path):
    with request.param(tmp_path) as made:
        yield made


def run_start(daemon):
    daemon.start()
    daemon.until_up()


def run_request(daemon):
    daemon.answers()


def run_change(daemon):
    daemon.change()


def run_stop(daemon):
    daemon.stop()


PHASES = {"start": run_start, "request": run_request, "change": run_change, "stop": run_stop}


def make_ready(daemon, phase):
    """It runs, or not, as the phase needs it; nothing fails meanwhile."""
    if phase == "start":
        if not daemon.has_ended():
            assert daemon.stop() == 0
    elif daemon.has_ended():
        daemon.start()
        assert daemon.until_up(), daemon.said()


def numbers(n):
    """Which of @n calls fail."""
    return sorted({1 + i * (n - 1) // max(SAMPLES - 1, 1) for i in range(min(n, SAMPLES))})


def check_end(daemon, phase):
    """It has ended: it said why, and left all as it should be."""
    status = daemon.process.returncode
    assert status >= 0 or status == -signal.SIGABRT, f"ended by signal {-status}: {daemon.said()}"
    if phase != "stop" or status != 0:
        assert status != 0 and WHY.search(daemon.said()), f"ended with {status} and said: {daemon.said()!r}"
    assert daemon.is_whole()


def check_kept(daemon):
    make_ready(daemon, "request")
    for accepted in daemon.accepted:
        wait.until(lambda: daemon.is_kept(accepted), f"{accepted} is there", LIMIT_S)  # noqa: B023


def attempt(daemon, phase, fault, nth):
    """Have one call fail. Return: "answers", or stops as it should, or "ends"; None: it was not made this time."""
    make_ready(daemon, phase)
    daemon.order.give(fault, nth)
    try:
        PHASES[phase](daemon)
    finally:
        left = daemon.order.take_back()
    is_well = phase != "stop" and daemon.until_up()
    if not is_well:
        is_well = daemon.process.wait(LIMIT_S) == 0
        check_end(daemon, phase)
        check_kept(daemon)
    if left > 0:
        return None
    return "answers" if is_well else "ends"


def count(daemon, phase, fault):
    """How many calls of the kind are made when none fails."""
    make_ready(daemon, phase)
    daemon.order.give(fault)
    PHASES[phase](daemon)
    return failing.FOREVER - daemon.order.take_back()


def test_calls(daemon):
    seen, wrong = {}, []
    for phase in PHASES:
        if phase == "change" and not daemon.changes:
            continue
        for fault in failing.FAULTS:
            for nth in numbers(count(daemon, phase, fault)):
                try:
                    how = attempt(daemon, phase, fault, nth)
                except (AssertionError, subprocess.TimeoutExpired) as e:
                    wrong.append(f"{phase}, {fault}, call {nth}: {e}")
                    daemon.kill()
                    continue
                if how:
                    key = f"{phase}/{fault}/{how}"
                    seen[key] = seen.get(key, 0) + 1
    check_kept(daemon)
    with RECORDS.open("a") as out:
        out.write(json.dumps({"daemon": daemon.name, "seen": seen}) + "\n")
    assert not wrong, "\n".join(wrong)
