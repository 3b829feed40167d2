# The power fails (QEMU is killed) while a machine starts for the first time: it comes up whole.
# SPDX-License-Identifier: MIT

from support import small_vm

MOMENTS = ("systemd-repart.service", "fontaine-testca.service")  # /var is made; keys are


def test_first_start(tmp_path, small_disk):
    with small_vm.SmallMachine(tmp_path, small_disk) as machine:
        for moment in MOMENTS:
            machine.wait_to_say(moment)
            machine.cut_power()
            machine.start()
        machine.wait_good("0.1.0")
        assert machine.failed_units() == ""
