# Where no hard links can be made, what is served changes in two stages: no index names what is not there yet, or what
# is not there any more; also after a kill at any moment.
# SPDX-License-Identifier: MIT

import contextlib
import signal
import subprocess

import pytest

from support import mirrord, upstream, upstream_server, wait
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
        projects = {"debian": {"kind": "debian", "upstreams": [server.url], "keyring": str(self.archive.key.ring)}}
        self.mirrord = stack.enter_context(mirrord.Mirrord(folder / "mirrord", projects))
        disk = self.mirrord.root / "debian/generations"
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


def test_what_goes_is_removed_last(lab):
    lab.archive.remove("p1")
    lab.archive.publish()
    assert lab.mirrord.run("debian")["outcome"] == "done"
    assert look(lab.mirrord.url("debian")) == []
    assert not lab.mirrord.current("debian", "pool/main/p/p1").exists()
    assert not list(lab.mirrord.current("debian").glob("Archive-Update-in-Progress-*"))


def test_mirrord_that_is_killed_at_any_moment(lab):
    mirror = lab.mirrord
    for _ in mirror.killed_at_any_moment("debian", lambda n: lab.change(f"r{n}"), 6):
        assert look(mirror.url("debian")) == []
    wait.until(lambda: mirror.current("debian", "pool/main/r/r6").exists(), "the last change is published", 30)
    wait.until(lambda: not list(mirror.current("debian").glob("Archive-Update-in-Progress-*")), "it is whole", 30)
    assert look(mirror.url("debian")) == []
