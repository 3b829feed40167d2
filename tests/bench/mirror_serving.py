#!/usr/bin/env python3
# What it costs nginx to serve a published tree, beside plain folders: mirror_serving.py FOLDER_OF_PROGRAMS
# SPDX-License-Identifier: MIT
#
# Each is served by one worker; README.md says how it is measured.

import json
import re
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from runner import Bench, Contender, add, isolate, run, show

sys.path.insert(0, str(Path(__file__).parents[1]))

from support import stock  # noqa: E402

ROUNDS, SECONDS, START_LIMIT_S = 15, 1, 10
SIZES = {"small.deb": 4 << 10, "package.deb": 64 << 10, "large.deb": 4 << 20}
KEEPALIVE = "keepalive_requests 1000000000;"
DEBIAN = Path("/etc/nginx/nginx.conf")
BARE = """\
pid {top}/bare.pid;
events {{ worker_connections 768; }}
http {{
	include /etc/nginx/mime.types;
	access_log off;
	sendfile on;
	tcp_nopush on;
	{keepalive}
	server {{ listen 127.0.0.1:{port}; root {top}; }}
}}
"""

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
    """A published generation, and a plain folder: of the same files, since the pages of two in memory may differ."""
    paths = [folder / "pool/main/p/package" for folder in (top / "plain", top / "root/tree/generations/1")]
    for path in paths:
        path.mkdir(parents=True)
    for name, size in SIZES.items():
        (paths[0] / name).write_bytes(bytes(size))
        (paths[1] / name).hardlink_to(paths[0] / name)
    (top / "root/tree/current").symlink_to("generations/1")


def configure_ours(programs, top, ports):
    """The POP's configuration of nginx, in @top. Return: its path."""
    (top / "pop.yaml").write_text(POP.format(root=top / "root", http=ports[0], https=ports[1], rsync=ports[2]))
    stock.render(programs / "fontaine", top / "pop.yaml", top / "out")
    text = stock.nginx(top / "out", top).replace("worker_processes auto", "worker_processes 1")
    text = text.replace("keepalive_timeout 30s;", KEEPALIVE)
    return put(top / "nginx.conf", text)


def configure_debian(top, port):
    """As Debian's package has it, with its log of each request. Return: its path."""
    text = re.sub(r"^(user|include|\tinclude .*(enabled|conf\.d)).*\n|^worker_.*\n", "", DEBIAN.read_text(),
                  flags=re.MULTILINE)
    text = re.sub(r"/(run|var/log/nginx)/", f"{top}/debian-", text)
    server = f"\n{KEEPALIVE}\n\tserver {{ listen 127.0.0.1:{port}; root {top}; }}\n"
    return put(top / "debian.conf", text.replace("http {", f"http {{{server}", 1))


def configure_bare(top, port):
    """Nothing but what serves files. Return: its path."""
    return put(top / "bare.conf", BARE.format(top=top, port=port, keepalive=KEEPALIVE))


def put(path, text):
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


def contender(programs, label, server, port, file, folder):
    path = f"/{folder}/pool/main/p/package/{file}"
    return Contender(label, lambda: measure(programs, server, port, path, SIZES[file]))


def main(programs):
    isolate()
    with TemporaryDirectory() as name, ExitStack() as stack:
        top = Path(name)
        top.chmod(0o755)  # workers are nobody
        make_trees(top)
        ports = free_ports(5)
        ours, debian, bare = (stack.enter_context(nginx(path)) for path in (
            configure_ours(programs, top, ports), configure_debian(top, ports[3]), configure_bare(top, ports[4])))
        benches = [Bench(f"mirror, {size >> 10} KiB", "requests/CPU second",
                         contender(programs, "published tree", ours, ports[0], file, "tree"),
                         [contender(programs, "nginx, Debian's", debian, ports[3], file, "plain"),
                          contender(programs, "nginx, bare", bare, ports[4], file, "plain")])
                   for file, size in SIZES.items()]
        results = run(benches, ROUNDS)
    show(results)
    add([r.as_json() for r in results])


main(Path(sys.argv[1]))
