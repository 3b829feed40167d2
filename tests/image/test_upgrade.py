# A machine that is upgraded over HTTP, goes back when it is told to, and keeps what it has. One machine, from test to
# test.
# SPDX-License-Identifier: MIT

import pytest

from support import vm

KEPT = "cat /var/lib/fontaine/tls/ca.crt /var/lib/fontaine-ssh/key /var/lib/fontaine/kept"


@pytest.fixture(scope="module")
def kept(machine):
    """What it has made at its first start, and something more."""
    machine.ssh("echo before >/var/lib/fontaine/kept")
    return machine.ssh(KEPT).stdout


def comes_back_as(machine, version, kept, *kernels):
    """It was told to restart: all answers, with what it had, and it takes this start for a good one."""
    machine.wait_good(version)
    assert machine.ssh(KEPT).stdout == kept
    assert machine.kernels() == list(kernels)
    assert machine.ssh("findmnt --noheadings --output OPTIONS /efi").stdout.startswith("ro,")


def upgrade(machine):
    """Return: the exit status, and what it says."""
    done = machine.ssh("fontaine upgrade", check=False, timeout=vm.LIMIT_S)
    assert machine.ssh("findmnt --noheadings --output OPTIONS /efi").stdout.startswith("ro,")
    return done.returncode, done.stdout + done.stderr


def test_first_version(machine, kept):
    assert machine.kernels() == ["fontaine_0.1.0+3-0.efi"]
    done = machine.ssh("fontaine rollback", check=False)
    assert (done.returncode, done.stderr) == (1, "fontaine: there is no other version than 0.1.0\n")


def test_bad_signature(machine, site):
    site.make("0.2.0")
    good = (site.served / "SHA256SUMS").read_text()
    (site.served / "SHA256SUMS").write_text(good + "\n")
    code, said = upgrade(machine)
    assert code == 1 and "nothing is changed" in said
    assert machine.ssh("fontaine upgrade --check", check=False).returncode == 1
    (site.served / "SHA256SUMS").write_text(good)
    assert machine.ssh("fontaine upgrade --check").stdout == "0.2.0 can be had; this is 0.1.0\n"
    assert machine.kernels() == ["fontaine_0.1.0+3-0.efi"]


def test_interrupted_download(machine, site):
    site.break_after(20 << 20)
    code, said = upgrade(machine)
    assert code == 1 and "0.2.0 did not come whole" in said
    assert machine.kernels() == ["fontaine_0.1.0+3-0.efi"]
    site.break_after(None)


def test_upgrade(machine, site, kept):
    code, said = upgrade(machine)
    assert code == 0 and "0.2.0 is there" in said
    assert machine.kernels() == ["fontaine_0.1.0+3-0.efi", "fontaine_0.2.0+3-0.efi"]
    machine.restart()
    comes_back_as(machine, "0.2.0", kept, "fontaine_0.1.0+3-0.efi", "fontaine_0.2.0+3-0.efi")


def test_rollback(machine, kept):
    assert "0.1.0 is started from now on" in machine.ssh("fontaine rollback").stdout
    machine.restart()
    comes_back_as(machine, "0.1.0", kept, "fontaine_0.1.0+3-0.efi", "fontaine_0.2.0+0-3.efi")
