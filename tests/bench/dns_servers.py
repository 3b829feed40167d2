# unbound and Knot DNS as a POP configures them, beside themselves as their packages do: answers for each second
# of their processor time.
# SPDX-License-Identifier: MIT

import subprocess
from functools import partial
from pathlib import Path

import servers
from ipv6test_dns import answers_per_cpu_second
from runner import Bench, Contender

PROJECT = Path(__file__).resolve().parents[2]
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
"""
# What Debian's packages bring, but for addresses, users and folders, and the zone.
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
"""


def rendered(programs, folder):
    """Our configurations, all of whose files are in @folder. Return: the ports."""
    keys = "resolver", "dot", "doh", "authoritative", "doq"
    ports = {key: servers.free_port() for key in keys}
    (folder / "pop.yaml").write_text(POP.format(domain=DOMAIN, limit=NO_LIMIT, **ports))
    render = [programs / "fontaine", "render", folder / "pop.yaml", folder, "--stock", PROJECT / "services/stock"]
    subprocess.run(render, check=True)
    servers.make_certificate(folder)
    for name in "unbound/unbound.conf", "knot/knot.conf":
        text = (folder / name).read_text()
        text = text.replace("rate-limit: 100\n", f"rate-limit: {NO_LIMIT}\n    instant-limit: {NO_LIMIT}\n")
        for place in "/var/lib/fontaine/tls", "/var/lib/unbound", "/run/unbound", "/var/lib/knot", "/run/knot":
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


def benches(programs, folder, stack):
    """Start the servers, until @stack ends, and say what to measure of them."""
    def start(command, config, port):
        return stack.enter_context(servers.serving([*command, "-c", config], port, dns_port=port))

    ports = rendered(programs, folder)
    questions = folder / "questions"
    questions.write_text("".join(f"{name}.{DOMAIN} A\n" for name in NAMES))
    knot = start(["knotd"], folder / "knot/knot.conf", ports["authoritative"])
    unbound = start(["unbound", "-d", "-p"], folder / "unbound/unbound.conf", ports["resolver"])
    plain_knot = start(["knotd"], *plain(folder, "knot", KNOT, zone=folder / "knot/pop.zone"))
    plain_unbound = start(["unbound", "-d", "-p"],
                          *plain(folder, "unbound", UNBOUND, authoritative=ports["authoritative"]))
    measure = partial(answers_per_cpu_second, questions)
    return [Bench(name, "answers per server CPU-second", Contender(ours, partial(measure, one)),
                  [Contender("as packaged", partial(measure, other))])
            for name, ours, one, other in [
                ("Resolver, from its cache", "unbound", unbound, plain_unbound),
                ("Authoritative DNS", "Knot DNS", knot, plain_knot)]]
