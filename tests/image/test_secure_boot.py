# With Secure Boot and the operator's key alone, a machine starts what `make secure-boot` has signed, and nothing else.
# SPDX-License-Identifier: MIT

import subprocess

import pytest

import qemu
from support import pop, versions, vm

SIGNED = pop.BUILD / f"secure-boot/{vm.POP}"
MEDIA = {"disk": qemu.drive(SIGNED / vm.DISK.name), "iso": qemu.cdrom(SIGNED / vm.ISO.name)}
NOT_SIGNED = {"disk": qemu.drive(vm.DISK), "iso": qemu.cdrom(vm.ISO)}
NO_VARIABLES = "/usr/share/OVMF/OVMF_VARS_4M.fd"
OWNER = "0e9a6fe0-68f6-408c-bbeb-136054d20445"
IS_ON = "od --address-radix=n --format=u1 --skip-bytes=4 /sys/firmware/efi/efivars/SecureBoot-*"


@pytest.fixture
def variables(tmp_path):
    """As docs/VERIFY.md has an operator make them."""
    variables, certificate = tmp_path / "vars.fd", versions.KEYS / "secure-boot.crt"
    subprocess.run(["virt-fw-vars", "--input", NO_VARIABLES, "--output", variables, "--secure-boot",
                    *[word for key in ("--set-pk", "--add-kek", "--add-db") for word in (key, OWNER, certificate)]],
                   check=True, timeout=60)
    return variables


@pytest.mark.parametrize("medium", MEDIA)
def test_signed(tmp_path, variables, medium):
    with vm.Machine(tmp_path, *MEDIA[medium], firmware=variables) as machine:
        machine.wait_well()
        assert machine.ssh(IS_ON).stdout.strip() == "1"


@pytest.mark.parametrize("medium", NOT_SIGNED)
def test_not_signed(tmp_path, variables, medium):
    with vm.Machine(tmp_path, *NOT_SIGNED[medium], firmware=variables) as machine:
        machine.wait_to_say("Access Denied")
        assert vm.FIRMWARE_STARTS not in machine.console()
