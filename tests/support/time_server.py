# NTP (RFC 5905), as much as a test needs.
# SPDX-License-Identifier: MIT

import itertools
import os
import struct
import time
from dataclasses import dataclass

from support import pop, udp

CLIENT, SERVER = 3, 4     # modes
VERSION = 4
PACKET = struct.Struct("!BBbbII4sQQQQ")
EPOCH_S = 2_208_988_800   # from 1900 to 1970


@dataclass
class Answer:
    size: int
    leap: int
    version: int
    mode: int
    stratum: int
    root_dispersion_s: float
    offset_s: float       # of the server's clock from ours
    is_to_our_question: bool


CLIENTS = itertools.count()


def another_client():
    """An address of this machine: who comes too often is not answered."""
    number = next(CLIENTS)
    return pop.visitor(f"7.{number // 250 % 250}.{number % 250 + 1}")


def seconds_of(timestamp):
    return timestamp / 2**32 - EPOCH_S


def question(token):
    return PACKET.pack(VERSION << 3 | CLIENT, 0, 0, 0, 0, 0, b"", 0, 0, 0, token)


def query(address):
    token = int.from_bytes(os.urandom(8))  # in place of the time, which is nobody's business
    sent = time.time()
    data = udp.exchange(address, question(token))
    arrived = time.time()

    first, stratum, _, _, _, dispersion, _, _, origin, received, transmitted = PACKET.unpack(data[:PACKET.size])
    offset = (seconds_of(received) - sent + seconds_of(transmitted) - arrived) / 2
    leap, version, mode = first >> 6, first >> 3 & 7, first & 7
    return Answer(len(data), leap, version, mode, stratum, dispersion / 2**16, offset, origin == token)
