#!/usr/bin/env python3
# What it costs nginx to serve a published tree, beside a plain folder: mirror_serving.py FOLDER_OF_PROGRAMS
# SPDX-License-Identifier: MIT
#
# Both are served by one worker with the POP's own configuration; README.md says how it is measured.

import json
import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from runner import Bench, Contender, run, show, write

RESULTS = Path("build/bench/mirror_serving.json")
STOCK = Path("services/stock")
ROUNDS, SECONDS, START_LIMIT_S = 5, 2, 10
SIZES = {"small.deb": 4 << 10, "package.deb": 64 << 10, "large.deb": 4 << 20}
RATIO_MIN = 0.95

POP = """\
site: {{name: bench, title: Bench, domain: bench.localhost, city: Lyon, country: FR, languages: [en],
  operated_by: {{name: You, contact: noc@example.net}}}}
addresses: {{ipv4: 127.0.0.1}}
services:
  pages: {{http_port: {http}, https_port: {https}}}
  mirror:
    root: {root}
    rsync_port: {rsync}
    downloads_per_prefix: 10000
    projects: [{{name: tree, kind: command, command: /bin/true}}]
"""


def free_ports(n):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def make_trees(top):
    """A published generation, and the same files in a plain folder."""
    for folder in top / "root/tree/generations/1", top / "plain":
        path = folder / "pool/main/p/package"
        path.mkdir(parents=True)
        for name, size in SIZES.items():
            (path / name).write_bytes(bytes(size))
    (top / "root/tree/current").symlink_to("generations/1")


def configure(programs, top, ports):
    """The POP's configuration of nginx, in @top, with a plain folder beside the mirror. Return: its path."""
    (top / "pop.yaml").write_text(POP.format(root=top / "root", http=ports[0], https=ports[1], rsync=ports[2]))
    subprocess.run([programs / "fontaine", "render", top / "pop.yaml", top / "out", "--stock", STOCK], check=True)
    text = (top / "out/nginx/nginx.conf").read_text()
    text = re.sub(r"^\tssl_.*\n|^\t\tlisten .* (ssl|quic reuseport);\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"/(run|var/lib)/nginx", str(top), text).replace("worker_processes auto", "worker_processes 1")
    text = text.replace("keepalive_timeout 30s;", "keepalive_requests 1000000000;")
    plain = f"location /plain/ {{ root {top}; gzip off; expires off; }}"
    text = text.replace("location /shared/", f"{plain}\n\t\tlocation /shared/")
    path = top / "nginx.conf"
    path.write_text(text)
    return path


def worker_of(pid):
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return children[0] if children else None


@contextmanager
def nginx(configuration):
    """Return: the process number of its one worker."""
    server = subprocess.Popen(["nginx", "-e", "stderr", "-c", configuration, "-g", "daemon off;"])
    try:
        end = time.monotonic() + START_LIMIT_S
        while (worker := worker_of(server.pid)) is None and server.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        yield worker
    finally:
        server.terminate()
        server.wait(START_LIMIT_S)


def measure(programs, worker, port, path, size):
    """Requests for each second of the worker's processor time."""
    command = [programs / "bench/load", "-t", "1", "-c", "4", "-s", str(SECONDS), "-d", str(size), "-p", worker,
               "127.0.0.1", str(port), path]
    done = json.loads(subprocess.check_output(command, text=True))
    return done["requests"] / done["server_cpu_seconds"]


def main(programs):
    with TemporaryDirectory() as name:
        top = Path(name)
        top.chmod(0o755)  # the worker is nobody
        make_trees(top)
        ports = free_ports(3)
        with nginx(configure(programs, top, ports)) as worker:
            def contender(label, folder, file):
                path = f"{folder}/pool/main/p/package/{file}"
                return Contender(label, lambda: measure(programs, worker, ports[0], path, SIZES[file]))
            benches = [Bench(f"mirror, {size >> 10} KiB", "requests/CPU second",
                             contender("published tree", "/tree", file), [contender("plain folder", "/plain", file)])
                       for file, size in SIZES.items()]
            results = run(benches, ROUNDS)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    write(results, RESULTS)
    show(results)
    slow = [r.bench.name for r in results if r.bench.name != "mirror, 4 KiB" and r.as_json()["ratio"] < RATIO_MIN]
    if slow:
        sys.exit(f"below {RATIO_MIN} of a plain folder: {', '.join(slow)}")


main(Path(sys.argv[1]))
