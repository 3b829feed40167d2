# image/changes: what it says of two images, by the packages that the second was built of.
# SPDX-License-Identifier: MIT

import json
import subprocess
from pathlib import Path

import pytest

from support import debs

CHANGES = Path(__file__).resolve().parents[3] / "image/changes"
KERNEL = "linux-image-6.12.{}-amd64"


def entry(source, version, *lines, suite="unstable", urgency="medium"):
    said = "".join(f"  * {line}\n" for line in lines)
    return (f"{source} ({version}) {suite}; urgency={urgency}\n\n{said}\n"
            " -- A <a@example.net>  Thu, 01 Jan 2026 00:00:00 +0000\n\n")


OPENSSL = (entry("openssl", "3.5-1+deb13u3", "CVE-2026-1001: mended.", "CVE-2026-1002 too.", suite="trixie-security")
           + entry("openssl", "3.5-1+deb13u2", "A typo.", suite="trixie") + entry("openssl", "3.5-1+deb13u1", "Known."))
LINUX = (entry("linux-signed-amd64", "6.12.9+1", *(f"Line {n}." for n in range(100)), urgency="high")
         + entry("linux", "6.12.8-1", "Known."))
REBUILT = entry("libcap2", "1:2.75-10+b4", "Rebuild for outdated Built-Using."), entry("libcap2", "1:2.75-10", "Known.")


class Image:
    """A folder with the SBOM of packages, which are built."""

    def __init__(self, folder, changelog="# Changelog\n"):
        self.folder, self.debs, self.packages = folder, folder / "debs", []
        self.debs.mkdir(parents=True)
        (folder / "CHANGELOG.md").write_text(changelog)

    def add(self, name, version, source=None, **more):
        of, _, source_version = (source or name).partition(" ")
        debs.build(self.debs, name, version, source, **more)
        self.packages.append({"name": name, "versionInfo": version,
                              "sourceInfo": f"{of} {source_version.strip('()') or version}"})
        return self

    def write(self):
        (self.folder / "fontaine-lab.spdx.json").write_text(json.dumps(
            {"documentNamespace": f"urn:sha256:{self.folder.name}", "packages": self.packages}))


def doc(name, text, file="changelog.Debian.gz"):
    return {f"usr/share/doc/{name}/{file}": text}


@pytest.fixture
def before(tmp_path):
    return Image(tmp_path / "before")


@pytest.fixture
def now(tmp_path):
    return Image(tmp_path / "now", "# Changelog\n\n- Faster.\n")


def run(before, now):
    return subprocess.run([CHANGES, "lab", before.folder, now.folder, now.debs], text=True, timeout=60,
                          capture_output=True)


def sections(before, now):
    """Heading -> text."""
    before.write()
    now.write()
    done = run(before, now)
    assert (done.returncode, done.stderr) == (0, "")
    head, *rest = done.stdout.split("\n## ")
    assert head == "# What is new in the image of lab\n\nSince the one before, whose SBOM is urn:sha256:before.\n"
    return dict(part.split("\n\n", 1) for part in rest)


def test_the_first_one_says_so(before, now):
    now.write()
    done = run(before, now)
    assert done.returncode == 0 and "It is the first one here: there is none to compare it with.\n" in done.stdout


def test_nothing_new_is_said_to_be(before, now):
    for image in (before, now):
        image.add("adduser", "3.152")
    (before.folder / "CHANGELOG.md").write_text("# Changelog\n\n- Faster.\n")
    assert sections(before, now) == {
        "Fontaine": "Nothing that an operator or a visitor notices.\n", "Security updates of Debian": "None.\n",
        "Packages of Debian": "The same.\n"}


def test_what_mends_a_weakness_is_seen_first(before, now):
    source = "openssl (3.5-1+deb13u{})"
    for image, n in ((before, 1), (now, 3)):
        image.add("libssl3t64", f"3.5-1+deb13u{n}", source.format(n), files=doc("libssl3t64", OPENSSL))
    said = sections(before, now)
    assert list(said)[:2] == ["Fontaine", "Security updates of Debian"]
    assert said["Security updates of Debian"] == \
        "- `openssl` 3.5-1+deb13u1 → 3.5-1+deb13u3: CVE-2026-1001, CVE-2026-1002\n"
    assert "| openssl | 3.5-1+deb13u1 | 3.5-1+deb13u3 | libssl3t64 |" in said["Packages of Debian"]
    told = OPENSSL.rpartition("openssl")[0].strip().replace("+0000\n\n\n", "+0000\n\n")
    assert said["What Debian's changelogs say"] == f"### openssl\n\n```\n{told}\n```\n"


def test_what_goes_back_is_no_update(before, now):
    for image, n in ((before, 3), (now, 2)):
        image.add("openssl", f"3.5-1+deb13u{n}", files=doc("openssl", OPENSSL.partition("\n\nopenssl")[2]))
    assert sections(before, now)["Security updates of Debian"] == \
        "- `openssl` 3.5-1+deb13u3 → 3.5-1+deb13u2: older than before, without what was mended since\n"


def test_a_kernel_has_another_name_each_time_and_much_to_say(before, now):
    for image, n in ((before, 8), (now, 9)):
        name, source = KERNEL.format(n), f"linux-signed-amd64 (6.12.{n}+1)"
        image.add("linux-image-amd64", f"6.12.{n}-1", source)  # its folder of documents is a link
        image.add(name, f"6.12.{n}-1", source, files=doc(name, LINUX, "changelog.gz"))
    said = sections(before, now)
    assert said["Security updates of Debian"] == "- `linux-signed-amd64` 6.12.8+1 → 6.12.9+1: no CVE is named\n"
    assert said["Packages of Debian"].endswith(
        f"| 6.12.8+1 | 6.12.9+1 | {KERNEL.format(8)} (gone), {KERNEL.format(9)} (new), linux-image-amd64 |\n")
    told = said["What Debian's changelogs say"]
    assert told.endswith("  * Line 37.\n[64 more lines]\n```\n") and "6.12.8-1" not in told


def test_what_was_built_again_says_why(before, now):
    rebuilt, known = REBUILT
    files = {**doc("libcap2", known), **doc("libcap2", rebuilt, "changelog.Debian.amd64.gz")}
    for image, n in ((before, 3), (now, 4)):
        image.add("libcap2", f"1:2.75-10+b{n}", "libcap2 (1:2.75-10)", architecture="amd64", files=files)
    said = sections(before, now)
    assert said["Packages of Debian"].endswith("| libcap2 | 1:2.75-10+b3 | 1:2.75-10+b4 | libcap2 |\n")
    assert "Built-Using" in said["What Debian's changelogs say"] and "Known" not in said["What Debian's changelogs say"]


def test_what_came_and_what_went_is_listed(before, now):
    before.add("bash", "5.2-1").add("liberty", "1-1", "liberty")
    now.add("bash", "5.2-1").add("libnew", "2:1.0-1", "new (1.0-1)")
    assert sections(before, now)["Packages of Debian"].splitlines()[2:] == [
        "| liberty | 1-1 | - | liberty (gone) |", "| new | - | 1.0-1 | libnew (new) |"]


def test_of_ours_the_new_lines_of_the_changelog_are_told(before, now):
    (before.folder / "CHANGELOG.md").write_text("# Changelog\n\n## 0.1.0\n\n- Small.\n")
    (now.folder / "CHANGELOG.md").write_text("# Changelog\n\n## 0.2.0\n\n- Faster.\n\n## 0.1.0\n\n- Small.\n")
    for image, version in ((before, "0.1.0"), (now, "0.2.0")):
        image.add("fontaine-rdnsd", version, f"fontaine ({version})")
    said = sections(before, now)
    assert said["Fontaine"] == "- Faster.\n" and said["Packages of Debian"] == "The same.\n"


def test_a_package_without_its_file_is_refused(before, now):
    before.add("bash", "5.2-1").write()
    now.add("bash", "5.2-2").write()
    (now.debs / "bash_5.2-2_all.deb").unlink()
    done = run(before, now)
    assert done.returncode == 1 and done.stderr.startswith("changes: no file bash_5.2-2_*.deb in ")
