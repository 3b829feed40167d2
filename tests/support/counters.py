# What speedtestd or ipv6testd counts, from its /metrics.
# SPDX-License-Identifier: MIT

import re

import pytest

from support import pop, wire

LINE = re.compile(r"^(?:speedtestd|ipv6testd)_(\w+)(?:\{(.*)\})? (\d+)$", re.MULTILINE)


class Counters:
    """One reading. The difference of two is what happened between them, without the readings themselves."""

    def __init__(self, values, own_bytes):
        self.values = values
        self.own_bytes = own_bytes

    def __getitem__(self, name):
        return self.values[name]

    def since(self, before):
        values = {name: value - before[name] for name, value in self.values.items()}
        values["connections_total"] -= 1
        values["sent_bytes_total"] -= before.own_bytes
        values['responses_total{class="2xx"}'] -= 1
        return values


def read(address=None, **options):
    """@address: of another daemon than the POP's speedtestd. @options: of the connection."""
    if pop.IN_VM:
        pytest.skip("a daemon tells its own machine alone what it counts")
    address = address or pop.address("speedtest")
    reply = wire.ask(address, wire.request("GET", "/metrics", "Connection: close"), **options)
    assert reply.status == 200
    values = {
        f"{name}{{{labels}}}" if labels else name: int(value)
        for name, labels, value in LINE.findall(reply.body.decode())
    }
    return Counters(values, len(reply.body))
