# NTS: a client's cookies are good at every POP that has the keys, also after these have changed.
# SPDX-License-Identifier: MIT

import re
import subprocess

import pytest
import yaml

from support import links, pop, reverse_pop, speedtestd, wait
from support.machine import Machine

pytestmark = pytest.mark.apart

TAKE_KEYS = pop.PROJECT / "packaging/systemd/take-nts-keys"
ADDRESS = "127.0.0.1"  # where all POPs answer, one at a time
PORT, NTS_PORT = 123, 4460
POLL = "minpoll -4 maxpoll -4"  # sixteen times a second
CLIENT = f"""
server {ADDRESS} iburst {POLL} nts
ntstrustedcerts TLS/ca.crt
bindcmdaddress /run/chrony/client.sock
cmdport 0
port 0
pidfile /run/chrony/client.pid
"""


class Pops:
    """Two POPs with one address and one certificate, whose chronyds run in turn; and a client."""

    def __init__(self, machine, folder):
        self.machine, self.folder, self.serving = machine, folder, None
        machine.run("mount", "-t", "tmpfs", "tmpfs", "/run")
        machine.run("mkdir", "-m", "0700", "/run/chrony")
        for name, keys in ("leader", "own"), ("follower", "pushed"):
            self.write(name, keys)
        links.run(speedtestd.TEST_CA, folder / "leader/out/tls/names", self.made("tls"))
        (folder / "client.conf").write_text(CLIENT.replace("TLS", str(folder / "tls")))

    def made(self, name):
        (self.folder / name).mkdir()
        return self.folder / name

    def write(self, name, keys):
        """What a POP's chronyd is configured with, but where its files are, and keys that change each second."""
        folder, state = self.made(name), self.made(f"{name}-state")
        (folder / "pop.yaml").write_text(yaml.safe_dump({
            "site": speedtestd.SITE, "addresses": {"ipv4": ADDRESS},
            "services": {"ntp": {"set_clock": False, "nts_keys": keys}}}))
        links.run(pop.FONTAINE, "render", folder / "pop.yaml", folder / "out", "--stock", reverse_pop.STOCK)
        text = (folder / "out/chrony/chrony.conf").read_text()
        text = text.replace("/var/lib/fontaine/tls", str(self.folder / "tls")).replace("/var/lib/chrony", str(state))
        (folder / "chrony.conf").write_text(text)

    def serve(self, name):
        if self.serving is not None:
            self.machine.stop(self.serving)
        self.serving = self.machine.start("chronyd", "-d", "-x", "-r", "-u", "root", "-f",
                                          self.folder / name / "chrony.conf")
        wait.until(lambda: self.counts() is not None, f"the {name} answers")

    def counts(self):
        """What the POP that serves says that it has done."""
        command = self.machine.command("chronyc", "serverstats")
        done = subprocess.run(command, capture_output=True, text=True, timeout=10)
        if done.returncode != 0:
            return None
        return {name.strip(): int(value) for name, value in re.findall(r"^(.*?) *: (\d+)$", done.stdout, re.MULTILINE)}

    def ask(self):
        """The client begins to ask all the time."""
        return self.machine.start("chronyd", "-d", "-x", "-u", "root", "-f", self.folder / "client.conf")

    def authenticates(self):
        return wait.until(lambda: self.counts()["Authenticated NTP packets"] > 3 and self.counts(), "it authenticates")

    def push_keys(self):
        """The leader's, to the follower."""
        return self.machine.run(TAKE_KEYS, self.folder / "leader-state/ntskeys", self.folder / "follower-state")


@pytest.fixture(scope="module")
def pops(tmp_path_factory):
    with Machine() as machine:
        yield Pops(machine, tmp_path_factory.mktemp("nts"))


def test_cookies_outlive_a_restart_a_rotation_and_a_failover(pops):
    pops.serve("leader")
    client = pops.ask()
    assert pops.authenticates()["NTS-KE connections accepted"] == 1

    pops.serve("leader")  # anew, as for a new certificate
    assert pops.authenticates()["NTS-KE connections accepted"] == 0

    before = (pops.folder / "leader-state/ntskeys").read_text()
    pops.machine.run("chronyc", "rekey")
    pops.machine.run("chronyc", "dump")
    wait.until(lambda: (pops.folder / "leader-state/ntskeys").read_text() != before, "the leader has other keys")
    pops.push_keys()
    pops.serve("follower")
    assert pops.authenticates()["NTS-KE connections accepted"] == 0
    pops.machine.stop(client)


def test_without_the_keys_a_client_has_to_begin_anew(pops):
    pops.serve("leader")
    client = pops.ask()
    pops.authenticates()
    (pops.folder / "follower-state/ntskeys").unlink()
    pops.serve("follower")
    wait.until(lambda: pops.counts()["NTS-KE connections accepted"] > 0, "the client asks for keys again", 20)
    pops.machine.stop(client)


def test_what_are_no_keys_is_refused(pops):
    (pops.folder / "leader-state/ntskeys").write_text("nothing\n")
    with pytest.raises(AssertionError, match="no file of keys"):
        pops.push_keys()
