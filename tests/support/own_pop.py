# The speed test and its relay alone, in a network that is the test's own.
# SPDX-License-Identifier: MIT

import json
import os
import subprocess
from contextlib import ExitStack, contextmanager

import pytest

from support import links, pop, speedtestd, wait

SECRET = "north"
TESTED = [pytest.mark.speedtest, pytest.mark.usefixtures("own_speedtest")]  # the marks of tests of one speed test
MBIT = 300  # a rate that leaves processors something for others
SHAPE = ["root", "tbf", "rate", f"{MBIT}mbit", "burst", 1 << 18, "limit", 1 << 20]


def shape():
    links.run("tc", "qdisc", "add", "dev", "lo", *SHAPE)


@contextmanager
def network():
    """A network with a loopback and nothing else, for this thread and what it starts."""
    with links.Namespace() as namespace, namespace.entered():
        shape()
        yield


@contextmanager
def running(command, **environment):
    server = subprocess.Popen(command, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        server.terminate()
        server.wait(10)


def is_up(pop_file, services):
    told = subprocess.run([pop.FONTAINE, "status", pop_file, "--json"], timeout=10, capture_output=True, text=True)
    return all(json.loads(told.stdout)["services"][service]["up"] for service in services)


@contextmanager
def serving(folder, pop_file=pop.POP_FILE):
    """The services of @pop_file, on the addresses that it gives. @folder is for their files."""
    subprocess.run([pop.FONTAINE, "render", pop_file, folder, "--stock", pop.PROJECT / "services/stock"],
                   check=True, timeout=10)
    (folder / "turn-secret").write_text(SECRET)
    links.run(speedtestd.TEST_CA, folder / "tls/names", folder / "tls")
    speedtestd.lay_pages(folder / "web", speedtestd.WEB)
    speedtest = [speedtestd.PROGRAM, "--pop", pop_file, "--web", folder / "web", "--tls", folder / "tls"]
    relay = folder / "coturn/turnserver.conf"
    state = folder / "state"
    state.mkdir()
    with ExitStack() as stack:
        stack.enter_context(running(speedtest, CREDENTIALS_DIRECTORY=str(folder), STATE_DIRECTORY=str(state)))
        if relay.exists():
            stack.enter_context(running(["turnserver", "-c", relay, f"--static-auth-secret={SECRET}"]))
        services = ["speedtest", "turn"] if relay.exists() else ["speedtest"]
        wait.until(lambda: is_up(pop_file, services), "the servers answer")
        yield
