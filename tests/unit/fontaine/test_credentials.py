# fontaine credentials disk: what it takes, and what is on the disk then.
# SPDX-License-Identifier: MIT

import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
FONTAINE = PROJECT / "build/release/fontaine"
LAB = PROJECT / "image/pops/lab.yaml"
NAME = "ssh.authorized_keys.root"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPYJ anna\n"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "secrets"
    folder.mkdir()
    return folder


def make(folder, *pop_file):
    image = folder.parent / "disk"
    done = subprocess.run([FONTAINE, "credentials", "disk", folder, image, *pop_file], text=True, capture_output=True,
                          timeout=60)
    return done, image


def test_disk(folder):
    (folder / NAME).write_text(KEY)
    (folder / "mirror-push.paris").write_text("token\n")
    done, image = make(folder, LAB)
    assert (done.returncode, done.stderr) == (0, "")
    assert image.stat().st_mode & 0o777 == 0o600
    label = subprocess.run(["blkid", "-p", "-s", "LABEL", "-o", "value", image], text=True, capture_output=True).stdout
    assert label == "CREDENTIALS\n"
    text = subprocess.run(["mcopy", "-i", image, f"::{NAME}", "-"], text=True, capture_output=True, timeout=20).stdout
    assert text == KEY


@pytest.mark.parametrize("name, text, what", [
    ("ssh.authorized_keys", KEY, "a POP takes no credential of this name"),
    (NAME, "nobody", "it is not what it should be"),
    ("passwd.hashed-password.root", "x", "no user of a POP has a password"),
    ("mirror-push.paris", "token", f"{NAME}: it is missing"),
])
def test_refused(folder, name, text, what):
    (folder / name).write_text(text)
    done, image = make(folder, LAB)
    assert done.returncode == 2
    assert what in done.stderr
    assert not image.exists()


def test_no_folder(folder):
    done, image = make(folder / "none")
    assert done.returncode == 2
    assert "No such file" in done.stderr
    assert not image.exists()
