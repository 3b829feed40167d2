# What every TLS port of the POP lets a client have: today's protocols and ciphers, and no others; its certificate.
# SPDX-License-Identifier: MIT

import contextlib
import socket
import ssl
import subprocess

import dns.message
import dns.query
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from support import links, pop, time_server, wait, web

DOMAIN = pop.site()["domain"]
OVER_TLS = {"https": "http/1.1", "rpm": "h2", "dot": "dot", "doh": "h2", "nts": "ntske/1"}  # protocol: ALPN
PORTS = {f"{service} {protocol}": pop.address(service, protocol)
         for service, protocols in pop.endpoints().items() for protocol in protocols if protocol in OVER_TLS}
V1_3_ALONE = {"ntp nts", "authoritative dot"}

OLD = [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1]
NEW = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
WEAK = {
    "without a key of the session": "kRSA", "without a certificate": "aNULL", "without encryption": "eNULL",
    "not authenticated encryption": "ECDHE:DHE:!AESGCM:!AESCCM:!CHACHA20:!ARIAGCM:!aNULL:!eNULL",
}
SUBJECT = ["-newkey", "rsa:2048", "-nodes", "-subj", "/CN=bad"]
LIMIT_S = 10


def connect(address, context):
    """Each time as another client, or chrony would refuse one who comes too often."""
    plain = socket.create_connection(address, LIMIT_S, (time_server.another_client(), 0))
    return context.wrap_socket(plain, server_hostname=DOMAIN)


def offers(address, alpn, lowest, highest, ciphers="ALL"):
    """Whether it agrees to such a connection, whatever its certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = lowest, highest
    context.set_alpn_protocols([alpn])
    try:
        with connect(address, context):
            return True
    except ssl.SSLError as refused:
        assert "ALERT" in str(refused).upper() or "EOF" in str(refused).upper(), refused  # not by ourselves
        return False
    except ConnectionResetError:
        return False


def of_protocols(address, alpn, wanted):
    for version in [*OLD, *NEW]:
        if offers(address, alpn, version, version) != (version in wanted):
            yield f"{version.name} {'is missing' if version in wanted else 'is offered'}"


def of_ciphers(address, alpn):
    for what, ciphers in WEAK.items():
        if offers(address, alpn, ssl.TLSVersion.MINIMUM_SUPPORTED, ssl.TLSVersion.TLSv1_2, ciphers):
            yield f"a cipher {what} is offered"


def of_certificate(address, alpn):
    context = ssl.create_default_context(cafile=web.ca_file())
    context.set_alpn_protocols([alpn])
    try:
        with connect(address, context) as tls:
            known = x509.load_der_x509_certificate(tls.getpeercert(binary_form=True))
    except ssl.SSLCertVerificationError as wrong:
        yield f"the certificate: {wrong.verify_message}"
        return
    if not isinstance(known.public_key(), ec.EllipticCurvePublicKey) or known.public_key().key_size < 256:
        yield "the key is weak, or slow"
    if known.signature_hash_algorithm.name not in ("sha256", "sha384"):
        yield "the certificate is signed by a weak hash"


def findings(address, alpn, wanted):
    return [*of_protocols(address, alpn, wanted), *of_ciphers(address, alpn), *of_certificate(address, alpn)]


@pytest.mark.parametrize("port", PORTS)
def test_it_offers_what_is_good_and_nothing_else(port):
    wanted = NEW[1:] if port in V1_3_ALONE else NEW
    assert findings(PORTS[port], OVER_TLS[port.split()[1]], wanted) == []


@pytest.fixture
def bad_server(tmp_path):
    key, certificate = tmp_path / "key", tmp_path / "crt"
    links.run("openssl", "req", "-x509", *SUBJECT, "-keyout", key, "-out", certificate)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = free.getsockname()
    server = subprocess.Popen(
        ["openssl", "s_server", "-accept", "{}:{}".format(*address), "-key", key, "-cert", certificate, "-quiet",
         "-cipher", "ALL:eNULL:aNULL:@SECLEVEL=0", "-no_tls1_3"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait.until(lambda: is_there(address), "the server listens")
    yield address
    server.kill()
    server.wait(LIMIT_S)


def is_there(address):
    try:
        socket.create_connection(address, LIMIT_S).close()
        return True
    except ConnectionRefusedError:
        return False


def test_what_is_bad_is_found(bad_server):
    found = findings(bad_server, "http/1.1", NEW)
    assert {"TLSv1 is offered", "TLSv1_1 is offered", "TLSv1_3 is missing"} <= set(found)
    assert {f"a cipher {what} is offered" for what in WEAK} <= set(found)
    assert any(each.startswith("the certificate: self-signed") for each in found)


def test_a_resolver_may_come_by_many_connections_at_once_and_after_every_reload():
    """With a limit of time (mod-rrl), Knot reset them after nine in a second, and all of a network after a reload."""
    context = ssl.create_default_context(cafile=web.ca_file())
    address = pop.address("authoritative", "dot")
    with contextlib.ExitStack() as stack:
        for number in range(60):
            if number % 12 == 6:
                pop.run("knotc", "reload")
            plain = socket.create_connection(address, LIMIT_S, (pop.visitor("66.7.1"), 0))
            tls = stack.enter_context(context.wrap_socket(plain, server_hostname=DOMAIN))
            assert dns.query.tls(dns.message.make_query(DOMAIN, "SOA"), "", LIMIT_S, sock=tls).answer
