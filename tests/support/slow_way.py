# A way between two machines on which every packet takes its time.
# SPDX-License-Identifier: MIT

import fcntl
import os
import selectors
import struct
import threading
import time
from collections import deque

TUNSETIFF = 0x400454CA
IFF_TUN_NO_PI = 0x0001 | 0x1000
MTU_BYTES = 1500
WAITING_PACKETS = 10000  # more are lost


def open_tun(machine, device):
    """A new device of @machine. Return: a file of the packets that it sends and receives."""
    with machine.entered():
        file = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(file, TUNSETIFF, struct.pack("16sH", device.encode(), IFF_TUN_NO_PI))
    machine.run("ip", "link", "set", device, "mtu", MTU_BYTES, "up")
    return file


class SlowWay:
    """From @device of a machine to the device of the same name of another, and back. To use in a with statement."""

    def __init__(self, machines, device, delay_ms):
        self.machines, self.device, self.delay_s = machines, device, delay_ms / 1000

    def __enter__(self):
        self.files = [open_tun(machine, self.device) for machine in self.machines]
        self.stopped, self.stop = os.pipe()
        self.thread = threading.Thread(target=self.carry)
        self.thread.start()

    def __exit__(self, *_):
        os.close(self.stop)
        self.thread.join()
        for file in [*self.files, self.stopped]:
            os.close(file)

    def carry(self):
        waiting = deque()  # (when to go on, to which file, packet)
        with selectors.DefaultSelector() as selector:
            for file, other in zip(self.files, reversed(self.files)):
                selector.register(file, selectors.EVENT_READ, other)
            selector.register(self.stopped, selectors.EVENT_READ)
            while True:
                next_s = max(waiting[0][0] - time.monotonic(), 0) if waiting else None
                for key, _ in selector.select(next_s):
                    if key.data is None:
                        return
                    packet = os.read(key.fd, MTU_BYTES)
                    if len(waiting) < WAITING_PACKETS:
                        waiting.append((time.monotonic() + self.delay_s, key.data, packet))
                while waiting and waiting[0][0] <= time.monotonic():
                    _, file, packet = waiting.popleft()
                    os.write(file, packet)
