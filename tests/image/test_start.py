# Disk and ISO start by UEFI and by BIOS, until each socket of the POP answers; and so does a disk that the ISO was told
# to install itself on.
# SPDX-License-Identifier: MIT

import subprocess

import pytest

import qemu
from support import vm

MEDIA = {"disk": qemu.drive(vm.DISK), "iso": qemu.cdrom(vm.ISO)}
FIRMWARES = ["uefi", "bios"]
SIZE = "4G"
DISK = "/dev/vda"
ZEROS = "cmp --bytes=16777216 /dev/vda /dev/zero"


def check(machine):
    machine.wait_up()
    machine.wait_in()
    assert machine.failed_units() == ""


@pytest.mark.parametrize("firmware", FIRMWARES)
@pytest.mark.parametrize("medium", MEDIA)
def test_starts(tmp_path, medium, firmware):
    with vm.Machine(tmp_path, *MEDIA[medium], firmware=firmware) as machine:
        check(machine)


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Without a word nothing is written; and it is not written to the CD that it runs from."""
    folder = tmp_path_factory.mktemp("installed")
    disk = folder / "disk.qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", disk, SIZE], check=True, timeout=60)
    with vm.Machine(folder, *MEDIA["iso"], *qemu.drive(disk, keeps=True)) as machine:
        machine.wait_to_say("disk: ")
        machine.type("/dev/sr0")
        machine.wait_to_say("Nothing is installed.")
        machine.wait_in()
        machine.ssh(ZEROS)
        machine.type(DISK)
        machine.wait_to_say(f"Installed on {DISK}.")
    return disk


@pytest.mark.parametrize("firmware", FIRMWARES)
def test_installed(tmp_path, installed, firmware):
    with vm.Machine(tmp_path, *qemu.drive(installed, keeps=True), firmware=firmware) as machine:
        check(machine)
        assert machine.ssh("findmnt --noheadings --output SOURCE /var").stdout.startswith(DISK)
        assert machine.ssh("findmnt --noheadings --output FSTYPE /").stdout.strip() == "erofs"
