# A prefix whose addresses all have a name, made by Knot, and hosted names in it: those come first, wherever the
# change was cut off, and whether they were there before the prefix had its own zone.
# SPDX-License-Identifier: MIT

import ipaddress
import signal
import threading

import dns.flags
import dns.rcode
import dns.reversename
import pytest

from support import wait

pytestmark = pytest.mark.apart

PREFIX, ZONE = "2001:db8:100:1::/64", "1.0.0.0.0.0.1.0.8.b.d.0.1.0.0.2.ip6.arpa"
PARENT, CATALOG = "8.b.d.0.1.0.0.2.ip6.arpa", "synthesised.pop.test"
ADDRESS, OTHER = "2001:db8:100:1::7", "2001:db8:100:1:2:3:4:5"
OWN = {"nameservers": [{"name": "ns1.pop.test"}]}
SEVEN = ["seven.example.net."]
MADE = ["2001-db8-100-1--7.ip6.pop.test."]


@pytest.fixture(autouse=True)
def nothing_is_left(reverse):
    """Afterwards database and DNS say the same; then nothing is set up any more."""
    yield
    reverse.start_over()
    for address, in reverse.query("SELECT address FROM ptr"):
        delete(reverse, f"ptrs/{address}")
    for prefix, in reverse.query("SELECT DISTINCT prefix FROM delegation"):
        delete(reverse, f"delegations/{prefix}")


def delete(reverse, path):
    status, said = reverse.api("DELETE", path)
    assert status == 204, said


def host(reverse, address=ADDRESS, name="seven.example.net"):
    status, said = reverse.api("PUT", f"ptrs/{address}", {"name": name})
    assert status in (200, 201), said


def synthesise(reverse, prefix=PREFIX):
    status, said = reverse.api("PUT", f"delegations/{prefix}", OWN)
    assert status == 201, said


def is_zone(reverse):
    """Whether Knot has the zone, by its answers."""
    answer = reverse.ask(ZONE, "SOA")
    return bool(answer.flags & dns.flags.AA) and bool(answer.answer)


def test_real_names_come_first(reverse):
    synthesise(reverse)
    assert reverse.names(ADDRESS) == MADE
    host(reverse)
    assert reverse.names(ADDRESS) == SEVEN
    assert reverse.names(OTHER) == ["2001-db8-100-1-2-3-4-5.ip6.pop.test."]
    host(reverse, name="other.example.net")
    assert reverse.names(ADDRESS) == ["other.example.net."]
    delete(reverse, f"ptrs/{ADDRESS}")
    assert reverse.names(ADDRESS) == MADE


def test_names_between_are_there(reverse):
    """No resolver that asks label by label, or knows RFC 8020, may conclude that nothing is below."""
    synthesise(reverse)
    host(reverse)
    for address in ADDRESS, OTHER:
        labels = dns.reversename.from_address(address).labels
        for n in range(1, 16):
            answer = reverse.ask(".".join(label.decode() for label in labels[n:-1]), "PTR")
            assert (answer.rcode(), answer.answer) == (dns.rcode.NOERROR, [])
    answer = reverse.ask(dns.reversename.from_address(ADDRESS).to_text(), "TXT")
    assert (answer.rcode(), answer.answer) == (dns.rcode.NOERROR, [])


def test_a_name_that_goes_gives_way_to_the_one_that_is_made(reverse):
    """rdnsd asks for that one, so it has to know how Knot writes every kind of address."""
    synthesise(reverse)
    for end in "::", ":1::", ":0:1::", ":0:1:2:3", ":1::1", ":1:0:0:0", ":1:2:3:0", "::102:304":
        address = ipaddress.ip_address(f"2001:db8:100:1{end}")
        made = reverse.names(str(address))
        assert len(made) == 1
        host(reverse, address)
        assert reverse.names(str(address)) == SEVEN
        delete(reverse, f"ptrs/{address}")
        assert reverse.names(str(address)) == made


def test_names_move_into_the_prefix_and_back(reverse):
    host(reverse)
    signed = reverse.ask(dns.reversename.from_address(ADDRESS).to_text(), "PTR", dnssec=True)
    assert len(signed.answer) == 2
    synthesise(reverse)
    assert (reverse.names(ADDRESS), len(reverse.names(OTHER))) == (SEVEN, 1)
    assert reverse.zone_has(PARENT, ADDRESS) is False
    assert reverse.zone_has(ZONE, ADDRESS) is True
    delete(reverse, f"delegations/{PREFIX}")
    assert (reverse.names(ADDRESS), reverse.names(OTHER)) == (SEVEN, [])
    assert reverse.zone_has(PARENT, ADDRESS) is True
    assert not is_zone(reverse)


def test_a_prefix_of_many_zones(reverse):
    """A /62 is four of them; each has its own names."""
    host(reverse, "2001:db8:100:2::7", "two.example.net")
    synthesise(reverse, "2001:db8:100::/62")
    host(reverse, "2001:db8:100:3::7", "three.example.net")
    assert reverse.names("2001:db8:100:2::7") == ["two.example.net."]
    assert reverse.names("2001:db8:100:3::7") == ["three.example.net."]
    assert reverse.names("2001:db8:100:1::7") == MADE
    assert reverse.names("2001:db8:100:4::7") == []


def test_many_names_at_once(reverse):
    """Inside the prefix and outside, in one request; and the prefix with all of them by an operator's import."""
    outside, many = "2001:db8:100:2::1", [f"2001:db8:100:1::{i:x}" for i in range(1, 200)]
    synthesise(reverse)
    body = {"ptrs": [{"address": address, "name": "many.example.net"} for address in [outside, *many]]}
    status, said = reverse.api("POST", "ptrs", body)
    assert status == 200, said
    assert all(reverse.names(address) == ["many.example.net."] for address in (outside, many[0], many[-1]))
    delete(reverse, f"delegations/{PREFIX}")
    assert reverse.names(many[7]) == ["many.example.net."]
    body = {"delegations": [{"prefix": PREFIX, "to": OWN}]}
    status, said = reverse.api("POST", "delegations", body, asn=None)
    assert (status, said["live"]) == (200, True)
    assert reverse.names(many[7]) == ["many.example.net."]
    assert len(reverse.names(OTHER)) == 1
    assert reverse.zone_has(PARENT, many[7]) is False
    status, said = reverse.api("POST", "ptrs", {"within": "2001:db8:100::/40", "ptrs": []})
    assert status == 200, said
    assert reverse.names(many[0]) == ["2001-db8-100-1--1.ip6.pop.test."]


def test_what_is_refused(reverse):
    """Names are hosted in such a prefix alone, and by its own member."""
    host(reverse)
    status, said = reverse.api("PUT", f"delegations/{PREFIX}?check=no",
                               {"nameservers": [{"name": "ns1.example.net"}]}, asn=None)
    assert (status, said["reason"]) == (409, "ptrs")
    synthesise(reverse)
    status, said = reverse.api("PUT", f"delegations/{PREFIX}?check=no",
                               {"nameservers": [{"name": "ns1.example.net"}]}, asn=None)
    assert (status, said["reason"]) == (409, "ptrs")
    status, said = reverse.api("PUT", "delegations/2001:db8:100:1:8000::/68", OWN)
    assert (status, said["reason"]) == (409, "overlap")
    status, said = reverse.api("PUT", f"ptrs/{ADDRESS}", {"name": "two.example.net"}, asn=64501)
    assert status == 403, said


def in_background(function, *arguments):
    """Return: a function that waits for its end."""
    thread = threading.Thread(target=function, args=arguments, daemon=True)
    thread.start()
    return lambda: thread.join(60)


def send_and_lose(reverse, method, path, body=None):
    try:
        reverse.api(method, path, body)
    except OSError:
        pass


def kill_at(reverse, place, request):
    """Kill rdnsd at the nth message of a kind in a direction; then let it start again."""
    reverse.way.stop_at(*place)
    end = in_background(send_and_lose, reverse, *request)
    reverse.way.until_there()
    reverse.stop_rdnsd(signal.SIGKILL)
    reverse.way.go_on()
    end()
    reverse.start_rdnsd()
    reverse.settle()


# Updates of the catalog, the zone and the parent, and questions; or of the parent, and then the catalog.
BEGIN = [("update", 1), ("update", 2), ("update", 3), ("question", 1)]
END = [("update", 1), ("update", 2), ("question", 1)]


@pytest.mark.parametrize("kind, nth", BEGIN)
@pytest.mark.parametrize("direction", ["to", "from"])
def test_killed_while_the_prefix_gets_its_zone(reverse, kind, nth, direction):
    host(reverse)
    kill_at(reverse, (kind, direction, nth), ("PUT", f"delegations/{PREFIX}", OWN))
    assert reverse.api("GET", f"delegations/{PREFIX}")[1]["state"] == "live"
    assert (reverse.names(ADDRESS), len(reverse.names(OTHER))) == (SEVEN, 1)
    assert reverse.zone_has(PARENT, ADDRESS) is False


def test_stopped_while_it_is_taken_up(reverse):
    """Killed, started again, and stopped while it waits for the zone: it ends at once, and the next start goes on."""
    host(reverse)
    reverse.way.stop_at("question", "to")
    end = in_background(send_and_lose, reverse, "PUT", f"delegations/{PREFIX}", OWN)
    reverse.way.until_there()
    reverse.stop_rdnsd(signal.SIGKILL)
    reverse.way.go_on()
    end()
    reverse.way.stop_at("transfer", "to", 2)
    reverse.start_rdnsd()
    reverse.way.until_there()
    reverse.stop_rdnsd()
    reverse.way.go_on()
    reverse.start_rdnsd()
    reverse.settle()
    assert reverse.api("GET", f"delegations/{PREFIX}")[1]["state"] == "live"
    assert (reverse.names(ADDRESS), len(reverse.names(OTHER))) == (SEVEN, 1)


@pytest.mark.parametrize("kind, nth", END)
@pytest.mark.parametrize("direction", ["to", "from"])
def test_killed_while_the_prefix_loses_its_zone(reverse, kind, nth, direction):
    host(reverse)
    synthesise(reverse)
    kill_at(reverse, (kind, direction, nth), ("DELETE", f"delegations/{PREFIX}"))
    assert reverse.api("GET", f"delegations/{PREFIX}")[0] == 404
    assert (reverse.names(ADDRESS), reverse.names(OTHER)) == (SEVEN, [])
    assert not is_zone(reverse)


@pytest.mark.parametrize("kind, direction", [("update", "to"), ("update", "from"), ("question", "from")])
def test_killed_while_an_address_gets_its_name(reverse, kind, direction):
    synthesise(reverse)
    kill_at(reverse, (kind, direction), ("PUT", f"ptrs/{ADDRESS}", {"name": "seven.example.net"}))
    assert reverse.names(ADDRESS) == SEVEN


def test_knot_starts_again_with_what_it_had(reverse):
    """From its own journal, before anybody tells it; also when the operator's address is another one by then."""
    synthesise(reverse)
    host(reverse)
    reverse.stop_rdnsd()
    reverse.stop_knot(signal.SIGKILL)
    reverse.start_knot()
    wait.until(lambda: reverse.names(ADDRESS) == SEVEN, "the hosted name is served")
    assert len(reverse.names(OTHER)) == 1
    assert len(reverse.ask(ZONE, "SOA").answer[0]) == 1
    reverse.start_rdnsd()


@pytest.mark.parametrize("begins", [True, False])
@pytest.mark.parametrize("refusing", [PARENT, CATALOG])
def test_what_knot_refuses_is_taken_back(reverse, begins, refusing):
    """One of the zones takes no update: the prefix, and the names in it, are as they were."""
    host(reverse)
    if not begins:
        synthesise(reverse)
    with reverse.without_updates(refusing):
        status, problem = reverse.api("PUT" if begins else "DELETE", f"delegations/{PREFIX}", OWN if begins else None)
        assert (status, problem["type"].rpartition("/")[2]) == (502, "not-live")
    assert reverse.names(ADDRESS) == SEVEN
    assert is_zone(reverse) is not begins
    assert len(reverse.names(OTHER)) == (0 if begins else 1)


def test_drift_in_such_a_zone_is_repaired_and_counted(reverse):
    synthesise(reverse)
    host(reverse)
    owner, stray = (dns.reversename.from_address(address).to_text() for address in (ADDRESS, OTHER))
    reverse.update(ZONE, f"del {owner} PTR", f"add {stray} 60 PTR stray.example.net.")
    reverse.stop_rdnsd()
    reverse.start_rdnsd()
    reverse.settle()
    assert reverse.counter("drift_records_total") == 2
    assert reverse.names(ADDRESS) == SEVEN
    assert reverse.names(OTHER) == ["2001-db8-100-1-2-3-4-5.ip6.pop.test."]
