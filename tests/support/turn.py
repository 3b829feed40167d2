# A TURN client over UDP (RFC 8489, RFC 8656), as much as a test needs.
# SPDX-License-Identifier: MIT

import hashlib
import hmac
import ipaddress
import os
import random
import struct
from base64 import b64encode
from dataclasses import dataclass

from support import pop, udp

COOKIE = 0x2112A442
HEADER = struct.Struct("!HHI12s")
BINDING, ALLOCATE, REFRESH, CREATE_PERMISSION, CHANNEL_BIND = 0x001, 0x003, 0x004, 0x008, 0x009
SEND_INDICATION, DATA_INDICATION = 0x016, 0x017
USERNAME, INTEGRITY, ERROR_CODE, CHANNEL, LIFETIME, PEER = 0x0006, 0x0008, 0x0009, 0x000C, 0x000D, 0x0012
DATA, REALM, NONCE, RELAYED, FAMILY, TRANSPORT, MAPPED = 0x0013, 0x0014, 0x0015, 0x0016, 0x0017, 0x0019, 0x0020
FAMILIES = {4: 1, 6: 2}
UDP, TCP = 17, 6
INTEGRITY_BYTES = 24  # it counts itself in the length


@dataclass
class Answer:
    kind: int
    attributes: dict

    @property
    def error(self):
        """The code of an error, or None."""
        value = self.attributes.get(ERROR_CODE)
        return value and value[2] * 100 + value[3]


def attribute(kind, value):
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def transport(number):
    return attribute(TRANSPORT, bytes([number, 0, 0, 0]))


def message(kind, attributes, transaction):
    return HEADER.pack(kind, len(attributes), COOKIE, transaction) + attributes


def parse(data):
    kind, length, cookie, _ = HEADER.unpack_from(data)
    assert cookie == COOKIE and len(data) == HEADER.size + length
    attributes, at = {}, HEADER.size
    while at < len(data):
        name, size = struct.unpack_from("!HH", data, at)
        attributes[name] = data[at + 4:at + 4 + size]
        at += 4 + size + -size % 4
    return Answer(kind, attributes)


def crossed(data, transaction):
    """Addresses are sent exclusive-or'ed with the cookie and the transaction's number."""
    return bytes(a ^ b for a, b in zip(data, struct.pack("!I", COOKIE) + transaction))


def encode_address(address, transaction):
    host, port = ipaddress.ip_address(address[0]), address[1]
    return struct.pack("!xBH", FAMILIES[host.version], port ^ COOKIE >> 16) + crossed(host.packed, transaction)


def decode_address(value, transaction):
    [port] = struct.unpack_from("!H", value, 2)
    return str(ipaddress.ip_address(crossed(value[4:], transaction))), port ^ COOKIE >> 16


def credentials(secret, expires, user="test"):
    """(name, password) that the server's secret makes good until @expires, in seconds since 1970."""
    name = f"{expires}:{user}"
    return name, b64encode(hmac.digest(secret.encode(), name.encode(), "sha1")).decode()


def binding(server):
    """(the address that the server sees us at, our own, the size of its answer)."""
    transaction = os.urandom(12)
    with udp.connected(server, 2) as s:
        s.send(message(BINDING, b"", transaction))
        data = s.recv(65536)
        return decode_address(parse(data).attributes[MAPPED], transaction), s.getsockname()[:2], len(data)


class Client:
    """One relay, in a with statement. @credentials: (name, password)."""

    def __init__(self, server, credentials):
        self.name, self.password = credentials
        # The server remembers each address and port for a while: here is one that it has not seen.
        own = pop.visitor(f"{random.randint(100, 199)}.{random.randint(0, 255)}.{random.randint(1, 254)}")
        self.socket = udp.connected(server, 2, None if ":" in server[0] else own)
        told = self.exchange(message(ALLOCATE, transport(UDP), os.urandom(12)))
        assert told.error == 401, told  # nobody may without a name; it says what to sign with
        self.realm, self.nonce = told.attributes[REALM], told.attributes[NONCE]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ask(REFRESH, attribute(LIFETIME, bytes(4)))  # the relay goes at once
        self.socket.close()

    def exchange(self, question):
        self.socket.send(question)
        return parse(self.socket.recv(65536))

    def ask(self, method, attributes, transaction=None):
        """Ask with the long-term credential (RFC 8489, 9.2)."""
        transaction = transaction or os.urandom(12)
        attributes += (attribute(USERNAME, self.name.encode()) + attribute(REALM, self.realm)
                       + attribute(NONCE, self.nonce))
        key = hashlib.md5(b":".join([self.name.encode(), self.realm, self.password.encode()])).digest()
        head = HEADER.pack(method, len(attributes) + INTEGRITY_BYTES, COOKIE, transaction)
        digest = hmac.digest(key, head + attributes, "sha1")
        return self.exchange(message(method, attributes + attribute(INTEGRITY, digest), transaction))

    def allocate(self, attributes=transport(UDP)):
        """Return: the relay's address, or the code of the error."""
        transaction = os.urandom(12)
        answer = self.ask(ALLOCATE, attributes, transaction)
        return answer.error or decode_address(answer.attributes[RELAYED], transaction)

    def permit(self, host):
        """Let the relay talk to @host. Return: the code of the error, or None."""
        transaction = os.urandom(12)
        return self.ask(CREATE_PERMISSION, attribute(PEER, encode_address((host, 0), transaction)), transaction).error

    def bind_channel(self, peer, number=0x4000):
        """The same, another way."""
        transaction = os.urandom(12)
        attributes = (attribute(CHANNEL, struct.pack("!Hxx", number))
                      + attribute(PEER, encode_address(peer, transaction)))
        return self.ask(CHANNEL_BIND, attributes, transaction).error

    def send(self, peer, data):
        transaction = os.urandom(12)
        attributes = attribute(PEER, encode_address(peer, transaction)) + attribute(DATA, data)
        self.socket.send(message(SEND_INDICATION, attributes, transaction))

    def receive(self, seconds=2):
        """The data of the next packet that came through the relay, b"" for none within the time."""
        self.socket.settimeout(seconds)
        try:
            answer = parse(self.socket.recv(65536))
        except TimeoutError:
            return b""
        assert answer.kind == DATA_INDICATION
        return answer.attributes[DATA]
