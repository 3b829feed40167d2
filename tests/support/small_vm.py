# A machine of few services, which starts sooner, has two versions of its system, and can be put back to a moment of its
# past as it ran.
# SPDX-License-Identifier: MIT

import socket
import subprocess

import qemu
from support import pop, versions, vm

POP_FILE = pop.PROJECT / "tests/image/small.yaml"
DISK_SIZE = "4G"


def sign(pop_file, image, keys=versions.KEYS):
    """Make @image the signed extension with that POP file."""
    subprocess.run(["image/confext", pop_file, keys, image], cwd=pop.PROJECT, check=True, timeout=vm.LIMIT_S,
                   capture_output=True)


def make_disk(folder, pop_file=POP_FILE):
    """That of the POP "lab" with @pop_file instead. Return: what others may be on top of."""
    raw, disk, confext = folder / "small.raw", folder / "small.qcow2", folder / "pop.confext.raw"
    sign(pop_file, confext)
    for command in (["cp", "--sparse=always", vm.IMAGES / f"fontaine-{vm.POP}.raw", raw],
                    ["mcopy", "-o", "-i", f"{raw}@@1M", confext, "::/fontaine"],
                    ["qemu-img", "convert", "-O", "qcow2", raw, disk],
                    ["qemu-img", "resize", "--quiet", disk, DISK_SIZE]):
        subprocess.run(command, check=True, timeout=vm.LIMIT_S)
    raw.unlink()
    return disk


def credentials_disk(folder, files):
    """Make one of {name: text}. Return: QEMU's arguments for it."""
    secrets, image = folder / "secrets", folder / "credentials.img"
    secrets.mkdir()
    for name, text in files.items():
        (secrets / name).write_text(text)
    subprocess.run([pop.FONTAINE, "credentials", "disk", secrets, image], check=True, timeout=vm.LIMIT_S)
    return ["-drive", f"file={image},format=raw,if=virtio,readonly=on"]


class SmallMachine(vm.Machine):
    """Its disk, in @folder, is on top of @disk, and keeps what is written."""

    pop_file = POP_FILE

    def __init__(self, folder, disk, more=None):
        own, self.monitor = folder / "disk.qcow2", folder / "monitor"
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", disk, own], check=True,
                       timeout=vm.LIMIT_S)
        super().__init__(folder, *qemu.drive(own, keeps=True),
                         "-chardev", f"socket,id=monitor,path={self.monitor},server=on,wait=off", "-mon", "monitor",
                         more=more)

    def remember(self, moment):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(vm.LIMIT_S)
            s.connect(str(self.monitor))
            s.sendall(f"savevm {moment}\n".encode())
            said = b""
            while said.count(b"(qemu)") < 2:
                said += s.recv(4096)
        assert b"rror" not in said, said

    def put_back(self, moment):
        """It is on, as it was then."""
        if self.process is not None:
            self.cut_power()
        self.start("-loadvm", moment)
        self.wait_in()

    def version(self):
        return self.ssh("sed -n s/^IMAGE_VERSION=//p /etc/os-release").stdout.strip().strip('"')

    def kernels(self):
        """What it can start."""
        return self.ssh("ls -A /efi/EFI/Linux").stdout.split()

    def wait_good(self, version):
        """Until it has taken the start of that for a good one."""
        self.wait_up()
        assert self.version() == version
        self.wait_for(lambda: f"fontaine_{version}+3-0.efi" in self.kernels(), f"{version} is taken for good")
