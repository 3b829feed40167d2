# Zones of members below a POP's: real servers that sign them and roll their keys, and the resolver that sees all.
# SPDX-License-Identifier: MIT

import subprocess

import dns.exception
import dns.message
import dns.name
import dns.opcode
import dns.query
import dns.rdataclass
import dns.rdatatype

from support import links, nameservers, reverse_pop, reverse_zones

ADDRESSES = "127.0.1.1", "127.0.1.2", "127.0.1.3"
BIND_ADDRESSES = "127.0.2.1", "127.0.2.2"
RESOLVER_PORT, NOTIFY_PORT = 5053, 5359
OPERATOR = "example.net"  # whoever runs the members' servers; signed
LIMIT_S = 10

POLICIES = """policy:
  - id: {id}
    algorithm: ecdsap256sha256
    ksk-lifetime: 0
    cds-cdnskey-publish: {publish}
    dnskey-ttl: 1
    zone-max-ttl: 1
    propagation-delay: 0
    ksk-submission: pop
"""


def zone_of(number):
    """One of 2001:db8:100::/40, which member 64500 has."""
    return f"2001:db8:1{number:02x}::/48", f"{number & 15:x}.{number >> 4:x}.1.0.8.b.d.0.1.0.0.2.ip6.arpa"


def text_of(zone, servers, extra=""):
    return reverse_zones.plain(zone, servers, extra=extra).replace("$TTL 300", "$TTL 1")


class SigningKnot(nameservers.Knot):
    """@policies: zone -> when it shows CDS records, as Knot's cds-cdnskey-publish."""

    def __init__(self, lab, name, addresses, zones, policies):
        self.policies = policies
        super().__init__(lab, name, addresses, zones)

    def configuration(self):
        policies = "".join(POLICIES.format(id=publish, publish=publish).removeprefix("policy:\n" * (i > 0))
                           for i, publish in enumerate(sorted(set(self.policies.values()))))
        zones = "".join(f'  - domain: "{zone}."\n    file: "{nameservers.file_name(zone)}"\n'
                        f"    dnssec-policy: {self.policies[zone]}\n" for zone in self.zones)
        listen = ", ".join(f"{address}@{nameservers.PORT}" for address in self.addresses)
        return (f"server:\n  rundir: {self.folder}\n  listen: [{listen}]\n"
                "log:\n  - target: stderr\n    any: info\n"
                f"database:\n  storage: {self.folder}\n"
                f"remote:\n  - id: pop\n    address: {reverse_pop.ADDRESS}@{reverse_pop.KNOT_PORT}\n"
                "submission:\n  - id: pop\n    parent: pop\n    check-interval: 1\n"
                f"{policies}"
                f"template:\n  - id: default\n    storage: {self.folder}\n    zonefile-sync: -1\n"
                "    zonefile-load: difference-no-serial\n    journal-content: all\n    dnssec-signing: on\n"
                f"zone:\n{zones}")

    def publish(self, zone, when):
        """Show CDS records otherwise from now on."""
        self.policies[zone] = when
        (self.folder / "conf").write_text(self.configuration())
        self.control("reload")

    def control(self, *words):
        return links.run("knotc", "-b", "-s", self.folder / "knot.sock", *words)

    def change(self, zone, *lines):
        """@lines: ("set" or "unset", owner, rest ...)"""
        self.control("zone-begin", zone)
        for action, *rest in lines:
            self.control(f"zone-{action}", zone, *rest)
        self.control("zone-commit", zone)


class SigningBind(nameservers.Bind):
    """It makes and rolls keys by itself, as fast as it may."""

    CONTROL = "secret.conf"

    def __init__(self, *arguments):
        super().__init__(*arguments)
        for address in self.addresses:  # BIND listens at none but those that an interface has
            self.lab.namespace.run("ip", "address", "add", address, "dev", "lo")
        (self.folder / self.CONTROL).write_text(links.run("tsig-keygen", "control"))

    def configuration(self):
        times = "".join(f"{name} 1; " for name in (
            "dnskey-ttl", "max-zone-ttl", "zone-propagation-delay", "parent-ds-ttl", "parent-propagation-delay",
            "publish-safety", "retire-safety"))
        signed = super().configuration().replace("check-names ignore;",
                                                 "check-names ignore; dnssec-policy quick; inline-signing yes;")
        return (f'include "{self.folder / self.CONTROL}";\n'
                f"dnssec-policy quick {{ keys {{ csk lifetime unlimited algorithm ecdsap256sha256; }}; {times}}};\n" +
                signed.replace("controls {};", f"controls {{ inet {self.addresses[0]} port 953 allow {{ any; }} "
                                               "keys { control; }; };"))

    def control(self, *words):
        return links.run(*self.lab.namespace.command("rndc", "-s", self.addresses[0], "-k",
                                                     self.folder / self.CONTROL, *words))


class Resolver(nameservers.Unbound):
    """Validates what is below the operator's name, by the DS records @anchors."""

    def __init__(self, lab, anchors):
        self.anchors = anchors
        super().__init__(lab, "resolver", [reverse_pop.ADDRESS], {OPERATOR: ""})

    def configuration(self):
        anchors = "".join(f'  trust-anchor: "{OPERATOR}. DS {ds}"\n' for ds in self.anchors)
        reverse = "".join(f'  local-zone: "{zone}" nodefault\n' for zone in self.lab.zone_names())
        stubs = "".join(f'stub-zone:\n  name: "{zone}"\n  stub-addr: {reverse_pop.ADDRESS}@{reverse_pop.KNOT_PORT}\n'
                        for zone in self.lab.zone_names())
        return (f'server:\n  interface: {reverse_pop.ADDRESS}@{RESOLVER_PORT}\n  chroot: ""\n  username: ""\n'
                f'  pidfile: ""\n  use-syslog: no\n  directory: "{self.folder}"\n  do-not-query-localhost: no\n'
                '  module-config: "validator iterator"\n  cache-max-ttl: 0\n  cache-max-negative-ttl: 0\n'
                f'{anchors}{reverse}remote-control:\n  control-enable: no\n{stubs}'
                f'stub-zone:\n  name: "{OPERATOR}"\n  stub-addr: {ADDRESSES[0]}\n')

    def answers(self):
        with self.lab.namespace.entered():
            try:
                query = dns.message.make_query(f"ns1.{OPERATOR}", "A", want_dnssec=True)
                return dns.query.udp(query, reverse_pop.ADDRESS, 0.5, RESOLVER_PORT).answer != []
            except (OSError, dns.exception.Timeout):
                return False


class Lab(reverse_pop.ReversePop):
    """A POP whose members' servers are on its own loopback."""

    def __init__(self, folder):
        super().__init__(folder, zones=("2001:db8::/32",), lab_prefixes=["127.0.0.0/8"])

    def zone_names(self):
        return ["8.b.d.0.1.0.0.2.ip6.arpa"]

    def at(self, address, name, kind, port=nameservers.PORT):
        """The records of @kind that a server shows, as texts."""
        with self.namespace.entered():
            answer = dns.query.tcp(dns.message.make_query(name, kind), address, LIMIT_S, port)
        rrset = answer.get_rrset(answer.answer, dns.name.from_text(name), dns.rdataclass.IN,
                                 dns.rdatatype.from_text(kind))
        return sorted(record.to_text() for record in rrset or [])

    def served(self, zone, kind):
        """What the POP has of a zone of a member's; name servers are below the answer's head."""
        with self.namespace.entered():
            answer = dns.query.tcp(dns.message.make_query(zone, kind), reverse_pop.ADDRESS, LIMIT_S,
                                   reverse_pop.KNOT_PORT)
        return sorted(record.to_text() for rrset in [*answer.answer, *answer.authority] for record in rrset
                      if rrset.rdtype == dns.rdatatype.from_text(kind))

    def glue(self, zone, server):
        with self.namespace.entered():
            answer = dns.query.tcp(dns.message.make_query(zone, "NS"), reverse_pop.ADDRESS, LIMIT_S,
                                   reverse_pop.KNOT_PORT)
        return [record.to_text() for rrset in answer.additional if rrset.name == dns.name.from_text(server)
                for record in rrset]

    def forget_look(self, prefix):
        """As if it had been looked at long ago: the next NOTIFY need not wait."""
        self.query(f"UPDATE look SET looked = 0 WHERE prefix = '{prefix}'")

    def notify(self, zone, kind="CDS"):
        message = dns.message.make_query(zone, kind)
        message.set_opcode(dns.opcode.NOTIFY)
        with self.namespace.entered():
            return dns.query.udp(message, reverse_pop.ADDRESS, LIMIT_S, NOTIFY_PORT).rcode()

    def delegate(self, prefix, servers, ds):
        """@servers: name -> addresses; @ds: zone -> records as texts. Return: status and reply."""
        return self.api("PUT", f"delegations/{prefix}", {
            "nameservers": [{"name": name, "addresses": list(addresses)} for name, addresses in servers.items()],
            "ds": [{"zone": zone, **fields_of(text)} for zone, texts in ds.items() for text in texts]})

    def following(self, prefix, zone, asks):
        """What came of the last look; None before any, and before and while the delegation is checked."""
        status, check = self.api("GET", f"checks/{prefix}")
        assert status in (200, 404), check
        return next((f for f in check.get("following", []) if (f["zone"], f["asks"]) == (zone, asks)), None)


    def who_changed(self, prefix):
        """The newest line of the audit log."""
        return self.api("GET", f"audit?subject={prefix.replace('/', '%2F')}")[1]["items"][0]["who"]


def fields_of(ds):
    """Of a DS record as text, for the API."""
    tag, algorithm, kind, digest = ds.split(maxsplit=3)
    return {"key_tag": int(tag), "algorithm": int(algorithm), "digest_type": int(kind),
            "digest": digest.replace(" ", "")}


def ds_of(dnskey, zone):
    """The DS record, SHA-256, of a DNSKEY record as text."""
    made = subprocess.run(["dnssec-dsfromkey", "-2", "-f", "-", zone], input=f"{zone}. 1 IN DNSKEY {dnskey}\n",
                          text=True, capture_output=True, timeout=LIMIT_S, check=True).stdout
    return made.split(" DS ")[1].strip()
