# Upstreams as the projects themselves make them, to be mirrored by tests: their own tools, small packages.
# SPDX-License-Identifier: MIT
#
# `python3 tests/support/upstream.py KIND FOLDER` makes a first version of one, for tests that are not in Python;
# with "changed" after it, the next version too, of a Debian archive, and the first is KIND.before.

import copy
import gzip
import hashlib
import io
import itertools
import lzma
import os
import shutil
import subprocess
import sys
import tarfile
import time
from email.utils import formatdate
from pathlib import Path

LIMIT_S = 60


def run(*command, cwd=None, env=None, text=None):
    """Run a command to its end. Return: what it printed."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, timeout=LIMIT_S, text=True, input=text,
                          stdin=None if text else subprocess.DEVNULL, capture_output=True,
                          env={**os.environ, **(env or {})})
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


# rsync compares whole seconds, in which an upstream of tests is changed more than once: each file has its own.
SECONDS = itertools.count(int(time.time()) - 10_000_000)


def replace(path, data):
    """Write a new file, never into one that is there: it may have other names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.with_name(f".{path.name}.new")
    waiting.write_bytes(data if isinstance(data, bytes) else data.encode())
    os.utime(waiting, (at := next(SECONDS), at))
    waiting.rename(path)


def date_text(at):
    return formatdate(at, usegmt=True).replace("GMT", "UTC")


class Key:
    """A throw-away key to sign with. @folder: for its secrets; ring: the public part, as gpgv(1) wants it."""

    def __init__(self, folder):
        self.home = folder
        self.ring = folder / "ring.gpg"
        folder.mkdir(parents=True, mode=0o700)
        self.gpg("--passphrase", "", "--quick-generate-key", "Archive <archive@example.net>", "ed25519", "sign", "0")
        self.gpg("--output", self.ring, "--export")

    def gpg(self, *arguments, text=None):
        try:
            return run("gpg", "--homedir", self.home, "--batch", "--yes", "--quiet", *arguments, text=text)
        finally:
            subprocess.run(["gpgconf", "--homedir", self.home, "--kill", "gpg-agent"], timeout=LIMIT_S, check=False)

    def clear_signed(self, text):
        return self.gpg("--clear-sign", "--output", "-", text=text)

    def signature(self, text):
        return self.gpg("--armor", "--detach-sign", "--output", "-", text=text)


class Debian:
    """An archive of one suite. add() and remove() change the pool, publish() the indexes: half of it is possible."""

    ARCHITECTURES = ("amd64", "arm64")

    def __init__(self, folder, key, suite="stable", codename="trixie"):
        self.folder, self.key, self.suite, self.codename = folder, key, suite, codename
        self.dists = folder / "dists" / codename
        self.serial = 0
        self.made = folder.parent / f"{folder.name}.made"  # what the tools need besides
        self.stage = self.made / "dists"
        (folder / "pool/main").mkdir(parents=True)
        self.dists.mkdir(parents=True)
        (folder / "dists" / suite).symlink_to(codename)

    def copied(self, folder):
        """The same archive in another folder, to go a way of its own."""
        other = copy.copy(self)
        other.folder, other.made = folder, folder.parent / f"{folder.name}.made"
        other.stage, other.dists = other.made / "dists", folder / "dists" / self.codename
        shutil.copytree(self.folder, other.folder, symlinks=True)
        shutil.copytree(self.made, other.made)
        return other

    def add(self, name, version="1.0", architecture="amd64", size=1000):
        """Put a package with so many bytes of data into the pool. Return: its path."""
        built = self.made / f"{name}_{version}_{architecture}"
        (built / "DEBIAN").mkdir(parents=True)
        (built / f"{name}.data").write_bytes(os.urandom(size))
        (built / "DEBIAN/control").write_text(
            f"Package: {name}\nVersion: {version}\nArchitecture: {architecture}\nSection: misc\nPriority: optional\n"
            f"Maintainer: Archive <archive@example.net>\nDescription: a package of the tests\n with nothing in it\n")
        path = self.folder / "pool/main" / name[0] / name / f"{name}_{version}_{architecture}.deb"
        path.parent.mkdir(parents=True, exist_ok=True)
        run("dpkg-deb", "-Znone", "--root-owner-group", "--build", built, path)
        shutil.rmtree(built)
        return path

    def add_source(self, name, version="1.0"):
        folder = self.folder / "pool/main" / name[0] / name
        folder.mkdir(parents=True, exist_ok=True)
        files = {f"{name}_{version}.tar.gz": gzip.compress(os.urandom(500))}
        lines = {kind: "".join(f"\n {hashlib.new(kind, data).hexdigest()} {len(data)} {file}"
                               for file, data in files.items()) for kind in ("md5", "sha256")}
        files[f"{name}_{version}.dsc"] = (
            f"Format: 1.0\nSource: {name}\nBinary: {name}\nArchitecture: any\nVersion: {version}\n"
            f"Maintainer: Archive <archive@example.net>\nChecksums-Sha256:{lines['sha256']}\nFiles:{lines['md5']}\n")
        for file, data in files.items():
            replace(folder / file, data)

    def remove(self, name):
        """Take all of a package out of the pool."""
        shutil.rmtree(self.folder / "pool/main" / name[0] / name)

    def publish(self, at=None, valid_s=None):
        """Write all indexes for what is in the pool, the signed one last."""
        self.write_indexes()
        self.write_release(at or time.time(), valid_s)

    def write_indexes(self):
        for architecture in self.ARCHITECTURES:
            self.write_index(f"main/binary-{architecture}/Packages", run(
                "apt-ftparchive", "--arch", architecture, "packages", "pool/main", cwd=self.folder))
        self.write_index("main/source/Sources", run("apt-ftparchive", "sources", "pool/main", cwd=self.folder))
        self.write_index("main/i18n/Translation-en", f"Description-md5: {self.serial}\n")
        self.write_patches("main/binary-amd64/Packages.diff")
        self.write_installer("main/installer-amd64/current/images")

    def write_patches(self, folder):
        """One patch more. That it says nothing is no concern of mirrors."""
        patch = gzip.compress(f"{self.serial}d\n".encode(), mtime=0)
        replace(self.dists / folder / f"T-{self.serial}.gz", patch)
        lines = [f" {hashlib.sha256(path.read_bytes()).hexdigest()} {path.stat().st_size} {path.name}"
                 for path in sorted((self.dists / folder).glob("T-*.gz"))]
        self.write_index(f"{folder}/Index", "\n".join(["SHA256-Download:", *lines, ""]), ("",))

    def write_installer(self, folder):
        image = b"an image"
        replace(self.dists / folder / "netboot/mini.iso", image)
        self.write_index(f"{folder}/SHA256SUMS", f"{hashlib.sha256(image).hexdigest()}  ./netboot/mini.iso\n", ("",))

    PACK = {"": bytes, ".gz": lambda data: gzip.compress(data, mtime=0), ".xz": lzma.compress}

    def write_index(self, name, text, endings=(".gz", ".xz")):
        """Compressed only, as the projects have it, and each by its hash too; old ones stay for clients in between."""
        replace(self.stage / name, text)
        for ending in endings:
            data = self.PACK[ending](text.encode())
            path = self.dists / (name + ending)
            replace(self.stage / (name + ending), data)
            replace(path.parent / "by-hash/SHA256" / hashlib.sha256(data).hexdigest(), data)
            replace(path, data)

    def release_text(self, at, valid_s):
        """It names the indexes uncompressed too, though nobody has them."""
        fields = {"Origin": "Test", "Suite": self.suite, "Codename": self.codename, "Components": "main",
                  "Architectures": " ".join(self.ARCHITECTURES)}
        words = [f"APT::FTPArchive::Release::{name}={value}" for name, value in fields.items()]
        words += ["APT::FTPArchive::SHA1=no", "APT::FTPArchive::SHA512=no",
                  "APT::FTPArchive::Release::Patterns::=SHA256SUMS"]
        text = run("apt-ftparchive", *(part for word in words for part in ("-o", word)), "release", self.stage)
        lines = [line for line in text.splitlines() if not line.startswith("Date:")]
        lines += [] if valid_s is None else [f"Valid-Until: {date_text(at + valid_s)}"]
        return "\n".join(["Acquire-By-Hash: yes", f"Date: {date_text(at)}", *lines]) + "\n"

    def write_release(self, at, valid_s):
        self.serial += 1
        self.write_trace(at)
        text = self.release_text(at, valid_s)
        replace(self.dists / "Release", text)
        replace(self.dists / "Release.gpg", self.key.signature(text))
        replace(self.dists / "InRelease", self.key.clear_signed(text))

    def write_trace(self, at):
        replace(self.folder / "project/trace/master",
                f"{date_text(at)}\nDate: {date_text(at)}\nArchive serial: {self.serial}\nCreator: tests\n")

    def begin_update(self, host):
        """The marker of an archive whose update goes on."""
        replace(self.folder / f"Archive-Update-in-Progress-{host}", "")

    def end_update(self, host):
        (self.folder / f"Archive-Update-in-Progress-{host}").unlink()


class Rpm:
    """A repository of dnf, of one architecture. @compress: as createrepo_c(8) names it."""

    def __init__(self, folder, compress="gz"):
        self.folder, self.compress = folder, compress
        self.built = folder.parent / f"{folder.name}.built"
        (folder / "Packages").mkdir(parents=True)

    def add(self, name, version="1.0"):
        self.built.mkdir(exist_ok=True)
        spec = self.built / f"{name}.spec"
        spec.write_text(f"Name: {name}\nVersion: {version}\nRelease: 1\nSummary: a package of the tests\n"
                        "License: MIT\nBuildArch: noarch\n%description\nNothing.\n%files\n")
        run("rpmbuild", "-bb", "--quiet", "--define", f"_topdir {self.built}", "--define",
            f"_rpmdir {self.folder}/Packages", "--define", "_build_name_fmt %%{NAME}-%%{VERSION}.rpm", spec)

    def remove(self, name):
        for path in self.folder.glob(f"Packages/{name}-*.rpm"):
            path.unlink()

    def publish(self, at=None):
        moment = [] if at is None else ["--revision", int(at), "--set-timestamp-to-revision"]
        run("createrepo_c", "--quiet", "--general-compress-type", self.compress, "--retain-old-md", "1", *moment,
            self.folder)


class Arch:
    """One repository of Arch Linux, and the times of the whole tree."""

    def __init__(self, folder, repository="core"):
        self.folder, self.repository = folder, repository
        self.os = folder / repository / "os/x86_64"
        self.os.mkdir(parents=True)
        self.packages = {}

    def add(self, name, version="1.0-1", size=1000):
        file = f"{name}-{version}-x86_64.pkg.tar.zst"
        replace(self.folder / "pool/packages" / file, os.urandom(size))
        (self.os / file).symlink_to(f"../../../pool/packages/{file}")
        self.packages[name] = (version, file)

    def remove(self, name):
        file = self.packages.pop(name)[1]
        (self.os / file).unlink()
        (self.folder / "pool/packages" / file).unlink()

    def publish(self, at=None):
        made = io.BytesIO()
        with tarfile.open(fileobj=made, mode="w:gz") as archive:
            for name, (version, file) in self.packages.items():
                data = (self.os / file).read_bytes()
                text = (f"%FILENAME%\n{file}\n\n%NAME%\n{name}\n\n%VERSION%\n{version}\n\n%CSIZE%\n{len(data)}\n\n"
                        f"%SHA256SUM%\n{hashlib.sha256(data).hexdigest()}\n\n").encode()
                folder = tarfile.TarInfo(f"{name}-{version}/")
                folder.type = tarfile.DIRTYPE
                archive.addfile(folder)
                entry = tarfile.TarInfo(f"{name}-{version}/desc")
                entry.size = len(text)
                archive.addfile(entry, io.BytesIO(text))
        replace(self.os / f"{self.repository}.db.tar.gz", made.getvalue())
        link = self.os / f"{self.repository}.db"
        if not link.is_symlink():
            link.symlink_to(f"{self.repository}.db.tar.gz")
        for name in ("lastupdate", "lastsync"):
            replace(self.folder / name, f"{int(at or time.time())}\n")


class Osm:
    """A planet with its hash, and the folder of its changes by the minute."""

    def __init__(self, folder, sequence=4321):
        self.folder, self.sequence = folder, sequence
        self.minute = folder / "replication/minute"

    def add_planet(self, day="251110", size=5000):
        name, data = f"planet-{day}.osm.pbf", os.urandom(size)
        replace(self.folder / "pbf" / name, data)
        replace(self.folder / "pbf" / f"{name}.md5", f"{hashlib.md5(data).hexdigest()}  {name}\n")

    def publish(self, at=None):
        """One change more: state.txt last."""
        self.sequence += 1
        digits = f"{self.sequence:09}"
        change = self.minute / digits[:3] / digits[3:6] / digits[6:]
        moment = time.strftime("%Y-%m-%dT%H\\:%M\\:%SZ", time.gmtime(at or time.time()))
        state = f"#a comment\nsequenceNumber={self.sequence}\ntimestamp={moment}\n"
        replace(change.with_name(f"{change.name}.osc.gz"), gzip.compress(b"<osmChange/>"))
        replace(change.with_name(f"{change.name}.state.txt"), state)
        replace(self.minute / "state.txt", state)


def make(kind, folder):
    """A first version of an upstream of this kind, in @folder/KIND. Return: it."""
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "debian":
        made = Debian(folder / kind, Key(folder / "key"))
        for name in "alpha", "beta", "gamma":
            made.add(name)
        made.add("alpha", architecture="arm64")
        made.add("delta", architecture="all")
        made.add_source("alpha")
    elif kind in ("rpm", "arch"):
        made = Rpm(folder / kind) if kind == "rpm" else Arch(folder / kind)
        for name in "alpha", "beta":
            made.add(name)
    else:
        made = Osm(folder / kind)
        made.add_planet()
    made.publish()
    return made


def change(archive):
    """The next version: a package more, one less, and a new version of a third."""
    archive.add("omega")
    archive.remove("beta")
    archive.remove("alpha")
    archive.add("alpha", "2.0")
    archive.publish()


if __name__ == "__main__":
    upstream = make(sys.argv[1], Path(sys.argv[2]))
    if sys.argv[3:] == ["changed"]:
        shutil.copytree(upstream.folder, upstream.folder.with_name(f"{upstream.folder.name}.before"), symlinks=True)
        change(upstream)
