# The disk starts until each socket of the POP answers.
# SPDX-License-Identifier: MIT

import qemu
from support import vm


def test_disk(tmp_path):
    with vm.Machine(tmp_path, *qemu.drive(vm.DISK)) as machine:
        machine.wait_up()
        machine.wait_in()
        assert machine.failed_units() == ""
