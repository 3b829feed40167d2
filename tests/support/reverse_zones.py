# Reverse zones for tests, plain and signed.
# SPDX-License-Identifier: MIT

import base64
import tempfile
import time
from pathlib import Path

import dns.dnssec
import dns.name
import dns.zone
from cryptography.hazmat.primitives.asymmetric import ec
from dns.dnssectypes import Algorithm

from support import links

WEEK_S = 7 * 86400


def plain(zone, servers, serial=1, extra=""):
    """@servers: the names of its name servers."""
    records = "".join(f"@ NS {server}.\n" for server in servers)
    return (f"$ORIGIN {zone}.\n$TTL 300\n@ SOA {servers[0]}. mail.example.net. {serial} 3600 900 604800 300\n"
            f"{records}7 PTR host7.example.net.\n{extra}")


class Key:
    def __init__(self):
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.record = dns.dnssec.make_dnskey(self.private.public_key(), Algorithm.ECDSAP256SHA256, flags=257)

    def line(self):
        return f"@ DNSKEY {self.record}\n"

    def ds(self, zone):
        """What a parent has, as text."""
        return str(dns.dnssec.make_ds(f"{zone}.", self.record, "SHA256"))

    def cds(self, zone):
        return f"@ CDS {self.ds(zone)}\n"

    def cdnskey(self):
        return f"@ CDNSKEY {self.record}\n"


def signed(text, *keys, since=-3600, until=WEEK_S):
    """Signed with @keys, valid from and until so many seconds from now."""
    zone = dns.zone.from_text(text, relativize=False)
    now = int(time.time())
    pairs = [(key.private, key.record) for key in keys]
    dns.dnssec.sign_zone(zone, keys=pairs, inception=now + since, expiration=now + until, dnskey_ttl=300)
    return f"$ORIGIN {zone.origin}\n" + zone.to_text(want_origin=False)


def signed_nsec3(text, zone, key):
    """Signed by ldns-signzone(1), with NSEC3 in place of NSEC."""
    secret = key.private.private_numbers().private_value.to_bytes(32)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "zone").write_text(text)
        (folder / "key.key").write_text(f"{zone}. 300 IN DNSKEY {key.record}\n")
        (folder / "key.private").write_text("Private-key-format: v1.2\nAlgorithm: 13 (ECDSAP256SHA256)\n"
                                            f"PrivateKey: {base64.b64encode(secret).decode()}\n")
        links.run("ldns-signzone", "-n", "-t", 0, "-o", zone, "-f", folder / "signed", folder / "zone", folder / "key")
        return (folder / "signed").read_text()


def without(text, *words):
    """The lines that have none of @words in them."""
    return "".join(f"{line}\n" for line in text.splitlines() if not any(f" {word} " in line for word in words))


def with_signature_of(text, other, kind):
    """@text, whose signature of @kind is that of @other."""
    mark = f" RRSIG {kind} "
    taken = "".join(f"{line}\n" for line in other.splitlines() if mark in line)
    assert taken
    return without(text, mark.strip()) + taken
