# The power fails (QEMU is killed) at points of a first start, an upgrade and a rollback: the machine comes up again, as
# one of the two versions, whole. CUTS: at how many points of an upgrade, and of a rollback.
# SPDX-License-Identifier: MIT

import os
import subprocess
import time

import pytest

from support import small_vm, vm

MOMENTS = ("systemd-repart.service", "fontaine-testca.service")  # of a first start: /var is made; keys are
CUTS = int(os.environ.get("CUTS", "4"))


def begin(machine, command):
    """Have it done, and the machine restarted; nobody waits for it."""
    machine.told_to_start()
    return subprocess.Popen([*machine.by_ssh(), f"fontaine {command} && systemctl --no-block reboot"],
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def undisturbed_s(machine, command, version):
    """How long it takes until @version answers and is taken for good."""
    since = time.monotonic()
    with begin(machine, command):
        machine.wait_to_say(vm.FIRMWARE_STARTS)
    machine.wait_good(version)
    return time.monotonic() - since


def comes_up_whole(machine, *versions):
    """As one of those; whatever else can be started has its root, and its hashes."""
    machine.start()
    machine.wait_in()
    version = machine.version()
    assert version in versions
    machine.wait_good(version)
    partitions = machine.ssh("lsblk --noheadings --output PARTLABEL /dev/vda").stdout.split()
    for kernel in machine.kernels():
        can_start = kernel.split("+")[0]
        assert can_start in partitions and f"{can_start}_verity" in partitions
    assert machine.failed_units() == ""
    return version


def cut(machine, moment, command, takes_s):
    """At points spread over what @command takes, each time from @moment on."""
    for i in range(CUTS):
        after_s = takes_s * (i + 0.5) / CUTS
        machine.put_back(moment)
        with begin(machine, command):
            time.sleep(after_s)
            machine.cut_power()  # which ends ssh
        version = comes_up_whole(machine, "0.1.0", "0.2.0")
        print(f"{command}: the power fails after {after_s:.0f} s of {takes_s:.0f}; then it is {version}", flush=True)


@pytest.fixture(scope="module")
def upgrade_s(machine, site):
    """How long an upgrade takes; the moment after it is "upgraded"."""
    site.make("0.2.0")
    took_s = undisturbed_s(machine, "upgrade", "0.2.0")
    machine.remember("upgraded")
    return took_s


def test_first_start(tmp_path, small_disk):
    with small_vm.SmallMachine(tmp_path, small_disk) as machine:
        for moment in MOMENTS:
            machine.wait_to_say(moment)
            machine.cut_power()
            machine.start()
        machine.wait_good("0.1.0")
        assert machine.failed_units() == ""


def test_upgrade(machine, upgrade_s):
    cut(machine, "first", "upgrade", upgrade_s)


def test_rollback(machine, upgrade_s):
    machine.put_back("upgraded")
    cut(machine, "upgraded", "rollback", undisturbed_s(machine, "rollback", "0.1.0"))
