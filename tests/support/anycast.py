# A lab's POP that announces its services: healthd, chrony and BIRD beside what lab_pop.py starts, and a router.
# SPDX-License-Identifier: MIT

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import yaml

from support import lab, lab_pop, passed, pop, speedtestd, wait, wire

PROGRAM = pop.PROGRAMS / "healthd"
INTERFACES = pop.PROJECT / "packaging/systemd/anycast"
CONTROL, PUBLIC = Path("/run/healthd/control.sock"), Path("/run/healthd/http.sock")
RENDERED = "/run/anycast"
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
GRACEFUL_SHUTDOWN = "(65535,0)"
LEAVE_S = 5
STOP_LIMIT_S = 10
DISK_BYTES = 16 << 20  # of healthd's own
CHRONY = "chronyd", "-d", "-x", "-u", "root", "-f", f"{RENDERED}/chrony/chrony.conf"
PROGRAMS = {"pages": "nginx", "speedtest": "speedtestd", "resolver": "unbound", "authoritative": "knotd",
            "ipv6test": "ipv6testd"}

ADDRESSES = {name: (section.get("addresses") or lab_pop.FILE["addresses"])
             for name, section in lab_pop.FILE["services"].items()} | {"ntp": lab_pop.pair(13)}
NET, POP = lab.gateways("net"), lab.gateways("pop")
FILE = {
    **lab_pop.FILE,
    "services": {**lab_pop.FILE["services"], "ntp": {"addresses": ADDRESSES["ntp"], "set_clock": False}},
    "bgp": {"asn": 64500, "router_id": POP[0], "leave_seconds": LEAVE_S, "hold_seconds": 1,
            "neighbours": [{"address": address, "asn": 64501} for address in NET]},
}
PEER = """
router id 198.51.100.0;
log stderr { error, fatal, bug };
protocol device { }
protocol bgp over4 { local as 64501; neighbor 198.51.100.1 as 64500; ipv4 { import all; export none; }; }
protocol bgp over6 { local as 64501; neighbor 2001:db8:ff::2 as 64500; ipv6 { import all; export none; }; }
"""


def prefixes(service):
    return {f"{address}/{128 if ':' in address else 32}" for address in ADDRESSES[service].values()}


ALL = set().union(*map(prefixes, ADDRESSES))


class Anycast:
    """To use in a with statement, in that of @internet (lab.internet())."""

    def __init__(self, internet, stack):
        self.internet, self.machine, self.stack = internet, internet.pop, stack
        self.folder = internet.folder / "anycast"
        self.folder.mkdir()
        self.file = self.folder / "pop.yaml"
        self.file.write_text(yaml.safe_dump(FILE, sort_keys=False))
        for path in "run/bird", "run/chrony", "var/lib/chrony", "run/pages":
            self.machine.file(path).mkdir(exist_ok=True)
        self.machine.run(INTERFACES, "up", *(a for pair in ADDRESSES.values() for a in pair.values()))
        self.machine.run(pop.FONTAINE, "render", self.file, RENDERED, "--stock", pop.PROJECT / "services/stock")
        self.state = self.folder / "state"
        self.state.mkdir()
        self.machine.run("mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "lab", self.state)
        self.listeners = [passed.listening(stack, path) for path in (CONTROL, PUBLIC)]
        self.processes = {service: self.process_of(program) for service, program in PROGRAMS.items()}
        self.start("ntp")
        self.machine.start("bird", "-f", "-c", f"{RENDERED}/bird/bird.conf", "-s", "/run/bird/bird.ctl")
        (self.folder / "peer.conf").write_text(PEER)
        self.peer = self.folder / "peer.ctl"
        internet.net.start("bird", "-f", "-c", self.folder / "peer.conf", "-s", self.peer)
        wait.until(self.peer.exists, "the router can be asked")
        self.start_healthd()

    def start(self, service):
        """Start a service as it is configured."""
        if service == "ipv6test":
            self.processes[service] = self.internet.services.start_ipv6test()
        elif service == "speedtest":
            self.processes[service] = self.internet.services.start_daemon(service, speedtestd.PROGRAM)
        else:
            self.replace(service, *lab_pop.COMMANDS.get(service, CHRONY))

    def replace(self, service, *command, **environment):
        """Have @command do what @service did."""
        self.processes[service] = self.machine.start(*command, **environment)

    def signal(self, service, number):
        """To all of its processes."""
        pids = [self.processes[service].pid]
        for pid in pids:
            pids += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        for pid in pids:
            os.kill(pid, number)

    def kill(self, service):
        self.signal(service, signal.SIGKILL)
        self.end(self.processes[service], signal.SIGKILL)
        if service == "pages":
            for left in self.machine.file("run/nginx").glob("*.sock"):
                left.unlink()  # as systemd does with the folder

    def start_healthd(self, **environment):
        words = passed.command(self.listeners, [PROGRAM, "--pop", self.file])
        self.healthd = self.machine.start(*words, pass_fds=self.listeners, STATE_DIRECTORY=str(self.state),
                                          **environment)

    def end(self, process, how):
        """A service of the machine that is not to end by itself later."""
        self.machine.services.remove(process)
        process.send_signal(how)
        process.wait(STOP_LIMIT_S)

    def process_of(self, program):
        for process in self.machine.services:
            if os.readlink(f"/proc/{process.pid}/exe").endswith(f"/{program}"):
                return process
        raise AssertionError(f"no {program} runs")

    def routes(self):
        """What the router has from the POP: prefix -> its communities."""
        shown = self.internet.net.run("birdc", "-r", "-s", self.peer, "show", "route", "all")
        found, prefix = {}, None
        for line in shown.splitlines():
            if match := re.match(r"(\S+/\d+)\s", line):
                prefix = match[1]
                found[prefix] = set()
            elif "community:" in line:
                found[prefix] |= set(re.findall(r"\(\d+,\d+\)", line))
        return found

    def until_routes(self, expected, what, seconds=10):
        wait.until(lambda: set(self.routes()) == expected, what, seconds)

    def ask(self, method, path):
        with wire.UnixConnection(CONTROL, 10) as connection:
            connection.send(wire.request(method, path, "Connection: close", "X-Forwarded-For: 127.0.0.1"))
            return connection.reply()

    def status(self):
        return json.loads(self.ask("GET", "/status.json").body)

    def details(self, service):
        """What is wrong with each of its sockets."""
        return "\n".join(socket["detail"] or "" for socket in self.status()["services"][service]["sockets"])

    def until_detail(self, service, why):
        wait.until(lambda: why in self.details(service), f"{service}: {why}")

    def events(self):
        """All that was ever worth remembering, the oldest first."""
        return json.loads(self.ask("GET", "/history.json?days=9").body)["events"]

    def mark(self):
        """What happens from now on counts."""
        self.n_events, self.since = len(self.events()), time.monotonic()

    def command(self, *words):
        return subprocess.run([pop.FONTAINE, *words], capture_output=True, text=True, timeout=10)
