# unbound, Knot DNS and chrony as a POP configures them, beside themselves as their packages do: answers for each second
# of their processor time.
# SPDX-License-Identifier: MIT

import json
import subprocess
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

import servers
from ipv6test_dns import LOAD_LIMIT_S, SECONDS, answers_per_cpu_second, cpu_seconds
from runner import Bench, Contender

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "tests"))
from support import time_server, udp  # noqa: E402 (found by the line before)

AIM = 0.95
ROUNDS = 15  # what they differ by is little
LOST_MAX = 0.001
DOMAIN = "bench.test"
NAMES = ["www", "dns", "ns1", "speedtest", "speedtest-ipv4"]
NO_LIMIT = 1000000  # all questions come from one address

POP = """\
site: {{name: bench, title: Bench, domain: {domain}, city: Lyon, country: FR, languages: [en],
       operated_by: {{name: You, contact: noc@example.net}}}}
addresses: {{ipv4: 127.0.0.1}}
services:
  pages: {{}}
  speedtest: {{}}
  resolver: {{port: {resolver}, tls_port: {dot}, https_port: {doh}, local_root: false, queries_per_second: {limit}}}
  authoritative: {{port: {authoritative}, tls_port: {doq}}}
  ntp: {{port: {ntp}, nts_port: {nts}, set_clock: false}}
"""
# What Debian's packages bring, but for addresses, users and folders, and the zone, which gives the same answers.
UNBOUND = """\
server:
    interface: 127.0.0.1@{port}
    chroot: ""
    username: ""
    pidfile: ""
    directory: "{folder}"
    use-syslog: no
    trust-anchor-file: "/usr/share/dns/root.key"
    do-not-query-localhost: no
    domain-insecure: "{domain}."
    local-zone: "test." transparent
stub-zone:
    name: "{domain}."
    stub-addr: 127.0.0.1@{authoritative}
"""
KNOT = """\
server:
    rundir: {folder}
    automatic-acl: on
    listen: 127.0.0.1@{port}
log:
  - target: stderr
    any: info
database:
    storage: {folder}
template:
  - id: default
    storage: {folder}
zone:
  - domain: {domain}
    file: {zone}
    dnssec-signing: on
    zonefile-sync: -1
    zonefile-load: difference-no-serial
    journal-content: all
"""
# Served without a source, as ours.
CHRONY = """\
driftfile {folder}/chrony.drift
ntsdumpdir {folder}
maxupdateskew 100.0
rtcsync
makestep 1 3
leapseclist /usr/share/zoneinfo/leap-seconds.list
port {port}
bindaddress 127.0.0.1
bindcmdaddress {folder}/chronyd.sock
cmdport 0
pidfile {folder}/pid
allow all
local stratum 10
"""
PLACES = ["/var/lib/fontaine/tls", "/var/lib/unbound", "/run/unbound", "/var/lib/knot", "/run/knot",
          "/var/lib/chrony", "/run/chrony"]


def rendered(programs, folder):
    """Our configurations, all of whose files are in @folder. Return: the ports."""
    keys = "resolver", "dot", "doh", "authoritative", "doq", "ntp", "nts"
    ports = {key: servers.free_port() for key in keys}
    (folder / "pop.yaml").write_text(POP.format(domain=DOMAIN, limit=NO_LIMIT, **ports))
    render = [programs / "fontaine", "render", folder / "pop.yaml", folder, "--stock", PROJECT / "services/stock"]
    subprocess.run(render, check=True)
    servers.make_certificate(folder)
    for name in "unbound/unbound.conf", "knot/knot.conf", "chrony/chrony.conf":
        text = (folder / name).read_text()
        text = text.replace("rate-limit: 100\n", f"rate-limit: {NO_LIMIT}\n    instant-limit: {NO_LIMIT}\n")
        for place in PLACES:
            text = text.replace(place, str(folder))
        (folder / name).write_text(text)
    return ports


def plain(folder, name, text, **values):
    """The packages' way. Return: the file of the configuration, and its port."""
    own = folder / f"plain-{name}"
    own.mkdir()
    port = servers.free_port()
    (own / "conf").write_text(text.format(folder=own, domain=DOMAIN, port=port, **values))
    return own / "conf", port


def tells_the_time(port):
    with suppress(ConnectionRefusedError):
        return udp.exchange(("127.0.0.1", port), time_server.question(token=1)) != b""


def answers_to_clients_per_cpu_second(program, server):
    """By chrony, to 130,000 clients."""
    before = cpu_seconds(server.pid)
    done = subprocess.run([program, str(server.port), str(SECONDS)], check=True, timeout=LOAD_LIMIT_S, text=True,
                          stdout=subprocess.PIPE)
    used = cpu_seconds(server.pid) - before
    asked, answered = json.loads(done.stdout).values()
    if asked - answered > LOST_MAX * asked:
        raise SystemExit(f"chrony answered {answered} of {asked} questions")
    return answered / used


def dns_benches(folder, start, ports):
    questions = folder / "questions"
    questions.write_text("".join(f"{name}.{DOMAIN} A\n" for name in NAMES))
    knot = start(["knotd", "-c"], folder / "knot/knot.conf", ports["authoritative"])
    unbound = start(["unbound", "-d", "-p", "-c"], folder / "unbound/unbound.conf", ports["resolver"])
    plain_knot = start(["knotd", "-c"], *plain(folder, "knot", KNOT, zone=folder / "knot/pop.zone"))
    plain_unbound = start(["unbound", "-d", "-p", "-c"],
                          *plain(folder, "unbound", UNBOUND, authoritative=ports["authoritative"]))
    measure = partial(answers_per_cpu_second, questions)
    yield bench("Resolver, from its cache", "unbound", partial(measure, unbound), partial(measure, plain_unbound))
    yield bench("Authoritative DNS", "Knot DNS", partial(measure, knot), partial(measure, plain_knot))


def time_bench(programs, folder, start, ports):
    def chrony(config, port):
        return start(["chronyd", "-d", "-x", "-u", "root", "-f"], config, port,
                     partial(tells_the_time, port))

    measure = partial(answers_to_clients_per_cpu_second, programs / "bench/ntp")
    return bench("NTP", "chrony", partial(measure, chrony(folder / "chrony/chrony.conf", ports["ntp"])),
                 partial(measure, chrony(*plain(folder, "chrony", CHRONY))))


def bench(name, server, as_ours, as_packaged):
    return Bench(name, "answers per server CPU-second", Contender(server, as_ours),
                 [Contender("as packaged", as_packaged)], ROUNDS, AIM)


def benches(programs, folder, stack):
    """Start the servers, until @stack ends, and say what to measure of them."""
    def start(command, config, port, answers=None):
        return stack.enter_context(servers.serving([*command, config], port, dns_port=port, answers=answers))

    ports = rendered(programs, folder)
    return [*dns_benches(folder, start, ports), time_bench(programs, folder, start, ports)]
