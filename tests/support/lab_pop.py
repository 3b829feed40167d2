# The POP of a lab: the services of a POP file as `fontaine render` configures them, in a machine of their own.
# SPDX-License-Identifier: MIT

import json
import subprocess

import yaml

from support import ipv6testd, lab_dns, passed, pop, speedtestd, wait

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
        "ipv6test": {"addresses": pair(12), "http_port": 80, "https_port": 443, "dns_port": 53,
                     "mtu_ipv6": "2001:db8:10:1280::12", "blackhole_ipv6": "2001:db8:10:dead::12",
                     "answers_per_second": 1000},  # to all resolvers of the lab, which are of one prefix
        "resolver": {"addresses": pair(53), "root_servers": [lab_dns.ADDRESSES["ipv4"]]},
        "authoritative": {"addresses": pair(54)},
    },
}
WEB = {name: pop.PROJECT / "services" / path for name, path in {
    "speedtest": "speedtest/web", "ipv6test": "ipv6test/web", "portal": "web/portal", "shared": "web/shared"}.items()}
RUN = "/run/fontaine"
NAMES = "/run/fontaine-ipv6test"
STATE = {name: f"/var/lib/fontaine/{name}" for name in ("speedtest", "ipv6test")}
COMMANDS = {
    "pages": ("nginx", "-e", "stderr", "-c", f"{RUN}/nginx/nginx.conf", "-g", "daemon off;"),
    "resolver": ("unbound", "-d", "-p", "-c", f"{RUN}/unbound/unbound.conf"),
    "authoritative": ("knotd", "-c", f"{RUN}/knot/knot.conf"),
}
LIMIT_S = 20


class Pop:
    """In @machine, which is routed to; @folder is empty. start() begins with the zone, whose delegation the
    lab's root needs; open() goes on when there is an Internet. @stack ends what is no service of @machine."""

    def __init__(self, machine, folder, root, stack):
        self.machine, self.folder, self.root, self.stack = machine, folder, root, stack
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
        for path in [web, *(root / "run" / name for name in ("knot", "nginx", "unbound", "fontaine-ipv6test")),
                     *(root / "var/lib" / name for name in ("fontaine/tls", "knot", "unbound", "nginx")),
                     *(root / path.lstrip("/") for path in STATE.values())]:
            path.mkdir(parents=True, exist_ok=True)
        for name, path in WEB.items():
            (web / name).mkdir()
            self.machine.lay(path, f"/usr/share/fontaine/web/{name}")  # servers without rights find the way
        self.machine.run(pop.FONTAINE, "render", self.file, RUN, "--stock", pop.PROJECT / "services/stock")
        self.machine.run(speedtestd.TEST_CA, f"{RUN}/tls/names", "/var/lib/fontaine/tls")

    def start(self):
        """Return: the zone's delegation, as lines of the zone above it."""
        self.machine.run("env", f"STATE_DIRECTORY={STATE['ipv6test']}", ipv6testd.PROGRAM, "--pop", self.file,
                         "--prepare", f"{NAMES}/delegations.zone")
        self.machine.start(*COMMANDS["authoritative"])
        return lab_dns.delegation(self.machine, DOMAIN, FILE["services"]["authoritative"]["addresses"])

    def open(self):
        self.machine.start(*COMMANDS["resolver"])
        self.machine.start(*COMMANDS["pages"])
        self.start_daemon("speedtest", speedtestd.PROGRAM)
        section = FILE["services"]["ipv6test"]
        behind = self.stack.enter_context(
            ipv6testd.paths(self.machine, section["mtu_ipv6"], section["blackhole_ipv6"]))
        self.mtu_sockets = self.stack.enter_context(ipv6testd.listening(behind, section["mtu_ipv6"], (80, 443)))
        self.start_ipv6test()
        wait.until(self.is_up, "all services of the POP answer", LIMIT_S)

    def start_ipv6test(self):
        return self.start_daemon("ipv6test", *passed.command(self.mtu_sockets, [ipv6testd.PROGRAM]),
                                 pass_fds=self.mtu_sockets)

    def start_daemon(self, service, *command, **options):
        return self.machine.start(*command, "--pop", self.file, "--tls", "/var/lib/fontaine/tls",
                                  STATE_DIRECTORY=STATE[service], **options)

    def is_up(self):
        told = subprocess.run(self.machine.command(pop.FONTAINE, "status", self.file, "--json"),
                              timeout=10, capture_output=True, text=True)
        return all(service["up"] for service in json.loads(told.stdout)["services"].values())
