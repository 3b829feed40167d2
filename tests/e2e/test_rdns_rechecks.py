# Delegations are checked when members ask for it and when it is time; what breaks is shown, told, and mended.
# SPDX-License-Identifier: MIT

import contextlib
import json
import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import dns.message
import pytest

from support import links, nameservers, reverse_pop, reverse_zones, wait

pytestmark = pytest.mark.apart

LIMIT_S = 30
PREFIX, ZONE = "192.0.2.0/25", "0-127.2.0.192.in-addr.arpa"
SERVERS = {"ns1.example.net": "127.0.1.1", "ns2.example.net": "127.0.1.2"}
WISH = {"nameservers": [{"name": name} for name in SERVERS]}
OTHER_WISH = {"nameservers": [{"name": "ns1.example.net"}, {"name": "nowhere.example.net"}]}
RESOLVER_PORT = 5053
HOOK_PORT = 8999


class Resolver(nameservers.Unbound):
    """The POP's, at one of its addresses."""

    def __init__(self, lab, address):
        self.address = address
        soa = "SOA ns.example.net. mail.example.net. 1 3600 900 604800 300"
        names = "".join(f"{name}. A {address}\n" for name, address in SERVERS.items())
        super().__init__(lab, f"resolver{address}", [f"{address}@{RESOLVER_PORT}"],
                         {"in-addr.arpa.": f"in-addr.arpa. {soa}\n", "example.net.": f"example.net. {soa}\n{names}"})

    def answers(self):
        family = nameservers.family_of(self.address)
        with self.lab.namespace.entered(), socket.socket(family, socket.SOCK_DGRAM) as asking:
            asking.settimeout(0.2)
            with contextlib.suppress(OSError):
                asking.sendto(dns.message.make_query("ns1.example.net", "A").to_wire(), (self.address, RESOLVER_PORT))
                return len(asking.recv(4096)) > 0
        return False


class Hook(ThreadingHTTPServer):
    """Whom events are told to over HTTPS; the first time it fails, which must lose nothing."""

    def __init__(self, namespace, certificate):
        self.events, self.n = [], 0
        with namespace.entered():
            super().__init__(("127.0.0.1", HOOK_PORT), Told)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.socket = context.wrap_socket(self.socket, server_side=True)


def certify(path):
    """A certificate for the hook, signed by itself, and its key."""
    links.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
              "-subj", "/CN=hook", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path, "-out", f"{path}.crt")
    with path.open("a") as file:
        file.write(path.with_name(f"{path.name}.crt").read_text())
    return path


class Told(BaseHTTPRequestHandler):
    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.n += 1
        if self.server.n > 1:
            self.server.events.append(event)
        self.send_response(500 if self.server.n == 1 else 204)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def reverse(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reverse")
    certificate = certify(folder / "hook")
    with reverse_pop.ReversePop(folder, lab_prefixes=["127.0.0.0/8"], trusted=f"{certificate}.crt",
                                webhook=f"https://127.0.0.1:{HOOK_PORT}/told") as made:
        made.hook = Hook(made.namespace, certificate)
        threading.Thread(target=made.hook.serve_forever, daemon=True).start()
        made.stack.callback(made.hook.shutdown)
        made.resolver = Resolver(made, "127.0.0.1")
        made.servers = nameservers.Nsd(made, "members", list(SERVERS.values()),
                                       {ZONE: reverse_zones.plain(ZONE, list(SERVERS))})
        for server in made.resolver, made.servers:
            server.start()
        yield made


def start_check(reverse, wish, asn=64500):
    return reverse.api("POST", f"checks/{PREFIX}", wish, asn)


def ended(reverse):
    """The last check, when none is running any more."""
    seen = []

    def is_over():
        seen[:] = [reverse.api("GET", f"checks/{PREFIX}")[1]]
        return not seen[0]["running"]

    wait.until(is_over, "the check has ended", LIMIT_S)
    return seen[0]


def wrong(check):
    return {each["id"] for each in check["verdicts"][0]["checks"] if each["result"] == "error"}


def state(reverse):
    return reverse.api("GET", f"delegations/{PREFIX}")[1]["state"]


def failures(reverse):
    return reverse.query("SELECT failures FROM recheck")[0][0]


def it_is_time(reverse):
    """Wait until what is delegated has been checked again."""
    def last():
        return reverse.query("SELECT next FROM recheck")[0][0]

    reverse.query("UPDATE recheck SET next = 0")
    # Taken means due again in a quarter of an hour; what has ended has a result, and nothing runs.
    wait.until(lambda: last() > 0, "it was taken", LIMIT_S)
    return ended(reverse)


def test_a_check_changes_nothing(reverse):
    with reverse.resolver.paused():
        status, told = start_check(reverse, WISH)
        assert (status, told["prefix"], told["running"]) == (202, PREFIX, True)
        assert start_check(reverse, OTHER_WISH)[0] == 409  # one at a time
    check = ended(reverse)
    assert (check["passed"], check["trial"], check["asn"]) == (True, True, 64500)
    assert [verdict["zone"] for verdict in check["verdicts"]] == [ZONE]
    assert reverse.api("GET", f"delegations/{PREFIX}")[0] == 404
    assert reverse.api("GET", f"checks/{PREFIX}", asn=64501)[0] == 403
    assert start_check(reverse, WISH, asn=64501)[0] == 403
    assert start_check(reverse, WISH, asn=None)[0] == 202  # an operator, for the member
    assert ended(reverse)["passed"]


def test_what_fails_is_not_delegated(reverse):
    status, problem = reverse.api("PUT", f"delegations/{PREFIX}", OTHER_WISH)
    assert (status, problem["type"].rpartition("/")[2]) == (422, "check")
    assert [verdict["zone"] for verdict in problem["checks"]] == [ZONE]
    assert not problem["checks"][0]["passed"]
    assert reverse.api("GET", f"delegations/{PREFIX}")[0] == 404
    assert not ended(reverse)["passed"]  # and can be read again


def test_it_breaks_and_is_mended(reverse):
    assert reverse.api("PUT", f"delegations/{PREFIX}", WISH)[0] == 201
    assert (state(reverse), ended(reverse)["trial"]) == ("live", False)
    assert reverse.api("GET", "checks")[1]["items"][0]["passed"]

    reverse.servers.stop()
    assert {"udp", "tcp"} <= wrong(it_is_time(reverse))
    assert (state(reverse), failures(reverse)) == ("live", 1)  # once may be bad luck
    assert not it_is_time(reverse)["passed"]
    assert state(reverse) == "broken"
    assert [each["prefix"] for each in reverse.api("GET", "delegations?state=broken", asn=None)[1]["items"]] == [PREFIX]
    wait.until(lambda: reverse.hook.events, "somebody is told", LIMIT_S)
    event = reverse.hook.events[0]
    assert (event["event"], event["prefix"], event["asn"]) == ("broken", PREFIX, 64500)
    assert {"udp", "tcp"} <= {problem["check"] for problem in event["problems"]}
    assert reverse.names("192.0.2.1") == [] and reverse.ask(ZONE, "NS").authority  # it stays in DNS
    wait.until(lambda: reverse.counter("delegations", 'state="broken"') == 1, "it is counted", LIMIT_S)

    reverse.servers.start()
    assert start_check(reverse, WISH)[0] == 202  # the member need not wait
    assert ended(reverse)["passed"]
    assert state(reverse) == "live"
    wait.until(lambda: len(reverse.hook.events) == 2, "somebody is told", LIMIT_S)
    assert reverse.hook.events[1]["event"] == "mended"
    wait.until(lambda: reverse.counter("webhook_total", 'outcome="told"') == 2, "both are counted", LIMIT_S)


def test_nobody_is_blamed_for_our_own_resolver(reverse):
    reverse.resolver.stop()
    for _ in range(2):
        assert not it_is_time(reverse)["passed"]
    assert (state(reverse), failures(reverse)) == ("live", 0)
    status, _ = reverse.api("PUT", f"delegations/{PREFIX}", OTHER_WISH)
    assert status == 503
    reverse.resolver.start()
    assert it_is_time(reverse)["passed"]


def test_the_resolver_has_another_address(reverse):
    other = Resolver(reverse, "::1")
    reverse.resolver.stop()
    other.start()
    assert it_is_time(reverse)["passed"]
    other.stop()
    reverse.resolver.start()
    assert it_is_time(reverse)["passed"]


def truncate(udp, is_over):
    """Answer everything so that it is asked again over TCP."""
    udp.settimeout(.1)
    while not is_over.is_set():
        with contextlib.suppress(TimeoutError):
            question, asker = udp.recvfrom(4096)
            udp.sendto(question[:2] + b"\x83\x80" + question[4:], asker)


def test_who_waits_for_a_check_keeps_nobody_from_stopping(reverse):
    """It would be six seconds: the resolver says nothing over TCP, then a server nothing at all."""
    silent, resolver, is_over, replies = ("127.0.1.9", 53), ("127.0.0.1", RESOLVER_PORT), threading.Event(), []
    wish = {"nameservers": [*OTHER_WISH["nameservers"], {"name": f"ns.{ZONE}", "addresses": [silent[0]]}]}
    reverse.resolver.stop()
    with contextlib.ExitStack() as stack:
        with reverse.namespace.entered():
            for place in silent, resolver:
                stack.enter_context(socket.create_server(place))
                udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                udp.bind(place)
        threads = [threading.Thread(target=truncate, args=(udp, is_over)),
                   threading.Thread(target=lambda: replies.append(reverse.api("PUT", f"delegations/{PREFIX}", wish)))]
        for thread in threads:
            thread.start()
            stack.callback(thread.join)
        stack.callback(is_over.set)
        wait.until(lambda: reverse.api("GET", f"checks/{PREFIX}")[1].get("running"), "it is being checked", LIMIT_S)
        start = time.monotonic()
        reverse.stop_rdnsd()
        assert time.monotonic() - start < 4.5
    assert replies[0][0] == 503
    reverse.resolver.start()
    reverse.start_rdnsd()


def test_stopped_in_the_middle(reverse):
    """It ends in order, whatever is being checked, and takes it up again."""
    reverse.query("UPDATE recheck SET next = 0")
    assert start_check(reverse, WISH)[0] in (202, 409)  # or it has been taken up already
    reverse.stop_rdnsd()
    reverse.start_rdnsd()
    assert it_is_time(reverse)["passed"]
