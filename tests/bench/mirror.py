#!/usr/bin/env python3
# What a mirror's verification, its switch and its idle hours cost: mirror.py FOLDER_OF_PROGRAMS (README.md says how)
# SPDX-License-Identifier: MIT

import gzip
import hashlib
import json
import lzma
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from disk import disk, make_files
from runner import add, say

sys.path.insert(0, str(Path(__file__).parents[1]))

from support import mirrord  # noqa: E402

PACKAGES, FILES_EACH = 60_000, 1000
FILES = int(os.environ.get("MIRROR_FILES", 200_000))  # of each of two generations
PROJECTS, IDLE_S, SWITCHES = 500, 20, 21

PARAGRAPH = """Package: {name}
Version: 1.{number}
Architecture: amd64
Maintainer: Archive <archive@example.net>
Depends: {depends}
Section: misc
Priority: optional
Filename: {path}
Size: {size}
SHA256: {hash}
Description: one of many packages
Description-md5: {md5}

"""


def paragraph(top, number):
    name, data = f"package{number:05}", os.urandom(64)
    path = f"pool/main/{number % 997}/{name}_1.{number}_amd64.deb"
    (top / path).parent.mkdir(parents=True, exist_ok=True)
    (top / path).write_bytes(data)
    depends = ", ".join(f"package{(number * 7 + other) % PACKAGES:05} (>= 1.{other})" for other in range(14))
    return PARAGRAPH.format(name=name, number=number, depends=depends, path=path, size=len(data),
                            hash=hashlib.sha256(data).hexdigest(), md5=hashlib.md5(data).hexdigest())


def make_archive(top):
    """A suite as large as Debian's."""
    text = "".join(paragraph(top, number) for number in range(PACKAGES)).encode()
    folder = top / "dists/trixie/main/binary-amd64"
    folder.mkdir(parents=True)
    lines = ""
    forms = {"Packages": text, "Packages.gz": gzip.compress(text), "Packages.xz": lzma.compress(text, preset=1)}
    for name, data in forms.items():
        lines += f" {hashlib.sha256(data).hexdigest()} {len(data)} main/binary-amd64/{name}\n"
        if name != "Packages":
            (folder / name).write_bytes(data)
    (top / "dists/trixie/Release").write_text(f"Date: Sat, 09 Aug 2025 09:25:10 UTC\nSHA256:\n{lines}")


def cpu_ticks(pid):
    """Of the daemon alone, as proc_pid_stat(5) has them."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def idle(folder):
    """What a daemon needs whose many projects are not due: a part of a processor, and MiB at most since its start."""
    keys = {"kind": "files", "upstreams": ["rsync://127.0.0.1/none/"]}
    with mirrord.Mirrord(folder, {f"project{n}": keys for n in range(PROJECTS)}) as daemon:
        before, begin = cpu_ticks(daemon.process.pid), time.monotonic()
        time.sleep(IDLE_S)
        ticks = cpu_ticks(daemon.process.pid) - before
        took_s = time.monotonic() - begin
        status = Path(f"/proc/{daemon.process.pid}/status").read_text()
        assert not any(daemon.runs(name) for name in ("project0", f"project{PROJECTS - 1}")), "one was due"
    peak_kib = int(status.partition("VmHWM:")[2].split()[0])
    return max(1, ticks) / os.sysconf("SC_CLK_TCK") / took_s, peak_kib / 1024


def row(name, unit, ours_s, limit, limit_s):
    """Of times, as results.json has them: more is better."""
    return {"name": f"mirror, {name}", "unit": unit, "ours": float(f"{1 / ours_s:.6g}"), "peer": limit,
            "theirs": float(f"{1 / limit_s:.6g}"), "ratio": round(limit_s / ours_s, 3)}


def main(programs):
    def ask(*arguments):
        done = subprocess.run([programs / "bench/mirror", *arguments], check=True, stdout=subprocess.PIPE)
        return json.loads(done.stdout)

    Path("build/bench").mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir="build/bench") as name, disk(Path(name).resolve(), 2 * FILES + 1_000_000) as top:
        say(f"an archive of {PACKAGES:,} packages is made, and verified")
        make_archive(top / "archive")
        verified = [ask("verify", top / "archive") for _ in range(4)][1:]  # the first one reads the disk
        assert all(each["files"] >= PACKAGES and each["found"] == 0 for each in verified), verified
        verify_s = [each["cpu_s"] for each in verified]
        say(f"two generations of {FILES:,} files are made, and switched")
        make_files(top / "p/work", FILES // FILES_EACH, FILES_EACH)
        for _ in range(2):
            ask("publish", top / "p")
        switch_s = [ask("switch", top / "p")["clock_s"] for _ in range(SWITCHES)]
        say(f"{PROJECTS} projects are left alone for {IDLE_S} s")
        idle_part, idle_mib = idle(top / "idle")
    say(f"verification: {min(verify_s):.2f} to {max(verify_s):.2f} s; "
        f"switch: {min(switch_s) * 1000:.1f} to {max(switch_s) * 1000:.1f} ms")
    add([row("60,000 packages verified", "times/CPU second", statistics.median(verify_s), "20 s", 20),
         row("switch", "times/second", statistics.median(switch_s), "50 ms", 0.05),
         row("500 projects idle", "seconds/CPU second", idle_part, "1% of a core", 0.01),
         row("500 projects in memory", "times/GiB", idle_mib / 1024, "64 MiB", 64 / 1024)])


main(Path(sys.argv[1]).resolve())
