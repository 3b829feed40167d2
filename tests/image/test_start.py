# The disk and the ISO start, by UEFI and by BIOS, and the tests of the container find in them what they find there.
# SPDX-License-Identifier: MIT

import os
import subprocess
import sys

import pytest

from support import pop, vm

MEMORY_MAX_MIB = 400
DISK, ISO = f"fontaine-{vm.POP}.qcow2", f"fontaine-{vm.POP}.iso"
# Of the end-to-end tests, those that ask from outside and know no address of the POP "demo".
SAME_TESTS = ["tests/e2e/test_endpoints.py"]


@pytest.mark.parametrize("image, firmware", [(DISK, "bios"), (ISO, "uefi"), (ISO, "bios")])
def test_starts(tmp_path, image, firmware):
    with vm.Machine(vm.IMAGES / image, tmp_path / "console", firmware=firmware) as machine:
        took_s = machine.wait_up()
        print(f"{image} by {firmware}: {took_s:.0f} s until all services answered")
        machine.wait_in()
        assert machine.ssh("systemctl --failed --no-legend --plain").stdout == ""


def used_mib(machine):
    words = machine.ssh("free --mebi | sed -n 2p").stdout.split()
    return int(words[2])


def test_same_tests(tmp_path):
    with vm.Machine(vm.IMAGES / DISK, tmp_path / "console") as machine:
        took_s = machine.wait_up()
        machine.wait_in()
        print(f"disk by UEFI: {took_s:.0f} s until all services answered, {used_mib(machine)} MiB in use")
        assert machine.ssh("systemctl --failed --no-legend --plain").stdout == ""
        assert used_mib(machine) < MEMORY_MAX_MIB
        pytest_command = [sys.executable, "-B", "-m", "pytest", "--config-file=tests/pytest.ini", "-q"]
        done = subprocess.run([*pytest_command, *SAME_TESTS], cwd=pop.PROJECT,
                              env={**os.environ, "POP_IN_VM": vm.POP}, timeout=vm.LIMIT_S)
        assert done.returncode == 0
