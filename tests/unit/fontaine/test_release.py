# packaging/release: what is released is whole, signed and told of; what is not ready is refused.
# SPDX-License-Identifier: MIT

import json
import subprocess
from pathlib import Path

import pytest

from support import debs

PROJECT = Path(__file__).resolve().parents[3]
RELEASE = PROJECT / "packaging/release"
DEBIAN = ("fontaine (1.2.0) unstable; urgency=medium\n\n  * News.\n\n"
          " -- A <a@example.net>  Thu, 01 Jan 2026 00:00:00 +0000\n")
CHANGES = "# Changelog\n\n## 1.2.0 (2026-02-03)\n\n- Faster.\n\n## 1.1.0 (2026-01-01)\n\n- Older.\n"
FILES = {"packaging/debian/changelog": DEBIAN, "CHANGELOG.md": CHANGES, ".gitignore": "build\nimage\nkey*\n",
         "build/deb/fontaine_1.2.0_amd64.deb": "package", "build/deb/fontaine_1.1.0_amd64.deb": "an older one",
         "build/images/lab/fontaine-lab.raw": "disk", "build/images/lab/CHANGELOG.md": CHANGES}
GIT = ["git", "-c", "user.name=a", "-c", "user.email=a@example.net"]


def run(tree, *command):
    return subprocess.run(command, cwd=tree, timeout=60, text=True, capture_output=True, stdin=subprocess.DEVNULL)


def commit(tree):
    assert run(tree, *GIT, "add", ".").returncode == 0
    assert run(tree, *GIT, "commit", "--quiet", "--message=all").returncode == 0


def sbom(version):
    return json.dumps({"documentNamespace": f"urn:{version}", "packages": [
        {"name": "openssl", "versionInfo": version, "sourceInfo": f"openssl {version}"}]})


@pytest.fixture
def tree(tmp_path):
    """A working tree with what a build has left, and a key."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "build/images/lab/fontaine-lab.spdx.json").write_text(sbom("3.5-2"))
    (tmp_path / "image").symlink_to(PROJECT / "image")
    for command in (["git", "init", "--quiet"], ["minisign", "-G", "-W", "-s", "key", "-p", "key.pub"],
                    ["sh", "-c", "cd build/images/lab && sha256sum -- * >../sums && mv ../sums SHA256SUMS"]):
        done = run(tmp_path, *command)
        assert done.returncode == 0, done.stderr
    commit(tmp_path)
    return tmp_path


def release(tree, key="key"):
    return run(tree, RELEASE, "make", "lab", key)


def test_what_is_released_can_be_verified_by_a_stranger(tree):
    done = release(tree)
    assert done.returncode == 0, done.stderr
    folder = tree / "build/releases/1.2.0"
    assert {path.name for path in folder.iterdir()} == {
        "fontaine_1.2.0_amd64.deb", "fontaine-lab.raw", "fontaine-lab.spdx.json", "fontaine-lab.changes.md",
        "CHANGELOG.md", "NOTES.md", "fontaine.pub", "SHA256SUMS", "SHA256SUMS.minisig"}
    assert (folder / "NOTES.md").read_text() == "## 1.2.0 (2026-02-03)\n\n- Faster.\n\n"
    public = (tree / "key.pub").read_text().splitlines()[-1]
    verify = ["minisign", "-V", "-q", "-P", public, "-m", "SHA256SUMS"]
    assert run(folder, *verify).returncode == 0
    assert run(folder, "sha256sum", "--quiet", "--check", "SHA256SUMS").returncode == 0
    (folder / "fontaine-lab.raw").write_text("another disk")
    assert run(folder, "sha256sum", "--quiet", "--check", "SHA256SUMS").returncode != 0
    (folder / "SHA256SUMS").write_text("")
    assert run(folder, *verify).returncode != 0


def test_the_notes_tell_what_is_new_since_the_last_release(tree):
    for version, package in (("1.0.0", "3.5-0"), ("1.1.0", "3.5-1"), ("1.10.0", "3.5-9")):
        folder = tree / "build/releases" / version
        folder.mkdir(parents=True)
        (folder / "fontaine-lab.spdx.json").write_text(sbom(package))
        (folder / "CHANGELOG.md").write_text(CHANGES.replace("Faster", "Slow"))
    changelog = ("openssl (3.5-2) trixie-security; urgency=high\n\n  * CVE-2026-1001.\n\n"
                 "openssl (3.5-1) trixie; urgency=low\n\n  * Known.\n")
    archive = tree / "build/mkosi/packages/cache/apt/archives"
    archive.mkdir(parents=True)
    debs.build(archive, "openssl", "3.5-2", files={"usr/share/doc/openssl/changelog.Debian.gz": changelog})
    done = release(tree)
    assert done.returncode == 0, done.stderr
    assert (tree / "build/releases/1.2.0/NOTES.md").read_text() == (
        "## 1.2.0 (2026-02-03)\n\n- Faster.\n\n"
        "## Since 1.1.0\n\nWhat Debian says of it is in `fontaine-lab.changes.md`.\n\n"
        "## Security updates of Debian\n\n- `openssl` 3.5-1 → 3.5-2: CVE-2026-1001\n\n"
        "## Packages of Debian\n\n| source | was | is | packages |\n|---|---|---|---|\n"
        "| openssl | 3.5-1 | 3.5-2 | openssl |\n\n")
    news = (tree / "build/releases/1.2.0/fontaine-lab.changes.md").read_text()
    assert "- Faster." in news and "  * CVE-2026-1001." in news and "Known" not in news


def not_dated(tree):
    (tree / "CHANGELOG.md").write_text(CHANGES.replace("(2026-02-03)", "(not released)"))
    commit(tree)


def not_told_of(tree):
    (tree / "CHANGELOG.md").write_text(CHANGES.replace("1.2.0", "1.1.5"))
    commit(tree)


def not_committed(tree):
    (tree / "new.c").write_text("")


def another_image(tree):
    (tree / "build/images/lab/fontaine-lab.raw").write_text("another disk")


def no_image(tree):
    (tree / "build/images/lab/SHA256SUMS").unlink()


@pytest.mark.parametrize("spoil, complaint", [
    (not_dated, '## 1.2.0 (YYYY-MM-DD)": write the day of the release there, now it is "## 1.2.0 (not released)"'),
    (not_told_of, 'no heading "## 1.2.0 (YYYY-MM-DD)"'),
    (not_committed, "?? new.c"),
    (another_image, "build/images/lab is not as it was made"),
    (no_image, "run 'make image POP=lab'"),
], ids=lambda value: getattr(value, "__name__", ""))
def test_what_is_not_ready_is_refused(tree, spoil, complaint):
    spoil(tree)
    done = release(tree)
    assert done.returncode == 1 and complaint in done.stderr
    assert not (tree / "build/releases/1.2.0/SHA256SUMS.minisig").exists()


def test_a_key_that_is_not_there_is_refused(tree):
    done = release(tree, "keys/none")
    assert done.returncode == 1 and "no key 'keys/none': make one with 'minisign -G'" in done.stderr
