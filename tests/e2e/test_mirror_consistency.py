# Upstreams that change while they are fetched: at no moment does what is served name a file that is not there; with
# MIRROR_RUNS=50 MIRROR_SAMPLES=2000 for longer. Meanwhile peers that never end what they begin are given up.
# SPDX-License-Identifier: MIT

import contextlib
import os

import pytest

from support import mirrord, repeated, upstream, upstream_server, wait
from support.mirror_checker import Apt, Sampler

pytestmark = pytest.mark.apart

RUNS, SAMPLES = int(os.environ.get("MIRROR_RUNS", 6)), int(os.environ.get("MIRROR_SAMPLES", 150))
LIMIT_S = 45 * max(1, RUNS / 6)
STALLS = {"silent": upstream_server.Silent, "trickler": upstream_server.Trickler}
STALL_LIMIT_S = 90
PACKAGES = 60


class Lab:
    def __init__(self, folder, stack):
        self.archive = upstream.make("debian", folder / "up")
        for number in range(PACKAGES):
            self.archive.add(f"p{number}", size=20_000)
        self.archive.publish()
        server = stack.enter_context(upstream_server.Rsyncd(self.archive.folder, folder / "debian.state"))
        self.rpm = upstream.make("rpm", folder / "up")
        rpm_server = stack.enter_context(upstream_server.Rsyncd(self.rpm.folder, folder / "rpm.state"))
        projects = {
            "debian": {"kind": "debian", "upstreams": [server.url], "keyring": str(self.archive.key.ring),
                       "max_delete_percent": 50},
            "rpm": {"kind": "rpm", "upstreams": [rpm_server.url], "max_delete_percent": 50},
        }
        peers = {name: stack.enter_context(peer()) for name, peer in STALLS.items()}
        peers["stalling"] = stack.enter_context(upstream_server.Proxy(server.port, 200_000))
        for name, peer in peers.items():
            projects[name] = {"kind": "files", "upstreams": [peer.url], "stall_minutes": 1}
        self.stalls = list(peers)
        self.mirrord = stack.enter_context(mirrord.Mirrord(folder / "mirrord", projects))
        for name in self.stalls:
            self.mirrord.ask("POST", f"/{name}/push")

    def change(self, number):
        """As an archive that is not careful: the pool first, in steps; what goes, goes at once."""
        self.archive.add(f"q{number}", size=20_000)
        self.archive.remove(f"p{number % PACKAGES}")
        self.archive.add(f"p{number % PACKAGES}", f"{number + 2}.0", size=20_000)
        self.archive.publish()


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with contextlib.ExitStack() as stack:
        made = Lab(tmp_path_factory.mktemp("mirror"), stack)
        for name in "debian", "rpm":
            assert made.mirrord.run(name)["outcome"] == "done"
        yield made


class Upstream(repeated.Repeated):
    """Changes the archive all the time, and pushes: every other change comes in the middle of a run."""

    def __init__(self, lab):
        super().__init__()
        self.lab, self.n = lab, 0

    def step(self):
        self.lab.change(self.n)
        self.n += 1
        ended = self.lab.mirrord.begin("debian")
        if self.n % 2:
            ended()


@pytest.mark.timeout(60 + LIMIT_S)
def test_no_index_names_a_file_that_is_not_there(lab, tmp_path):
    mirror = lab.mirrord
    url = mirror.url("debian")
    apt = Apt(tmp_path / "apt", url, lab.archive.key.ring)
    first = mirror.runs("debian")[0]["generation"]
    n_apt, wrong = 0, []
    with Sampler(url) as one, Sampler(url) as two, Upstream(lab) as changing:
        def is_enough():
            nonlocal n_apt
            wrong.extend(filter(None, [apt.update() or apt.download("gamma", "delta")]))
            n_apt += 1
            published = mirror.current("debian").readlink().name
            return int(published) - first >= RUNS and one.n_samples + two.n_samples >= SAMPLES
        wait.until(is_enough, f"{RUNS} are published", LIMIT_S)
    assert one.wrong + two.wrong == []
    assert wrong == []
    assert changing.n > 2 and n_apt > 2
    outcomes = {run["outcome"] for run in mirror.runs("debian") if run["ended"]}
    assert outcomes <= {"done", "rerun", "unchanged"}, outcomes
    print(f"{one.n_samples + two.n_samples} samples, {changing.n} changes, {n_apt} times apt")


def test_the_end_is_the_last_state_of_the_upstream(lab):
    lab.archive.publish()
    wait.until(lambda: lab.mirrord.run("debian")["outcome"] in ("done", "unchanged"), "all is fetched", 30)
    served, own = lab.mirrord.current("debian"), lab.archive.folder
    assert {str(path.relative_to(served)) for path in (served / "pool").rglob("*")} == {
        str(path.relative_to(own)) for path in (own / "pool").rglob("*")}
    trace = (served / "project/trace/pop.test").read_text()
    assert f"Archive serial: {lab.archive.serial}\n" in trace and "Upstream-mirror: 127.0.0.1" in trace


def test_a_repository_of_rpm_that_is_not_whole_is_not_published(lab):
    lab.rpm.add("omega")
    lab.rpm.publish()
    next(lab.rpm.folder.glob("Packages/alpha-*.rpm")).unlink()
    run = lab.mirrord.run("rpm")
    assert (run["outcome"], "alpha" in run["words"]) == ("rerun", True), run
    lab.rpm.add("alpha")
    lab.rpm.publish()
    assert lab.mirrord.run("rpm")["outcome"] == "done"
    assert list(lab.mirrord.current("rpm").glob("Packages/omega-*.rpm"))


@pytest.mark.timeout(STALL_LIMIT_S + 30)
def test_peers_that_are_silent_trickle_or_stall_are_given_up(lab):
    for name in lab.stalls:
        ended = wait.until(lambda name=name: [run for run in lab.mirrord.runs(name) if run["ended"]],
                           f"{name} is given up", STALL_LIMIT_S)
        assert ended[-1]["outcome"] == "retry", ended
        assert ended[-1]["words"], ended
        assert not lab.mirrord.current(name).exists()
