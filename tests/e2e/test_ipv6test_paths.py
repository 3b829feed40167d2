# The path of 1280 bytes and the one that leads nowhere, which the IPv6 test needs inside the POP.
# SPDX-License-Identifier: MIT

import json
import socket
from contextlib import ExitStack

import pytest

from support import ipv6testd, links, wire

pytestmark = pytest.mark.apart

MTU, BLACKHOLE = "fd09:1280::12", "fd09:dead::12"
HEADS_BYTES = links.IP_BYTES["ipv6"] + links.TCP_BYTES


@pytest.fixture(scope="module")
def link(tmp_path_factory):
    """A link whose server has both paths, and ipv6testd on it."""
    with ExitStack() as stack:
        link = stack.enter_context(links.link())
        link.client.run("ip", "route", "add", "default", "via", links.SERVER["ipv6"])
        behind = stack.enter_context(ipv6testd.paths(link.server, MTU, BLACKHOLE))
        descriptors = stack.enter_context(ipv6testd.listening(behind, MTU))
        stack.enter_context(ipv6testd.running(
            link.server, tmp_path_factory.mktemp("ipv6testd"), descriptors, mtu_ipv6=MTU, blackhole_ipv6=BLACKHOLE))
        yield link


def ask(link, request, host=MTU):
    with link.client.entered():
        return wire.ask((host, ipv6testd.HTTP_PORT), request)


def mtu_known_to(namespace):
    """What the kernel there believes of the path to MTU."""
    route = namespace.run("ip", "-6", "route", "get", MTU).split()
    return int(route[route.index("mtu") + 1]) if "mtu" in route else links.MTU_BYTES


def test_a_large_request_shrinks_and_arrives(link):
    reply = ask(link, wire.request("POST", "/ip/", body=bytes(8000)))
    assert (reply.status, json.loads(reply.body)["ip"]) == (200, links.CLIENT["ipv6"])
    assert mtu_known_to(link.client) == 1280


def test_a_large_reply_arrives(link):
    reply = ask(link, wire.request("GET", "/ip/?size=8000"))
    assert len(json.loads(reply.body)["padding"]) == 8000


def test_the_server_offers_large_segments_and_sends_small_ones(link):
    tcp = json.loads(ask(link, wire.request("GET", "/connection.json")).body)["tcp"]
    assert tcp["advmss"] == links.MTU_BYTES - HEADS_BYTES
    assert tcp["snd_mss"] <= 1280 - HEADS_BYTES
    assert tcp["pmtu"] == 1280


def test_the_other_addresses_have_the_whole_mtu(link):
    tcp = json.loads(ask(link, wire.request("GET", "/connection.json"), links.SERVER["ipv6"]).body)["tcp"]
    assert tcp["pmtu"] == links.MTU_BYTES


def test_the_black_hole_says_nothing(link):
    with link.client.entered(), pytest.raises(TimeoutError):
        socket.create_connection((BLACKHOLE, ipv6testd.HTTP_PORT), timeout=1.5)


def test_who_listens_to_routers_goes_on_listening():
    with links.link() as link:
        accepts = "/proc/sys/net/ipv6/conf/eth0/accept_ra"
        assert link.server.run("cat", accepts) == "1\n"
        with ipv6testd.paths(link.server, MTU):
            assert link.server.run("cat", "/proc/sys/net/ipv6/conf/all/forwarding") == "1\n"
            assert link.server.run("cat", accepts) == "2\n"  # although it forwards (Documentation/networking/ip-sysctl)


def test_what_is_taken_down_is_gone():
    with links.Namespace() as server:
        with ipv6testd.paths(server, MTU, BLACKHOLE) as behind:
            server.run(ipv6testd.PATHS, "up", behind.path, MTU, BLACKHOLE)  # may be repeated
            assert MTU in server.run("ip", "-6", "route")
        assert server.run("ip", "-6", "route") == ""
        assert "mtu1280" not in server.run("ip", "link")
