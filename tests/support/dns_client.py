# Questions to the POP's name servers.
# SPDX-License-Identifier: MIT

import subprocess
from functools import cache

import dns.dnssec
import dns.message
import dns.name
import dns.query
import dns.rdataclass
import dns.rdatatype

from support import pop, web

DOMAIN = dns.name.from_text(pop.site()["domain"])
SECURE_ENTRY_POINT = 1
WAYS = [(protocol, family) for protocol in ("udp", "tcp") for family in pop.FAMILIES]
NAMES = {"resolver": f"dns.{pop.site()['domain']}", "authoritative": f"ns1.{pop.site()['domain']}"}
KDIG = {"udp": "+notcp", "tcp": "+tcp", "dot": "+tls", "doh": "+https", "doq": "+quic"}


def ask(address, name, rdtype, protocol="udp", rdclass="IN", source=None, seconds=5):
    """Ask (host, port) for records and their signatures. Return: the answer, a dns.message."""
    host, port = address
    query = dns.message.make_query(name, rdtype, rdclass, want_dnssec=True)
    return getattr(dns.query, protocol)(query, host, port=port, timeout=seconds, source=source)


def kdig(service, protocol, family, *words, host_name=None):
    """What kdig(1) prints. The certificate must be one for @host_name, or else for the service's own name."""
    host, port = pop.address(service, protocol, family)
    command = ["kdig", f"@{host}", "-p", str(port), KDIG[protocol], "+timeout=5", "+retry=0", *words]
    if protocol not in ("udp", "tcp"):
        command += [f"+tls-ca={web.ca_file()}", f"+tls-hostname={host_name or NAMES[service]}"]
    return subprocess.run(command, check=True, timeout=20, text=True, stdout=subprocess.PIPE).stdout


def ask_zone(name, rdtype, protocol="udp", family="ipv4"):
    return ask(pop.address("authoritative", protocol, family), name, rdtype, protocol)


def signed(section, rdtype):
    """The records of a type in a section, and their signatures."""
    [records] = [rrset for rrset in section if rrset.rdtype == dns.rdatatype.from_text(rdtype)]
    [signatures] = [rrset for rrset in section if rrset.name == records.name and rrset.covers == records.rdtype]
    return records, signatures


@cache
def zone_keys():
    """What validates the zone's records: the keys that the zone publishes, signed by themselves."""
    records, signatures = signed(ask_zone(DOMAIN, "DNSKEY", "tcp").answer, "DNSKEY")
    keys = {DOMAIN: records}
    dns.dnssec.validate(records, signatures, keys)
    return keys


def delegation_of_the_zone():
    """What a resolver trusts that is to believe the zone: a DS record."""
    [key] = [key for key in zone_keys()[DOMAIN] if key.flags & SECURE_ENTRY_POINT]
    return dns.dnssec.make_ds(DOMAIN, key, "SHA256")
