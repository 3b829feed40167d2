# The two versions of the system on a disk: the newest is put beside the one that runs, whole and signed or not at all.
# SPDX-License-Identifier: MIT

import functools
import gzip
import http.server
import os
import re
import subprocess
import threading

import pytest

from support import pop

pytestmark = pytest.mark.apart

PROFILE = pop.PROJECT / "image/mkosi.profiles/disk/mkosi.extra/usr"
SLOTS = PROFILE / "libexec/fontaine/slots"
KEYRING = "/usr/lib/systemd/import-pubring.gpg"
ROOT_BYTES, VERITY_BYTES = 1 << 20, 1 << 19
LAYOUT = """label: gpt
size=1MiB, type=4f68bce3-e8cd-4db1-96e7-fbcaf984b709, name=fontaine_0.1.0
size=512KiB, type=2c7357ed-ebd2-46d9-aec1-23d437ec2bf5, name=fontaine_0.1.0_verity
size=1MiB, type=4f68bce3-e8cd-4db1-96e7-fbcaf984b709, name=_empty
size=512KiB, type=2c7357ed-ebd2-46d9-aec1-23d437ec2bf5, name=_empty
"""
HASHES = {"0.1.0": "a" * 32 + "b" * 32, "0.2.0": "1" * 32 + "2" * 32, "0.3.0": "3" * 32 + "4" * 32}
LIMIT_S = 60


def run(*command, **how):
    return subprocess.run(list(map(str, command)), check=True, timeout=LIMIT_S, text=True, capture_output=True,
                          cwd=pop.PROJECT, **how).stdout


class Folder(http.server.SimpleHTTPRequestHandler):
    """Serves files; of those with a root only the first bytes when the line is to break."""

    breaks = False

    def log_message(self, *_):
        pass

    def copyfile(self, source, outputfile):
        outputfile.write(source.read(100) if self.breaks and ".root." in self.path else source.read())


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """The operator's, and those of somebody else."""
    folder = tmp_path_factory.mktemp("keys")
    for name in "ours", "another":
        home = folder / name / "upgrades"
        home.mkdir(parents=True, mode=0o700)
        run("gpg", "--homedir", home, "--batch", "--quiet", "--passphrase", "", "--quick-generate-key", name,
            "rsa2048", "sign", "never")
    ring = folder / "ring.gpg"
    run("gpg", "--homedir", folder / "ours/upgrades", "--output", ring, "--export")
    run("mount", "--bind", ring, KEYRING)
    yield folder
    run("umount", KEYRING)
    for name in "ours", "another":
        run("gpgconf", "--homedir", folder / name / "upgrades", "--kill", "all")


class Site:
    """Where versions come from."""

    def __init__(self, folder, keys):
        self.folder, self.keys = folder / "site", keys
        self.work = folder / "work"
        self.work.mkdir()

    def make(self, version, key="ours"):
        disk = self.work / version
        for part, size in ("root", ROOT_BYTES), ("verity", VERITY_BYTES):
            disk.with_name(f"{version}.{part}.raw").write_bytes(f"{part} {version}\n".encode().ljust(size, b"\0"))
        words = self.work / "cmdline"
        words.write_text(f"quiet roothash={HASHES[version]}\0")
        run("objcopy", "--add-section", f".cmdline={words}", "--set-section-flags", ".cmdline=alloc,contents",
            "/usr/bin/true", disk.with_name(f"{version}.efi"))
        run("image/upgrade", version, self.keys / key, self.folder, disk)


class Disk:
    """That of a machine, and what is mounted of it."""

    def __init__(self, folder, url):
        self.root, self.url, self.raw = folder / "root", url, folder / "disk.raw"
        self.kernels = self.root / "efi/EFI/Linux"
        self.raw.write_bytes(b"\0" * (6 << 20))
        run("sfdisk", "--quiet", self.raw, input=LAYOUT)
        for part in "efi", "etc", "sys/firmware/efi", "var/lib", "usr/share/fontaine/upgrade":
            (self.root / part).mkdir(parents=True)
        run("mount", "-t", "tmpfs", "efi", self.root / "efi")
        self.kernels.mkdir(parents=True)
        (self.kernels / "fontaine_0.1.0+2-1.efi").write_text("0.1.0")
        for path in (PROFILE / "share/fontaine/upgrade").iterdir():
            text = path.read_text().replace("Path=auto", f"Path={self.raw}")
            text = text.replace("Path=/EFI/Linux\nPathRelativeTo=boot", f"Path={self.kernels}")
            (self.root / "usr/share/fontaine/upgrade" / path.name).write_text(text)
        self.runs("0.1.0")
        run("mount", "-o", "remount,ro", self.root / "efi")

    def runs(self, version):
        """As if it had been restarted with that, which systemd-sysupdate is told, too."""
        (self.root / "etc/os-release").write_text(f"ID=debian\nIMAGE_ID=fontaine\nIMAGE_VERSION={version}\n")
        for path in (self.root / "usr/share/fontaine/upgrade").iterdir():
            path.write_text(re.sub("ProtectVersion=.*", f"ProtectVersion={version}", path.read_text()))

    def slots(self, *words):
        return subprocess.run([SLOTS, *words], env={**os.environ, "SLOTS_ROOT": str(self.root)}, text=True,
                              capture_output=True, timeout=LIMIT_S)

    def upgrade(self):
        return self.slots("upgrade", self.url)

    def names(self):
        return sorted(path.name for path in self.kernels.iterdir())

    def partitions(self):
        return re.findall(r'name="(.*?)"', run("sfdisk", "--dump", self.raw))

    def holds(self, text):
        return text.encode() in self.raw.read_bytes()


@pytest.fixture
def site(tmp_path, keys):
    return Site(tmp_path, keys)


@pytest.fixture
def disk(tmp_path, site):
    site.folder.mkdir()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Folder, directory=site.folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    disk = Disk(tmp_path, f"http://127.0.0.1:{server.server_port}/")
    yield disk
    server.shutdown()
    server.server_close()
    run("umount", disk.root / "efi")


def assert_refused(disk, done, why="nothing is changed"):
    assert done.returncode == 1
    assert why in done.stderr
    assert disk.names() == ["fontaine_0.1.0+2-1.efi"]
    assert disk.partitions()[:2] == ["fontaine_0.1.0", "fontaine_0.1.0_verity"]
    assert "fontaine_0.2.0" not in disk.partitions()
    assert not os.access(disk.kernels, os.W_OK)


def test_newest_is_put_beside(disk, site):
    site.make("0.2.0")
    assert disk.slots("check", disk.url).stdout == "0.2.0 can be had; this is 0.1.0\n"
    assert disk.names() == ["fontaine_0.1.0+2-1.efi"]

    assert "0.2.0 is there" in disk.upgrade().stdout
    assert disk.names() == ["fontaine_0.1.0+2-1.efi", "fontaine_0.2.0+3-0.efi"]
    assert disk.partitions() == ["fontaine_0.1.0", "fontaine_0.1.0_verity", "fontaine_0.2.0", "fontaine_0.2.0_verity"]
    assert disk.holds("root 0.2.0\n") and disk.holds("verity 0.2.0\n")
    assert run("sfdisk", "--part-uuid", disk.raw, 3).replace("-", "").strip().lower() == "1" * 32

    assert "nothing newer is there than 0.1.0 and 0.2.0" in disk.upgrade().stdout
    assert disk.slots("check", disk.url).stdout == "0.1.0 is the newest version\n"


def test_what_runs_is_never_overwritten(disk, site):
    site.make("0.2.0")
    disk.upgrade()
    disk.runs("0.2.0")
    site.make("0.3.0")
    disk.upgrade()
    assert disk.names() == ["fontaine_0.2.0+3-0.efi", "fontaine_0.3.0+3-0.efi"]
    assert disk.partitions()[:3] == ["fontaine_0.3.0", "fontaine_0.3.0_verity", "fontaine_0.2.0"]


def test_signed_by_another(disk, site):
    site.make("0.2.0", key="another")
    assert_refused(disk, disk.upgrade())


def test_changed_after_signing(disk, site):
    site.make("0.2.0")
    root = next(site.folder.glob("*.root.*"))
    root.write_bytes(gzip.compress(b"x" * ROOT_BYTES))
    assert_refused(disk, disk.upgrade(), "0.2.0 did not come whole")


def test_line_breaks(disk, site, monkeypatch):
    """What is not whole cannot be started, nor can what it was to take the place of."""
    site.make("0.2.0")
    disk.upgrade()
    site.make("0.3.0")
    monkeypatch.setattr(Folder, "breaks", True)
    run("mount", "-o", "remount,rw", disk.root / "efi")
    (disk.kernels / ".#sysupdatefontaine_0.3.0.efi1234").touch()  # as a power failure leaves it
    done = disk.upgrade()
    assert done.returncode == 1
    assert "0.3.0 did not come whole: until it does, 0.1.0 is the only version" in done.stderr
    assert disk.names() == ["fontaine_0.1.0+2-1.efi"]
    assert disk.partitions()[:2] == ["fontaine_0.1.0", "fontaine_0.1.0_verity"]
    assert not os.access(disk.kernels, os.W_OK)
    assert "there is no other version than 0.1.0" in disk.slots("rollback").stderr
    monkeypatch.setattr(Folder, "breaks", False)
    assert "0.3.0 is there" in disk.upgrade().stdout


def test_nobody_there(disk):
    disk.url = "http://127.0.0.1:9/"
    assert_refused(disk, disk.upgrade())
    done = disk.slots("check", disk.url)
    assert (done.returncode, done.stdout) == (1, "")


def test_started_by_bios(disk):
    (disk.root / "sys/firmware/efi").rmdir()
    for what in "upgrade", "check", "rollback":
        done = disk.slots(what, disk.url)
        assert done.returncode == 1
        assert "this machine has one version" in done.stderr


def test_rollback_and_forth(disk, site):
    done = disk.slots("rollback")
    assert (done.returncode, done.stderr) == (1, "fontaine: there is no other version than 0.1.0\n")

    site.make("0.2.0")
    disk.upgrade()
    disk.runs("0.2.0")
    assert disk.slots("keep").returncode == 0
    assert disk.names() == ["fontaine_0.1.0+2-1.efi", "fontaine_0.2.0+3-0.efi"]
    assert "0.1.0 is started from now on" in disk.slots("rollback").stdout
    assert disk.names() == ["fontaine_0.1.0+3-0.efi", "fontaine_0.2.0+0-3.efi"]
    disk.runs("0.1.0")
    assert "0.2.0 is started from now on" in disk.slots("rollback").stdout
    assert disk.names() == ["fontaine_0.1.0+0-3.efi", "fontaine_0.2.0+3-0.efi"]
