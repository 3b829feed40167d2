# The POP of `make up` in a machine of QEMU: its POP file, but that the services have addresses on a network, where the
# tests are the one other host, and its member. As a program: python3 -m support.twin COMMAND... runs it beside the
# machine that is up, as support/pop.py wants it.
# SPDX-License-Identifier: MIT

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import answers
import qemu
from support import links, pop, time_server, vm

SHARED_DISK = pop.BUILD / "disk/fontaine.raw"
BOOT_PARTITION = "1M"
SIZE = "8G"
KEYS = pop.BUILD / "keys"
TAP = "twin"
HOST = {"ipv4": "198.51.100.1", "ipv6": "2001:db8:100::1"}  # of the prefixes of the demo's first member
POP = {"ipv4": "198.51.100.10", "ipv6": "2001:db8:100::10"}
LENGTH = {"ipv4": 24, "ipv6": 64}
ADDRESSES = "addresses:\n  ipv4: 127.0.0.1\n  ipv6: \"::1\"\n"
OURS = f"""addresses:
  ipv4: {POP["ipv4"]}
  ipv6: {POP["ipv6"]}

network:
  interfaces:
    - name: enp0s2
      addresses: [{POP["ipv4"]}/24, "{POP["ipv6"]}/64"]
      gateways: [{HOST["ipv4"]}, "{HOST["ipv6"]}"]
  ssh_from: [{HOST["ipv4"]}/32]
"""
VISITORS = "10.0.0.0/8"  # as pop.visitor() has them
METRICS = ["127.0.0.1:9580", "[::1]:9580"]  # which the machine tells itself alone; here at the same place, by SSH
NTP_PORT = 11123
OF_THE_ROOT = ("resolver", "udp"), ("resolver", "tcp")  # would be asked of servers that are not here
STOP_LIMIT_S = 20


def write_pop_file(path):
    text = pop.POP_FILE.read_text()
    assert ADDRESSES in text
    path.write_text(text.replace(ADDRESSES, OURS))


def make_disk(folder, pop_file):
    """That of any POP, with this one's file."""
    disk, confext = folder / "disk.raw", folder / "pop.confext.raw"
    subprocess.run([pop.PROJECT / "image/confext", pop_file, KEYS, confext], check=True, timeout=60)
    subprocess.run(["cp", "--sparse=always", SHARED_DISK, disk], check=True, timeout=60)
    subprocess.run(["truncate", f"--size={SIZE}", disk], check=True, timeout=10)
    subprocess.run(["mcopy", "-i", f"{disk}@@{BOOT_PARTITION}", confext, "::/fontaine"], check=True, timeout=60)
    return disk


def take_network():
    links.run("ip", "tuntap", "add", TAP, "mode", "tap")
    links.run("ip", "link", "set", TAP, "up")
    links.run("ip", "route", "add", "local", VISITORS, "dev", "lo")
    for family, address in HOST.items():
        links.run("ip", "address", "add", f"{address}/{LENGTH[family]}", "dev", TAP, *["nodad"] * (family == "ipv6"))


class Twin(vm.Machine):
    here = staticmethod(str)

    def __init__(self, folder):
        self.pop_file, self.way = folder / "demo.yaml", folder / "ssh"
        write_pop_file(self.pop_file)
        super().__init__(folder, *qemu.drive(make_disk(folder, self.pop_file)))
        self.asked = {who for who in self.asked if who[:2] not in OF_THE_ROOT}

    def network(self):
        return f"tap,model=virtio-net-pci,ifname={TAP},script=no,downscript=no"

    def by_ssh(self):
        """Over the connection of logged_in(), where there is one."""
        return [*map(str, vm.SSH), "-S", str(self.way), f"root@{self.host}"]

    def set_clock(self):
        """QEMU gives it to the second, and it has nobody else to ask."""
        answer = time_server.query((POP["ipv4"], NTP_PORT))
        self.ssh(f"date --set='{-answer.offset_s:.6f} seconds'")

    @contextmanager
    def logged_in(self):
        """One connection for all commands, and what is forwarded."""
        forwards = [word for socket in METRICS for word in ("-L", f"{socket}:{socket}")]
        master = subprocess.Popen([*self.by_ssh(), "-M", "-N", *forwards], stdin=subprocess.DEVNULL)
        try:
            self.wait_for(self.way.exists, "somebody can log in")
            yield
        finally:
            master.terminate()
            master.wait(STOP_LIMIT_S)


def main(*command):
    take_network()
    with tempfile.TemporaryDirectory(dir=pop.BUILD, prefix="twin.") as folder, Twin(Path(folder)) as machine:
        machine.wait_up()
        machine.wait_in()
        with machine.logged_in():
            machine.set_clock()
            there = {"POP_FILE": str(machine.pop_file), "POP_SEES": " ".join(HOST.values()),
                     "POP_IN_VM": " ".join(machine.by_ssh())}
            return subprocess.run(command, env={**os.environ, **there}).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
