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

from support import failing, pop, reverse_pop, wait
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


def check_kept(daemon, all_accepted=None):
    make_ready(daemon, "request")
    for accepted in daemon.accepted if all_accepted is None else all_accepted:
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
    elif phase == "change":
        check_kept(daemon, daemon.accepted[-1:])
    if left > 0:
        return None
    return "answers" if is_well else "ends"


def count(daemon, phase, fault):
    """How many calls of the kind are made when none fails."""
    make_ready(daemon, phase)
    daemon.order.give(fault)
    PHASES[phase](daemon)
    return failing.FOREVER - daemon.order.take_back()


def note(seen, phase, fault, how):
    key = f"{phase}/{fault}/{how}"
    seen[key] = seen.get(key, 0) + 1


def record(name, seen):
    with RECORDS.open("a") as out:
        out.write(json.dumps({"daemon": name, "seen": seen}) + "\n")


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
                    note(seen, phase, fault, how)
    check_kept(daemon)
    record(daemon.name, seen)
    assert not wrong, "\n".join(wrong)


class Render:
    """fontaine render: the configurations of one POP file take the place of another's."""

    def __init__(self, folder):
        self.out, self.order = folder / "out", failing.Order(folder / "order")
        text = pop.POP_FILE.read_text()
        self.files = [folder / name for name in ("old.yaml", "new.yaml")]
        self.texts = []
        for path, contact in zip(self.files, ("old@example.net", "new@example.net"), strict=True):
            path.write_text(text.replace("noc@example.net", contact))
            assert self.run(path).returncode == 0
            self.texts.append(self.read())
        assert self.texts[0] != self.texts[1]

    def run(self, path):
        return subprocess.run([*self.order.words, pop.FONTAINE, "render", path, self.out, "--stock",
                               reverse_pop.STOCK], capture_output=True, text=True, timeout=LIMIT_S)

    def read(self):
        return {path.relative_to(self.out): path.read_text() for path in self.out.rglob("*") if path.is_file()}

    def attempt(self, fault, nth):
        """Return: whether all is new; else it said why, and each file is whole: an old or a new one."""
        assert self.run(self.files[0]).returncode == 0
        self.order.give(fault, nth)
        done = self.run(self.files[1])
        self.order.take_back()
        found, (old, new) = self.read(), self.texts
        assert found.keys() >= new.keys() & old.keys()
        assert all(text in (old.get(path), new.get(path)) for path, text in found.items()), (fault, nth)
        assert done.returncode == 0 or done.stderr, (fault, nth)
        assert done.returncode in (0, 1, 2, -signal.SIGABRT), (fault, nth, done)
        assert done.returncode != 0 or found == new, (fault, nth)
        return done.returncode == 0


def test_fontaine_render(tmp_path):
    render, seen = Render(tmp_path), {}
    for fault in failing.FAULTS:
        render.order.give(fault)
        assert render.run(render.files[0]).returncode == 0
        for nth in numbers(failing.FOREVER - render.order.take_back()):
            note(seen, "change", fault, "answers" if render.attempt(fault, nth) else "ends")
    assert render.run(render.files[1]).returncode == 0 and render.read() == render.texts[1]
    record("fontaine render", seen)
