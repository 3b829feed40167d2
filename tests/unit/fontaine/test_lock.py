# image/lock: an archive for apt of the files that a lock names, and of no others.
# SPDX-License-Identifier: MIT

import hashlib
import subprocess
from pathlib import Path

import pytest

from support import debs

PROJECT = Path(__file__).resolve().parents[3]
THEIRS = ("one", "1:2.0-3", "all")
OURS = ("fontaine-two", "0.1.0", "all")


def row(deb, name, version, architecture):
    data = deb.read_bytes()
    return f"{name} {version} {architecture} {hashlib.sha256(data).hexdigest()} {len(data)}\n"


@pytest.fixture
def folder(tmp_path):
    """A lock of two packages, one of them ours; only the other one's file is there."""
    deb = debs.build(tmp_path, *THEIRS[:2])
    (tmp_path / "image.packages").write_text(row(deb, *THEIRS) + row(deb, *OURS))
    return tmp_path


def index(folder):
    done = subprocess.run([PROJECT / "image/lock", "index", folder, "image"], cwd=PROJECT, text=True, timeout=20,
                          capture_output=True)
    return done.returncode, done.stderr


def test_apt_installs_what_is_locked_and_no_other(folder):
    assert index(folder) == (0, "")
    state = folder / "state"
    (state / "lists/partial").mkdir(parents=True)
    (folder / "sources.list").write_text(f"deb [trusted=yes] copy:{folder} image/\n")
    options = ["-o", f"Dir::Etc::SourceList={folder}/sources.list", "-o", "Dir::Etc::SourceParts=-",
               "-o", f"Dir::State={state}", "-o", f"Dir::Cache={state}", "-o", "APT::Sandbox::User=root"]
    subprocess.run(["apt-get", *options, "update"], check=True, stdout=subprocess.DEVNULL)
    (folder / "got").mkdir()
    subprocess.run(["apt-get", *options, "download", "one"], check=True, cwd=folder / "got", stdout=subprocess.DEVNULL)
    assert [path.name for path in (folder / "got").iterdir()] == ["one_1%3a2.0-3_all.deb"]
    known = subprocess.run(["apt-cache", *options, "dumpavail"], check=True, text=True, stdout=subprocess.PIPE).stdout
    assert known.count("Package: ") == 1


def test_other_bytes_are_refused(folder):
    deb = folder / "one_1%3a2.0-3_all.deb"
    deb.write_bytes(deb.read_bytes()[:-1] + b"x")
    code, said = index(folder)
    assert code == 1 and f"lock: {folder} is not what {folder}/image.packages says\n" in said
    assert not (folder / "image").exists()


def test_a_missing_file_is_named(folder):
    (folder / "one_1%3a2.0-3_all.deb").unlink()
    code, said = index(folder)
    assert code == 1 and "one_1%3a2.0-3_all.deb" in said


def test_without_a_lock_the_remedy_is_said(folder):
    (folder / "image.packages").unlink()
    assert index(folder) == (1, f'lock: there is no {folder}/image.packages: "make lock" writes one\n')
