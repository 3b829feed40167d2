# The POP that `make up` has started: where its services are, and what goes on inside it. Or its twin in a machine, when
# tests/support/twin.py has started the tests.
# SPDX-License-Identifier: MIT

import json
import os
import shlex
import subprocess
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import yaml

PROJECT = Path(__file__).resolve().parents[2]
BUILD = PROJECT / "build"
POP_FILE = Path(os.environ.get("POP_FILE", PROJECT / "image/pops/demo.yaml"))
IN_VM = os.environ.get("POP_IN_VM", "").split()  # the command that runs others there
SLOWER = 4 if IN_VM else 1
PROGRAMS = BUILD / os.environ.get("VARIANT", "release")  # ours; of a build by sanitizers, say
FONTAINE = PROGRAMS / "fontaine"

FAMILIES = ["ipv4", "ipv6"]
OWN = dict(zip(FAMILIES, os.environ.get("POP_SEES", "127.0.0.1 ::1").split()))  # addresses, of the tests themselves


@cache
def endpoints():
    """service -> protocol -> family -> URL or "address:port"."""
    return json.loads(subprocess.check_output([FONTAINE, "endpoints", POP_FILE, "--json"], timeout=10))


@cache
def site():
    """What the POP file says of the POP."""
    return yaml.safe_load(POP_FILE.read_text())["site"]


@cache
def services():
    """What it says of each service."""
    return yaml.safe_load(POP_FILE.read_text())["services"]


def each_endpoint():
    """Every (service, protocol, family) that the POP promises."""
    return [
        (service, protocol, family)
        for service, protocols in endpoints().items()
        for protocol, families in protocols.items()
        for family in families
    ]


def url(service, protocol="http", family="ipv4", path="/"):
    return endpoints()[service][protocol][family].rstrip("/") + path


def address(service, protocol="http", family="ipv4"):
    """(host, port), as sockets want it."""
    text = endpoints()[service][protocol][family]
    parts = urlsplit(text if "://" in text else f"//{text}")
    return parts.hostname, parts.port


def own(host):
    """Our address, as the POP's address @host sees it."""
    return OWN["ipv6" if ":" in host else "ipv4"]


def visitor(rest):
    """An IPv4 address of a client, by its last three bytes: all of them are this host's."""
    return f"{10 if IN_VM else 127}.{rest}"


def run(*command, check=True, timeout=30):
    """Run a command inside the POP. Its output is text."""
    done = subprocess.run(
        [*IN_VM, shlex.join(map(str, command))] if IN_VM else [PROJECT / "image/exec", *command],
        timeout=timeout * SLOWER, text=True, cwd=PROJECT, stdin=subprocess.DEVNULL, capture_output=True)
    assert not check or done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
    return done


def inside(path):
    """Where a file of the POP is, seen from here."""
    nspawn = (BUILD / "run/pid").read_text().strip()
    init = Path(f"/proc/{nspawn}/task/{nspawn}/children").read_text().strip()
    return Path(f"/proc/{init}/root{path}")


def property_of(unit, name):
    """A property that systemd gives the unit, as text."""
    return run("systemctl", "show", "--value", f"--property={name}", unit).stdout.strip()
