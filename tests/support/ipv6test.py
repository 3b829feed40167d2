# Names of the IPv6 test, and what its server says of those who asked for them.
# SPDX-License-Identifier: MIT

import json
import re
import secrets

import pytest

from support import pop, web
from support.dns_client import DOMAIN

BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
SAMPLE = re.compile(r"^ipv6testd_(\S+) (\d+)$", re.MULTILINE)


def session():
    return json.loads(web.get(pop.url("ipv6test", path="/session.json")).body)


def nonce():
    """One that the server has made, and remembers queries for."""
    return session()["nonce"]


def no_nonce():
    """What only looks like one."""
    return "".join(secrets.choice(BASE32) for _ in range(26))


def name(test, *labels):
    """LABELS.TEST.t.ipv6test.DOMAIN"""
    return ".".join([*labels, test, "t.ipv6test", DOMAIN.to_text()])


def seen(nonce):
    """The queries for names of @nonce."""
    return json.loads(web.get(pop.url("ipv6test", path=f"/seen.json?nonce={nonce}")).body)["queries"]


def counters():
    if pop.IN_VM:
        pytest.skip("a daemon tells its own machine alone what it counts")
    return {key: int(value) for key, value in
            SAMPLE.findall(web.get(pop.url("ipv6test", path="/metrics")).body)}
