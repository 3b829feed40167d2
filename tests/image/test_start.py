# Disk and ISO start by UEFI and by BIOS, until each socket of the POP answers; and so does a disk that the ISO was told
# to install itself on.
# SPDX-License-Identifier: MIT

import subprocess

import pytest

import qemu
from support import vm

MEDIA = {"disk": qemu.drive(vm.DISK), "iso": qemu.cdrom(vm.ISO)}
FIRMWARES = ["uefi", "bios"]
DISK, SMALL_DISK = "/dev/vda", "/dev/vdb"
LEAST_MIB = 1290


@pytest.mark.parametrize("firmware", FIRMWARES)
@pytest.mark.parametrize("medium", MEDIA)
def test_starts(tmp_path, medium, firmware):
    with vm.Machine(tmp_path, *MEDIA[medium], firmware=firmware) as machine:
        machine.wait_well()


def blank(disk, mib):
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", disk, f"{mib}M"], check=True, timeout=60)
    return disk


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Without a word nothing is written; nor to the CD that it runs from, nor where there is not room enough."""
    folder = tmp_path_factory.mktemp("installed")
    disk, small = blank(folder / "disk.qcow2", LEAST_MIB), blank(folder / "small.qcow2", LEAST_MIB - 1)
    with vm.Machine(folder, *MEDIA["iso"], *qemu.drive(disk, keeps=True), *qemu.drive(small)) as machine:
        machine.wait_to_say("disk: ")
        machine.type("/dev/sr0")
        machine.wait_to_say("Nothing is installed.")
        machine.type(SMALL_DISK)
        machine.wait_to_say(f"{SMALL_DISK} is too small: a POP needs {LEAST_MIB} MiB.")
        machine.wait_in()
        for unchanged in DISK, SMALL_DISK:
            machine.ssh(f"cmp --bytes=16777216 {unchanged} /dev/zero")
        machine.type(DISK)
        machine.wait_to_say(f"Installed on {DISK}.")
    return disk


@pytest.mark.parametrize("firmware", FIRMWARES)
def test_installed(tmp_path, installed, firmware):
    with vm.Machine(tmp_path, *qemu.drive(installed, keeps=True), firmware=firmware) as machine:
        machine.wait_well()
        assert machine.ssh("findmnt --noheadings --output SOURCE /var").stdout.startswith(DISK)
        assert machine.ssh("findmnt --noheadings --output FSTYPE /").stdout.strip() == "erofs"
