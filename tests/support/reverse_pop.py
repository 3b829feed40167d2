# A Knot as the POP has it and an rdnsd, in a network of the test's own, with a way between them that the test governs.
# SPDX-License-Identifier: MIT

import contextlib
import json
import os
import select
import signal
import socket
import sqlite3
import subprocess
import threading
from pathlib import Path

import dns.message
import dns.opcode
import dns.query
import dns.rdatatype
import dns.reversename
import dns.tsigkeyring
import dns.xfr
import dns.zone
import yaml

from support import links, passed, pop, speedtestd, wait, wire

PROGRAM = pop.PROGRAMS / "rdnsd"
PREPARE = pop.PROJECT / "packaging/systemd/reverse-zones"
STOCK = pop.PROJECT / "services/stock"
ZONE_CHANGES = pop.PROJECT / "packaging/systemd/zone-changes"
SOCKET = Path("/run/rdnsd/http.sock")  # as nginx has it
CHANGED = Path("/run/fontaine-zone-changes")
WEB = {"rdns": pop.PROJECT / "services/rdns/web", "shared": pop.PROJECT / "services/web/shared"}
ADDRESS, PORT, KNOT_PORT, TLS_PORT = "127.0.0.1", 5054, 5055, 5854
RESOLVERS = {"ipv4": ADDRESS, "ipv6": "::1"}
STOP_LIMIT_S = 20
TRUST = 'mount --bind "$0" /etc/ssl/certs/ca-certificates.crt && exec "$@"'
CLOCK = {"LD_PRELOAD": "/usr/$LIB/faketime/libfaketimeMT.so.1", "FAKETIME_NO_CACHE": "1",
         "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
MEMBERS = [
    {"asn": 64500, "name": "One", "prefixes": ["192.0.2.0/25", "2001:db8:100::/40"]},
    {"asn": 64501, "name": "Two", "prefixes": ["192.0.2.128/25"]},
]


def receive(connection):
    """The next message of DNS over TCP; None at the end."""
    data = b""
    while len(data) < 2 or len(data) < 2 + int.from_bytes(data[:2]):
        more = connection.recv(65537 - len(data))
        if not more:
            return None
        data += more
    return data


def kind_of(message):
    if dns.opcode.from_flags(int.from_bytes(message[4:6])) == dns.opcode.UPDATE:
        return "update"
    question = dns.message.from_wire(message[2:], ignore_trailing=True, continue_on_error=True).question
    return "transfer" if question and question[0].rdtype == dns.rdatatype.AXFR else "question"


class Way:
    """Passes on what rdnsd and Knot say to each other, until it comes to what it is to stop at."""

    def __init__(self, stack, namespace):
        self.namespace = namespace
        self.stops_at, self.n_left = None, 0
        self.is_there, self.goes_on = threading.Event(), threading.Event()
        with namespace.entered():
            self.server = stack.enter_context(socket.create_server((ADDRESS, PORT)))
        stack.callback(self.go_on)
        stack.callback(self.server.shutdown, socket.SHUT_RDWR)
        threading.Thread(target=self.accept, daemon=True).start()

    def stop_at(self, kind, direction, nth=1):
        """@kind: "update", "question", "transfer"; @direction: "to" Knot or "from" it; the @nth of them from now on."""
        self.is_there.clear()
        self.goes_on.clear()
        self.stops_at, self.n_left = (kind, direction), nth

    def until_there(self):
        assert self.is_there.wait(10), f"nothing came to {self.stops_at}"

    def go_on(self):
        self.stops_at = None
        self.goes_on.set()

    def pass_gate(self, kind, direction):
        if self.stops_at != (kind, direction):
            return
        self.n_left -= 1
        if self.n_left <= 0:
            self.is_there.set()
            self.goes_on.wait(30)

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection = self.server.accept()[0]
                threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, client):
        with client, contextlib.suppress(OSError):
            with self.namespace.entered():
                knot = socket.create_connection((ADDRESS, KNOT_PORT), 5)
            with knot:
                knot.settimeout(30)
                message = receive(client)
                if message is None:
                    return  # it has thought better of it
                kind = kind_of(message)
                self.pass_gate(kind, "to")
                knot.sendall(message)
                while knot in select.select([knot, client], [], [], 30)[0]:  # until the client has enough
                    data = knot.recv(65536)
                    if not data:
                        return
                    self.pass_gate(kind, "from")
                    client.sendall(data)


class ReversePop:
    """To use in a with statement. @trusted: a file of certificates that rdnsd has for those of the system;
    @rdns: more of that section of the POP file."""

    def __init__(self, folder, zones=("192.0.2.0/24", "2001:db8::/32"), members=None, trusted=None, **rdns):
        self.trusting = ["unshare", "--mount", "sh", "-c", TRUST, trusted] if trusted else []
        self.folder, self.zones = folder, zones
        self.rdns = {"zones": list(zones), **rdns}
        self.members = members or MEMBERS
        self.stack = contextlib.ExitStack()
        self.knot = self.rdnsd = None
        self.tokens = {}

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.namespace = stack.enter_context(links.Namespace())
            self.write()
            self.way = Way(stack, self.namespace)
            self.listener = passed.listening(stack, SOCKET)
            self.pass_on_changes(stack)
            stack.callback(self.stop_knot)
            stack.callback(self.stop_rdnsd)
            self.start_knot()
            self.start_rdnsd()
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def write(self):
        """The POP file, and what is made of it; all of Knot's is in the folder."""
        self.options = speedtestd.write_folders(self.folder, WEB)
        services = {"pages": {"http_port": 80, "https_port": 443},
                    "resolver": {"port": 5053, "https_port": 4443, "addresses": RESOLVERS},
                    "authoritative": {"port": PORT, "tls_port": TLS_PORT}, "rdns": self.rdns}
        (self.folder / "pop.yaml").write_text(yaml.safe_dump({
            "site": speedtestd.SITE, "addresses": {"ipv4": ADDRESS}, "services": services, "members": self.members}))
        links.run(pop.FONTAINE, "render", self.folder / "pop.yaml", self.folder / "out", "--stock", STOCK)
        places = {"/var/lib/fontaine/reverse-zones": "keys", "/var/lib/knot/reverse": "zones", "/var/lib/knot": "knot",
                  "/run/knot": "run", "/var/lib/fontaine/tls": "tls"}
        conf = (self.folder / "out/knot/knot.conf").read_text().replace(f"@{PORT}", f"@{KNOT_PORT}")
        for place, name in places.items():
            (self.folder / name).mkdir(exist_ok=True)
            conf = conf.replace(place, str(self.folder / name))
        (self.folder / "knot.conf").write_text(conf)
        (self.folder / "state").mkdir(exist_ok=True)
        self.prepare()

    def prepare(self):
        links.run(PREPARE, self.folder / "out/knot/reverse.list", self.folder / "keys", self.folder / "zones")

    def pass_on_changes(self, stack):
        """What rdnsd says of zones goes to Knot, as systemd has it."""
        os.mkfifo(CHANGED)
        stack.callback(CHANGED.unlink)
        pipe = os.open(CHANGED, os.O_RDWR)
        with (self.folder / "changes.log").open("w") as log:
            passing = subprocess.Popen([ZONE_CHANGES, self.folder / "run/knot.sock"], stdin=pipe, stderr=log)
        os.close(pipe)
        stack.callback(passing.wait, STOP_LIMIT_S)
        stack.callback(passing.terminate)

    def set_clock(self, offset):
        """Of the Knot, if it has one of its own: "+1d" is a day ahead of all others."""
        (self.folder / "clock").write_text(f"{offset}\n")

    def start_knot(self, own_clock=False):
        log = (self.folder / "knot.log").open("a")
        self.set_clock("+0")
        environment = {**CLOCK, "FAKETIME_TIMESTAMP_FILE": str(self.folder / "clock")} if own_clock else {}
        self.knot = subprocess.Popen(self.namespace.command("knotd", "-c", self.folder / "knot.conf"),
                                     stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                     env={**os.environ, **environment})
        log.close()
        wait.until(self.knot_answers, "Knot has all zones", 20)

    def knot_answers(self):
        assert self.knot.poll() is None, "Knot has ended"
        zones = [line.split()[1] for line in (self.folder / "out/knot/reverse.list").read_text().splitlines()
                 if line.endswith(".arpa reverse.zone")]
        try:
            return all(self.ask(zone, "SOA").answer for zone in zones)
        except OSError:
            return False

    def stop_knot(self, how=signal.SIGTERM):
        self.knot.send_signal(signal.SIGCONT)
        self.knot.send_signal(how)
        self.knot.wait(STOP_LIMIT_S)

    def start_rdnsd(self, prefix=()):
        """@prefix: words before its command."""
        environment = {**os.environ, "STATE_DIRECTORY": str(self.folder / "state"),
                       "CREDENTIALS_DIRECTORY": str(self.folder / "keys")}
        log = (self.folder / "rdnsd.log").open("a")
        command = passed.command([self.listener], [*self.trusting, *prefix, PROGRAM, *self.options])
        self.rdnsd = subprocess.Popen(self.namespace.command(*command), env=environment, stdin=subprocess.DEVNULL,
                                      stdout=log, stderr=log, pass_fds=[self.listener])
        log.close()
        self.counter("changes_waiting")  # it answers

    def stop_rdnsd(self, how=signal.SIGTERM):
        self.rdnsd.send_signal(how)
        status = self.rdnsd.wait(STOP_LIMIT_S)
        assert how == signal.SIGKILL or status == 0, f"rdnsd ended with {status}"

    def request(self, method, path, *headers, body=None, timeout_s=60):
        """As nginx passes it on. Return: the reply."""
        data = b"" if body is None else json.dumps(body).encode()
        words = ["X-Forwarded-For: 127.0.0.1", "Connection: close", *headers]
        if data:
            words.append("Content-Type: application/json")
        with wire.UnixConnection(SOCKET, timeout_s) as connection:
            connection.send(wire.request(method, path, *words, body=data))
            return connection.reply()

    def token(self, asn=None):
        """A token of a member, or of the operators."""
        if asn not in self.tokens:
            whose = ["--operator"] if asn is None else ["--asn", asn]
            self.tokens[asn] = links.run(pop.FONTAINE, "rdns", "token", "add", "--db", self.folder / "state/rdns.db",
                                         *whose, "--label", "test").strip()
        return self.tokens[asn]

    def api(self, method, path, body=None, asn=64500, **options):
        """A request of a member's, or of an operator's when @asn is None. Return: status and what was replied."""
        reply = self.request(method, f"/api/v1/{path}", f"Authorization: Bearer {self.token(asn)}", body=body,
                             **options)
        if reply is None:
            return None, None
        return reply.status, json.loads(reply.body) if reply.body else None

    def counter(self, name, labels=""):
        text = self.request("GET", "/metrics").body.decode()
        start = f"rdnsd_{name}{{{labels}}} " if labels else f"rdnsd_{name} "
        return next(int(line[len(start):]) for line in text.splitlines() if line.startswith(start))

    def query(self, sql):
        """Rows of the database."""
        with contextlib.closing(sqlite3.connect(self.folder / "state/rdns.db", timeout=10)) as db:
            with db:
                return db.execute(sql).fetchall()

    def ask(self, name, kind, dnssec=False):
        """What Knot says, asked beside the way."""
        question = dns.message.make_query(name, kind, want_dnssec=dnssec)
        with self.namespace.entered():
            return dns.query.tcp(question, ADDRESS, 5, KNOT_PORT)

    def names(self, address):
        """The PTR records of an address in Knot."""
        answer = self.ask(dns.reversename.from_address(address), "PTR").answer
        return [record.target.to_text() for rrset in answer if rrset.rdtype == dns.rdatatype.PTR for record in rrset]

    def key(self, name):
        """As kdig(1) and knsupdate(1) take it."""
        return (self.folder / f"keys/{name}.conf").read_text().splitlines()[0].removeprefix("# ")

    def update(self, zone, *lines):
        """Change a zone behind rdnsd's back."""
        text = "\n".join([f"server {ADDRESS} {KNOT_PORT}", f"zone {zone}.", *lines, "send", ""])
        subprocess.run(self.namespace.command("knsupdate", "-y", self.key("rdnsd")), input=text, text=True, check=True,
                       timeout=10)

    def transfer(self, name):
        """The whole zone, as rdnsd may take it over."""
        zone = dns.zone.Zone(name)
        keys = dns.tsigkeyring.from_text({"rdnsd.": self.key("rdnsd").rpartition(":")[2]})
        with self.namespace.entered():
            dns.query.inbound_xfr(ADDRESS, zone, dns.xfr.make_query(zone, keyring=keys)[0], KNOT_PORT, timeout=10)
        return zone

    def zone_has(self, name, address):
        """Whether the zone itself has a PTR record of the address."""
        owner = dns.reversename.from_address(address)
        return self.transfer(name).get_rdataset(owner, "PTR") is not None

    @contextlib.contextmanager
    def without_updates(self, name):
        """Knot takes no update of the zone meanwhile."""
        path = self.folder / "knot.conf"
        text = path.read_text()
        before, start, after = text.partition(f"  - domain: {name}.\n")
        zone, nothing, others = after.partition("  - domain:")
        assert start
        before = before.replace("acl:\n", "acl:\n  - id: refusing\n    key: rdnsd\n    action: transfer\n", 1)
        zone = "    acl: refusing\n" + zone.replace("    acl: rdnsd\n", "")
        path.write_text(before + start + zone + nothing + others)
        self.namespace.run("knotc", "-s", self.folder / "run/knot.sock", "reload")
        try:
            yield
        finally:
            path.write_text(text)
            self.namespace.run("knotc", "-s", self.folder / "run/knot.sock", "reload")

    def is_settled(self):
        """No change is on its way, and all zones have been compared since rdnsd started."""
        unfinished = self.query("SELECT count(*) FROM change WHERE state IN ('written', 'sent')")[0][0]
        made = len(self.query("SELECT zone FROM nameserver GROUP BY zone"
                              " HAVING count(*) = 1 AND max(name) = 'ns1.pop.test'"))
        compared = self.counter("zones_compared_total", 'end="right"')
        return unfinished == 0 and compared > len(self.zones) + made  # the catalog too

    def start_over(self):
        """Whatever was cut off or held up: afterwards database and DNS say the same."""
        self.way.go_on()
        self.stop_rdnsd()
        self.start_rdnsd()
        self.settle()
        assert self.counter("drift_records_total") == 0

    def settle(self):
        wait.until(self.is_settled, "nothing is on its way, and all zones are right", 30)
