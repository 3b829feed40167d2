#!/usr/bin/env python3
# What publishing a mirror costs beside rsync: mirror.py FOLDER_OF_PROGRAMS (README.md says what and how)
# SPDX-License-Identifier: MIT

import gzip
import hashlib
import json
import lzma
import os
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

RESULTS = Path("build/bench")
PACKAGES, FOLDERS, FILES_EACH = 60_000, 200, 1000
LIMITS = {"verify_cpu_s": 20, "switch_s": 0.05, "changed_ratio": 0.25}

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
    for name, data in ("Packages", text), ("Packages.gz", gzip.compress(text)), ("Packages.xz", lzma.compress(text)):
        lines += f" {hashlib.sha256(data).hexdigest()} {len(data)} main/binary-amd64/{name}\n"
        if name != "Packages":
            (folder / name).write_bytes(data)
    (top / "dists/trixie/Release").write_text(f"Date: Sat, 09 Aug 2025 09:25:10 UTC\nSHA256:\n{lines}")


def make_files(top):
    for folder in range(FOLDERS):
        (top / f"pool/{folder}").mkdir(parents=True)
        for file in range(FILES_EACH):
            (top / f"pool/{folder}/{file}.deb").write_text(f"{folder} {file}")


def change_files(top, part):
    """So many of a hundred, as upstreams do: by new files."""
    for path in list(top.glob("pool/*/*.deb"))[:: 100 // part]:
        waiting = path.with_suffix(".new")
        waiting.write_text("changed since")
        waiting.rename(path)


def cpu_of(*command):
    """The processor time of a command with all its children, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(programs):
    def ask(*arguments):
        done = subprocess.run([programs / "bench/mirror", *arguments], check=True, stdout=subprocess.PIPE)
        return json.loads(done.stdout)

    def sync():
        return cpu_of("rsync", "-a", "--delete", f"{top}/upstream/", top / "p" / "work")

    RESULTS.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=RESULTS) as name:
        top = Path(name)
        make_archive(top / "archive")
        verified = [ask("verify", top / "archive") for _ in range(3)][-1]
        make_files(top / "upstream")
        (top / "p").mkdir()
        sync()
        made = [ask("publish", top / "p") for _ in range(4)]  # the last one out of the first
        change_files(top / "upstream", 5)
        rsync_cpu = sync()
        changed = ask("publish", top / "p")
    results = {"verify_cpu_s": verified["cpu_s"], "verify_files": verified["files"], "new_cpu_s": made[0]["cpu_s"],
               "unchanged_cpu_s": made[-1]["cpu_s"], "rsync_changed_cpu_s": round(rsync_cpu, 3),
               "changed_cpu_s": changed["cpu_s"], "changed_ratio": round(changed["cpu_s"] / rsync_cpu, 3),
               "switch_s": max(one["switch_s"] for one in [*made, changed])}
    (RESULTS / "mirror.json").write_text(json.dumps(results, indent=1))
    print("\n".join(f"{name:20} {value}" for name, value in results.items()))
    return [name for name, limit in LIMITS.items() if results[name] > limit]


sys.exit(", ".join(main(Path(sys.argv[1]).resolve())) or None)
