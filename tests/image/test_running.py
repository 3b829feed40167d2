# A machine that runs takes a signed POP file, now and at each later start, and none other; also while its disk is full.
# SPDX-License-Identifier: MIT

import json
import subprocess
import threading
import urllib.request

import answers
import pytest

from support import small_vm, versions, vm

NEW = "/run/small.confext.raw"
CHANGES = {"contact: noc@example.net": "contact: hello@example.net",
           "local_root: false": "local_root: false\n    queries_per_second: 2000"}
FILL = "fallocate --length $(df --output=avail --block-size=1 /var | tail -1) /var/full; cat /dev/zero >/var/rest"


@pytest.fixture
def confext(tmp_path):
    """Signs the POP file with @changes, with the key in @keys."""
    def make(keys=versions.KEYS, changes=None):
        text = small_vm.POP_FILE.read_text()
        for old, new in (changes or CHANGES).items():
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "small.yaml").write_text(text)
        small_vm.sign(tmp_path / "small.yaml", tmp_path / "small.raw", keys)
        return tmp_path / "small.raw"

    return make


def apply(machine, image, *options):
    """Return: the exit status, and what it says."""
    machine.put(image, NEW)
    done = machine.ssh(" ".join(["fontaine apply", NEW, *options]), check=False, timeout=vm.LIMIT_S)
    return done.returncode, done.stdout + done.stderr


def contact(machine):
    with urllib.request.urlopen(f"http://{machine.host}/pop.json", timeout=vm.SSH_LIMIT_S) as reply:
        return json.load(reply)["site"]["operated_by"]["contact"]


def is_told_of_no_room(machine):
    return "/var/lib/fontaine: 0 MiB are left on its disk" in machine.ssh("fontaine status", check=False).stderr


class Visitors:
    """Ask one socket after another, in a with statement."""

    def __init__(self, machine):
        self.wanted = machine.asked

    def __enter__(self):
        self.silent, self.n, self.ended = {}, 0, threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        return self

    def run(self):
        while not self.ended.is_set():
            self.silent.update(answers.unanswered(self.wanted))
            self.n += len(self.wanted)

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


def test_pop_file_of_another(machine, confext, tmp_path):
    other = tmp_path / "keys"
    other.mkdir()
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:3072", "-noenc", "-keyout", other / "pop.key",
                    "-out", other / "pop.crt", "-subj", "/CN=another"], check=True, timeout=60, capture_output=True)
    before = contact(machine)
    code, said = apply(machine, confext(other))
    assert code == 2 and f"{NEW}: not signed" in said
    changed = bytearray(confext().read_bytes())
    at = changed.index(b"hello@example.net")
    changed[at:at + 5] = b"HELLO"
    (tmp_path / "changed.raw").write_bytes(changed)
    code, said = apply(machine, tmp_path / "changed.raw")
    assert code == 2
    assert contact(machine) == before
    assert machine.ssh("ls -A /var/lib/confexts").stdout == ""


def test_signed_pop_file(machine, confext):
    """It is in force at once, nobody is refused meanwhile, and it stays."""
    code, said = apply(machine, confext(), "--dry-run")
    assert code == 0 and "would be applied" in said
    with Visitors(machine) as visitors:
        code, said = apply(machine, confext())
    assert code == 0 and "unbound.service                  reloaded" in said
    assert not visitors.silent and visitors.n > 20
    assert contact(machine) == "hello@example.net"
    assert machine.ssh("ls -A /var/lib/confexts").stdout == "pop.raw\n"


def test_start_with_a_full_disk(machine):
    """What answers goes on, the POP file is the one that was applied, and room is enough to be well again."""
    assert not is_told_of_no_room(machine)
    machine.ssh(FILL, check=False)
    assert machine.ssh("df --output=avail /var").stdout.split()[-1] == "0"
    assert machine.answering() == machine.asked
    assert is_told_of_no_room(machine)
    machine.restart()
    machine.wait_up()
    assert contact(machine) == "hello@example.net"
    assert is_told_of_no_room(machine)
    machine.ssh("rm /var/full /var/rest")
    assert not is_told_of_no_room(machine)
    assert machine.failed_units() == ""


def test_pop_file_of_a_later_version(machine, confext):
    """After a rollback, the POP file that was applied may have keys that this version does not know."""
    later = confext(changes={"services:\n": "what_a_later_version_knows: 1\nservices:\n",
                             "contact: noc@example.net": "contact: later@example.net"})
    before = contact(machine)
    code, said = apply(machine, later)
    assert code == 2 and "what_a_later_version_knows" in said
    machine.put(later, "/var/lib/confexts/pop.raw")
    machine.restart()
    machine.wait_up()
    assert "says what this version does not know: this is the last one that this version took." in machine.console()
    assert contact(machine) == before
    assert machine.failed_units() == ""


def starts_with_another(machine, whose, whose_contact):
    machine.restart()
    machine.wait_well()
    assert f"The POP file is damaged: this is {whose}." in machine.console()
    assert contact(machine) == whose_contact


def test_damaged_pop_file(machine, confext):
    assert apply(machine, confext())[0] == 0
    machine.ssh(": >/var/lib/confexts/pop.raw")
    starts_with_another(machine, "the last one that this version took", "hello@example.net")


def test_two_damaged_pop_files(machine, confext):
    """The last one that it took has lost its end; of the one that was applied, what it says is changed."""
    machine.put(confext(), "/var/lib/confexts/pop.raw")
    machine.ssh("cd /var/lib && truncate --size=512K fontaine-slots/0.1.0.confext.raw && "
                "LC_ALL=C sed -i s/hello@/HELLO@/ confexts/pop.raw")
    starts_with_another(machine, "that of the disk", "noc@example.net")
