# What a machine does with the secrets it is given: taken, or it stays closed and says why.
# SPDX-License-Identifier: MIT

import subprocess

import pytest

from support import pop, vm

NAME = "ssh.authorized_keys.root"
CLOSED = "This POP is closed"


def smbios(name, text):
    return ["-smbios", f"type=11,value=io.systemd.credential:{name}={text}"]


@pytest.fixture
def disk(tmp_path):
    """Makes QEMU's arguments for a credentials disk with these files."""
    def make(**files):
        folder = tmp_path / "secrets"
        folder.mkdir()
        for name, text in files.items():
            (folder / name.replace("__", ".")).write_text(text)
        image = tmp_path / "credentials.img"
        subprocess.run([pop.FONTAINE, "credentials", "disk", folder, image], check=True, timeout=60)
        return ["-drive", f"file={image},format=raw,if=virtio,readonly=on"]

    return make


def machine(tmp_path, more):
    return vm.Machine(vm.IMAGES / f"fontaine-{vm.POP}.qcow2", tmp_path / "console", more)


def test_disk(tmp_path, disk):
    """It comes by the disk alone, as does the mount of a file system."""
    secrets = disk(ssh__authorized_keys__root=vm.boot.public_key() + "\n",
                   fstab__extra="tmpfs /srv/extra tmpfs size=1m 0 0\n")
    with machine(tmp_path, secrets) as m:
        m.wait_in()
        assert m.ssh("findmnt -no FSTYPE /srv/extra").stdout == "tmpfs\n"
        assert m.ssh("ls /run/fontaine-credentials", check=False).returncode != 0


@pytest.mark.parametrize("what", ["missing", "malformed", "contradictory"])
def test_closed(tmp_path, disk, what):
    key = vm.boot.public_key()
    more, why = {
        "missing": ([], f"{NAME}: it is missing"),
        "malformed": (smbios(NAME, "nobody"), f"{NAME}: it is not what it should be"),
        "contradictory": (smbios(NAME, key) + disk(ssh__authorized_keys__root=key + " another\n"),
                          f"{NAME}: a credentials disk has another one than is in force"),
    }[what]
    with machine(tmp_path, more) as m:
        m.wait_to_say(CLOSED)
        m.wait_to_say(why)
        m.wait_to_say("login:")
        assert key.split()[1] not in m.console()
        assert not m.answers()
        assert m.ssh("true", check=False).returncode != 0
