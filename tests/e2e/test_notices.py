# Members are told when their sessions and ports go down and come back: peerd beside a real BIRD, whose neighbours are
# a real BIRD in another network; a real mail server, and a web server.
# SPDX-License-Identifier: MIT

import base64
import contextlib
import hashlib
import hmac
import json
import signal
import socket
import subprocess
import threading
from urllib.parse import urlencode

import pytest

from support import links, pop, speedtestd, wait
from support.peerd import CONTROL, Peerd
from support.told import Mailbox, webhook

pytestmark = pytest.mark.apart

SMTP, HOOK = 2525, 8025
LIMIT_S = 20
FIRST = 64501
SECRET = base64.b64encode(bytes(range(32))).decode()
ROUTE_SERVER = """
router id 10.9.0.1;
log stderr { error, fatal, bug };
protocol device { }
template bgp member {
	local 10.9.0.1 as 64500; passive; strict bind;
	ipv4 { import none; export none; };
}
"""
MEMBER = """
router id 10.9.0.2;
log stderr { fatal, bug };
protocol device { }
template bgp upstream {
	connect delay time 1; connect retry time 1; error wait time 1, 2; strict bind;
	ipv4 { import none; export none; };
}
"""
NUMBERS = range(1, 5)
FILE = {
    "site": {**speedtestd.SITE, "languages": ["fr", "en"]}, "addresses": {"ipv4": "127.0.0.1"},
    "services": {"pages": {}},
    "members": [{"asn": FIRST - 1 + i, "name": f"Réseau {i}", "peering": [f"10.9.0.{10 + i}"],
                 "contacts": [f"noc@as{i}.example"]} for i in NUMBERS],
    "notices": {
        "mail_server": f"smtp://127.0.0.1:{SMTP}", "mail_from": "notices@ix.example", "operators": ["noc@ix.example"],
        "interval_seconds": 1, "down_seconds": 1, "up_seconds": 1, "restart_seconds": 600,
        "members": [{"asn": FIRST + 1, "by": "webhook", "webhook": f"http://127.0.0.1:{HOOK}/told"},
                    {"asn": FIRST + 2, "by": "nothing"},
                    {"asn": FIRST + 3, "mail": ["peering@as4.example"], "language": "en"}],
    },
}


class Exchange:
    """A route server, and a network that has all its neighbours. To use in a with statement."""

    def __init__(self, folder):
        self.folder = folder
        self.socket, self.theirs = folder / "rs.ctl", folder / "member.ctl"
        server = "".join(f"protocol bgp m{i} from member {{ neighbor 10.9.0.{10 + i} as {FIRST - 1 + i}; }}\n"
                         for i in NUMBERS)
        client = "".join(f"protocol bgp m{i} from upstream {{ local 10.9.0.{10 + i} as {FIRST - 1 + i};"
                         " neighbor 10.9.0.1 as 64500; }\n" for i in NUMBERS)
        (folder / "rs.conf").write_text(ROUTE_SERVER + server)
        (folder / "member.conf").write_text(MEMBER + client)

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            link = stack.enter_context(links.link())
            self.server, self.client = link.server, link.client
            for i in NUMBERS:
                link.add_address(self.client, f"10.9.0.{10 + i}")
            self.birds = {}
            stack.callback(self.end_birds)
            self.start("rs")
            self.start("member")
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def start(self, name):
        where, path = (self.server, self.socket) if name == "rs" else (self.client, self.theirs)
        path.unlink(missing_ok=True)
        words = where.command("bird", "-f", "-c", self.folder / f"{name}.conf", "-s", path)
        self.birds[name] = subprocess.Popen(words)
        wait.until(path.exists, f"{name} can be asked")

    def end(self, name, number=signal.SIGKILL):
        self.birds[name].send_signal(number)
        self.birds[name].wait(10)

    def end_birds(self):
        for name in self.birds:
            self.end(name)

    def member(self, *words):
        links.run("birdc", "-s", self.theirs, *words)


def states(peerd):
    """{AS number: state}"""
    status, body = peerd.ask("/api/v1/networks/states")
    return {each["asn"]: each["state"] for each in json.loads(body)["states"]} if status == 200 else {}


def listed(peerd, **query):
    return peerd.json(f"/api/v1/notices?{urlencode(query)}", CONTROL)["notices"]


def body_of(message):
    return message.get_content()


def expect_signed(headers, body):
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(base64.b64decode(SECRET), signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def look_again(peerd, times):
    """So many rounds go by."""
    until = peerd.metric("peerd_notices_rounds_total") + times
    wait.until(lambda: peerd.metric("peerd_notices_rounds_total") >= until, "it has looked again", LIMIT_S)


def to_operators(mail, words):
    return [each for each in mail.to("noc@ix.example") if words in body_of(each)]


def expect_told_in_spite_of_a_kill(exchange, peerd, mute, stack):
    """Killed after it has noted that sessions went down, before that was told; one to an address that nobody has."""
    for name in "m1", "m4":
        exchange.member("disable", name)
    wait.until(lambda: len(listed(peerd, state="sending")) == 3, "mails wait for the mail server", LIMIT_S)
    assert [states(peerd)[FIRST + i] for i in range(4)] == ["down", "up", "up", "down"]
    assert peerd.stop(signal.SIGKILL) == -signal.SIGKILL
    mute.close()
    mail = stack.enter_context(Mailbox(SMTP, refuse=["peering@as4.example"]))
    peerd.start()
    wait.until(lambda: mail.to("noc@as1.example") and mail.to("noc@ix.example"), "they are told", LIMIT_S)
    failed, = wait.until(lambda: listed(peerd, state="failed"), "one is given up", LIMIT_S)
    assert (failed["to"], failed["tries"]) == ("peering@as4.example", 1)
    assert failed["subject"].endswith("Réseau 4 (AS64504): 1 down")
    assert "AS64501, session 10.9.0.11" in body_of(mail.to("noc@ix.example")[0])

    exchange.member("enable", "all")
    wait.until(lambda: len(mail.to("noc@as1.example")) >= 2, "it is told that it is back", LIMIT_S)
    down, back = mail.to("noc@as1.example")  # each once
    assert down["subject"] == f"[{FILE['site']['title']}] Réseau 1 (AS64501): 1 hors service"
    assert "10.9.0.11, rs1: hors service depuis 20" in body_of(down)
    assert (down["auto-submitted"], down["from"], down["reply-to"]) == (
        "auto-generated", "notices@ix.example", FILE["site"]["operated_by"]["contact"])
    assert "de nouveau en service depuis" in body_of(back)
    assert len({down["message-id"], back["message-id"]}) == 2
    return mail


def expect_each_as_it_wishes(exchange, peerd, mail, told):
    """One is told by a webhook, one not at all."""
    for name in "m2", "m3":
        exchange.member("disable", name)
    headers, body = wait.until(lambda: told.to("/told"), "it is told", LIMIT_S)[0]
    expect_signed(headers, body)
    event = json.loads(body)
    change, = event["changes"]
    assert (event["event"], event["asn"], event["network"]) == ("changed", FIRST + 1, "Réseau 2")
    assert (change["kind"], change["address"]) == ("session", "10.9.0.12")
    assert (change["state"], change["was"]) == ("down", "up")
    wait.until(lambda: to_operators(mail, "AS64503"), "operators are told", LIMIT_S)
    exchange.member("enable", "all")
    wait.until(lambda: set(states(peerd).values()) == {"up"}, "all sessions are up", LIMIT_S)
    wait.until(lambda: len(told.to("/told")) == 2, "what is back is told", LIMIT_S)
    wait.until(lambda: len(listed(peerd, state="failed")) == 2, "it was also tried for the fourth", LIMIT_S)


def expect_quiet_in_maintenance(exchange, peerd, mail, told):
    """What is over when the maintenance is was never told; what is not is told then."""
    def command(*words):
        return subprocess.run([pop.FONTAINE, "notices", *words, "--socket", CONTROL], capture_output=True, text=True,
                              timeout=LIMIT_S)

    assert "until: give" in command("quiet", "all", "now", "soon").stderr
    planned = command("quiet", "64504", "2099-01-01T00:00Z", "+02:00", "--reason", "new optics & more")
    assert "planned  AS64504      2099-01-01T00:00:00Z to 2099-01-01T02:00:00Z  new optics & more" in planned.stdout
    assert command("quiet", "64501", "now", "+02:00").returncode == 0
    before = len(mail.to("noc@as1.example"))
    for name in "m1", "m2":
        exchange.member("disable", name)
    wait.until(lambda: states(peerd)[FIRST] == "down", "the page says that it is down", LIMIT_S)
    wait.until(lambda: len(to_operators(mail, "AS64502")) > 2, "another network is told of as ever", LIMIT_S)
    exchange.member("enable", "m1")
    wait.until(lambda: states(peerd)[FIRST] == "up", "and up again", LIMIT_S)
    look_again(peerd, 3)
    exchange.member("disable", "m1")
    wait.until(lambda: states(peerd)[FIRST] == "down", "and down", LIMIT_S)
    look_again(peerd, 3)
    assert len(mail.to("noc@as1.example")) == before
    assert command("end", "2").returncode == 0 and "no such" in command("end", "2").stderr
    wait.until(lambda: len(mail.to("noc@as1.example")) > before, "at its end it is told what is down", LIMIT_S)
    exchange.member("enable", "all")
    wait.until(lambda: set(states(peerd).values()) == {"up"}, "all sessions are up", LIMIT_S)
    wait.until(lambda: len(mail.to("noc@as1.example")) == before + 2, "what is back is told", LIMIT_S)
    wait.until(lambda: len(told.to("/told")) == 4, "by a webhook, too", LIMIT_S)
    assert [each["state"] for each in peerd.json("/api/v1/notices/quiet", CONTROL)["quiet"]] == ["planned", "over"]


def expect_restarts_are_not_told(exchange, peerd, mail, told):
    # All at once: operators are told at once, members are not.
    before = [each["asn"] for each in listed(peerd) if each["asn"] != 0]
    exchange.end("member")
    wait.until(lambda: set(states(peerd).values()) == {"down"}, "all sessions are down", LIMIT_S)
    wait.until(lambda: to_operators(mail, "d\u2019un coup"), "operators are told", LIMIT_S)
    look_again(peerd, 3)
    assert [each["asn"] for each in listed(peerd) if each["asn"] != 0] == before
    assert len(told.to("/told")) == 4 and len(mail.to("noc@as1.example")) == 4  # down, and back, twice
    assert len(to_operators(mail, "d\u2019un coup")) == 1

    # A route server that is started anew is no outage of its members'.
    exchange.end("rs", signal.SIGTERM)
    exchange.start("rs")
    wait.until(lambda: to_operators(mail, "redémarré"), "operators are told", LIMIT_S)


def test_members_are_told_of_their_sessions(tmp_path):
    FILE["notices"]["birds"] = [{"name": "rs1", "socket": str(tmp_path / "rs.ctl")}]
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / f"notices-webhook.{FIRST + 1}").write_text(f"whsec_{SECRET}\n")
    with contextlib.ExitStack() as stack:
        exchange = stack.enter_context(Exchange(tmp_path))
        stack.enter_context(exchange.server.entered())
        told = stack.enter_context(webhook(HOOK))
        mute = stack.enter_context(socket.create_server(("127.0.0.1", SMTP)))  # it never says a word
        peerd = stack.enter_context(
            Peerd(tmp_path, FILE, exchange.server, CREDENTIALS_DIRECTORY=str(tmp_path / "secrets")))
        wait.until(lambda: set(states(peerd).values()) == {"up"}, "all sessions are up", LIMIT_S)
        assert listed(peerd) == []

        mail = expect_told_in_spite_of_a_kill(exchange, peerd, mute, stack)
        expect_each_as_it_wishes(exchange, peerd, mail, told)
        expect_quiet_in_maintenance(exchange, peerd, mail, told)
        expect_restarts_are_not_told(exchange, peerd, mail, told)
        assert peerd.json("/api/v1/notices/test?asn=64501", CONTROL, "POST") == {"queued": 1}
        wait.until(lambda: "essai" in mail.to("noc@as1.example")[-1]["subject"], "a test is sent", LIMIT_S)
        assert peerd.metric("peerd_notices_failed_total") == 2  # down, and back
        assert peerd.metric("peerd_notices_source_up", '{source="rs1"}') == 1
        assert peerd.ask("/api/v1/notices")[0] == 404  # not for everybody
        assert peerd.stop() == 0


class Collector:
    """What an exchange's own tooling does: it writes again and again how the links of @namespace are."""

    def __init__(self, namespace, path):
        self.namespace, self.path, self.ended = namespace, path, threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.write()
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()

    def write(self):
        new = self.path.with_suffix(".new")
        new.write_text(self.namespace.run("ip", "--json", "link", "show"))
        new.rename(self.path)

    def run(self):
        while not self.ended.wait(0.3):
            self.write()


def test_members_are_told_of_their_ports(tmp_path):
    interfaces = {"ietf-interfaces:interfaces": {"interface": [
        {"name": "port1", "description": "AS64502", "oper-status": "up"}]}}
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "sw1.json").touch()
    file = {**FILE, "exchange": {}, "notices": {
        "interval_seconds": 1, "down_seconds": 1, "up_seconds": 1, "stale_seconds": 3,
        "webhook": f"http://127.0.0.1:{HOOK}/operators",
        "links": [{"name": "sw1", "file": str(tmp_path / "links" / "sw1.json")},
                  {"name": "sw2", "url": f"http://127.0.0.1:{HOOK}/restconf"}],
        "members": [{"asn": asn, "by": "webhook", "webhook": f"http://127.0.0.1:{HOOK}/{asn}"}
                    for asn in (FIRST, FIRST + 1)]}}
    with contextlib.ExitStack() as stack:
        link = stack.enter_context(links.link())
        link.server.run("ip", "link", "set", "eth0", "alias", "AS64501 Example")
        stack.enter_context(link.server.entered())
        stack.enter_context(Collector(link.server, tmp_path / "links" / "sw1.json"))
        served = {"/restconf": json.dumps(interfaces)}
        told = stack.enter_context(webhook(HOOK, served=served))
        peerd = stack.enter_context(Peerd(tmp_path, file, link.server))
        wait.until(lambda: states(peerd) == {FIRST: "up", FIRST + 1: "up"}, "both ports are up", LIMIT_S)

        link.client.run("ip", "link", "set", "eth0", "down")
        _, body = wait.until(lambda: told.to(f"/{FIRST}"), "it is told", LIMIT_S)[0]
        change, = json.loads(body)["changes"]
        assert (change["kind"], change["source"], change["name"], change["state"]) == ("port", "sw1", "eth0", "down")
        assert states(peerd)[FIRST] == "down"

        # What cannot be read says nothing: unknown is not down.
        served["/restconf"] = "<html>It works!</html>"
        wait.until(lambda: states(peerd)[FIRST + 1] == "unknown", "nothing is known of the other", LIMIT_S)
        assert peerd.metric("peerd_notices_source_up", '{source="sw2"}') == 0
        silent, = wait.until(lambda: [source for _, body in told.to("/operators")
                                      for source in json.loads(body)["sources"] if source["name"] == "sw2"],
                             "operators are told", LIMIT_S)
        assert (silent["event"], silent["error"].split(":")[0]) == ("silent", "not JSON")
        link.client.run("ip", "link", "set", "eth0", "up")
        wait.until(lambda: len(told.to(f"/{FIRST}")) == 2, "it is told that it is back", LIMIT_S)
        assert told.to(f"/{FIRST + 1}") == []
        assert peerd.stop() == 0
