# Calls of a program that fail when a test says so: the order that tests/faults/failing.c takes.
# SPDX-License-Identifier: MIT

import errno
import mmap
import struct
from dataclasses import dataclass

from support import pop

LIBRARY = pop.BUILD / "release/tests/faults/failing.so"
KINDS = ["none", "allocation", "write", "read", "fsync", "accept", "open", "fork", "rename", "link", "unlink",
         "folder"]
FOREVER = 1 << 60
LAYOUT = "iiq"


@dataclass(frozen=True)
class Fault:
    kind: str
    error: str

    def __str__(self):
        return f"{self.kind}: {self.error}"


FAULTS = [Fault(kind, error) for kind, errors in {
    "allocation": ["ENOMEM"], "write": ["EIO", "ENOSPC", "EINTR"], "read": ["EIO", "EINTR"],
    "fsync": ["EIO", "ENOSPC"], "accept": ["EMFILE", "EINTR"], "open": ["EMFILE", "EIO", "ENOSPC", "EINTR"],
    "fork": ["EAGAIN", "ENOMEM"], "rename": ["EIO", "ENOSPC"], "link": ["EIO", "ENOSPC"], "unlink": ["EIO"],
    "folder": ["EIO", "ENOSPC"]}.items() for error in errors]


class Order:
    def __init__(self, path):
        path.write_bytes(bytes(struct.calcsize(LAYOUT)))
        self.words = ["env", f"LD_PRELOAD={LIBRARY}", f"FAILING_ORDER={path}"]  # before a command
        with path.open("r+b") as file:
            self.page = mmap.mmap(file.fileno(), struct.calcsize(LAYOUT))

    def give(self, fault, nth=FOREVER):
        struct.pack_into(LAYOUT, self.page, 0, 0, getattr(errno, fault.error), nth)
        struct.pack_into("i", self.page, 0, KINDS.index(fault.kind))

    def take_back(self):
        """Return: how many of those calls were made."""
        nth = struct.unpack_from(LAYOUT, self.page)[2]
        struct.pack_into("i", self.page, 0, 0)
        return nth
