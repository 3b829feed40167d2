# Our packages on a plain Debian 13 without the image: it becomes a POP, and is plain again.
# SPDX-License-Identifier: MIT

import shutil
import subprocess

import pytest

from support import pop, wait
from support.plain_debian import plain_debian

DEBS = sorted(path for path in (pop.BUILD / "deb").glob("*.deb") if "-dbgsym_" not in path.name)
OURS = [path.name.partition("_")[0] for path in DEBS]
STOCK = [f"{name}.service" for name in ("bird", "chrony", "coturn", "knot", "nginx", "nsd", "unbound")]
MIRRORS = "/srv/mirror"  # as the POP file says: whoever wants them away removes them
# What systemd names by chance; and what Debian's nsd makes at boot and removes only when its own unit has run.
OF_DEBIAN = [word for path in ("/run/systemd", "/var/log/journal", "/run/nsd")
             for word in ("-path", path, "-prune", "-o")]
# Pages are data here, and no documentation.
NO_FINDING = "package-contains-documentation-outside-usr-share-doc"


@pytest.mark.timeout(620)
def test_lintian():
    changes = list((pop.BUILD / "deb").glob("*.changes"))
    said = subprocess.run(["lintian", "--allow-root", "--display-info", "--tag-display-limit=0",
                           f"--suppress-tags={NO_FINDING}", *changes], timeout=600, text=True, capture_output=True)
    assert len(changes) == 1 and said.stdout + said.stderr == ""


def with_packages(machine):
    """Our packages, where its apt finds them."""
    folder = machine.root / "root/new"
    folder.mkdir()
    for deb in DEBS:
        shutil.copy(deb, folder)
    return [f"/root/new/{deb.name}" for deb in DEBS]


def traces(machine):
    """Whatever a package can leave: files, users, groups, units that systemd knows or that have failed."""
    def lines(*command):
        return {(command[0], line) for line in machine.run(*command).stdout.splitlines()}

    return (lines("find", "/", "/run", "/tmp", "-xdev", *OF_DEBIAN, "-print")
            | lines("cut", "-d:", "-f1", "/etc/passwd", "/etc/group")
            | lines("systemctl", "list-unit-files", "--plain", "--no-legend")
            | lines("systemctl", "list-units", "--failed", "--plain", "--no-legend"))


def known_packages(machine):
    return set(machine.run("dpkg-query", "--show", "--showformat=${Package}\n").stdout.split())


def what_debian_leaves(names):
    """The traces of the packages @names of Debian, which were installed and are gone."""
    with plain_debian() as machine:
        machine.apt("install", *names)
        machine.halt()
        machine.boot()
        machine.apt("purge", *names)
        machine.run("systemctl", "reset-failed")
        return traces(machine)


def active(machine, *units):
    said = machine.run("systemctl", "is-active", *units, check=False).stdout.split()
    return [unit for unit, state in zip(units, said, strict=True) if state not in ("inactive", "failed")]


def failed(machine):
    return machine.run("systemctl", "list-units", "--failed", "--plain", "--no-legend").stdout


def answers(machine):
    """Whether each service of the POP file does."""
    return machine.run("fontaine", "status", check=False).returncode == 0


def is_a_pop(machine):
    wait.until(lambda: answers(machine), "a plain Debian whose every service answers", 120, 1)
    assert failed(machine) == ""
    assert active(machine, "bird.service", "nsd.service") == []  # which this POP file does not switch on


@pytest.mark.timeout(1800)
def test_a_plain_debian_becomes_a_pop_and_is_plain_again():
    with plain_debian() as machine:
        before = known_packages(machine)
        machine.apt("install", *with_packages(machine))
        assert (active(machine, *STOCK), failed(machine)) == ([], "")  # nothing serves before there is a POP file

        (machine.root / "etc/fontaine").mkdir()
        shutil.copy(pop.POP_FILE, machine.root / "etc/fontaine/pop.yaml")
        machine.run("systemctl", "daemon-reload")
        machine.run("systemctl", "start", "multi-user.target")
        is_a_pop(machine)

        machine.halt()
        machine.boot()
        is_a_pop(machine)

        machine.apt("install", "--reinstall", *(f"/root/new/{deb.name}" for deb in DEBS))
        is_a_pop(machine)

        machine.apt("remove", *OURS)
        assert machine.run("ss", "--no-header", "--listening", "--tcp", "--udp").stdout == ""
        came = known_packages(machine) - before
        machine.apt("purge", *came)
        shutil.rmtree(machine.root / "root/new")
        shutil.rmtree(f"{machine.root}{MIRRORS}")
        left = traces(machine)
    left -= what_debian_leaves(came - set(OURS))
    assert "\n".join(sorted(" ".join(trace) for trace in left)) == ""
