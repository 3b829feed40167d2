# The relay of the packet-loss test serves that test, and nobody for anything else.
# SPDX-License-Identifier: MIT

import json
import os
import socket
import time
from contextlib import ExitStack

import pytest

from support import counters, own_pop, pop, turn, wait, web, wire

RELAY = "192.0.0.8"      # as it is called
INSIDE = "127.3.4.78"    # as it is
SECRET = "/var/lib/fontaine/turn/secret"
USER_QUOTA = 16
CAP_BYTES_PER_S = 65536
UNAUTHORIZED, FORBIDDEN, OTHER_FAMILY, NO_SUCH_FAMILY, NO_TCP, QUOTA, FULL = 401, 403, 443, 440, 442, 486, 508
PORTS = set(range(49152, 49408))
QUESTION_BYTES = 20      # of a binding request

SERVERS = [pop.address("turn", "udp", family) for family in pop.FAMILIES]
STRANGERS = ["192.0.2.1", "192.0.0.9", "127.0.0.1", "127.3.4.77", "127.3.4.79", "10.0.0.1", "169.254.169.254",
             "224.0.0.1", "255.255.255.255", "0.0.0.0"]
STRANGERS_6 = ["2001:db8::1", "::1", "::", "ff02::1", "::ffff:127.0.0.1", f"::ffff:{INSIDE}", "64:ff9b::7f00:1"]


@pytest.fixture(scope="module")
def secret():
    return pop.run("cat", SECRET).stdout.strip()


def relays():
    """The sockets that relay at the moment, and those of the last second."""
    addresses = [line.split()[3] for line in pop.run("ss", "-Hlnu").stdout.splitlines()]
    return [address for address in addresses if INSIDE in address]


def wait_for_the_end_of_relays():
    wait.until(lambda: relays() == [], "the relays end")


@pytest.fixture(scope="module", autouse=True)
def no_relay_is_left():
    yield
    wait_for_the_end_of_relays()


def ticket(family="ipv4"):
    """What speedtestd gives a page."""
    return json.loads(web.get(pop.url("speedtest", family=family, path="/turn")).body)


@pytest.fixture
def guest():
    """Whom speedtestd sends."""
    told = ticket()
    return told["username"], told["credential"]


@pytest.mark.parametrize("family", pop.FAMILIES)
def test_speedtestd_names_the_relay_of_the_visitors_family(family):
    host, port = pop.address("turn", "udp", family)
    host = f"[{host}]" if ":" in host else host
    told = ticket(family)
    assert told["urls"] == [f"turn:{host}:{port}?transport=udp"]
    assert 58 <= int(told["username"].partition(":")[0]) - time.time() <= told["ttl_s"] == 60


def test_each_ticket_is_counted():
    before = counters.read()
    ticket()
    assert counters.read().since(before)["turn_credentials_total"] == 1


def test_a_pop_without_a_relay_says_so(tmp_path):
    pop_file = tmp_path / "pop.yaml"
    pop_file.write_text(pop.POP_FILE.read_text().replace("  turn: {}\n", ""))
    with own_pop.network(), own_pop.serving(tmp_path, pop_file):
        assert wire.ask(pop.address("speedtest"), wire.request("GET", "/turn")).status == 404


@pytest.mark.parametrize("server", SERVERS)
def test_two_relays_reach_each_other(server, guest):
    with turn.Client(server, guest) as here, turn.Client(server, guest) as there:
        relays = here.allocate(), there.allocate()
        assert {host for host, _ in relays} == {RELAY}
        assert (here.permit(RELAY), there.permit(RELAY)) == (None, None)
        here.send(relays[1], b"there")
        assert there.receive() == b"there"
        there.send(relays[0], b"and back")
        assert here.receive() == b"and back"


@pytest.mark.parametrize("server", SERVERS)
def test_a_relay_reaches_nobody_else(server, guest):
    with turn.Client(server, guest) as client:
        client.allocate()
        assert {host: client.permit(host) for host in STRANGERS} == dict.fromkeys(STRANGERS, FORBIDDEN)
        assert {host: client.bind_channel((host, 53)) for host in STRANGERS} == dict.fromkeys(STRANGERS, FORBIDDEN)
        assert {host: client.permit(host) for host in STRANGERS_6} == dict.fromkeys(STRANGERS_6, OTHER_FAMILY)


def test_what_is_not_permitted_is_not_sent(guest):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as neighbour, turn.Client(SERVERS[0], guest) as client:
        neighbour.bind(("127.0.0.1", 0))
        neighbour.settimeout(0.5)
        client.allocate()
        client.permit(RELAY)
        client.send(neighbour.getsockname(), b"hello")
        with pytest.raises(TimeoutError):
            neighbour.recv(100)


def test_a_relay_hears_nobody_else(guest):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as neighbour, turn.Client(SERVERS[0], guest) as client:
        neighbour.bind(("127.0.0.1", 0))
        relay = client.allocate()
        client.permit(RELAY)
        neighbour.sendto(b"hello", (INSIDE, relay[1]))
        assert client.receive(0.5) == b""


def listeners_of_the_pop(kinds, address):
    """The machine's own are no processes of the container."""
    lines = pop.run("ss", "-Hlnp", kinds, "src", address).stdout.splitlines()
    return [line for line in lines if "users:(" in line]


def test_no_service_of_the_pop_has_the_relays_address(guest):
    assert listeners_of_the_pop("-tu", "127.0.0.1") != []
    with turn.Client(SERVERS[0], guest) as client:
        port = client.allocate()[1]
        assert f"{INSIDE}:{port}" in relays()
        assert {int(relay.split(":")[1]) for relay in relays()} <= PORTS
        assert listeners_of_the_pop("-t", INSIDE) == []
        assert listeners_of_the_pop("-tu", "0.0.0.0") == []


@pytest.mark.parametrize("attributes, error", [
    (turn.transport(turn.TCP), NO_TCP),
    (turn.transport(turn.UDP) + turn.attribute(turn.FAMILY, b"\2\0\0\0"), NO_SUCH_FAMILY),
], ids=["TCP", "IPv6"])
def test_there_is_no_relay_of_another_kind(guest, attributes, error):
    with turn.Client(SERVERS[0], guest) as client:
        assert client.allocate(attributes) == error


@pytest.mark.parametrize("key, expires_in_s, name", [
    ("", -1, None), ("x", 60, None), ("", 60, "nobody"), ("", 60, f"{2**32}:nobody"),
], ids=["too late", "another secret", "another name", "another time"])
def test_a_relay_is_for_whom_speedtestd_sends(secret, key, expires_in_s, name):
    own_name, password = turn.credentials(secret + key, int(time.time()) + expires_in_s)
    with turn.Client(SERVERS[0], (name or own_name, password)) as client:
        assert client.allocate() == UNAUTHORIZED


def allocate_many(stack, secret, user, number):
    """So many relays for one user, whom nobody has heard of. Return: what each attempt gives."""
    expires, user = int(time.time()) + 60, f"{user}-{os.urandom(4).hex()}"
    clients = [turn.Client(SERVERS[0], turn.credentials(secret, expires + i, user)) for i in range(number)]
    return [stack.enter_context(client).allocate() for client in clients]


def test_one_household_has_a_part_of_the_relays(secret):
    with ExitStack() as stack:
        got = allocate_many(stack, secret, "one", USER_QUOTA + 2)
        assert got[USER_QUOTA:] == [QUOTA, QUOTA]
        assert len({port for _, port in got[:USER_QUOTA]}) == USER_QUOTA
        [other] = allocate_many(stack, secret, "another", 1)
        assert other[0] == RELAY


def test_all_together_have_the_ports_of_the_pop_file(secret):
    with ExitStack() as stack:
        got = [relay for user in range(17) for relay in allocate_many(stack, secret, f"user{user}", USER_QUOTA)]
        ports = [relay[1] for relay in got if isinstance(relay, tuple)]
        assert {relay for relay in got if not isinstance(relay, tuple)} == {FULL}
        assert set(ports) <= PORTS
        assert len(PORTS) * 3 / 4 < len(set(ports)) == len(ports) < len(got)
    wait_for_the_end_of_relays()


def test_a_relay_is_slow(guest):
    packet = bytes(1000)
    with turn.Client(SERVERS[0], guest) as here, turn.Client(SERVERS[0], guest) as there:
        _, relay = here.allocate(), there.allocate()
        here.permit(RELAY)
        there.permit(RELAY)
        end = time.monotonic() + 3
        arrived = sent = 0
        while time.monotonic() < end:
            here.send(relay, packet)
            sent += len(packet)
            arrived += len(there.receive(0.002))
        assert sent > 6 * CAP_BYTES_PER_S  # or it had nothing to slow down
        assert CAP_BYTES_PER_S < arrived < 4.5 * CAP_BYTES_PER_S


@pytest.mark.parametrize("server", SERVERS)
def test_an_answer_to_anyone_is_hardly_longer_than_the_question(server):
    *_, size = turn.binding(server)
    assert size <= QUESTION_BYTES + 24


def test_the_secret_is_for_two_services():
    assert pop.run("stat", "-c", "%U %a", SECRET).stdout == "turnserver 600\n"
    assert pop.run("stat", "-c", "%U %a", SECRET.rpartition("/")[0]).stdout == "turnserver 700\n"
    assert pop.run("stat", "-c", "%U %a", "/run/coturn/turnserver.conf").stdout == "turnserver 600\n"
    assert pop.run("grep", "-r", "secret=", "/run/fontaine", check=False).stdout == ""
