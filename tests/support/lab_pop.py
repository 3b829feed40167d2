# The POP of a lab: the services of a POP file as `fontaine render` configures them, in a machine of their own.
# SPDX-License-Identifier: MIT

import json
import subprocess

import yaml

from support import pop, speedtestd, wait
from support.lab_dns import delegation

DOMAIN = "pop.fontaine.example"
PREFIXES = ["192.0.2.0/24", "2001:db8:10::/48"]


def pair(number):
    return {"ipv4": f"192.0.2.{number}", "ipv6": f"2001:db8:10::{number}"}


FILE = {
    "site": {"name": "lab", "title": "Fontaine in the lab", "domain": DOMAIN, "city": "Lyon", "country": "FR",
             "languages": ["en", "fr"], "operated_by": {"name": "Test", "contact": "noc@example.net"}},
    "addresses": pair(10),
    "services": {
        "pages": {},
        "speedtest": {"addresses": pair(11), "http_port": 80, "https_port": 443, "rpm_port": 8443,
                      "tests_per_prefix": 50},
        "resolver": {"addresses": pair(53)},
        "authoritative": {"addresses": pair(54)},
    },
}
WEB = {name: pop.PROJECT / f"services/{name}/web" for name in ["speedtest"]} | {
    "portal": pop.PROJECT / "services/web/portal", "shared": pop.PROJECT / "services/web/shared"}
DAEMONS = {"speedtest": "speedtestd"}
RUN = "/run/fontaine"
LIMIT_S = 20


class Pop:
    """In @machine, which is routed to; @folder is empty. start() begins with the zone, whose delegation the
    lab's root needs; open() goes on when there is an Internet."""

    def __init__(self, machine, folder, root):
        self.machine, self.folder, self.root = machine, folder, root
        for path in "/run", "/var/lib", "/usr/share":
            machine.keep_changes(path, folder / path.replace("/", "-"))
        for service in FILE["services"].values():
            for address in service.get("addresses", FILE["addresses"]).values():
                machine.add_address("lo", f"{address}/{128 if ':' in address else 32}")
        self.file = folder / "pop.yaml"
        self.file.write_text(yaml.safe_dump(FILE, sort_keys=False))
        self.write_files()

    def write_files(self):
        """What the packages of a POP bring, and what is made when it boots."""
        root = self.machine.file("/")
        self.root.publish(root / "usr/share/dns")
        web = root / "usr/share/fontaine/web"
        for path in [web, *(root / "run" / name for name in ("knot", "nginx")),
                     *(root / "var/lib" / name for name in ("fontaine/tls", "knot", "unbound", "nginx", "state"))]:
            path.mkdir(parents=True, exist_ok=True)
        for name, path in WEB.items():
            (web / name).mkdir()
            self.machine.lay(path, f"/usr/share/fontaine/web/{name}")  # servers without rights find the way
        self.machine.run(pop.FONTAINE, "render", self.file, RUN, "--stock", pop.PROJECT / "services/stock")
        self.machine.run(speedtestd.TEST_CA, f"{RUN}/tls/names", "/var/lib/fontaine/tls")

    def start(self):
        """Return: the zone's delegation, as lines of the zone above it."""
        self.machine.start("knotd", "-c", f"{RUN}/knot/knot.conf")
        return delegation(self.machine, DOMAIN, FILE["services"]["authoritative"]["addresses"])

    def open(self):
        self.machine.start("unbound", "-d", "-p", "-c", f"{RUN}/unbound/unbound.conf")
        self.machine.start("nginx", "-e", "stderr", "-c", f"{RUN}/nginx/nginx.conf", "-g", "daemon off;")
        for name, program in DAEMONS.items():
            state = self.machine.file("/var/lib/state") / name
            state.mkdir()
            self.machine.start(pop.BUILD / "release" / program, "--pop", self.file, "--tls", "/var/lib/fontaine/tls",
                               STATE_DIRECTORY=f"/var/lib/state/{name}")
        wait.until(self.is_up, "all services of the POP answer", LIMIT_S)

    def is_up(self):
        told = subprocess.run(self.machine.command(pop.FONTAINE, "status", self.file, "--json"),
                              timeout=10, capture_output=True, text=True)
        return all(service["up"] for service in json.loads(told.stdout)["services"].values())
