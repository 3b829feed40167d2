# What a neighbour of the POP sees, and what the pages say, while services work, fail in every way, alone and together,
# are drained, and when healthd is gone. docs/RELIABILITY.md has a table of it.
# SPDX-License-Identifier: MIT

import itertools
import json
import os
import pty
import re
import signal
import subprocess
import time
from collections import Counter
from contextlib import ExitStack

import pytest

from support import anycast, faults, lab, pop, wait
from support.anycast import ALL, GRACEFUL_SHUTDOWN, prefixes
from support.faults import FAULTS

pytestmark = pytest.mark.apart

COMES_S = 40     # three answers, a second of holding out, BGP
LIMIT_S = 20
WITHDRAWN_S = 5  # after the fault
VICTIMS = ["ntp", "pages", "resolver", "authoritative", "speedtest"]
WITNESS = "ipv6test"  # to which nothing is done


@pytest.fixture(scope="module")
def pop_lab(tmp_path_factory):
    with lab.internet(tmp_path_factory.mktemp("lab")) as internet, ExitStack() as stack:
        made = anycast.Anycast(internet, stack)
        made.until_routes(ALL, "all is announced", COMES_S)
        made.withdrawals_s = []
        yield made


def metric(made, pattern):
    text = made.ask("GET", "/metrics").body.decode()
    return sum(map(int, re.findall(rf"^{pattern} (\d+)$", text, re.MULTILINE)))


def test_one_lost_answer_changes_nothing(pop_lab):
    assert pop_lab.ask("GET", "/readyz").status == 200
    missed = metric(pop_lab, "healthd_bad_answers_total")
    pop_lab.signal("ntp", signal.SIGSTOP)
    try:
        wait.until(lambda: metric(pop_lab, "healthd_bad_answers_total") > missed, "an answer is missed")
    finally:
        pop_lab.signal("ntp", signal.SIGCONT)
    wait.until(lambda: not pop_lab.details("ntp").strip(), "the time is answered again")
    assert metric(pop_lab, "healthd_service_falls_total{.*}") == 0
    assert set(pop_lab.routes()) == ALL


@pytest.mark.parametrize("turn", range(len(FAULTS)))
def test_what_fails_is_withdrawn_takes_nothing_along_and_comes_back(pop_lab, turn):
    """All at the same time, each in another way; in the next turn in the next way. In one the disk is full too."""
    ways = list(FAULTS)[turn:] + list(FAULTS)[:turn]
    with ExitStack() as stack:
        if turn == 1:
            stack.enter_context(faults.full_disk(pop_lab))
        whys = faults.begin(stack, pop_lab, dict(zip(VICTIMS, itertools.cycle(ways))))
        since = time.monotonic()
        pop_lab.until_routes(prefixes(WITNESS), "what fails is withdrawn, and nothing else", LIMIT_S)
        pop_lab.withdrawals_s.append(time.monotonic() - since)
        faults.until_told(pop_lab, whys)
        told = pop_lab.status()["services"]
        assert [service for service in told if not told[service]["up"]] == [s for s in told if s in VICTIMS]
        assert pop_lab.ask("GET", "/readyz").status == 503
    pop_lab.until_routes(ALL, "all is back", COMES_S)


def test_a_withdrawal_takes_five_seconds_at_most(pop_lab):
    assert min(pop_lab.withdrawals_s) <= WITHDRAWN_S  # on a busy machine, one of them


def test_nothing_is_forgotten_while_the_disk_is_full(pop_lab):
    def falls():
        events = json.loads(pop_lab.ask("GET", "/history.json?days=1").body)["events"]
        return Counter(event["name"] for event in events if event["state"] == "down")

    wait.until(lambda: all(falls()[service] >= len(FAULTS) for service in VICTIMS), "all is in the history", LIMIT_S)
    assert set(falls()) == set(VICTIMS)


def test_draining_says_so_first(pop_lab):
    done = pop_lab.command("drain", WITNESS)
    assert done.returncode == 0, done.stderr
    wait.until(lambda: GRACEFUL_SHUTDOWN in set().union(*(pop_lab.routes().get(p, ()) for p in prefixes(WITNESS))),
               "it leaves", anycast.LEAVE_S)
    pop_lab.until_routes(ALL - prefixes(WITNESS), "it has left")


def test_no_announcement_without_healthd(pop_lab):
    """And what was drained before healthd stood still, or was killed, is drained afterwards."""
    pop_lab.healthd.send_signal(signal.SIGSTOP)
    try:
        pop_lab.until_routes(set(), "healthd stands still, and what it announced is withdrawn", LIMIT_S)
    finally:
        pop_lab.healthd.send_signal(signal.SIGCONT)
    pop_lab.until_routes(ALL - prefixes(WITNESS), "it has asked all anew", COMES_S)
    pop_lab.end(pop_lab.healthd, signal.SIGKILL)
    pop_lab.until_routes(set(), "healthd is gone, and so is what it announced", LIMIT_S)
    pop_lab.start_healthd()
    pop_lab.until_routes(ALL - prefixes(WITNESS), "all is back but what is drained", COMES_S)
    assert pop_lab.command("undrain", WITNESS).returncode == 0
    pop_lab.until_routes(ALL, "what is well is back")
    assert not any(pop_lab.routes().values())


def test_what_happened_is_remembered(pop_lab):
    history = json.loads(pop_lab.ask("GET", "/history.json?days=1").body)
    states = [event["state"] for event in history["events"] if f"{event['name']}/32" in prefixes(WITNESS)]
    assert states == ["announced", "leaving", "withdrawn", "announced"]
    assert [(each["name"], each["until"] is not None) for each in history["maintenance"]] == [(WITNESS, True)]


def test_an_operator_watches_in_a_terminal(pop_lab):
    ours, theirs = pty.openpty()
    shown = bytearray()
    process = subprocess.Popen([pop.FONTAINE, "status", "--watch"], stdin=theirs, stdout=theirs)
    os.close(theirs)
    try:
        while shown.count(b"\033[H") < 2:  # it is shown anew
            shown += os.read(ours, 1 << 16)
        process.send_signal(signal.SIGINT)
        assert process.wait(LIMIT_S) == 0
        shown += os.read(ours, 1 << 16)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    first = re.sub(r"\x1b\[[^A-Za-z]*[A-Za-z]", "", shown.decode().split("\033[J")[0]).splitlines()
    assert max(map(len, first)) <= 80
    assert any(line.split()[:2] == ["pages", "up"] for line in first)
    assert any(line.split() == [anycast.ADDRESSES[WITNESS]["ipv4"], "announced", WITNESS] for line in first)
    assert shown.endswith(b"\033[?25h\033[?1049l")
