# What "fontaine certificates" finds wrong with certificates that openssl makes.
# SPDX-License-Identifier: MIT

import json
import os
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
FONTAINE = PROJECT / "build/release/fontaine"
TEST_CA = PROJECT / "packaging/systemd/testca"
POP = PROJECT / "image/pops/demo.yaml"
NAMES = ["DNS:pop.test", "DNS:*.a.t.pop.test", "IP:192.0.2.1", "IP:2001:db8::1"]


@pytest.fixture
def folder(tmp_path):
    """With a certificate as the test CA makes it."""
    (tmp_path / "tls").mkdir()
    issue(tmp_path, NAMES)
    return tmp_path


def issue(folder, names):
    (folder / "names").write_text("\n".join(names) + "\n")
    subprocess.run([TEST_CA, folder / "names", folder / "tls"], check=True, timeout=10, capture_output=True)


def judge(folder, names=NAMES, *words):
    """With a /run where the POP has @names. Return: its exit status, and what it says."""
    (folder / "names").write_text("\n".join(names) + "\n")
    script = 'mkdir -p /run/fontaine/tls && cp "$0/names" /run/fontaine/tls && exec "$@"'
    command = ["bwrap", "--dev-bind", "/", "/", "--tmpfs", "/run", "--tmpfs", "/dev/shm", "sh", "-c", script, folder,
               *words, FONTAINE, "certificates", POP, "--json", "--tls", folder / "tls"]
    done = subprocess.run(command, timeout=10, text=True, capture_output=True, env=os.environ)
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


def test_a_good_one(folder):
    status, told = judge(folder)
    assert (status, told["problems"]) == (0, [])
    assert told["names"] == NAMES
    assert told["issuer"] == "Fontaine test CA"
    assert told["days_left"] in (396, 397)


@pytest.mark.parametrize("name", ["DNS:www.pop.test", "DNS:*.b.t.pop.test", "IP:192.0.2.2"])
def test_a_name_that_it_lacks(folder, name):
    status, told = judge(folder, [*NAMES, name])
    assert (status, told["problems"]) == (1, [f"it is not for {name}"])


def test_the_key_of_another(folder):
    key = folder / "tls/current/server.key"
    subprocess.run(["openssl", "genpkey", "-quiet", "-algorithm", "ED25519", "-out", key], check=True, timeout=10)
    status, told = judge(folder)
    assert (status, told["problems"]) == (1, [f"{folder}/tls/server.key is not its key"])


@pytest.mark.parametrize(("clock", "problems"), [
    ("-1d", ["it is not valid before", "clients do not trust it"]),
    ("+370d", ["it expires soon and was not renewed"]),
    ("+400d", ["it has expired at", "clients do not trust it"]),
])
def test_dates(folder, clock, problems):
    status, told = judge(folder, NAMES, "faketime", "-f", clock)
    assert status == 1
    assert len(told["problems"]) == len(problems)
    assert all(said.startswith(problem) for said, problem in zip(told["problems"], problems))


def test_one_that_nobody_trusts(folder):
    (folder / "other").mkdir()
    subprocess.run([TEST_CA, folder / "names", folder / "other"], check=True, timeout=10, capture_output=True)
    (folder / "other/ca.crt").replace(folder / "tls/ca.crt")
    status, told = judge(folder)
    assert status == 1
    assert [said.partition(":")[0] for said in told["problems"]] == ["clients do not trust it"]


def test_none(folder):
    (folder / "tls/current/server.crt").write_text("nothing\n")
    assert judge(folder) == (1, f"{folder}/tls/server.crt: there is no certificate in it\n")


def test_a_certificate_and_its_key_change_in_one_step(folder):
    """Who looks at any time finds a pair."""
    tls = folder / "tls"
    before = os.readlink(tls / "current")
    issue(folder, NAMES[:1])
    assert os.readlink(tls / "current") != before
    assert (tls / before).exists()  # for those who are about to read it
    assert (tls / "server.key").read_text() != (tls / before / "server.key").read_text()
    issue(folder, NAMES[:2])
    assert not (tls / before).exists()
    assert sorted(path.name for path in tls.iterdir()) == sorted([
        "ca.crt", "ca.key", "current", "server.crt", "server.key",
        *(path.name for path in tls.glob("testca.*"))])
