#!/usr/bin/python3
# docs/DEPENDENCIES.md has each package that Fontaine is made of, built with or tested by: tests/lint/dependencies.py
# SPDX-License-Identifier: MIT
#
# Started as a program, it writes today's versions into the page; licences and reasons are written by hand.

import json
import re
import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs/DEPENDENCIES.md"
NPM = PROJECT / "tests/clients/npm"
ROW = re.compile(r"^\| `([^`]+)` \| (\S*) \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE)
HELPERS = {"debhelper-compat", "dh-sequence-installsysusers"}  # names that debhelper has beside its own


def of_control():
    """What our packages are built with and depend on; of alternatives, the first."""
    text = (PROJECT / "packaging/debian/control").read_text()
    for names in re.findall(r"^(?:Build-Depends|Depends|Recommends):(.*?)^(?=\S|$)", text, re.MULTILINE | re.DOTALL):
        for name in names.split(","):
            name = name.split("|")[0].split("(")[0].strip()
            if name and not name.startswith(("$", "fontaine")):
                yield name


def of_image(path):
    text = (PROJECT / path).read_text()
    yield from re.search(r"^Packages=\n((?: +\S+\n)+)", text, re.MULTILINE)[1].split()


def of_workshop():
    for line in (PROJECT / "image/workshop/packages").read_text().splitlines():
        yield from line.partition("#")[0].split()


def debian():
    images = "mkosi.conf", "mkosi.profiles/disk/mkosi.conf", "mkosi.images/initrd/mkosi.conf"
    found = {*of_control(), *of_workshop(), *(name for path in images for name in of_image(f"image/{path}"))}
    return found - HELPERS


def npm():
    """name -> (version, licence), of those that we ask for and those that they ask for."""
    lock = json.loads((NPM / "package-lock.json").read_text())["packages"]
    return {path.rpartition("node_modules/")[2]: (entry["version"], entry["license"])
            for path, entry in lock.items() if path}


def rows():
    """(name, version, licence, why) of each row."""
    return ROW.findall(PAGE.read_text())


def findings():
    listed = {}
    for name, version, licence, why in rows():
        if name in listed:
            yield f"{name}: more than one row"
        if not (version and licence.strip() and why.strip()):
            yield f"{name}: version, licence or reason is missing"
        listed[name] = (version, licence)
    wanted = debian() | set(npm())
    yield from (f"{name}: no row; write one, then run 'make dependencies'" for name in sorted(wanted - set(listed)))
    yield from (f"{name}: a row, but nothing needs it" for name in sorted(set(listed) - wanted))
    yield from (f"{name}: {listed[name]} in the page, {locked} in the lock file"
                for name, locked in npm().items() if name in listed and listed[name] != locked)


def version_today(name):
    if name in npm():
        return npm()[name][0]
    told = subprocess.check_output(["apt-cache", "policy", name], timeout=30, text=True)
    return re.search(r"Candidate: (\S+)", told)[1]


def main():
    text = ROW.sub(lambda row: f"| `{row[1]}` | {version_today(row[1])} | {row[3]} | {row[4]} |", PAGE.read_text())
    PAGE.write_text(text)


if __name__ == "__main__":
    main()
