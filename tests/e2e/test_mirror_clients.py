# Clients and mirrors of the field, unmodified, at ours while its upstreams change: dnf, Debian's ftpsync, mirrorbits;
# by nginx and rsyncd with the POP's own configuration. (apt-get: test_mirror_consistency.py.)
# SPDX-License-Identifier: MIT

import contextlib

import pytest

from support import mirrord, repeated, upstream, upstream_server, wait
from support.mirror_checker import Folder, Site, look_at
from support.mirror_clients import Dnf, Ftpsync, Mirrorbits

pytestmark = pytest.mark.apart

ROUNDS = 3
LIMIT_S = 30
GAMMA = "pool/main/g/gamma/gamma_{}_amd64.deb"


class Lab:
    def __init__(self, folder, stack):
        self.archives = {kind: upstream.make(kind, folder / "up") for kind in ("debian", "rpm")}
        projects = {}
        for kind, archive in self.archives.items():
            server = stack.enter_context(upstream_server.Rsyncd(archive.folder, folder / f"{kind}.rsyncd"))
            projects[kind] = {"kind": kind, "upstreams": [server.url], "max_delete_percent": 50}
        self.mirrord = stack.enter_context(mirrord.Mirrord(folder / "mirrord", projects))
        for kind in projects:
            assert self.mirrord.run(kind)["outcome"] == "done"

    def changing(self, kind, package):
        return Changing(self.archives[kind], self.mirrord, kind, package)


class Changing(repeated.Repeated):
    """Brings a new version of one package all the time, and takes the one before away."""

    def __init__(self, archive, mirror, kind, package):
        super().__init__()
        self.archive, self.mirrord, self.kind, self.package, self.n = archive, mirror, kind, package, 0

    def step(self):
        self.n += 1
        self.archive.remove(self.package)
        self.archive.add(self.package, f"2.{self.n}")
        self.archive.publish()
        self.mirrord.run(self.kind)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with contextlib.ExitStack() as stack:
        yield Lab(tmp_path_factory.mktemp("clients"), stack)


def test_dnf_never_fails_while_its_repository_changes(lab, tmp_path):
    dnf, wrong = Dnf(tmp_path, lab.mirrord.url("rpm")), []

    def has_seen_changes():
        wrong.append(dnf.download("alpha", "beta"))
        return len(list(dnf.packages.glob("alpha-2.*.rpm"))) >= ROUNDS
    with lab.changing("rpm", "alpha"):
        wait.until(has_seen_changes, "dnf has seen changes", LIMIT_S)
    assert set(wrong) == {""}, wrong


def test_a_mirror_further_down_is_whole_after_each_run_of_ftpsync(lab, tmp_path):
    ftpsync = Ftpsync(tmp_path, "down.example", lab.mirrord.rsync_port, "debian")
    with lab.changing("debian", "gamma"):
        for _ in range(ROUNDS):
            assert ftpsync.sync() == ""
            assert look_at(Folder(ftpsync.tree), "GET") == []
    lab.mirrord.run("debian")
    assert ftpsync.sync() == ""
    traces = ftpsync.tree / "project/trace"
    assert {path.name for path in traces.iterdir()} == {
        "master", "pop.test", "down.example", "_traces", "_hierarchy", "_hierarchy.mirror"}
    assert f"Archive serial: {lab.archives['debian'].serial}\n" in (traces / "down.example").read_text()
    lines = (traces / "_hierarchy").read_text().splitlines()
    assert [line.split()[0] for line in lines] == ["pop.test", "down.example"], lines
    assert (traces / "pop.test").read_text() == lab.mirrord.current("debian", "project/trace/pop.test").read_text()


def test_mirrorbits_sends_to_us_what_we_have(lab, tmp_path):
    archive, mirror = lab.archives["debian"], lab.mirrord
    archive.remove("gamma")
    archive.add("gamma", "3.0")
    archive.publish()
    mirror.run("debian")
    own = mirror.url("debian")
    with Mirrorbits(tmp_path, archive.folder, own, mirror.url("debian", "rsync")) as mirrorbits:
        path = GAMMA.format("3.0")
        assert mirrorbits.leads_to(path) == own + path
        assert Site(own).get(path)[2] == (archive.folder / path).read_bytes()
        archive.add("gamma", "3.1")
        archive.publish()
        newer = GAMMA.format("3.1")
        mirrorbits.scan()
        assert mirrorbits.leads_to(newer) is None  # it is not here yet
        mirror.run("debian")
        mirrorbits.scan()
        assert mirrorbits.leads_to(newer) == own + newer
