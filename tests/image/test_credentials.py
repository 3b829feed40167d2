# What a machine does with the secrets it is given: it takes them, or stays closed and says why on its console.
# SPDX-License-Identifier: MIT

import answers
import pytest
import qemu

from support import small_vm

NAME = "ssh.authorized_keys.root"
LIMIT_S = 20


def smbios(name, text):
    return ["-smbios", f"type=11,value=io.systemd.credential:{name}={text}"]


def is_closed(machine, *why):
    for text in "This POP is closed", *why, "login:":
        machine.wait_to_say(text)
    assert qemu.public_key().split()[1] not in machine.console()
    assert not machine.answering()
    with pytest.raises(OSError):
        answers.stream(machine.host, qemu.SSH_PORT, LIMIT_S)


def test_missing(tmp_path, small_disk):
    with small_vm.SmallMachine(tmp_path, small_disk, more=[]) as machine:
        is_closed(machine, f"{NAME}: it is missing")


def test_malformed_and_contradictory(tmp_path, small_disk):
    secrets = smbios(NAME, "nobody") + qemu.credential(NAME, "somebody")
    with small_vm.SmallMachine(tmp_path, small_disk, more=secrets) as machine:
        is_closed(machine, f"{NAME}: it is not what it should be", "has another one than is in force")


def test_disk(machine):
    """The keys of operators, by which this test gets in, and the mount of a file system have come by it alone."""
    assert machine.ssh("findmnt --noheadings --output FSTYPE /srv/extra").stdout == "tmpfs\n"
    assert machine.ssh("ls /run/fontaine-credentials", check=False).returncode != 0
