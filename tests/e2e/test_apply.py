# A new POP file for a POP that runs: nobody notices, and what does not work is undone.
# SPDX-License-Identifier: MIT

import json
import subprocess
import threading

import pytest

from conftest import pages_say_all_is_up
from support import pop, wait
from support.visitors import Visitors

FINE, FAILED, WRONG_INPUT = 0, 1, 2
POP_YAML = "/etc/fontaine/pop.yaml"
CHANGES = {  # one for each server that takes one in a demo
    "contact: noc@example.net": "contact: hello@example.net",
    "tls_port: 5853": "tls_port: 5853\n    queries_per_second: 2000",
    "downloads_per_prefix: 1000": "downloads_per_prefix: 900",
    "turn: {}": "turn: {relay_port_last: 49400}",
    "tests_per_prefix: 50": "tests_per_prefix: 40",
    "answers_per_second: 1000": "answers_per_second: 900",
    "interval: 5m": "interval: 10m",
}
TOLD = {
    "fontaine-reverse-zones.service": "unchanged", "knot.service": "reloaded", "unbound.service": "reloaded",
    "nginx.service": "reloaded", "chrony.service": "unchanged", "coturn.service": "restarted",
    "speedtestd.service": "restarted", "ipv6testd.service": "restarted", "rdnsd.service": "restarted",
    "mirrord.service": "restarted", "peerd.service": "restarted", "fontaine-metrics.service": "restarted",
    "healthd.service": "restarted"}
SICK = {"49400": "49300"}
NOT_WITH_THIS = """
mkdir -p /run/systemd/system/coturn.service.d
cat >/run/systemd/system/coturn.service.d/test.conf <<'END'
[Service]
ExecStartPre=sh -c "case $$(cat /run/fontaine/coturn/turnserver.conf) in *49300*) exit 1; esac"
END
systemctl daemon-reload
"""


def changed(*all_changes):
    text = pop.POP_FILE.read_text()
    for changes in all_changes:
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
    return text


def apply(text, *options):
    """Return: the exit status, and what it says."""
    pop.inside("/run/candidate.yaml").write_text(text)
    done = pop.run("fontaine", "apply", "/run/candidate.yaml", *options, check=False, timeout=120)
    return done.returncode, done.stdout + done.stderr


def in_force():
    """The POP file, and what was made of it."""
    files = [POP_YAML, "/run/fontaine/unbound/unbound.conf", "/run/fontaine/nginx/mirror.conf",
             "/run/fontaine/coturn/turnserver.conf"]
    return [pop.inside(path).read_text() for path in files]


@pytest.fixture(scope="module", autouse=True)
def as_it_was():
    yield
    pop.inside(POP_YAML).write_text(pop.POP_FILE.read_text())
    pop.run("systemctl", "reload", "fontaine-render.service")
    pop.run("systemctl", "restart", "coturn.service", "speedtestd.service", "ipv6testd.service", "rdnsd.service",
            "mirrord.service", "peerd.service", "fontaine-metrics.service", "healthd.service")
    pop.run("systemctl", "reload", "knot.service", "unbound.service", "nginx.service")
    wait.until(pages_say_all_is_up, "the pages say that all is up", 30)


def test_nobody_notices():
    with Visitors() as visitors:
        visitors.wait_for_more()
        status, said = apply(changed(CHANGES), "--json")
        visitors.wait_for_more()
    assert status == FINE, said
    told = json.loads(said)
    assert told["result"] == "applied"
    assert {change["unit"]: change["how"] for change in told["changes"]} == TOLD
    assert visitors.failures == []
    assert "ip-ratelimit: 2000\n" in in_force()[1]
    assert in_force()[0] == changed(CHANGES)


@pytest.mark.parametrize("changes, words", [
    ({"country: FR": "country: France"}, ":10:12: site.country: "),
    ({"tls_port: 5853": "tls_port: 5857"}, "services.resolver: its socket 127.0.0.1:5853 (dot) would be closed"),
    ({"  turn: {}\n": ""}, "services.turn: its socket 127.0.0.1:3478 (udp) would be closed"),
])
def test_what_cannot_be_changes_nothing(changes, words):
    before = in_force()
    status, said = apply(changed(changes), "--dry-run")
    assert (status, words in said) == (WRONG_INPUT, True), said
    assert apply(changed(changes))[0] == WRONG_INPUT
    assert in_force() == before


@pytest.fixture
def coturn_dislikes_the_file():
    """No check finds that."""
    pop.run("sh", "-c", NOT_WITH_THIS)
    yield
    pop.run("sh", "-c", "rm -r /run/systemd/system/coturn.service.d; systemctl daemon-reload")


def test_a_server_that_gets_sick_makes_it_go_back(coturn_dislikes_the_file):
    before = in_force()
    status, said = apply(changed(CHANGES, SICK))
    assert status == FAILED
    assert "coturn.service: it is not well" in said
    assert "rolled back" in said
    assert in_force() == before
    wait.until(pages_say_all_is_up, "the pages say that all is up", 30)


def test_whoever_is_killed_is_started_again_and_goes_back():
    before = in_force()
    said = []
    applying = threading.Thread(target=lambda: said.append(apply(changed(CHANGES, SICK))))
    applying.start()
    wait.until(lambda: pop.inside("/run/fontaine-apply/before.yaml").exists(), "the files are about to change")
    pop.run("systemctl", "kill", "--signal=KILL", "fontaine-apply.service")
    applying.join(120)
    [(status, words)] = said
    assert (status, "rolled back" in words, "cut off" in words) == (FAILED, True, True), words
    assert in_force() == before
    assert not pop.inside("/run/fontaine-apply/before.yaml").exists()
    wait.until(pages_say_all_is_up, "the pages say that all is up", 30)


def test_on_a_machine_without_a_pop():
    done = subprocess.run([pop.FONTAINE, "apply", "/nonexistent"], text=True, capture_output=True, timeout=10)
    assert done.returncode == WRONG_INPUT
    assert done.stderr.startswith("/nonexistent: cannot be read: No such file")
