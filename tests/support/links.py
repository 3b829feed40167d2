# A server's and a client's network namespace, joined by a link whose rate and queue the test sets.
# SPDX-License-Identifier: MIT
#
# The rate is that of the packets as tbf and htb count them: with their Ethernet header, without
# preamble and checksum. PAYLOAD_SHARE is what of it is left for the bytes of TCP connections.

import os
import subprocess
from contextlib import contextmanager

from support import wait

MTU_BYTES = 1500
ETHERNET_BYTES = 14
TCP_BYTES = 20 + 12  # with timestamps
IP_BYTES = {"ipv4": 20, "ipv6": 40}

PAYLOAD_SHARE = {
    family: (MTU_BYTES - size - TCP_BYTES) / (MTU_BYTES + ETHERNET_BYTES) for family, size in IP_BYTES.items()
}

SERVER = {"ipv4": "10.9.0.1", "ipv6": "fd09::1"}
CLIENT = {"ipv4": "10.9.0.2", "ipv6": "fd09::2"}

CATCH_UP_MS = 20  # at most: what a busy machine kept a link from sending, it sends after

TIME_LIMIT_S = 10


def run(*command):
    """Run a command to its end. Return: what it printed."""
    done = subprocess.run(
        [str(word) for word in command], timeout=TIME_LIMIT_S, text=True, stdin=subprocess.DEVNULL, capture_output=True)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


class Namespace:
    """A network namespace, held by a process that ends with us. To use in a with statement."""

    KINDS = ["--net"]  # of namespaces, as unshare(1) and nsenter(1) name them

    def __enter__(self):
        self.holder = subprocess.Popen(
            ["unshare", *self.KINDS, "sh", "-c", "echo ready; exec cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.holder.stdout.readline() == b"ready\n"
        self.path = f"/proc/{self.holder.pid}/ns/net"
        for interfaces in "all", "default":  # IPv6 addresses are good at once, or a browser sees a new network
            self.set(f"net.ipv6.conf.{interfaces}.accept_dad", 0)
        self.run("ip", "link", "set", "lo", "up")
        return self

    def __exit__(self, *_):
        self.holder.stdin.close()
        self.holder.wait(TIME_LIMIT_S)
        self.holder.stdout.close()

    def command(self, *command):
        """The words of a command that runs @command in here."""
        return ["nsenter", f"--target={self.holder.pid}", *self.KINDS, *map(str, command)]

    def run(self, *command):
        return run(*self.command(*command))

    def set(self, key, value):
        """A kernel setting of this network, as sysctl(8) names it."""
        self.run("sysctl", "-q", "-w", f"{key}={value}")

    @contextmanager
    def entered(self):
        """Sockets that this thread makes meanwhile are of this namespace, also later."""
        with open("/proc/thread-self/ns/net") as own, open(self.path) as other:
            os.setns(other.fileno(), os.CLONE_NEWNET)
            try:
                yield
            finally:
                os.setns(own.fileno(), os.CLONE_NEWNET)


class Link:
    """Two namespaces, server and client, on one veth pair; the device is eth0 in both."""

    def __init__(self, server, client):
        self.server, self.client = server, client
        self.connect()
        for namespace, addresses in ((server, SERVER), (client, CLIENT)):
            self.add_address(namespace, addresses["ipv4"])
            namespace.run("ip", "address", "add", f"{addresses['ipv6']}/64", "dev", "eth0")
            namespace.run("ip", "link", "set", "eth0", "up")
        for namespace in server, client:  # a browser that sees it come up drops its connections
            wait.until(lambda: namespace.run("ip", "-6", "address", "show", "dev", "eth0", "scope", "link"),
                       "the link is up and has the address that the kernel gives it")

    def connect(self):
        self.server.run("ip", "link", "add", "name", "eth0", "type", "veth",
                        "peer", "name", "eth0", "netns", self.client.holder.pid)

    def add_address(self, namespace, ipv4):
        namespace.run("ip", "address", "add", f"{ipv4}/16", "dev", "eth0")

    def bottleneck(self, sender):
        """The namespace and the device where what @sender sends waits."""
        return sender, "eth0"

    def shape(self, sender, mbit, queue_ms):
        """Limit what @sender, one of the two, sends; a full queue takes @queue_ms to drain."""
        namespace, device = self.bottleneck(sender)
        bytes_per_ms = mbit * 1000 // 8
        burst_bytes = max(bytes_per_ms * min(queue_ms // 5, CATCH_UP_MS), 2 * (MTU_BYTES + ETHERNET_BYTES))
        namespace.run("tc", "qdisc", "replace", "dev", device, "root", "tbf",
                      "rate", f"{mbit}mbit", "burst", burst_bytes, "limit", bytes_per_ms * queue_ms)

    def shape_each(self, sender, mbit, clients):
        """Limit what @sender sends to, or from, each of the client's IPv4 addresses @clients, and nothing else."""
        end = "src" if sender is self.client else "dst"
        tc = [("qdisc", "add", "dev", "eth0", "root", "handle", "1:", "htb")]
        for number, address in enumerate(clients, 1):
            flow = f"1:{number:x}"
            tc += [("class", "add", "dev", "eth0", "parent", "1:", "classid", flow, "htb", "rate", f"{mbit}mbit"),
                   ("filter", "add", "dev", "eth0", "parent", "1:", "protocol", "ip",
                    "u32", "match", "ip", end, address, "flowid", flow)]
        for words in tc:
            sender.run("tc", *words)


class SwitchedLink(Link):
    """A switch between the two, where the queue is. A queue of its own makes a sender send less: TCP looks to
    it that little of each connection waits there (tcp_limit_output_bytes)."""

    PORTS = ("server", "client")

    def __init__(self, server, client, switch):
        self.switch = switch
        super().__init__(server, client)

    def connect(self):
        self.switch.run("ip", "link", "add", "name", "bridge", "type", "bridge")
        self.switch.run("ip", "link", "set", "bridge", "up")
        for port, namespace in zip(self.PORTS, (self.server, self.client)):
            self.switch.run("ip", "link", "add", "name", port, "type", "veth",
                            "peer", "name", "eth0", "netns", namespace.holder.pid)
            self.switch.run("ip", "link", "set", port, "master", "bridge", "up")

    def bottleneck(self, sender):
        return self.switch, "client" if sender is self.server else "server"


@contextmanager
def switched_link():
    with Namespace() as server, Namespace() as client, Namespace() as switch:
        yield SwitchedLink(server, client, switch)


@contextmanager
def link():
    with Namespace() as server, Namespace() as client:
        yield Link(server, client)
