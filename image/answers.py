# Which sockets a POP in QEMU has on this host, and whether each answers. QEMU forwards no IPv6: the IPv4 address
# 192.0.2.10 of a service is 127.0.2.10 here, with the same ports.
# SPDX-License-Identifier: MIT

import http.client as http_client
import json
import socket
import ssl
import struct
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

FONTAINE = Path(__file__).resolve().parents[1] / "build/release/fontaine"
WELL_KNOWN = {"http": 80, "https": 443, "rsync": 873}
QUIC = ("http3", "doq")
UDP = ("udp", *QUIC)
DNS = bytes.fromhex("123401000001000000000000" "0000060001")  # . SOA (RFC 1035, 4.1)
NTP = b"\x23" + bytes(47)  # version 4, client (RFC 5905, 7.3)
STUN = bytes.fromhex("000100002112a442") + bytes(12)  # binding request (RFC 8489, 5)
GAP_S = 1
FIRST_LIMIT_S = 2  # while nobody is there, questions are lost
MORE_S = 0.2  # each time
LAST_LIMIT_S = 20  # who is there may be busy starting


def endpoints(pop_file):
    return json.loads(subprocess.run([FONTAINE, "endpoints", pop_file, "--json"], check=True, text=True,
                                     stdout=subprocess.PIPE).stdout)


def ipv4_sockets(all_endpoints):
    """(service, protocol, address, port) of each."""
    for service, protocols in all_endpoints.items():
        for protocol, families in protocols.items():
            where = urlsplit(text if "://" in (text := families.get("ipv4", "")) else f"//{text}")
            if where.hostname:
                yield service, protocol, where.hostname, where.port or WELL_KNOWN[where.scheme]


def sockets(all_endpoints):
    """(transport, address, port) of each, once."""
    return sorted({("udp" if protocol in UDP else "tcp", address, port)
                   for _, protocol, address, port in ipv4_sockets(all_endpoints)})


def on_this_host(address):
    return "127." + address.split(".", 1)[1]


def asked(all_endpoints, here=on_this_host):
    """As ask() wants them, but those by QUIC. @here: where an address of the POP is on this host."""
    return {(service, protocol, here(address), port)
            for service, protocol, address, port in ipv4_sockets(all_endpoints) if protocol not in QUIC}


def http(address, port, limit_s, tls=None):
    """Any status is an answer."""
    connection = (http_client.HTTPSConnection(address, port, timeout=limit_s, context=tls) if tls else
                  http_client.HTTPConnection(address, port, timeout=limit_s))
    try:
        connection.request("GET", "/")
        connection.getresponse().read(1)
    finally:
        connection.close()


def stream(address, port, limit_s, question=b"", tls=None):
    """Whoever says nothing is not there: QEMU accepts for all."""
    with socket.create_connection((address, port), limit_s) as s:
        if tls:
            tls.wrap_socket(s).close()
            return
        s.sendall(question)
        if not s.recv(1):
            raise OSError("it says nothing")


def datagram(address, port, limit_s, question):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(limit_s)
        s.connect((address, port))
        s.send(question)
        s.recv(1500)


def anybody():
    """Whatever the certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def ask(service, protocol, address, port, limit_s):
    """Ask one socket. Raises OSError or HTTPException when it does not answer."""
    question = {"ntp": NTP, "turn": STUN}.get(service, DNS)
    if protocol in ("http", "https", "rpm"):
        http(address, port, limit_s, None if protocol == "http" else anybody())
    elif protocol in ("dot", "doh", "nts"):
        stream(address, port, limit_s, tls=anybody())
    elif protocol == "rsync":
        stream(address, port, limit_s)
    elif protocol == "tcp":
        stream(address, port, limit_s, question if service == "turn" else struct.pack(">H", len(DNS)) + DNS)
    else:
        datagram(address, port, limit_s, question)


def why_silent(who, limit_s=LAST_LIMIT_S):
    """None when it answers."""
    try:
        return ask(*who, limit_s)
    except (OSError, http_client.HTTPException) as error:
        return error or type(error).__name__


def wait_for(who, goes_on):
    """Ask it until it answers, or goes_on() is false. Return: None, or why it does not."""
    limit_s = FIRST_LIMIT_S
    while (why := why_silent(who, limit_s)) and goes_on():
        limit_s = min(limit_s + MORE_S, LAST_LIMIT_S)
        time.sleep(GAP_S)
    return why


def of_each(wanted, look):
    """{socket: look(socket)}, all asked at once."""
    wanted = sorted(wanted)
    with ThreadPoolExecutor(max_workers=len(wanted)) as side_by_side:
        return dict(zip(wanted, side_by_side.map(look, wanted)))


def unanswered(wanted):
    """{socket: why} of those of @wanted that do not answer now."""
    return {who: why for who, why in of_each(wanted, why_silent).items() if why}


def wait_for_all(wanted, goes_on):
    """As wait_for(). Return: {socket: why} of those that do not answer."""
    return {who: why for who, why in of_each(wanted, lambda who: wait_for(who, goes_on)).items() if why}
