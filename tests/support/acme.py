# A POP's servers and certification authorities that speak ACME, all in one machine of a lab.
# SPDX-License-Identifier: MIT

import json
import os
import subprocess

import yaml

from support import ipv6testd, links, pop, reverse_pop, speedtestd, wait

RENEW = pop.PROJECT / "packaging/systemd/renew-certificate"
CHALLENGE = pop.PROJECT / "packaging/systemd/acme-challenge"
DOMAIN = speedtestd.SITE["domain"]
ADDRESS = "127.0.0.1"
RESOLVER_PORT, KNOT_PORT = 5053, 5054
LIMIT_S = 100  # a renewal takes half a minute where nothing else goes on
PLACES = ["/run", "/var/lib", "/etc/fontaine"]
PATH = f"{pop.PROGRAMS}:/usr/sbin:/usr/bin:/sbin:/bin"
BY_DNS = {"pages": {}, "resolver": {"port": RESOLVER_PORT}, "authoritative": {"port": KNOT_PORT, "tls_port": 8853}}
SECONDARY = {"name": "ns2.other.test", "address": "127.0.0.2", "key": "other"}
WITH_ZONES = {**BY_DNS, "authoritative": {**BY_DNS["authoritative"], "secondaries": [SECONDARY]},
              "ipv6test": {"http_port": 8082, "https_port": 8446, "dns_port": 5055}}  # many names
BY_HTTP = {"pages": {}}
OTHER_SERVER = """
server:
    listen: {there}@53
    rundir: {folder}
database:
    storage: {folder}
include: {key}
remote:
  - id: primary
    address: {here}@{port}
    via: {there}
    key: other
acl:
  - id: told
    address: {here}
    key: other
    action: notify
zone:
  - domain: {domain}
    storage: {folder}
    zonefile-sync: -1
    zonefile-load: none
    journal-content: all
    master: primary
    acl: told
"""


class Authority:
    """A pebble. @keys: more of its configuration."""

    def __init__(self, machine, folder, port, **keys):
        self.machine, self.folder, self.port = machine, folder, port
        self.directory = f"https://{ADDRESS}:{port}/dir"
        self.own = folder / f"authority-{port}.crt"
        key = folder / f"authority-{port}.key"
        links.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                  "-keyout", key, "-out", self.own, "-subj", "/CN=pebble", "-addext", f"subjectAltName=IP:{ADDRESS}")
        self.configuration = folder / f"authority-{port}.json"
        self.configuration.write_text(json.dumps({"pebble": {
            "listenAddress": f"{ADDRESS}:{port}", "managementListenAddress": f"{ADDRESS}:{port + 1000}",
            "certificate": str(self.own), "privateKey": str(key), "httpPort": 80, "tlsPort": 443,
            "retryAfter": {"authz": 1, "order": 1}, "certificateValidityPeriod": 90 * 86400, **keys}}))

    def start(self):
        """Each time with a new root. Return: self."""
        self.process = self.machine.start(
            "pebble", "-config", self.configuration, "-dnsserver", f"{ADDRESS}:{RESOLVER_PORT}",
            PEBBLE_VA_NOSLEEP="1", PEBBLE_WFE_NONCEREJECT="0", PEBBLE_AUTHZREUSE="0")
        self.root = wait.until(self.read_root, "the CA answers", 20)
        return self

    def read_root(self):
        command = ["curl", "-s", "--cacert", self.own, f"https://{ADDRESS}:{self.port + 1000}/roots/0"]
        return subprocess.run(self.machine.command(*command), capture_output=True, text=True, timeout=10).stdout

    def stop(self):
        self.machine.stop(self.process)


class Here:
    """Where the tests and the POP of `make up` are, as what an Authority runs in."""

    def command(self, *words):
        return [str(word) for word in words]

    def start(self, *words, **environment):
        return subprocess.Popen(self.command(*words), env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self, process):
        process.terminate()
        process.wait(LIMIT_S)


class Lab:
    """What `fontaine render` makes of a POP file, in a machine that has /run and /var/lib for itself."""

    def __init__(self, machine, folder):
        self.machine, self.folder = machine, folder
        self.credentials = folder / "credentials"
        self.credentials.mkdir()
        machine.run("mkdir", "-p", "/etc/fontaine")
        for place in PLACES:
            machine.run("mount", "-t", "tmpfs", "tmpfs", place)
        machine.run("mkdir", "-p", "/run/nginx", "/run/knot", "/run/unbound", "/var/lib/nginx", "/var/lib/knot/reverse",
                    "/var/lib/unbound", "/var/lib/fontaine/tls", "/var/lib/fontaine/ipv6test",
                    "/var/lib/fontaine/reverse-zones", "/run/fontaine-ipv6test")
        self.tls = machine.file("/var/lib/fontaine/tls")

    def describe(self, services, directory, trusted, folder="/run/fontaine", **keys):
        """Write a POP file and, to @folder, what comes of it. @trusted: PEM texts; @keys: more of its certificates."""
        trusted_file, pop_file = self.folder / "trusted.pem", "/etc/fontaine/pop.yaml"
        trusted_file.write_text("".join(trusted))
        self.machine.file(pop_file).write_text(yaml.safe_dump({
            "site": speedtestd.SITE, "addresses": {"ipv4": ADDRESS, "ipv6": "::1"}, "services": services,
            "certificates": {"directory": directory, "ca_file": str(trusted_file), **keys}}))
        self.machine.run(pop.FONTAINE, "render", pop_file, folder, "--stock", reverse_pop.STOCK)

    def make_first(self):
        """What there is until a CA has given one."""
        self.machine.run(speedtestd.TEST_CA, "/run/fontaine/tls/names", "/var/lib/fontaine/tls")

    def start_names(self):
        """Knot, the live zones of the IPv6 test, and the resolver that a CA asks."""
        prepare = self.machine.command(ipv6testd.PROGRAM, "--prepare", "/run/fontaine-ipv6test/delegations.zone")
        environment = {**os.environ, "STATE_DIRECTORY": "/var/lib/fontaine/ipv6test"}
        subprocess.run(prepare, check=True, timeout=10, env=environment)
        self.machine.run(reverse_pop.PREPARE, "/run/fontaine/knot/reverse.list", "/var/lib/fontaine/reverse-zones",
                         "/var/lib/knot/reverse")
        key = self.machine.file("/var/lib/fontaine/reverse-zones/acme.conf").read_text()
        (self.credentials / "acme").write_text(key)
        self.knot = self.machine.start("knotd", "-c", "/run/fontaine/knot/knot.conf")
        self.secondary = self.start_secondary()
        folders = speedtestd.write_folders(self.folder, ipv6testd.WEB)
        self.machine.start(ipv6testd.PROGRAM, "--web", folders[3], "--tls", "/var/lib/fontaine/tls",
                           STATE_DIRECTORY="/var/lib/fontaine/ipv6test")
        self.machine.start("unbound", "-d", "-p", "-c", "/run/fontaine/unbound/unbound.conf")
        wait.until(lambda: "NOERROR" in self.ask(f"ds.t.ipv6test.{DOMAIN}", "SOA"), "names are found", 20)

    def start_secondary(self):
        folder = self.folder / "other"
        folder.mkdir()
        configuration = folder / "knot.conf"
        configuration.write_text(OTHER_SERVER.format(
            here=ADDRESS, port=KNOT_PORT, there=SECONDARY["address"], domain=DOMAIN, folder=folder,
            key="/var/lib/fontaine/reverse-zones/other.conf"))
        return self.machine.start("knotd", "-c", configuration)

    def start_pages(self):
        return self.machine.start("nginx", "-e", "stderr", "-c", "/run/fontaine/nginx/nginx.conf", "-g",
                                  "daemon off; user root;")

    def ask(self, name, kind, port=RESOLVER_PORT, address=ADDRESS):
        asked = self.machine.command("kdig", f"@{address}", "-p", port, "+timeout=2", name, kind)
        return subprocess.run(asked, capture_output=True, text=True, timeout=10).stdout

    def environment(self):
        return {**os.environ, "PATH": PATH, "CREDENTIALS_DIRECTORY": str(self.credentials)}

    def start_challenge(self, method, name, answer):
        """As uacme calls it. Return: the process."""
        command = [CHALLENGE, method, "dns-01", name, "token", answer]
        return subprocess.Popen(self.machine.command(*command), stdin=subprocess.DEVNULL,
                                env={**self.environment(), "ACME_SETTINGS": "/run/fontaine/tls/acme"})

    def start_renewal(self, folder="/run/fontaine", state="/var/lib/fontaine/acme"):
        """As the unit does it, by what was written to @folder. Return: the process."""
        command = [RENEW, "/etc/fontaine/pop.yaml", f"{folder}/tls", state, "/var/lib/fontaine/tls"]
        return subprocess.Popen(self.machine.command(*command), text=True, env=self.environment(),
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def renew(self):
        """Return: its exit status, and what it says."""
        process = self.start_renewal()
        told = process.communicate(timeout=LIMIT_S)[0]
        return process.returncode, told

    def forget(self):
        """What the CA gave last, so that it is asked again."""
        self.machine.run("sh", "-c", f"rm -f /var/lib/fontaine/acme/*/{DOMAIN}/cert.pem")

    def served(self):
        """Which certificate there is: it and its key always change together."""
        return os.readlink(self.tls / "current")

    def judge(self, *words):
        """`fontaine certificates`. Return: its exit status and what it says."""
        command = self.machine.command(*words, pop.FONTAINE, "certificates", "--json")
        done = subprocess.run(command, capture_output=True, text=True, timeout=10)
        return done.returncode, json.loads(done.stdout)
