# Everything that the POP promises answers, and nothing else does.
# SPDX-License-Identifier: MIT

import re
import socket
import ssl
import subprocess

import dns.message
import dns.opcode
import dns.query
import dns.rcode
import pytest

from support import pop, time_server, turn, web
from support.dns_client import DOMAIN, ask, kdig

LIMIT_S = 10
SOCKET = re.compile(r"^(tcp|udp)\s.*?\s(\S+):(\d+)\s+\S+\s+users:", re.MULTILINE)


def ask_web(service, protocol, family):
    version = ["--http3-only"] if protocol == "http3" else []
    assert web.get(pop.url(service, protocol, family), *version).status == 200


def ask_time(service, protocol, family):
    if protocol == "nts":
        return ask_keys(service, protocol, family)
    assert time_server.query(pop.address(service, protocol, family)).mode == time_server.SERVER


def ask_keys(service, protocol, family):
    """It speaks NTS Key Establishment (RFC 8915, 4), with a certificate that the POP's CA vouches for."""
    context = ssl.create_default_context(cafile=web.ca_file())
    context.set_alpn_protocols(["ntske/1"])
    with (socket.create_connection(pop.address(service, protocol, family), LIMIT_S) as plain,
          context.wrap_socket(plain, server_hostname=DOMAIN.to_text(omit_final_dot=True)) as tls):
        assert tls.selected_alpn_protocol() == "ntske/1"


def ask_dns(service, protocol, family):
    assert "status: NOERROR" in kdig(service, protocol, family, DOMAIN.to_text(), "SOA")


def ask_turn(service, protocol, family):
    seen, own, _ = turn.binding(pop.address(service, protocol, family))
    assert seen == own


def ask_ipv6test(service, protocol, family):
    if protocol in ("udp", "tcp"):
        zone = f"ds.t.ipv6test.{DOMAIN}"
        assert ask(pop.address(service, protocol, family), zone, "SOA", protocol).rcode() == dns.rcode.NOERROR
    else:
        ask_web(service, protocol, family)


def ask_notify(service, protocol, family):
    """It refuses one of a zone that is no child's (RFC 1996, 3.7)."""
    notify = dns.message.make_query(DOMAIN, "CDS")
    notify.set_opcode(dns.opcode.NOTIFY)
    host, port = pop.address(service, protocol, family)
    answer = {"udp": dns.query.udp, "tcp": dns.query.tcp}[protocol](notify, host, LIMIT_S, port)
    assert answer.opcode() == dns.opcode.NOTIFY
    assert answer.rcode() == dns.rcode.REFUSED


def ask_rdns(service, protocol, family):
    (ask_web if protocol == "https" else ask_notify)(service, protocol, family)


def ask_mirror(service, protocol, family):
    if protocol != "rsync":
        return ask_web(service, protocol, family)
    listing = subprocess.run(["rsync", pop.url(service, protocol, family)], text=True, capture_output=True,
                             timeout=LIMIT_S, check=True).stdout
    assert listing.split() == [project["name"] for project in pop.services()["mirror"]["projects"]]


ASK = {"pages": ask_web, "speedtest": ask_web, "ipv6test": ask_ipv6test,
       "turn": ask_turn, "ntp": ask_time, "resolver": ask_dns, "authoritative": ask_dns, "rdns": ask_rdns,
       "mirror": ask_mirror}


@pytest.mark.parametrize("service, protocol, family", pop.each_endpoint())
def test_it_answers(service, protocol, family):
    ASK[service](service, protocol, family)


@pytest.mark.parametrize("service", pop.endpoints())
def test_every_service_has_both_families(service):
    for protocol, families in pop.endpoints()[service].items():
        assert sorted(families) == pop.FAMILIES, protocol


def test_nothing_else_listens():
    promised = {("tcp", host, 9580) for host in ("127.0.0.1", "::1")}  # the metrics, for operators
    for service, protocol, family in pop.each_endpoint():
        host, port = pop.address(service, protocol, family)
        promised.add(("udp" if protocol in ("udp", "http3", "doq") else "tcp", host, port))

    listing = pop.run("ss", "-Hlntup").stdout
    found = map(re.Match.groups, SOCKET.finditer(listing))
    listening = {(transport, address.strip("[]"), int(port)) for transport, address, port in found}
    assert listening == promised
