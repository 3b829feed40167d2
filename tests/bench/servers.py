# The servers that are measured, each with one worker, a folder and a port of its own.
# SPDX-License-Identifier: MIT

import os
import socket
import subprocess
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path

START_LIMIT_S = 10
STOP_LIMIT_S = 10
LOG = Path("build/bench/servers.log")

POP = """\
site:
  name: bench
  title: A POP that is measured
  domain: bench.localhost
  city: Lyon
  country: FR
  languages: [en]
  operated_by: {{name: You, contact: noc@example.net}}
addresses:
  ipv4: 127.0.0.1
services:
  speedtest:
    http_port: {port}
    https_port: {tls_port}
    rpm_port: {rpm_port}
    workers: 1
    requests_per_second: 100000000
    max_connections: 15000
    daily_gib: 1000000
  ipv6test:
    http_port: {ipv6test_port}
    https_port: {ipv6test_tls_port}
    dns_port: {dns_port}
    workers: 1
    requests_per_second: 100000000
    answers_per_second: 100000000
"""

# Of nginx's ways to get rid of an upload "return" costs the least: it answers first, then
# reads the body and drops it. To read it all before the answer is to store or proxy it.
NGINX = """\
user root;
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log stderr warn;
events {{ worker_connections 15000; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    client_max_body_size 0;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        listen 127.0.0.1:{tls_port} ssl;
        ssl_certificate {folder}/server.crt;
        ssl_certificate_key {folder}/server.key;
        ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;  # as ours
        location = /download {{ root {folder}; }}
        location = /upload {{ return 200; }}
        location = /latency {{ return 204; }}
        location = /ip/ {{
            default_type application/json;
            return 200 '{{"ip":"$remote_addr","type":"ipv4","subtype":"","via":"$http_via","padding":"",\
"asn":"","asn_name":"","asnlist":""}}\\n';
        }}
    }}
}}
"""

KNOT = """\
server:
    rundir: {folder}
    listen: 127.0.0.1@{port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: warning
database:
    storage: {folder}
zone:
  - domain: {zone}
    file: {folder}/zone
"""

KNOT_ZONE = """\
$TTL 60
@ SOA ns noc 1 7200 900 1209600 60
@ NS ns
* A 127.0.0.1
"""


class Server:
    def __init__(self, pid, port, tls_port, dns_port):
        self.pid, self.port, self.tls_port, self.dns_port = pid, port, tls_port, dns_port

    def pids(self):
        """The process and its children; a server of ours or nginx has no grandchildren."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [self.pid, *map(int, children.split())]


    def resident_kib(self):
        """Memory of the process that serves: the last one started."""
        status = Path(f"/proc/{self.pids()[-1]}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0])


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def accepts(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def wait_until_it_answers(process, answers):
    end = time.monotonic() + START_LIMIT_S
    while not answers():
        if process.poll() is not None or time.monotonic() > end:
            raise SystemExit(f"{process.args[0]} did not start: see {LOG}")
        time.sleep(0.02)


@contextmanager
def serving(command, port, tls_port=None, dns_port=None, answers=None):
    """answers() says whether it does: when it accepts connections, if not given."""
    with LOG.open("ab") as log:
        process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stderr=log)
    try:
        wait_until_it_answers(process, answers or partial(accepts, port))
        yield Server(process.pid, port, tls_port, dns_port)
    finally:
        process.terminate()
        process.wait(STOP_LIMIT_S)


def make_certificate(folder):
    """server.crt and server.key, for the elliptic curve that everyone speaks."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc",
                    "-subj", "/CN=bench", "-keyout", folder / "server.key", "-out", folder / "server.crt"],
                   check=True, stderr=subprocess.DEVNULL)


def write_files(folder, ports):
    """What a daemon of ours reads. Return: its options."""
    pop = folder / "pop.yaml"
    pop.write_text(POP.format(**ports))
    make_certificate(folder)
    for pages in ("speedtest", "ipv6test", "shared"):
        (folder / "web" / pages).mkdir(parents=True, exist_ok=True)
    return ["--pop", pop, "--web", folder / "web", "--tls", folder]


def free_ports():
    return {key: free_port() for key in
            ("port", "tls_port", "rpm_port", "ipv6test_port", "ipv6test_tls_port", "dns_port")}


def speedtestd(programs, folder):
    ports = free_ports()
    return serving([programs / "speedtestd", *write_files(folder, ports)], ports["port"], ports["tls_port"])


def ipv6testd(programs, folder):
    ports = free_ports()
    command = [programs / "ipv6testd", *write_files(folder, ports)]
    os.environ["STATE_DIRECTORY"] = str(folder)
    subprocess.run([*command, "--prepare", folder / "delegations.zone"], check=True)
    return serving(command, ports["ipv6test_port"], ports["ipv6test_tls_port"], ports["dns_port"])


def knot(folder, zone):
    """Knot DNS with every name below @zone."""
    port = free_port()
    (folder / "zone").write_text(KNOT_ZONE)
    (folder / "knot.conf").write_text(KNOT.format(folder=folder, port=port, zone=zone))
    return serving(["knotd", "-c", folder / "knot.conf"], port, dns_port=port)


def nginx(folder, download_bytes=0):
    port, tls_port = free_port(), free_port()
    make_certificate(folder)
    (folder / "download").write_bytes(os.urandom(download_bytes))
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port, tls_port=tls_port))
    return serving(["nginx", "-c", config], port, tls_port)


def bare(programs, kind, body_bytes):
    port = free_port()
    return serving([programs / "bench/bare", kind, port, body_bytes], port)
