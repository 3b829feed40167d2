# Each case of the lab is what its name says, as curl and kdig see it at the visitor's.
# SPDX-License-Identifier: MIT

import json
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support import lab, pop
from support.lab_cases import CASES

pytestmark = pytest.mark.apart

WORKS, NO_WAY, REFUSED, TIMEOUT = 0, 7, 7, 28  # exit codes of curl(1)
AT_ONCE = 4  # lines
LIMIT_S = 2.5  # less than a slow line takes
LARGE_BYTES = 30000
LARGE = "x" * LARGE_BYTES
SPEEDTEST = {"ipv4": "192.0.2.11", "ipv6": "2001:db8:10::11"}

# What is not healthy, as transfers() gives it for each family.
TRANSFERS = {
    "ipv4-only": {"ipv6": (NO_WAY, NO_WAY, NO_WAY)},
    "ipv6-only": {"ipv4": (NO_WAY, NO_WAY, NO_WAY)},
    "ipv6-only-nat64": {"ipv4": (NO_WAY, NO_WAY, NO_WAY)},
    "ipv6-black-hole": {"ipv6": (TIMEOUT, TIMEOUT, TIMEOUT)},
    "ipv6-refused": {"ipv6": (REFUSED, REFUSED, REFUSED)},
    "ipv6-slow": {"ipv6": (TIMEOUT, TIMEOUT, TIMEOUT)},
    "ipv4-black-hole": {"ipv4": (TIMEOUT, TIMEOUT, TIMEOUT)},
    "ipv4-mtu-up-untold": {"ipv4": (WORKS, WORKS, TIMEOUT)},
    "ipv6-mtu-up-untold": {"ipv6": (WORKS, WORKS, TIMEOUT)},
    "ipv4-mtu-down-untold": {"ipv4": (WORKS, TIMEOUT, WORKS)},
    "ipv6-mtu-down-untold": {"ipv6": (WORKS, TIMEOUT, WORKS)},
}


@pytest.fixture(scope="module")
def internet(tmp_path_factory):
    with lab.internet(tmp_path_factory.mktemp("lab")) as internet:
        yield internet


def transfer(line, family, path, *options, limit_s=LIMIT_S):
    """Ask the POP's speed test at its address. Return: curl's exit code, seconds until it was connected."""
    host = SPEEDTEST[family]
    url = f"http://[{host}]{path}" if family == "ipv6" else f"http://{host}{path}"
    curl = ["curl", "--silent", "--show-error", "--fail", "--globoff", "--max-time", limit_s, "--output", "/dev/null",
            "--write-out", "%{time_connect}", *options, url]
    done = subprocess.run(line.home.command(*curl), capture_output=True, text=True, timeout=limit_s + 5)
    return done.returncode, float(done.stdout)


def transfers(line, family):
    """The exit codes of curl for something small, something large down, something large up: all at once."""
    ways = [("/empty",), ("/speedtest.css",), ("/empty", "--data", LARGE)]
    with ThreadPoolExecutor() as pool:
        return tuple(code for code, _ in pool.map(lambda way: transfer(line, family, *way), ways))


def lookup(line, *words):
    """What kdig gets from the resolver of the line: (its status, its flags, its records)."""
    shown = line.home.run("kdig", "+timeout=3", "+retry=0", "+dnssec", *words)
    status, flags = re.search(r"status: (\w+)", shown), re.search(r"Flags: ([\w ]+)", shown)
    return status and status[1], flags[1].split() if flags else [], shown


def look(internet, case):
    with internet.line(case) as line:
        status, flags, _ = lookup(line, "speedtest." + lab.DOMAIN, "AAAA")
        return {family: transfers(line, family) for family in pop.FAMILIES}, status, "ad" in flags


@pytest.fixture(scope="module")
def seen(internet):
    """Case -> future of look()."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        yield {case: threads.submit(look, internet, case) for case in CASES}


@pytest.mark.parametrize("case", CASES)
def test_a_case_is_what_it_says(seen, case):
    healthy = dict.fromkeys(pop.FAMILIES, (WORKS, WORKS, WORKS))
    expected = {**healthy, **TRANSFERS.get(case, {})}
    assert seen[case].result() == (expected, "NOERROR", case != "resolver-not-validating")


def test_all_services_of_the_pop_are_up(internet):
    """Also those that tell their figures to their own machine only, by an address that is not a loopback."""
    services = internet.services
    told = internet.pop.run(pop.FONTAINE, "status", services.file, "--json")
    assert all(service["up"] for service in json.loads(told)["services"].values())


@pytest.mark.parametrize("way", ["up", "down"])
@pytest.mark.parametrize("family", pop.FAMILIES)
def test_a_sender_that_is_told_sends_less(internet, family, way):
    with internet.line(f"{family}-mtu-{way}") as line:
        assert transfers(line, family) == (WORKS, WORKS, WORKS)
        sender = line.home if way == "up" else internet.pop
        receiver = SPEEDTEST if way == "up" else line.plan.home
        assert "mtu 1280" in sender.run("ip", "route", "get", receiver[family])


def test_slow_is_slow_and_works(internet):
    with internet.line("ipv6-slow") as line:
        code, connect_s = transfer(line, "ipv6", "/empty", limit_s=20)
        assert (code, connect_s // 1) == (WORKS, 3)
        code, connect_s = transfer(line, "ipv4", "/empty")
        assert (code, connect_s // 1) == (WORKS, 0)


def test_nat64_leads_to_what_has_an_ipv4_address_only(internet):
    name = f"speedtest-ipv4.{lab.DOMAIN}"
    with internet.line("ipv6-only-nat64") as line:
        line.home.run("curl", "--silent", "--fail", "--max-time", LIMIT_S, "--data", LARGE, f"http://{name}/empty")
        _, _, shown = lookup(line, name, "AAAA")
        assert "2001:db8:a" in shown
    with internet.line("ipv6-only") as line:
        assert " AAAA " not in lookup(line, name, "AAAA")[2].partition("ANSWER SECTION")[2]


def test_without_tcp_dns_has_udp_only(internet):
    with internet.line("dns-without-tcp") as line:
        with pytest.raises(AssertionError):
            lookup(line, "+tcp", lab.DOMAIN, "SOA")
        assert lookup(line, lab.DOMAIN, "SOA")[0] == "NOERROR"
    with internet.line() as line:
        assert lookup(line, "+tcp", lab.DOMAIN, "SOA")[0] == "NOERROR"


def test_a_name_that_is_nowhere_is_denied_by_the_root(internet):
    with internet.line() as line:
        status, flags, _ = lookup(line, "www.example.net", "A")
        assert (status, "ad" in flags) == ("NXDOMAIN", True)


def networks_of_processes():
    """Those of our process group: what else this machine does may come and go."""
    networks = set()
    for entry in Path("/proc").glob("[0-9]*/ns/net"):
        try:
            if os.getpgid(int(entry.parts[2])) == os.getpgid(0):
                networks.add(os.readlink(entry))
        except OSError:
            pass  # it has ended meanwhile
    return networks


def test_nothing_is_left_behind(tmp_path):
    before = networks_of_processes()
    mounts = Path("/proc/self/mounts").read_text()
    with lab.internet(tmp_path) as internet, internet.line("ipv6-only-nat64") as line:
        machines = [internet.net, internet.pop, line.home, line.isp, line.resolver]
        assert len(networks_of_processes() - before) == len(machines) + 1  # the POP has another for its small link
    assert networks_of_processes() <= before
    assert Path("/proc/self/mounts").read_text() == mounts
