# What connections cost: the memory of idle ones, and the time of any number of busy ones.
# SPDX-License-Identifier: MIT

import json
import subprocess
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from tempfile import mkdtemp

import servers
from runner import Bench, Contender
from speedtest import LOAD_LIMIT_S, gbit_per_cpu_second

IDLE = 10000
THREADS = 100  # of the load that holds them
NUMBERS = [1, 10, 100, 1000, 10000]
TRANSFER_BYTES = 1 << 20
WAYS = {"plain": [], "TLS": ["-k"]}
SERIES = [(direction, way) for direction in ("download", "upload") for way in WAYS]


@contextmanager
def idle(programs, server, path, *options):
    """Hold IDLE connections, each served once before and once after: none is dropped."""
    command = [programs / "bench/load", "-w", "-s0", f"-t{THREADS}", f"-c{IDLE // THREADS}", *options,
               "127.0.0.1", server.tls_port if "-k" in options else server.port, path]
    holder = subprocess.Popen([str(word) for word in command], text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    if holder.stdout.readline() != "held\n":
        raise SystemExit("not every connection was served")
    yield
    said, _ = holder.communicate(timeout=LOAD_LIMIT_S)
    if json.loads(said)["requests"] != 2 * IDLE:
        raise SystemExit("a connection was dropped")


def idle_per_mib(programs, folder, start, path, *options):
    """How many idle connections fit into a MiB of a server that was just started."""
    with start(Path(mkdtemp(dir=folder))) as server:
        before = server.resident_kib()
        with idle(programs, server, path, *options):
            return IDLE * 1024 / (server.resident_kib() - before)


def beside_idle(programs, server, *args):
    with idle(programs, server, "/empty"):
        return gbit_per_cpu_second(programs, server, *args)


def load_of(number, direction):
    """Path and options for so many connections that move bytes at once."""
    if direction == "download":
        return "/garbage?ckSize=1", f"-t{number}", f"-d{TRANSFER_BYTES}"
    return "/empty", f"-t{number}", f"-u{TRANSFER_BYTES}"


def counted(number):
    return f"{number:,} connection" + "s" * (number > 1)


def growth_name(direction, way, number):
    return f"{way} {direction}, {counted(number)}"


def benches(programs, folder, stack):
    """Start the server, until @stack ends, and say what to measure of it and of fresh ones."""
    ours = stack.enter_context(servers.speedtestd(programs, Path(mkdtemp(dir=folder))))
    gbit = "Gbit per server CPU-second"

    @cache
    def moved(number, direction, way):
        return gbit_per_cpu_second(programs, ours, *load_of(number, direction), *WAYS[way])

    def many(number, direction, way):
        return Contender(counted(number), partial(moved, number, direction, way))

    def idling(label, start, path, way):
        return Contender(label, partial(idle_per_mib, programs, folder, start, path, *WAYS[way]))

    memory = [Bench(f"idle connections, {way}", "in a MiB of memory",
                    idling("speedtestd", partial(servers.speedtestd, programs), "/empty", way),
                    [idling("nginx", servers.nginx, "/latency", way)], rounds=1)
              for way in WAYS]
    without = partial(gbit_per_cpu_second, programs, ours, *load_of(10, "download"))
    beside = Bench("download beside 10,000 idle", gbit,
                   Contender("beside", partial(beside_idle, programs, ours, *load_of(10, "download"))),
                   [Contender("without", without)], rounds=3)
    growth = [Bench(growth_name(direction, way, number), gbit, many(number, direction, way),
                    [many(1, direction, way)], rounds=1)
              for direction, way in SERIES for number in NUMBERS]
    return [*memory, beside, *growth]
