# A machine that is upgraded over HTTP, goes back when it is told to, or by itself from a version that does not answer
# or has lost a block, and keeps what it has. One machine, from test to test.
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


def test_version_that_has_lost_a_block(machine, site, kept):
    """Its last start ends when it reads that; then none has a start left, so each has one more."""
    block = site.place_of("0.2.0", "/usr/lib/systemd/systemd") // 4096
    machine.ssh(f"dd if=/dev/urandom of=/dev/disk/by-partlabel/fontaine_0.2.0 bs=4096 seek={block} count=1 "
                "conv=notrunc,fsync")
    assert "0.2.0 is started from now on" in machine.ssh("fontaine rollback").stdout
    assert machine.kernels() == ["fontaine_0.1.0+0-3.efi", "fontaine_0.2.0+3-0.efi"]
    machine.ssh("mount -o remount,rw /efi && cd /efi/EFI/Linux && mv fontaine_0.2.0+3-0.efi fontaine_0.2.0+1-2.efi && "
                "sync -f . && mount -o remount,ro /efi")  # as if the first two were over
    machine.restart(starts=3)
    comes_back_as(machine, "0.1.0", kept, "fontaine_0.1.0+3-0.efi", "fontaine_0.2.0+1-2.efi")
    assert machine.console().count(vm.FIRMWARE_STARTS) == 3


def test_version_that_does_not_answer(machine, site, kept):
    site.make("0.3.0", "silent")
    assert upgrade(machine)[0] == 0
    machine.restart(starts=2)
    machine.wait_to_say("0.3.0 does not work: back to 0.1.0")
    comes_back_as(machine, "0.1.0", kept, "fontaine_0.1.0+3-0.efi", "fontaine_0.3.0+0-3.efi")
