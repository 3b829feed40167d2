# A machine that is upgraded, goes back by itself or when it is told to, and keeps what it has.
# SPDX-License-Identifier: MIT

import functools
import http.server
import subprocess
import threading

import pytest

from support import pop, vm, wait

KEYS = pop.BUILD / "keys"
PORT = 18100
KEPT = "/var/lib/fontaine/kept"


class Folder(http.server.SimpleHTTPRequestHandler):
    """Serves files; of the root no more than `limit` bytes, as a line that breaks."""

    limit = None

    def log_message(self, *_):
        pass

    def copyfile(self, source, outputfile):
        if self.limit is None or ".root." not in self.path:
            super().copyfile(source, outputfile)
        else:
            outputfile.write(source.read(self.limit))


@pytest.fixture(scope="module")
def versions(tmp_path_factory):
    """Makes versions, and serves them where the POP file says."""
    folder = tmp_path_factory.mktemp("upgrades")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), functools.partial(Folder, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def make(version, *broken):
        subprocess.run(["tests/image/version", version, KEYS, folder, *broken], cwd=pop.PROJECT, check=True,
                       timeout=vm.LIMIT_S)

    make.folder = folder
    yield make
    server.shutdown()


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("machine")
    with vm.Machine(vm.disk_of(folder / "disk.qcow2"), folder / "console", keeps=True) as machine:
        machine.wait_up()
        yield machine


def kernels(machine):
    return sorted(machine.ssh("ls /efi/EFI/Linux").stdout.split())


def slots(machine):
    return machine.ssh("lsblk -no PARTLABEL,PARTUUID /dev/vda").stdout


def wait_for_kernels(machine, *names):
    wait.until(lambda: kernels(machine) == sorted(names), f"{names} can be started", vm.LIMIT_S)


def refused(machine):
    """An upgrade that fails leaves all as it was, but in the slot that nothing starts."""
    before = kernels(machine)
    done = machine.ssh("fontaine upgrade", check=False, timeout=vm.LIMIT_S)
    assert done.returncode == 1
    assert "nothing is changed" in done.stderr
    assert kernels(machine) == before
    assert machine.ssh("findmnt -no OPTIONS /efi").stdout.startswith("ro,")
    return done.stderr


def test_first_version_is_kept(machine):
    wait_for_kernels(machine, "fontaine_0.1.0+3.efi")
    machine.ssh(f"echo before >{KEPT}")


def test_bad_signature(machine, versions):
    versions("0.2.0")
    sums = versions.folder / "SHA256SUMS"
    good = sums.read_text()
    sums.write_text(good + "\n")
    refused(machine)
    sums.write_text(good)


def test_interrupted_download(machine):
    Folder.limit = 1 << 20
    refused(machine)
    Folder.limit = None


def test_check_changes_nothing(machine):
    before = slots(machine)
    assert machine.ssh("fontaine upgrade --check").stdout == "0.2.0 can be had; this is 0.1.0\n"
    assert slots(machine) == before


def test_upgrade(machine):
    assert "0.2.0 is there" in machine.ssh("fontaine upgrade", timeout=vm.LIMIT_S).stdout
    assert kernels(machine) == ["fontaine_0.1.0+3.efi", "fontaine_0.2.0+3-0.efi"]
    machine.restart()
    machine.wait_up()
    assert machine.version() == "0.2.0"
    assert machine.ssh(f"cat {KEPT}").stdout == "before\n"
    wait_for_kernels(machine, "fontaine_0.1.0+3.efi", "fontaine_0.2.0+3.efi")


def test_rollback_by_hand(machine):
    assert "0.1.0 is started from now on" in machine.ssh("fontaine rollback").stdout
    assert kernels(machine) == ["fontaine_0.1.0+3.efi", "fontaine_0.2.0+0.efi"]
    machine.restart()
    machine.wait_up()
    assert machine.version() == "0.1.0"
    assert machine.ssh(f"cat {KEPT}").stdout == "before\n"


def test_full_var_is_no_obstacle(machine, versions):
    """0.3.0 never works: nothing answers as a web server."""
    versions("0.3.0", "nginx.service")
    machine.ssh("fallocate -l $(df --output=avail -B1 /var | tail -1) /var/full || true", timeout=vm.LIMIT_S)
    assert "0.3.0 is there" in machine.ssh("fontaine upgrade", timeout=vm.LIMIT_S).stdout
    machine.ssh("rm /var/full")


def test_version_that_does_not_work_is_left_by_itself(machine):
    machine.restart()
    machine.wait_to_say("0.3.0 does not work: back to 0.1.0")
    machine.wait_up()
    assert machine.version() == "0.1.0"
    assert machine.ssh(f"cat {KEPT}").stdout == "before\n"
