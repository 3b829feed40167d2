# The speed test: bytes and requests for each second of the server's processor time.
# SPDX-License-Identifier: MIT

import json
import subprocess
from functools import partial

import servers
from runner import Bench, Contender

BODY_BYTES = 100 << 20
SECONDS = 1
DOWNLOADS = 6  # at once, as LibreSpeed's client opens them
UPLOADS = 3
LATENCY_CLIENTS = 64
LOAD_LIMIT_S = 90


def load(programs, server, path, *options):
    """What load.c says of one run."""
    command = [programs / "bench/load", "-s", SECONDS, *options, *(f"-p{pid}" for pid in server.pids()),
               "127.0.0.1", server.tls_port if "-k" in options else server.port, path]
    done = subprocess.run([str(word) for word in command], check=True, timeout=LOAD_LIMIT_S,
                          stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def gbit_per_cpu_second(*args):
    done = load(*args)
    return done["bytes"] * 8e-9 / done["server_cpu_seconds"]


def requests_per_cpu_second(*args):
    done = load(*args)
    return done["requests"] / done["server_cpu_seconds"]


def benches(programs, folder, stack):
    """Start the servers, until @stack ends, and say what to measure of them."""
    ours = stack.enter_context(servers.speedtestd(programs, folder))
    nginx = stack.enter_context(servers.nginx(folder, BODY_BYTES))
    write, sendfile, trunc = (stack.enter_context(servers.bare(programs, kind, BODY_BYTES))
                              for kind in ("write", "sendfile", "trunc"))

    def download(label, server, path, *options):
        return Contender(label, partial(gbit_per_cpu_second, programs, server, path,
                                        f"-t{DOWNLOADS}", f"-d{BODY_BYTES}", *options))

    def upload(label, server, path, *options):
        return Contender(label, partial(gbit_per_cpu_second, programs, server, path,
                                        f"-t{UPLOADS}", f"-u{BODY_BYTES}", *options))

    def latency(label, server, path):
        return Contender(label, partial(requests_per_cpu_second, programs, server, path,
                                        f"-c{LATENCY_CLIENTS}"))

    gbit, requests = "Gbit per server CPU-second", "requests per server CPU-second"
    return [
        Bench("speedtest download", gbit, download("speedtestd", ours, "/garbage?ckSize=100"),
              [download("nginx sendfile", nginx, "/download"),
               download("bare write loop", write, "/"),
               download("bare sendfile loop", sendfile, "/")]),
        Bench("speedtest upload", gbit, upload("speedtestd", ours, "/empty"),
              [upload("nginx discarding", nginx, "/upload"),
               upload("bare MSG_TRUNC loop", trunc, "/")]),
        Bench("TLS download", gbit, download("speedtestd", ours, "/garbage?ckSize=100", "-k"),
              [download("nginx", nginx, "/download", "-k")]),
        Bench("TLS upload", gbit, upload("speedtestd", ours, "/empty", "-k"),
              [upload("nginx discarding", nginx, "/upload", "-k")]),
        Bench("speedtest latency request", requests, latency("speedtestd", ours, "/empty"),
              [latency("nginx return 204", nginx, "/latency")]),
    ]
