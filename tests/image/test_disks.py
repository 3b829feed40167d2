# Further disks of a machine: nothing is written to one unless a line of the credential "fstab.extra" says so, and what
# is on one stays. One machine, from test to test.
# SPDX-License-Identifier: MIT

import hashlib
import subprocess
import urllib.request

import pytest

import qemu
from support import small_vm, vm

MIRROR = """\
  mirror:
    root: /srv/mirror
    projects:
      - {name: fontaine, kind: command, command: /usr/libexec/fontaine/mirror-fontaine, interval: 5m}
"""
MIB = 1 << 20
SIZE = 64 * MIB
# Of kinds that no firmware writes to: OVMF keeps its variables on what is FAT.
USED = {"filesystem": ["mkfs.ext2", "-q"], "partitions": ["sfdisk", "--quiet", "--label=gpt"]}
LEFT = {"filesystem": "ext2", "partitions": "partitions (gpt)", "bytes": "something"}
LINES = {"mirror": "/srv/mirror ext4 nofail,noatime,x-systemd.makefs,x-systemd.growfs 0 0",
         "swap": "none swap nofail,x-systemd.makefs 0 0",
         **{name: f"/srv/{name} ext4 nofail,x-systemd.makefs 0 0" for name in LEFT}}


def device(name):
    return f"/dev/disk/by-id/virtio-{name}"


def fstab(lines):
    return "".join(f"{device(name)} {line}\n" for name, line in lines.items())


class DiskMachine(small_vm.SmallMachine):
    """With further disks, whose images are in @folder."""

    def __init__(self, folder, disk):
        self.folder, self.images = folder, {name: folder / f"{name}.img" for name in ["untold", *LINES]}
        super().__init__(folder, disk)
        self.make_images()
        self.before = self.sums()

    def make_images(self):
        for name, image in self.images.items():
            with open(image, "wb") as file:
                file.truncate(SIZE)
            if name in USED:
                subprocess.run([*USED[name], image], check=True, timeout=60, input=b",\n", capture_output=True)
        with open(self.images["bytes"], "r+b") as file:
            file.seek(8 * MIB)
            file.write(b"x")

    def tell(self, start, lines):
        """From the next start on. @start: its name."""
        folder = self.folder / start
        folder.mkdir()
        self.more = small_vm.credentials_disk(folder, {"ssh.authorized_keys.root": qemu.public_key() + "\n",
                                                       "fstab.extra": fstab(lines)})
        for name, image in self.images.items():
            self.more += ["-drive", f"file={image},format=raw,if=none,id={name}",
                          "-device", f"virtio-blk-pci,drive={name},serial={name}"]

    def sums(self):
        """Of what is on the disks that are to stay as they are."""
        return {name: hashlib.sha256(self.images[name].read_bytes()).hexdigest() for name in ["untold", *LEFT]}

    def starts_again(self):
        self.ssh("sync")
        self.cut_power()
        self.start()
        self.wait_up()
        self.wait_in()


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("disks")
    (folder / "small.yaml").write_text(small_vm.POP_FILE.read_text() + MIRROR)
    machine = DiskMachine(folder, small_vm.make_disk(folder, folder / "small.yaml"))
    machine.tell("first", LINES)
    with machine:
        machine.wait_up()
        machine.wait_in()
        yield machine


def places_of(machine, name):
    """Where it is mounted."""
    return machine.ssh(f"findmnt --noheadings --output TARGET --source {device(name)}", check=False).stdout.split()


def is_served(machine):
    try:
        with urllib.request.urlopen(f"http://{machine.host}/fontaine/", timeout=vm.SSH_LIMIT_S) as reply:
            return reply.status == 200
    except OSError:
        return False


def down(machine):
    """Services that its status says are."""
    status = machine.ssh("fontaine status", check=False).stdout
    return [line.split()[0] for line in status.splitlines() if " down " in line]


def test_blank_disks(machine):
    """mirrord's is its own, and it publishes there."""
    machine.wait_for(lambda: is_served(machine), "its mirror is served")
    assert "/srv/mirror" in places_of(machine, "mirror")
    assert machine.ssh("findmnt --noheadings --output TARGET --target /srv/mirror/fontaine/current/").stdout == \
        "/srv/mirror\n"
    assert machine.ssh("stat --format=%U:%a /srv/mirror").stdout == "mirror:755\n"
    swap = machine.ssh("swapon --noheadings --show=NAME").stdout.strip()
    assert swap == machine.ssh(f"readlink --canonicalize {device('swap')}").stdout.strip()


def test_disks_with_something_on_them(machine):
    for name, found in LEFT.items():
        machine.wait_to_say(f"{device(name)} is left as it is, and not used: it has {found} on it, not ext4.")
        assert not places_of(machine, name)
    assert machine.answering() == machine.asked


def test_later_start(machine):
    """What was made is kept, and grows with its disk."""
    machine.ssh("echo before >/srv/mirror/kept")
    with open(machine.images["mirror"], "r+b") as file:
        file.truncate(2 * SIZE)
    machine.starts_again()
    machine.wait_for(lambda: places_of(machine, "mirror"), "the disk of mirrors is mounted")
    assert machine.ssh("cat /srv/mirror/kept").stdout == "before\n"
    machine.wait_for(lambda: int(machine.ssh("df --output=size --block-size=1M /srv/mirror").stdout.split()[-1]) > 100,
                     "it has grown")


def test_used_disk_for_mirrors(machine):
    """Mirrors are not kept elsewhere then."""
    machine.tell("second", {"partitions": LINES["mirror"]})
    machine.starts_again()
    machine.wait_to_say(f"{device('partitions')} is left as it is")
    machine.wait_for(lambda: down(machine) == ["mirror"], "its mirror alone is down")
    assert machine.ssh("systemctl is-active mirrord.service", check=False).returncode != 0
    assert machine.ssh("ls -A /srv/mirror", check=False).stdout == ""
    assert machine.sums() == machine.before
