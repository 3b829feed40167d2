# image/security-report: what Debian's security tracker knows of the packages of an image.
# SPDX-License-Identifier: MIT

import json
import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
REPORT, VEX = PROJECT / "image/security-report", PROJECT / "packaging/fontaine.openvex.json"
PACKAGES = ("chrony 4.6-1 amd64 0 0\nlibuv1t64 1.50.0-1+b7 amd64 0 0\nnginx-light 1.26.3-1 amd64 0 0\n"
            "fontaine 1 amd64 0 0\n")


def of(status, **more):
    return {"releases": {"trixie": {"status": status, **more}}}


TRACKER = {
    "chrony": {"CVE-2026-0001": of("resolved", fixed_version="4.6-2"),
               "CVE-2026-0002": of("resolved", fixed_version="4.6-1"),
               "CVE-2026-0003": of("resolved", fixed_version="0"),
               "CVE-2026-0004": {"releases": {"sid": {"status": "open"}}}},
    "libuv1": {"CVE-2026-0005": of("resolved", fixed_version="1.50.0-1"),  # that of the binary is newer by "+b7"
               "CVE-2026-0006": of("open", urgency="unimportant"), "CVE-2026-0007": of("undetermined")},
    "nginx": {"CVE-2026-0008": of("open"), "CVE-2013-0337": of("open", urgency="unimportant")},
    "another": {"CVE-2026-0009": of("open")},
}


def report(folder, packages=PACKAGES, tracker=None):
    (folder / "image.packages").write_text(packages)
    (folder / "tracker.json").write_text(json.dumps(TRACKER if tracker is None else tracker))
    return subprocess.run([REPORT, "image.packages", "tracker.json", VEX], cwd=folder, timeout=60, text=True,
                          capture_output=True)


def test_each_weakness_is_told_by_what_can_be_done(tmp_path):
    done = report(tmp_path)
    assert done.returncode == 1, done.stderr
    head, *parts = done.stdout.split("\n\n")
    assert head.startswith("image.packages: 4 packages, by Debian's security tracker of 20")
    assert parts[:3] == [
        "Mended by newer packages: build the image again\n  CVE-2026-0001 chrony 4.6-1, mended in 4.6-2",
        "Not mended in Debian yet\n  CVE-2026-0008 nginx 1.26.3-1",
        "Not mended, of little weight by Debian's judgement\n  CVE-2026-0006 libuv1 1.50.0-1"]
    assert parts[3].startswith("Of no concern to a POP\n  CVE-2013-0337 nginx 1.26.3-1: nginx of a POP writes no file")
    assert len(parts) == 4


def test_nothing_to_mend(tmp_path):
    done = report(tmp_path, tracker={"chrony": {"CVE-2026-0008": of("open")}})
    assert done.returncode == 0 and "CVE-2026-0008 chrony" in done.stdout


def test_a_package_that_debian_does_not_have_is_not_passed_over(tmp_path):
    done = report(tmp_path, packages="no-such-package 1 amd64 0 0\n")
    assert done.returncode == 1 and "apt knows no source of no-such-package" in done.stderr
