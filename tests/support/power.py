# What is left on a disk when the power fails: QEMU writes down all that a machine writes to it, and each flush (driver
# blklogwrites, in the format of Linux's dm-log-writes). What came before a flush is on the disk when that has ended;
# of what came after the last one, any part may be.
# SPDX-License-Identifier: MIT

import struct
import subprocess
from pathlib import Path

SECTOR = 512
FLUSH, DISCARD = 1, 4
LIMIT_S = 60


def make_disk(path, mib):
    """A disk with ext4 on all but its last MiB, which is for marks."""
    with path.open("wb") as file:
        file.truncate((mib + 1) << 20)
    subprocess.run(["mke2fs", "-q", "-F", "-t", "ext4", path, f"{mib}M"], check=True, timeout=LIMIT_S)


def options(disk, log):
    """QEMU's, for a disk of whose writes @log is kept."""
    log.touch()
    return ["-blockdev", f"driver=blklogwrites,node-name=disk,file.driver=file,file.filename={disk},"
            f"log.driver=file,log.filename={log},log-super-update-interval=1", "-device", "virtio-blk-pci,drive=disk"]


class Log:
    """What a machine has written to a disk. @base: that disk, before; @marks_at: the byte from which marks are."""

    def __init__(self, path, base, marks_at):
        self.base, self.marks_at = Path(base), marks_at
        self.entries = list(self.read(path.read_bytes()))

    @staticmethod
    def read(data):
        """(place, flags, bytes) of each write, in their order."""
        n, sector = struct.unpack_from("<QI", data, 16)
        at = sector
        for _ in range(n):
            place, length, flags = struct.unpack_from("<QQQ", data, at)
            at += sector
            end = at if flags & DISCARD else at + length * sector
            yield place * sector, flags, data[at:end]
            at = end

    def states(self, points, chance):
        """Disks as a power failure leaves them after so many writes each. Yields (n, its marks, its bytes) for each of
        @points, ascending; of what was not flushed by then, half is there. @chance: a random.Random."""
        durable, waiting, at = bytearray(self.base.read_bytes()), [], 0
        for n in points:
            for place, flags, data in self.entries[at:n]:
                if flags & FLUSH:
                    apply(durable, waiting)
                    waiting = []
                waiting.append((place, data))
            at = n
            disk = bytearray(durable)
            apply(disk, [write for write in waiting if chance.random() < 0.5])
            yield n, self.marks(disk), disk

    def marks(self, disk):
        """What the machine has noted on its disk, a line each."""
        text = bytes(disk[self.marks_at:]).replace(b"\0", b"")
        return text.decode().split("\n")[:-1]


def apply(disk, writes):
    for place, data in writes:
        disk[place:place + len(data)] = data


def unpack(disk, folder):
    """The files of a disk after its journal was replayed, in @folder."""
    image = folder.with_suffix(".ext4")
    image.write_bytes(disk)
    checked = subprocess.run(["e2fsck", "-f", "-y", image], timeout=LIMIT_S, capture_output=True, text=True)
    assert checked.returncode in (0, 1), checked.stdout
    folder.mkdir()
    subprocess.run(["debugfs", "-R", f"rdump / {folder}", image], check=True, timeout=LIMIT_S, capture_output=True)
    image.unlink()
