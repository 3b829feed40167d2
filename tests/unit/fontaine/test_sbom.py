# image/sbom: what it says of packages that lie in a folder, and of one that does not.
# SPDX-License-Identifier: MIT

import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from support import debs

PROJECT = Path(__file__).resolve().parents[3]
NAMES = [("libone++", "1:2.0-3+deb13u1"), ("fontaine-two", "0.1.0")]
SOURCES = {"libone++": "one (2.0-3)"}


@pytest.fixture
def folder(tmp_path):
    for name, version in NAMES:
        debs.build(tmp_path, name, version, SOURCES.get(name))
    return tmp_path


def write(folder, *packages, initrd=NAMES[:1]):
    """Run image/sbom on a manifest with the packages; return its exit code and what it said."""
    status = folder / "initrd/var/lib/dpkg/status"
    status.parent.mkdir(parents=True, exist_ok=True)
    status.write_text("".join(
        f"Package: {name}\nStatus: install ok installed\nVersion: {version}\nArchitecture: all\n"
        "Maintainer: A <a@example.net>\nDescription: one\n\n" for name, version in initrd))
    manifest = folder / "image.manifest"
    manifest.write_text(json.dumps({"packages": [
        {"type": "deb", "name": name, "version": version, "architecture": "all"} for name, version in packages]}))
    done = subprocess.run([PROJECT / "image/sbom", manifest, folder / "initrd", folder], text=True, timeout=20,
                          capture_output=True, env={**os.environ, "SOURCE_DATE_EPOCH": "1767225600"})
    return done.returncode, done.stderr


def test_each_package_has_a_line_with_its_hash(folder):
    assert write(folder, *NAMES) == (0, "")
    lines = (folder / "image.packages").read_text().splitlines()
    files = sorted(folder.glob("*.deb"))
    assert lines == [f"{name} {version} all {hashlib.sha256(file.read_bytes()).hexdigest()} {file.stat().st_size}"
                     for (name, version), file in zip(sorted(NAMES), files)]


def test_what_is_in_the_initrd_alone_is_in_the_image(folder):
    write(folder, *NAMES)
    whole = (folder / "image.packages").read_text()
    write(folder, NAMES[1], initrd=NAMES[:1])
    assert (folder / "image.packages").read_text() == whole


def test_the_document_says_the_same(folder):
    write(folder, *NAMES)
    text = (folder / "image.spdx.json").read_text()
    document = json.loads(text)
    assert document["spdxVersion"] == "SPDX-2.3"
    assert document["creationInfo"]["created"] == "2026-01-01T00:00:00Z"
    two, one = document["packages"]
    assert (one["name"], one["versionInfo"], one["supplier"]) == (*NAMES[0], "Organization: Debian")
    assert two["supplier"] == "Organization: Fontaine"
    assert one["externalRefs"][0]["referenceLocator"] == "pkg:deb/debian/libone%2B%2B@1%3A2.0-3%2Bdeb13u1?arch=all"
    assert (one["sourceInfo"], two["sourceInfo"]) == ("one 2.0-3", "fontaine-two 0.1.0")
    hashes = [line.split()[3] for line in (folder / "image.packages").read_text().splitlines()]
    assert [package["checksums"][0]["checksumValue"] for package in document["packages"]] == hashes
    assert [relation["relatedSpdxElement"] for relation in document["relationships"]] == [two["SPDXID"], one["SPDXID"]]
    write(folder, *NAMES)
    assert (folder / "image.spdx.json").read_text() == text


def test_a_package_without_its_file_is_refused(folder):
    assert write(folder, *NAMES, ("three", "1")) == (1, "sbom: no file of three 1 all\n")
    assert not (folder / "image.packages").exists()
