# The DNS of a lab's Internet: a signed root and "example", from where the POP's zone is delegated; and resolvers.
# SPDX-License-Identifier: MIT

import dns.dnssec
import dns.rdatatype

from support import wait
from support.dns_client import ask
from support.links import run

ADDRESSES = {"ipv4": "198.51.100.53", "ipv6": "2001:db8:53::53"}
ZONES = [".", "example."]

KNOT = """
server:
    rundir: {folder}
    listen: [{ipv4}@53, "{ipv6}@53"]
log:
  - target: stderr
    any: warning
database:
    storage: {folder}
policy:
  - id: lab
    manual: on
    single-type-signing: on
acl:
  - id: everyone
    action: transfer
template:
  - id: default
    storage: {folder}
    acl: everyone
    zonemd-generate: zonemd-sha384
    dnssec-signing: on
    dnssec-policy: lab
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
zone:
  - domain: .
    file: root.zone
  - domain: example.
    file: example.zone
"""

# ipv4only.arpa: by which those behind a NAT64 find its prefix (RFC 7050).
ROOT = """$TTL 3600
. SOA ns.example. hostmaster.example. 1 7200 900 1209600 300
. NS ns.example.
ns.example. A {ipv4}
ns.example. AAAA {ipv6}
example. NS ns.example.
{example_ds}
ipv4only.arpa. A 192.0.0.170
ipv4only.arpa. A 192.0.0.171
"""

EXAMPLE = """$TTL 3600
example. SOA ns.example. hostmaster.example. 1 7200 900 1209600 300
example. NS ns.example.
ns.example. A {ipv4}
ns.example. AAAA {ipv6}
shown.example. 1 A 192.0.2.80
{delegation}
"""

HINTS = """. 3600000 NS ns.example.
ns.example. 3600000 A {ipv4}
ns.example. 3600000 AAAA {ipv6}
"""

UNBOUND = """
server:
    username: ""
    chroot: ""
    directory: "{folder}"
    pidfile: ""
    use-syslog: no
    verbosity: 0
    num-threads: 1
    interface: {ipv4}
    interface: {ipv6}
    ip-freebind: yes
    access-control: 0.0.0.0/0 allow
    access-control: ::/0 allow
    root-hints: "{folder}/root.hints"
    trust-anchor-file: "{folder}/root.key"
    {options}
"""


def is_open(machine, address):
    """Whether someone in @machine listens there, on TCP."""
    with machine.entered():
        try:
            ask(address, ".", "SOA", "tcp")
        except OSError:
            return False
    return True


class Root:
    """The name server of the root and of "example" in @machine, whose addresses are ADDRESSES."""

    def __init__(self, machine, folder):
        self.machine, self.folder = machine, folder
        folder.mkdir()
        (folder / "knot.conf").write_text(KNOT.format(folder=folder, **ADDRESSES))
        for zone in ZONES:
            self.keymgr(zone, "generate", "algorithm=ecdsap256sha256", "ksk=yes", "zsk=yes")

    def keymgr(self, zone, *words):
        return run("keymgr", "-c", self.folder / "knot.conf", zone, *words)

    def publish(self, folder):
        """Write into @folder what a resolver has to know: root.hints and root.key."""
        (folder / "root.hints").write_text(HINTS.format(**ADDRESSES))
        (folder / "root.key").write_text(self.ds("."))

    def ds(self, zone):
        """Its DS record with SHA-256, as a line of a zone file."""
        [record] = [line for line in self.keymgr(zone, "ds").splitlines() if line.split()[4] == "2"]
        return record + "\n"

    def start(self, delegation):
        """@delegation: lines of the zone example."""
        (self.folder / "root.zone").write_text(ROOT.format(example_ds=self.ds("example."), **ADDRESSES))
        (self.folder / "example.zone").write_text(EXAMPLE.format(delegation=delegation, **ADDRESSES))
        self.machine.start("knotd", "-c", self.folder / "knot.conf")
        wait.until(lambda: is_open(self.machine, (ADDRESSES["ipv4"], 53)), "the root answers")


def delegation(machine, domain, name_server):
    """Of @domain, which is served in @machine at the addresses @name_server, by family."""
    address = (name_server["ipv4"], 53)

    def keys():
        with machine.entered():
            try:
                return [rrset for rrset in ask(address, domain, "DNSKEY", "tcp").answer
                        if rrset.rdtype == dns.rdatatype.DNSKEY]
            except OSError:
                return []

    [keyset] = wait.until(keys, f"{domain} is signed")
    anchors = [dns.dnssec.make_ds(keyset.name, key, "SHA256") for key in keyset if key.flags & 1]
    return "\n".join([f"{domain}. NS ns1.{domain}.",
                      f"ns1.{domain}. A {name_server['ipv4']}", f"ns1.{domain}. AAAA {name_server['ipv6']}",
                      *(f"{domain}. DS {anchor}" for anchor in anchors)])


def start_resolver(machine, folder, root, addresses, options):
    """A resolver in @machine. @folder: not there yet. @options: lines of its section "server"."""
    folder.mkdir()
    root.publish(folder)
    configuration = UNBOUND.format(folder=folder, options="\n    ".join(options), **addresses)
    (folder / "unbound.conf").write_text(configuration)
    machine.start("unbound", "-d", "-c", folder / "unbound.conf")
    wait.until(lambda: is_open(machine, (addresses["ipv4"], 53)), "the resolver answers")
