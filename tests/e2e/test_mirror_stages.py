# Where no hard links can be made, what is served changes in two stages: no index names what is not there yet, or what
# is not there any more. (After a kill: test_mirror_kills.py.)
# SPDX-License-Identifier: MIT

import contextlib
import subprocess

import pytest

from support import mirrord, upstream, upstream_server
from support.mirror_checker import Apt, Sampler, look

pytestmark = pytest.mark.apart

CHANGES = 6


class Lab:
    """A mirrord of one archive, whose generations would be on another disk."""

    def __init__(self, folder, stack):
        self.archive = upstream.make("debian", folder / "up")
        for number in range(40):
            self.archive.add(f"p{number}", size=20_000)
        self.archive.publish()
        server = stack.enter_context(upstream_server.Rsyncd(self.archive.folder, folder / "state"))
        projects = {"debian": {"kind": "debian", "upstreams": [server.url], "keyring": str(self.archive.key.ring)},
                    "own": {"kind": "command", "command": "/bin/true"}}
        self.mirrord = stack.enter_context(mirrord.Mirrord(folder / "mirrord", projects))
        for project in projects:
            disk = self.mirrord.root / project / "generations"
            disk.mkdir(parents=True)
            subprocess.run(["mount", "-t", "tmpfs", "disk", disk], check=True, timeout=10)
            stack.callback(subprocess.run, ["umount", "--lazy", disk], check=True, timeout=10)

    def change(self, name):
        self.archive.add(name, size=20_000)
        self.archive.publish()


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with contextlib.ExitStack() as stack:
        made = Lab(tmp_path_factory.mktemp("mirror"), stack)
        run = made.mirrord.run("debian")
        assert (run["outcome"], run["generation"]) == ("done", None), run
        assert made.mirrord.current("debian").readlink().name == "tree"
        yield made


def test_no_index_names_a_file_that_is_not_there(lab, tmp_path):
    mirror = lab.mirrord
    apt = Apt(tmp_path / "apt", mirror.url("debian"), lab.archive.key.ring)
    with Sampler(mirror.url("debian")) as sampler:
        for number in range(CHANGES):
            lab.change(f"q{number}")
            assert mirror.run("debian")["outcome"] == "done"
            assert (apt.update() or apt.download("gamma", f"q{number}")) == ""
    assert sampler.wrong == [] and sampler.n_samples > CHANGES
    trace = mirror.current("debian", "project/trace/pop.test").read_text()
    assert f"Archive serial: {lab.archive.serial}\n" in trace


def test_a_command_says_that_it_needs_hard_links(lab):
    run = lab.mirrord.run("own")
    assert (run["outcome"], "a command needs hard links" in run["words"]) == ("held", True), run


def test_what_goes_is_removed_last(lab):
    lab.archive.remove("p1")
    lab.archive.publish()
    assert lab.mirrord.run("debian")["outcome"] == "done"
    assert look(lab.mirrord.url("debian")) == []
    assert not lab.mirrord.current("debian", "pool/main/p/p1").exists()
    assert not list(lab.mirrord.current("debian").glob("Archive-Update-in-Progress-*"))
