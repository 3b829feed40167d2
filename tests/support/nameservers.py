# Name servers of members, in a network namespace of the test's own: Knot, NSD and BIND, and what no real server does.
# SPDX-License-Identifier: MIT

import contextlib
import signal
import socket
import subprocess
import threading

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rrset

from support import links, wait

PORT = 53
START_S = 20


def file_name(zone):
    return zone.replace("/", "_") + ".zone"


class Server:
    """A real one. @addresses: where it answers; @zones: name -> text."""

    def __init__(self, lab, name, addresses, zones):
        self.lab, self.name, self.addresses, self.zones = lab, name, addresses, zones
        self.folder = lab.folder / name
        self.folder.mkdir()
        for zone, text in zones.items():
            (self.folder / file_name(zone)).write_text(text)

    def start(self):
        (self.folder / "conf").write_text(self.configuration())
        log = (self.folder / "log").open("w")
        self.process = self.lab.stack.enter_context(subprocess.Popen(
            self.lab.namespace.command(*self.command()), stdin=subprocess.DEVNULL, stdout=log, stderr=log))
        self.lab.stack.callback(self.process.kill)
        self.lab.stack.callback(log.close)
        wait.until(self.answers, f"{self.name} answers", START_S)

    def stop(self):
        self.process.kill()
        self.process.wait(START_S)

    @contextlib.contextmanager
    def paused(self):
        """It is there, and answers later."""
        self.process.send_signal(signal.SIGSTOP)
        yield
        self.process.send_signal(signal.SIGCONT)

    def answers(self):
        """It has a zone that it was given, at its last address."""
        query = dns.message.make_query(next(iter(self.zones)), "SOA")
        with self.lab.namespace.entered(), socket.socket(family_of(self.addresses[-1]), socket.SOCK_DGRAM) as asking:
            asking.settimeout(0.2)
            try:
                asking.sendto(query.to_wire(), (self.addresses[-1], PORT))
                return dns.message.from_wire(asking.recv(4096)).rcode() != dns.rcode.SERVFAIL
            except OSError:
                return False


class Knot(Server):
    def command(self):
        return "knotd", "-c", self.folder / "conf"

    def configuration(self):
        zones = "".join(f'  - domain: "{zone}."\n    file: "{file_name(zone)}"\n' for zone in self.zones)
        return (f"server:\n  rundir: {self.folder}\n  listen: [{', '.join(f'{a}@{PORT}' for a in self.addresses)}]\n"
                "log:\n  - target: stderr\n    any: info\n"
                f"database:\n  storage: {self.folder}\n"
                f"template:\n  - id: default\n    storage: {self.folder}\n    semantic-checks: off\n"
                f"    journal-content: none\n    zonefile-sync: -1\nzone:\n{zones}")


class Nsd(Server):
    def command(self):
        return "nsd", "-d", "-c", self.folder / "conf"

    def configuration(self):
        listen = "".join(f"  ip-address: {address}\n" for address in self.addresses)
        zones = "".join(f'zone:\n  name: "{zone}"\n  zonefile: "{file_name(zone)}"\n' for zone in self.zones)
        return (f'server:\n{listen}  zonesdir: "{self.folder}"\n  username: ""\n  chroot: ""\n'
                f'  pidfile: ""\n  database: ""\n  xfrdfile: "{self.folder}/xfrd"\n'
                f'  zonelistfile: "{self.folder}/list"\n  xfrdir: "{self.folder}"\n  verbosity: 1\n'
                f'remote-control:\n  control-enable: no\n{zones}')


class Bind(Server):
    recursion = "no"

    def command(self):
        return "named", "-g", "-c", self.folder / "conf"

    def configuration(self):
        listen = {family: "".join(f"{a}; " for a in self.addresses if family_of(a) == family)
                  for family in (socket.AF_INET, socket.AF_INET6)}
        zones = "".join(f'zone "{zone}" {{ type primary; file "{file_name(zone)}"; check-names ignore; }};\n'
                        for zone in self.zones)
        return (f'options {{ directory "{self.folder}"; pid-file none; session-keyfile none; '
                f"listen-on {{ {listen[socket.AF_INET]}}}; listen-on-v6 {{ {listen[socket.AF_INET6]}}}; "
                f"recursion {self.recursion}; allow-recursion {{ any; }}; allow-query {{ any; }}; "
                "dnssec-validation no; check-integrity no; notify no; empty-zones-enable no; };\n"
                f"controls {{}};\n{zones}")


class OpenBind(Bind):
    recursion = "yes"


class Unbound(Server):
    """The resolver of whoever checks; its zones are lists of records, and nothing is outside them."""

    def command(self):
        return "unbound", "-d", "-c", self.folder / "conf"

    def configuration(self):
        listen = "".join(f"  interface: {address}\n" for address in self.addresses)
        zones = "".join(f'  local-zone: "{zone}" static\n' +
                        "".join(f"  local-data: '{line}'\n" for line in text.splitlines())
                        for zone, text in self.zones.items())
        return (f'server:\n{listen}  access-control: 0.0.0.0/0 allow\n  access-control: ::/0 allow\n  chroot: ""\n'
                f'  username: ""\n  pidfile: ""\n  use-syslog: no\n  directory: "{self.folder}"\n'
                f'  module-config: "iterator"\n{zones}remote-control:\n  control-enable: no\n')


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


class Wrong:
    """A server that is wrong in a way of its own: @answer(query, is_tcp) gives bytes to send, several, or none."""

    def __init__(self, lab, addresses, answer, pause_s=0):
        """@pause_s: after each byte over TCP."""
        self.answer, self.pause_s = answer, pause_s
        self.over = threading.Event()
        lab.stack.callback(self.over.set)
        for address in addresses:
            with lab.namespace.entered():
                udp = socket.socket(family_of(address), socket.SOCK_DGRAM)
                tcp = socket.socket(family_of(address), socket.SOCK_STREAM)
            for made in udp, tcp:
                made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                made.bind((address, PORT))
                lab.stack.callback(made.close)
                lab.stack.callback(self.wake, made)
            tcp.listen()
            for serve in self.serve_udp, self.serve_tcp:
                threading.Thread(target=serve, args=(udp if serve == self.serve_udp else tcp,), daemon=True).start()

    @staticmethod
    def wake(made):
        with contextlib.suppress(OSError):
            made.shutdown(socket.SHUT_RDWR)

    def serve_udp(self, udp):
        with contextlib.suppress(OSError):
            while len((received := udp.recvfrom(4096))[0]) > 0:
                data, source = received
                for message in self.answer(dns.message.from_wire(data), False):
                    udp.sendto(message, source)

    def serve_tcp(self, tcp):
        with contextlib.suppress(OSError):
            while True:
                connection = tcp.accept()[0]
                threading.Thread(target=self.serve_connection, args=(connection,), daemon=True).start()

    def serve_connection(self, connection):
        with connection, contextlib.suppress(OSError):
            data = connection.recv(4096)
            for message in self.answer(dns.message.from_wire(data[2:]), True):
                self.send(connection, len(message).to_bytes(2) + message)
            connection.recv(1)  # until the other side has had enough

    def send(self, connection, data):
        step = 1 if self.pause_s else len(data)
        for at in range(0, len(data), step):
            connection.sendall(data[at:at + step])
            self.over.wait(self.pause_s)


def made_answer(query, zone, servers, edns=True):
    """A small zone: SOA and NS, and nothing else."""
    response = dns.message.make_response(query)
    response.flags |= dns.flags.AA
    if not edns:
        response.use_edns(False)
    question = query.question[0]
    if not question.name.is_subdomain(dns.name.from_text(zone)):
        response.flags &= ~dns.flags.AA
        response.set_rcode(dns.rcode.REFUSED)
        return response
    records = {"SOA": ["ns.example.net. mail.example.net. 1 3600 900 604800 300"], "NS": [f"{s}." for s in servers]}
    kind = dns.rdatatype.to_text(question.rdtype)
    is_top = str(question.name).rstrip(".").lower() == zone
    if is_top and kind in records:
        response.answer.append(dns.rrset.from_text(question.name, 300, "IN", kind, *records[kind]))
    else:
        response.authority.append(dns.rrset.from_text(zone + ".", 300, "IN", "SOA", *records["SOA"]))
        response.set_rcode(dns.rcode.NOERROR if is_top else dns.rcode.NXDOMAIN)
    return response


class Lab:
    """To use in a with statement: a namespace whose loopback has @addresses."""

    def __init__(self, folder, addresses):
        self.folder, self.addresses = folder, addresses
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        self.namespace = self.stack.enter_context(links.Namespace())
        for address in self.addresses:
            self.namespace.run("ip", "address", "add", address, "dev", "lo")
        return self

    def __exit__(self, *_):
        self.stack.close()
