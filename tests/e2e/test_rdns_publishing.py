# A change comes into DNS, or all is as before: with rdnsd killed between any two steps, and with a Knot that is
# down, slow, stopped, or knows another key.
# SPDX-License-Identifier: MIT

import signal
import threading
import time

import dns.rdatatype
import pytest

from support import wait

pytestmark = pytest.mark.apart

ADDRESS = "192.0.2.7"
STEPS = [("update", "to"), ("update", "from"), ("question", "to"), ("question", "from")]


@pytest.fixture(autouse=True)
def nothing_is_left(reverse):
    """Afterwards database and DNS say the same, and nothing is on its way."""
    yield
    reverse.start_over()
    rows = reverse.query("SELECT address, name, state FROM ptr")
    assert {state for _, _, state in rows} <= {"live"}
    assert all(reverse.names(address) == [f"{name}."] for address, name, _ in rows)


def put(reverse, name, address=ADDRESS, **options):
    return reverse.api("PUT", f"ptrs/{address}", {"name": name}, **options)[0]


def in_background(function, *arguments):
    """Return: a function that waits for the result."""
    results = []
    thread = threading.Thread(target=lambda: results.append(function(*arguments)), daemon=True)
    thread.start()

    def result():
        thread.join(60)
        return results[0]
    return result


def test_a_change_is_in_dns_when_it_is_replied_to(reverse):
    for name in "one.example.net", "two.example.net":
        assert put(reverse, name) in (200, 201)
        assert reverse.names(ADDRESS) == [f"{name}."]
        assert dns.rdatatype.RRSIG in {rrset.rdtype for rrset in reverse.ask(
            "7.2.0.192.in-addr.arpa", "PTR", dnssec=True).answer}
    assert reverse.api("DELETE", f"ptrs/{ADDRESS}")[0] == 204
    assert reverse.names(ADDRESS) == []


def put_and_lose(reverse, name):
    try:
        return put(reverse, name)
    except OSError:
        return None


@pytest.mark.parametrize("kind, direction", STEPS)
def test_killed_between_two_steps_it_is_made_after_all(reverse, kind, direction):
    assert put(reverse, "before.example.net") in (200, 201)
    reverse.way.stop_at(kind, direction)
    result = in_background(put_and_lose, reverse, "after.example.net")
    reverse.way.until_there()
    reverse.stop_rdnsd(signal.SIGKILL)
    reverse.way.go_on()
    assert result() is None
    reverse.start_rdnsd()
    reverse.settle()
    assert reverse.names(ADDRESS) == ["after.example.net."]
    assert reverse.api("GET", f"ptrs/{ADDRESS}")[1]["state"] == "live"


def test_knot_is_down(reverse):
    assert put(reverse, "before.example.net") in (200, 201)
    reverse.stop_knot(signal.SIGKILL)
    status, problem = reverse.api("PUT", f"ptrs/{ADDRESS}", {"name": "after.example.net"})
    assert (status, problem["type"].rpartition("/")[2]) == (502, "not-live")
    reverse.start_knot()
    assert reverse.names(ADDRESS) == ["before.example.net."]
    assert reverse.api("GET", f"ptrs/{ADDRESS}")[1]["name"] == "before.example.net"
    audit = reverse.api("GET", "audit")[1]
    lines = next(iter(value for value in audit.values() if isinstance(value, list)))
    assert lines[0]["who"] == "rdnsd"
    assert lines[0]["undoes"] == lines[1]["seq"]
    assert lines[1]["change"] == "rolled back"


def test_knot_is_slow(reverse):
    """Its answer is late; but it has the change, as a question shows."""
    reverse.way.stop_at("update", "from")
    assert put(reverse, "slow.example.net") in (200, 201)
    assert reverse.names(ADDRESS) == ["slow.example.net."]


def test_knot_stands_still_and_takes_it_later(reverse):
    """Nobody knows what it has: the change is taken back, and so is what Knot makes of it when it goes on."""
    assert put(reverse, "before.example.net") in (200, 201)
    reverse.knot.send_signal(signal.SIGSTOP)
    try:
        start = time.monotonic()
        assert put(reverse, "after.example.net") == 502
        assert time.monotonic() - start < 12  # six; every wait to its end would be 24
        compared = reverse.counter("zones_compared_total", 'end="right"')
    finally:
        reverse.knot.send_signal(signal.SIGCONT)
    wait.until(lambda: reverse.counter("zones_compared_total", 'end="right"') >= compared + 2, "looked at again", 30)
    wait.until(lambda: reverse.names(ADDRESS) == ["before.example.net."], "all is as before")


def test_another_key(reverse):
    assert put(reverse, "before.example.net") in (200, 201)
    path = reverse.folder / "keys/rdnsd.conf"
    text = path.read_text()
    right = text.splitlines()[0].rpartition(":")[2]
    path.write_text(text.replace(right, "d3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmcgd3I="))
    reverse.stop_rdnsd()
    reverse.start_rdnsd()
    assert put(reverse, "after.example.net") == 502
    assert reverse.names(ADDRESS) == ["before.example.net."]
    path.write_text(text)


def test_drift_is_repaired_and_counted(reverse):
    """What somebody else has changed in Knot."""
    assert put(reverse, "right.example.net") in (200, 201)
    reverse.update("2.0.192.in-addr.arpa", "del 7.2.0.192.in-addr.arpa PTR",
                   "add 9.2.0.192.in-addr.arpa 60 PTR stray.example.net.")
    assert reverse.names("192.0.2.9") == ["stray.example.net."]
    reverse.stop_rdnsd()
    reverse.start_rdnsd()
    reverse.settle()
    assert reverse.counter("drift_records_total") == 2
    assert reverse.names(ADDRESS) == ["right.example.net."]
    assert reverse.names("192.0.2.9") == []


def test_names_for_all_addresses_where_a_member_wants_that(reverse):
    """Delegated to the POP itself, a prefix has names that lead back to their addresses; and none any more after."""
    path, one = "delegations/2001:db8:100:1::/64", "2001:db8:100:1::7"
    for _ in range(2):
        assert reverse.names(one) == []
        status, said = reverse.api("PUT", path, {"nameservers": [{"name": "ns1.pop.test"}]})
        assert status == 201, said
        wait.until(lambda: reverse.names(one) == ["2001-db8-100-1--7.ip6.pop.test."], "the address has a name")
        forward = reverse.ask(reverse.names(one)[0], "AAAA").answer[0]
        assert [record.address for record in forward] == [one]
        assert reverse.names("2001:db8:100:2::7") == []
        assert reverse.api("DELETE", path)[0] == 204
        wait.until(lambda: reverse.names(one) == [], "the address has no name")


@pytest.mark.parametrize("offset", ["+1d", "-1d"])
def test_the_clock_jumps(reverse, offset):
    """Knot takes what is signed at another time for forged: nothing is half done, and afterwards all goes on."""
    reverse.stop_knot()
    reverse.start_knot(own_clock=True)
    assert put(reverse, "before.example.net") in (200, 201)
    reverse.set_clock(offset)
    assert put(reverse, "meanwhile.example.net") == 502
    assert reverse.names(ADDRESS) == ["before.example.net."]
    reverse.set_clock("+0")
    assert put(reverse, "after.example.net") == 200
    assert reverse.names(ADDRESS) == ["after.example.net."]
    reverse.stop_knot()
    reverse.start_knot()
