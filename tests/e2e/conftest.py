# What several tests need.
# SPDX-License-Identifier: MIT

import json
import subprocess

import pytest

from support import pop, wait, web

STRANGERS = {"ipv4": "192.0.2.1", "ipv6": "2001:db8::1"}


def pages_say_all_is_up():
    told = json.loads(web.get(pop.url("pages", path="/status.json")).body)
    return all(service["up"] for service in told["services"].values())


@pytest.fixture
def settled():
    """The status that pages show is written every ten seconds: it may still be that of a test before."""
    wait.until(pages_say_all_is_up, "the pages say that all is up", 30)


def set_addresses(action):
    for address in STRANGERS.values():
        subprocess.run(["ip", "address", action, address, "dev", "lo"], check=True, timeout=5)


@pytest.fixture
def strangers():
    """Source addresses, by family, of clients that are neither this machine's own nor members."""
    set_addresses("replace")
    yield STRANGERS
    set_addresses("delete")


@pytest.fixture
def stopped_unit():
    """Stops a unit of the POP until the test ends."""
    stopped = []

    def stop(unit):
        stopped.append(unit)
        pop.run("systemctl", "stop", unit)

    yield stop
    for unit in stopped:
        pop.run("systemctl", "start", unit)
    wait.until(lambda: pop.run("fontaine", "status", check=False).returncode == 0, "all is up again")
