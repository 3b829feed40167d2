#!/usr/bin/env python3
# What a sync costs beside plain rsync: mirror_sync.py FOLDER_OF_PROGRAMS (README.md says what and how)
# SPDX-License-Identifier: MIT

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from disk import disk, make_files
from runner import Bench, Contender, add, isolate, run, say, show

sys.path.insert(0, str(Path(__file__).parents[1]))

from support import mirrord, upstream_server  # noqa: E402

FOLDERS, FILES_EACH, CHANGED_PART, ROUNDS, PROBES = 200, 1000, 20, 7, 20
RUN_LIMIT_S = 300
GAP_S = 0.5  # to be asked whether a run is over costs mirrord time too
ONCE = {"first sync": False, "second sync, 5% new": True}  # and the generation that it makes is a whole farm
ALWAYS = {"nothing new": False, "5% new": True}


class Upstream:
    def __init__(self, top):
        self.top, self.changes = top, 0
        make_files(top, FOLDERS, FILES_EACH)

    def come_to(self, changes):
        """One file in twenty by a new one, others each time, as upstreams do."""
        for nth in range(self.changes, changes):
            for number in range(nth % CHANGED_PART, FOLDERS * FILES_EACH, CHANGED_PART):
                path = self.top / f"pool/{number // FILES_EACH}/{number % FILES_EACH}.deb"
                waiting = path.with_suffix(".new")
                waiting.write_text(f"changed {nth}")
                waiting.rename(path)
        self.changes = changes


def cpu_of(pid):
    """Processor time of a process and of the children that it has waited for, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")


class Side:
    """Who syncs. @sync(): returns what of its processor time does not count."""

    def __init__(self, label, upstream, pid, sync):
        self.label, self.upstream, self.pid, self.sync, self.n_changes = label, upstream, pid, sync, 0

    def measure(self, is_changed):
        """Syncs for each minute of processor time."""
        self.n_changes += is_changed
        self.upstream.come_to(self.n_changes)
        before = cpu_of(self.pid)
        apart = self.sync()
        return 60 / (cpu_of(self.pid) - before - apart)

    def contender(self, is_changed):
        return Contender(self.label, lambda: self.measure(is_changed))


def our_side(programs, upstream, daemon):
    def sync():
        done = daemon.begin("tree", gap_s=GAP_S)(RUN_LIMIT_S)
        assert done["outcome"] in ("done", "unchanged"), done
        if done["outcome"] == "unchanged":
            return 0
        said = subprocess.check_output([programs / "bench/mirror", "check", daemon.current("tree")])
        return json.loads(said)["cpu_s"]

    return Side("mirrord", upstream, daemon.process.pid, sync)


def plain_side(upstream, url, target):
    def sync():
        subprocess.run(["rsync", "-a", "--delete", url, target], check=True)
        return 0

    return Side("rsync -a --delete", upstream, os.getpid(), sync)


def probe_row(daemon, results):
    """A run whose probe says that nothing is new, beside rsync, which looks at all files then."""
    daemon.run("probed")
    before = cpu_of(daemon.process.pid)
    outcomes = {daemon.begin("probed", gap_s=GAP_S)()["outcome"] for _ in range(PROBES)}
    assert outcomes == {"unchanged"}, outcomes
    ours = PROBES * 60 / (cpu_of(daemon.process.pid) - before)
    plain = next(r.as_json() for r in results if r.bench.name == "mirror, nothing new")
    return {**plain, "name": "mirror, probe says unchanged", "ours": float(f"{ours:.6g}"),
            "ratio": round(ours / plain["theirs"], 1)}


def benches(kinds, ours, plain):
    return [Bench(f"mirror, {name}", "syncs/CPU minute", ours.contender(is_changed), [plain.contender(is_changed)])
            for name, is_changed in kinds.items()]


def main(programs):
    isolate()
    with TemporaryDirectory(dir="build/bench") as name, ExitStack() as stack:
        top = stack.enter_context(disk(Path(name).resolve()))
        say(f"an upstream of {FOLDERS * FILES_EACH:,} files is made")
        upstream = Upstream(top / "upstream")
        server = stack.enter_context(upstream_server.Rsyncd(upstream.top, top / "state"))
        (top / "probed").mkdir()
        (top / "probed/lastupdate").write_text("1767225600\n")
        probed = stack.enter_context(upstream_server.Rsyncd(top / "probed", top / "probed.state"))
        projects = {"tree": {"kind": "files", "upstreams": [server.url]},
                    "probed": {"kind": "arch", "upstreams": [probed.url]}}
        daemon = stack.enter_context(mirrord.Mirrord(top / "ours", projects))
        (top / "plain").mkdir()
        sides = our_side(programs, upstream, daemon), plain_side(upstream, server.url, f"{top}/plain/")
        results = run(benches(ONCE, *sides), 1) + run(benches(ALWAYS, *sides), ROUNDS)
        probe = probe_row(daemon, results)
    show(results)
    add([*(r.as_json() for r in results), probe])


main(Path(sys.argv[1]).resolve())
