# What goes wrong at an upstream or here: nothing that is published breaks, and the outcome says what is to be done.
# SPDX-License-Identifier: MIT

import contextlib
import os
import shutil
import subprocess
import time

import pytest

from support import mirrord, upstream, upstream_server, wait
from support.mirror_checker import Site, look

pytestmark = pytest.mark.apart

DEBIAN = ("empty", "truncated", "serial", "date", "marker")
KINDS = {"rpm": "repodata/repomd.xml: its serial", "arch": "lastupdate: its date",
         "osm-planet": "replication/minute/state.txt: its serial"}


class Lab:
    """One mirrord; an upstream, served by an rsyncd of its own, for each project."""

    def __init__(self, folder, stack):
        self.folder, self.stack = folder, stack
        self.archives, self.versions, self.servers, self.projects = {}, {}, {}, {}
        first = upstream.make("debian", folder / "first")
        self.ring = first.key.ring
        for name in DEBIAN:
            self.add_debian(name, first)
        for kind in KINDS:
            self.archives[kind] = upstream.make(kind, folder)
            self.versions[kind] = upstream_server.Versions(folder / kind)
            self.serve(kind, folder / kind, kind, max_delete_percent=100)
        for name in ("hostile", "crowded", "twice"):
            (folder / name).mkdir()
            self.serve(name, folder / name, "files")
        self.projects["hostile"]["max_delete_percent"] = 100
        self.projects["twice"]["bandwidth_mbps"] = 8
        other = self.servers["twice"].url.replace("mirror", "other")
        self.projects["nowhere"] = {"kind": "files", "upstreams": [other]}
        self.mirrord = stack.enter_context(mirrord.Mirrord(folder / "mirrord", self.projects))

    def add_debian(self, name, first):
        archive = self.archives[name] = first.copied(self.folder / name)
        self.versions[name] = upstream_server.Versions(archive.folder)
        self.serve(name, archive.folder, "debian", keyring=str(self.ring), max_delete_percent=100)

    def serve(self, name, folder, kind, **keys):
        server = upstream_server.Rsyncd(folder, self.folder / f"{name}.state")
        self.servers[name] = self.stack.enter_context(server)
        self.projects[name] = {"kind": kind, "upstreams": [server.url], **keys}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with contextlib.ExitStack() as stack:
        yield Lab(tmp_path_factory.mktemp("mirror"), stack)


def published(lab, name):
    """Publish the first version of an archive. Return: what is served is as it was, asked later."""
    run = lab.mirrord.run(name)
    assert (run["outcome"], run["generation"]) == ("done", 1), run
    assert look(lab.mirrord.url(name)) == []
    text = lab.mirrord.current(name, "dists/trixie/InRelease").read_bytes()

    def is_as_it_was():
        return look(lab.mirrord.url(name)) == [] and text == lab.mirrord.current(
            name, "dists/trixie/InRelease").read_bytes()
    return is_as_it_was


def change(archive, name="omega"):
    archive.add(name)
    archive.publish()


def test_an_upstream_that_is_empty_is_held_until_released(lab):
    is_as_it_was = published(lab, "empty")
    lab.versions["empty"].keep("whole")
    upstream_server.empty(lab.archives["empty"].folder)
    run = lab.mirrord.run("empty")
    assert (run["outcome"], run["why"]) == ("held", "hold"), run
    assert "no files at all" in run["words"] and "release the project" in run["words"]
    assert lab.mirrord.state("empty")["state"] == "held"
    assert is_as_it_was()
    lab.versions["empty"].back("whole")
    change(lab.archives["empty"])
    assert lab.mirrord.run("empty", "release")["outcome"] == "done"
    assert lab.mirrord.state("empty")["state"] == "waiting"
    assert not is_as_it_was() and look(lab.mirrord.url("empty")) == []


@pytest.mark.parametrize(("name", "words"), [
    ("dists/trixie/InRelease", "signature"), ("dists/trixie/main/binary-amd64/Packages.xz", "size"),
    ("pool/main/g/gamma/gamma_1.0_amd64.deb", "size")])
def test_what_is_truncated_is_not_published(lab, name, words):
    mirror, archive = lab.mirrord, lab.archives["truncated"]
    is_as_it_was = published(lab, "truncated") if not mirror.runs("truncated") else lambda: True
    change(archive, f"omega{len(words)}{name[0]}")
    lab.versions["truncated"].keep(words + name[0])
    upstream_server.truncate(archive.folder, [name], 100)
    run = mirror.run("truncated")
    assert (run["outcome"], run["why"]) == ("rerun", "unsound"), run
    assert words in run["words"] and "trixie" in run["words"], run
    assert is_as_it_was() and look(mirror.url("truncated")) == []
    lab.versions["truncated"].back(words + name[0])
    archive.publish()
    assert mirror.run("truncated")["outcome"] == "done"
    assert look(mirror.url("truncated")) == []


@pytest.mark.parametrize("what", ["serial", "date"])
def test_an_upstream_that_goes_back_is_held(lab, what):
    archive = lab.archives[what]
    if what == "date":
        (archive.folder / "project/trace/master").unlink()
    lab.versions[what].keep("old")
    archive.add("omega")
    archive.publish(at=time.time() + 60)  # a Release says its date in seconds
    if what == "date":
        (archive.folder / "project/trace/master").unlink()
    is_as_it_was = published(lab, what)
    lab.versions[what].back("old")
    run = lab.mirrord.run(what)
    assert (run["outcome"], run["why"]) == ("held", "hold"), run
    assert f"{what} goes back" in run["words"], run
    assert is_as_it_was()


@pytest.mark.parametrize("kind", KINDS)
def test_an_upstream_of_another_kind_that_goes_back_is_held(lab, kind):
    mirror, archive = lab.mirrord, lab.archives[kind]
    archive.publish(at=time.time())
    lab.versions[kind].keep("old")
    archive.publish(at=time.time() + 60)
    assert mirror.run(kind)["outcome"] == "done"
    newest = mirror.current(kind).resolve()
    lab.versions[kind].back("old")
    run = mirror.run(kind)
    assert (run["outcome"], run["why"]) == ("held", "hold"), run
    assert f"{KINDS[kind]} goes back" in run["words"] and "release the project" in run["words"], run
    assert mirror.current(kind).resolve() == newest
    assert mirror.run(kind, "release")["outcome"] == "done"
    assert mirror.current(kind).resolve() != newest


def test_a_marker_of_an_update_stops_publishing_until_it_was_left_behind(lab):
    mirror, archive = lab.mirrord, lab.archives["marker"]
    is_as_it_was = published(lab, "marker")
    change(archive)
    marker = archive.folder / "Archive-Update-in-Progress-up.example"
    marker.touch()
    run = mirror.run("marker")
    assert (run["outcome"], "in mid-update" in run["words"]) == ("rerun", True), run
    assert is_as_it_was()
    os.utime(marker, (at := time.time() - 86400, at))
    assert mirror.run("marker")["outcome"] == "done"
    assert not is_as_it_was() and look(mirror.url("marker")) == []
    assert not mirror.current("marker", marker.name).exists()


def test_an_upstream_without_the_module_is_a_matter_of_configuration(lab):
    run = lab.mirrord.run("nowhere")
    assert (run["outcome"], run["step"]) == ("configuration", "list"), run
    assert "no such module" in run["words"]


def test_what_is_hostile_stays_outside_and_what_is_strange_does_not(lab):
    folder, current = lab.folder / "hostile", lab.mirrord.current("hostile")
    upstream_server.hostile(folder, lab.folder / "mirrord/pop.yaml")
    (folder / "file").write_text("a file")
    (folder / "folder").mkdir()
    (folder / "folder/within").write_text("in a folder")
    assert lab.mirrord.run("hostile")["outcome"] == "done"
    names = {entry.name for entry in current.iterdir()}
    assert names == {"new\nline", "-rf", b"latin\xe9".decode(errors="surrogateescape"), "setuid", "file", "folder"}
    assert (current / "setuid").stat().st_mode & 0o7777 == 0o644
    site = Site(lab.mirrord.url("hostile"))
    assert {site.get(os.fsencode(name))[0] for name in names - {"folder"}} == {200}
    (folder / "file").unlink()
    (folder / "file").mkdir()
    (folder / "file/within").write_text("was a file")
    shutil.rmtree(folder / "folder")
    (folder / "folder").write_text("was a folder")
    assert lab.mirrord.run("hostile")["outcome"] == "done"
    assert (current / "file/within").read_text() == "was a file"
    assert (current / "folder").read_text() == "was a folder"


def test_many_files_in_one_folder(lab):
    """Most of them came from a disk: to fetch so many from here takes longest, and shows nothing of ours."""
    folder, work = lab.folder / "crowded", lab.mirrord.root / "crowded/work"
    upstream_server.crowded(folder)
    work.mkdir()
    subprocess.run(["cp", "-a", folder / "crowd", work], check=True, timeout=30)
    (folder / "crowd/new").touch()
    run = lab.mirrord.run("crowded")
    assert (run["outcome"], run["coming"]) == ("done", 1), run
    assert len(os.listdir(lab.mirrord.current("crowded", "crowd"))) == 100_001
    (folder / "crowd/newer").touch()
    (folder / "crowd/new").unlink()
    run = lab.mirrord.run("crowded")
    assert (run["outcome"], run["coming"], run["going"]) == ("done", 1, 1), run


def test_a_push_in_mid_run_is_one_run_more(lab):
    (lab.folder / "twice/file").write_bytes(os.urandom(2 << 20))
    ended = lab.mirrord.begin("twice")
    lab.mirrord.until_step("twice", "fetch")
    (lab.folder / "twice/more").write_text("more")
    again = lab.mirrord.begin("twice")
    assert ended()["outcome"] == "done"
    wait.until(lambda: len(lab.mirrord.runs("twice")) == 2, "there is one run more")
    assert again()["outcome"] in ("done", "unchanged")
    wait.until(lambda: lab.mirrord.current("twice", "more").exists(), "what came before the push is there")
