# What several tests need.
# SPDX-License-Identifier: MIT

import json
import re
import socket
import subprocess

import pytest

from support import container_only, own_pop, pop, reverse_pop, sanitized, speedtest_page, wait, web
from support.dns_client import ask

STOCK = pop.PROJECT / "services/stock"
STRANGERS = {"ipv4": "192.0.2.1", "ipv6": "2001:db8::1"}


def pytest_collection_modifyitems(items):
    if pop.IN_VM:
        container_only.skip(items)


@pytest.fixture(autouse=True, scope="session")
def silent_to_the_end():
    yield
    sanitized.fail_by_reports()


@pytest.fixture(autouse=True)
def silent():
    """No sanitizer says anything of what a test has started; what serves several is looked at as they end."""
    yield
    sanitized.fail_by_reports()


def pages_say_all_is_up():
    told = json.loads(web.get(pop.url("pages", path="/status.json")).body)
    return all(service["state"] in ("held", "up") for service in told["services"].values())


@pytest.fixture
def settled():
    """A service is told to be down for as long as it takes to believe that it is up again."""
    wait.until(pages_say_all_is_up, "the pages say that all is up", 30)


@pytest.fixture(scope="module")  # systemd starts a unit five times in ten seconds, no more
def unasked():
    """The POP does not ask its own services how they are: what they count is the test's alone."""
    pop.run("systemctl", "stop", "healthd.service", "healthd.socket", "healthd-http.socket")
    yield
    pop.run("systemctl", "start", "healthd.service")


def set_addresses(action):
    for words in [f"{STRANGERS['ipv4']}/32"], [f"{STRANGERS['ipv6']}/128", "nodad"]:  # good at once
        subprocess.run(["ip", "address", action, *words, "dev", "lo"], check=True, timeout=5)


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


@pytest.fixture(scope="session")
def own_speedtest(tmp_path_factory):
    """For tests with the mark speedtest, whose network has no other."""
    folder = tmp_path_factory.mktemp("pop")
    own_pop.shape()
    with own_pop.serving(folder):
        web.own_ca = folder / "tls/ca.crt"
        yield


@pytest.fixture(scope="session")
def measured(own_speedtest):
    """One whole run of the speed test's page, which takes a minute: whatever looks at a result looks at this one,
    and leaves the page as it was."""
    with speedtest_page.measured() as measured:
        yield measured


@pytest.fixture(scope="module")
def reverse(tmp_path_factory):
    """A Knot and an rdnsd of the tests' own, as the POP has them."""
    with reverse_pop.ReversePop(tmp_path_factory.mktemp("reverse")) as made:
        made.settle()
        yield made


def answers(address):
    try:
        return ask(address, "localhost", "A", "tcp")
    except OSError:
        return None


@pytest.fixture
def resolver_trusting(tmp_path):
    """Starts a resolver as the POP configures it, but with a key to trust for the POP's zone. Return: its address."""
    started = []

    def start(anchor):
        subprocess.run([pop.FONTAINE, "render", pop.POP_FILE, tmp_path, "--stock", STOCK], check=True, timeout=10)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = free.getsockname()
        text = (tmp_path / "unbound/unbound.conf").read_text()
        text = re.sub(r"domain-insecure: .*", f'trust-anchor: "{anchor}"', text)
        text = text.replace(f"@{pop.address('resolver', 'udp')[1]}", f"@{address[1]}")
        text = re.sub(r".*(interface: .*@(?!%d).*|tls-.*|https-port.*|control-.*)\n" % address[1], "", text)
        text = text.replace("/var/lib/unbound", str(tmp_path))
        (tmp_path / "trusting.conf").write_text(text)
        started.append(subprocess.Popen(["unbound", "-d", "-c", tmp_path / "trusting.conf"]))
        wait.until(lambda: answers(address), "the resolver answers")
        return address

    yield start
    for process in started:
        process.terminate()
        process.wait(10)
