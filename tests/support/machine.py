# A machine of a lab: a network and mounts of its own, and services that end with it.
# SPDX-License-Identifier: MIT

import os
import subprocess
from pathlib import Path

from support.links import Namespace

STOP_LIMIT_S = 10


class Machine(Namespace):
    """To use in a with statement. What is mounted, written and started in here is gone at its end."""

    KINDS = ["--net", "--mount"]

    def __enter__(self):
        self.services = []
        super().__enter__()
        self.set("net.ipv6.conf.default.accept_ra", 0)
        return self

    def __exit__(self, *error):
        for service in list(reversed(self.services)):
            self.stop(service)
        super().__exit__(*error)

    def route_for_others(self):
        for key in "net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding":
            self.set(key, 1)

    def join(self, device, other, other_device):
        """Lay a cable from @device in here to @other_device of the machine @other."""
        self.run("ip", "link", "add", "name", device, "type", "veth",
                 "peer", "name", other_device, "netns", other.holder.pid)
        for machine, end in ((self, device), (other, other_device)):
            machine.run("ip", "link", "set", end, "up")

    def add_address(self, device, *addresses):
        """@addresses: with their prefix lengths."""
        for address in addresses:
            self.run("ip", "address", "add", address, "dev", device)

    def add_route(self, to, *way):
        """@way: as in ip-route(8). The family of a default route is that of its gateway."""
        family = "-6" if any(":" in str(word) for word in (to, *way)) else "-4"
        self.run("ip", family, "route", "replace", to, *way)

    def keep_changes(self, path, folder):
        """What is changed under @path in here is so in here only. @folder, not there yet, is for the changes."""
        upper, work = folder / "upper", folder / "work"
        for part in upper, work:
            part.mkdir(parents=True)
        self.run("mount", "-t", "overlay", "-o", f"lowerdir={path},upperdir={upper},workdir={work}", "lab", path)

    def lay(self, source, path):
        """@source, a file or a folder, lies over @path in here."""
        self.run("mount", "--bind", source, path)

    def file(self, path):
        """Where @path of this machine is for everyone else."""
        return Path(f"/proc/{self.holder.pid}/root") / str(path).lstrip("/")

    def start(self, *command, pass_fds=(), **environment):
        """Start a service that stays in the foreground. Return: its process."""
        service = subprocess.Popen(
            self.command("setpriv", "--pdeathsig", "KILL", *command), env={**os.environ, **environment},
            pass_fds=pass_fds, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.services.append(service)
        return service

    def stop(self, service):
        self.services.remove(service)
        service.terminate()
        try:
            service.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            service.kill()
            service.wait(STOP_LIMIT_S)
            raise
