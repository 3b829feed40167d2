# What ipv6testd says over HTTP, itself and by way of nginx.
# SPDX-License-Identifier: MIT

import json
import socket
import ssl

import pytest

from support import ipv6testd, links, pop, wait, web, wire

FIELDS = {"ip", "type", "subtype", "via", "padding", "asn", "asn_name", "asnlist"}  # falling-sky's
ZONES = ["a", "aaaa", "ds", "late", "tcp", "v4ns", "v6ns", "qmin", "alg8", "alg13", "alg15", "bogus", "expired",
         "nosig"]
ZONE = f"t.ipv6test.{pop.site()['domain']}"
LIMIT_BYTES = 64 * 1024
FORGED = ["X-Forwarded-For: 192.0.2.66", "X-Real-IP: 192.0.2.66", "Forwarded: for=192.0.2.66",
          "CF-Connecting-IP: 192.0.2.66", "X-Client-IP: 192.0.2.66"]


@pytest.fixture(params=pop.FAMILIES)
def server(request):
    return pop.address("ipv6test", family=request.param)


@pytest.fixture
def nginx():
    return pop.address("pages")


def get(server, target, *headers, **options):
    return wire.ask(server, wire.request("GET", target, *headers), **options)


def echo(server, target="/ip/", *headers, **options):
    reply = get(server, target, *headers, **options)
    assert reply.status == 200
    return json.loads(reply.body)


@pytest.mark.parametrize("protocol", ["http", "https"])
@pytest.mark.parametrize("family", pop.FAMILIES)
def test_a_visitor_is_told_their_address(protocol, family):
    told = json.loads(web.get(pop.url("ipv6test", protocol, family, "/ip/")).body)
    assert set(told) == FIELDS
    assert all(isinstance(value, str) for value in told.values())
    assert told["ip"] == pop.OWN[family]
    assert (told["type"], told["subtype"], told["via"], told["padding"]) == (family, "", "", "")


@pytest.mark.parametrize("name", ["f", "a.b.c", "jQuery110_1700000000", "$", "a" * 64])
def test_a_page_may_be_called_with_the_reply(server, name):
    reply = get(server, f"/ip/?callback={name}&_=1700000000")
    assert reply.headers["content-type"].startswith("text/javascript")
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.body.startswith(f"{name}(".encode()) and reply.body.endswith(b")\n")
    assert json.loads(reply.body[len(name) + 1:-2])["ip"] == pop.own(server[0])


@pytest.mark.parametrize("name", [
    "", "a(b", "alert(1)//", "a%20b", "1a", "a..b", ".a", "a.", "%3Cscript%3E", "a;b", "a%0d%0aX-Y: z", "a%00", "%zz",
    "a" * 65, "%c3%a9", "a[0]", "a-b",
])
def test_an_illegal_callback_is_refused(server, name):
    reply = get(server, f"/ip/?callback={name}".replace(" ", "%20"))
    assert reply.status == 400
    assert b"alert" not in reply.body
    assert "x-y" not in reply.headers


@pytest.mark.parametrize("size", [0, 1, 1280, 1600, LIMIT_BYTES])
def test_a_reply_is_as_large_as_wished(server, size):
    assert len(echo(server, f"/ip/?size={size}")["padding"]) == size


@pytest.mark.parametrize("size", [str(LIMIT_BYTES + 1), "99999999999999999999", "-1", "1e3", "ten", "", "0x10"])
def test_a_size_that_makes_no_sense_is_refused(server, size):
    assert get(server, f"/ip/?size={size}").status == 400


def test_a_request_may_be_filled(server):
    assert echo(server, f"/ip/?fill={'x' * 1600}&size=10")["padding"] == "x" * 10
    assert get(server, f"/ip/?fill={'x' * 9000}").status == 414


@pytest.mark.parametrize("upload", [
    wire.request("POST", "/ip/", body=bytes(LIMIT_BYTES)),
    wire.request("POST", "/ip/", "Transfer-Encoding: chunked") + wire.chunked(*[bytes(1000)] * 60),
], ids=["by length", "in chunks"])
def test_an_upload_is_answered_and_dropped(server, upload):
    reply = wire.ask(server, upload)
    assert (reply.status, json.loads(reply.body)["ip"]) == (200, pop.own(server[0]))


@pytest.mark.parametrize("path", ["/ip/", "/connection.json"])
def test_an_upload_has_a_limit(server, path):
    with wire.Connection(server) as connection:
        connection.send(wire.request("POST", path, f"Content-Length: {LIMIT_BYTES + 1}"))
        assert connection.reply().status == 413


@pytest.mark.parametrize("address, family, tunnel", [
    ("192.0.2.1", "ipv4", ""), ("2001:db8::1", "ipv6", ""), ("2002:c000:201::1", "ipv6", "6to4"),
    ("2001::1", "ipv6", "Teredo"),
])
def test_another_address_may_be_asked_about(server, address, family, tunnel):
    told = echo(server, f"/ip/?testip={address}")
    assert (told["ip"], told["type"], told["subtype"]) == (address, family, tunnel)


@pytest.mark.parametrize("address", ["", "1.2.3", "::g", "192.0.2.1/24", "%22", "localhost", "1" * 100])
def test_what_is_no_address_is_refused(server, address):
    assert get(server, f"/ip/?testip={address}").status == 400


def test_an_origin_is_told_to_who_asks(tmp_path):
    origins = tmp_path / "origins"
    origins.write_text("64500\t10.9.0.0/16\t300\n{64501,64502}\tfd09::/32\t300\n")
    folder = tmp_path / "daemon"
    folder.mkdir()
    with links.link() as link, ipv6testd.running(
            link.server, folder, results={"origins": [str(origins)]}) as server:
        def told(family, query):
            with link.client.entered():
                reply = echo((links.SERVER[family], ipv6testd.HTTP_PORT), f"/ip/{query}")
            return reply["asn"], reply["asn_name"], reply["asnlist"]

        wait.until(lambda: server.counters()["origin_prefixes"] == 2, "the origins are read")
        assert told("ipv4", "?asn=1") == ("64500", "", "64500")
        assert told("ipv6", "?asn=1") == ("64501", "", "64501 64502")
        assert told("ipv4", "") == told("ipv4", "?asn=1&testip=192.0.2.1") == ("", "", "")


def test_a_proxy_is_named_without_breaking_the_reply(server):
    assert echo(server, "/ip/", "Via: 1.1 proxy.example (squid/6.13)")["via"] == "1.1 proxy.example (squid/6.13)"
    assert echo(server, "/ip/", 'Via: "},{"ip":"x<')["via"] == "?},{?ip?:?x?"


@pytest.mark.parametrize("path", ["/ip/", "/connection.json"])
def test_a_forged_header_changes_nothing(server, path):
    assert get(server, path).status == 200
    assert echo(server, path, *FORGED)["ip"] == pop.own(server[0])


@pytest.mark.parametrize("path", ["/ip/", "/ip/?callback=f", "/connection.json", "/session.json"])
def test_pages_of_any_origin_may_ask_and_nothing_is_kept(server, path):
    headers = get(server, path, "Origin: https://other.example").headers
    assert headers["access-control-allow-origin"] == "*"
    assert headers["timing-allow-origin"] == "*"
    assert headers["cache-control"] == "no-store"


def test_pages_of_any_origin_may_upload(server):
    reply = wire.ask(server, wire.request("OPTIONS", "/ip/", "Origin: https://other.example",
                                          "Access-Control-Request-Method: POST"))
    assert reply.status == 204
    assert "POST" in reply.headers["access-control-allow-methods"]


def test_every_session_is_new(server):
    first, second = echo(server, "/session.json"), echo(server, "/session.json")
    assert first.pop("nonce") != second.pop("nonce")
    assert first == second


def test_a_session_says_where_to_ask(server):
    told = echo(server, "/session.json")
    assert len(told["nonce"]) == 26 and told["nonce"].islower()
    assert (told["zone"], told["names"], told["tests"]) == (ZONE, "local", ZONES)
    assert (told["http_port"], told["https_port"]) == (8082, 8446)
    assert told["literals"] == {family: pop.address("ipv6test", family=family)[0] for family in pop.FAMILIES}
    assert told["mtu_ipv6"] is None
    assert told["speedtest"]["ipv6"]["http"] == pop.url("speedtest", family="ipv6", path="")
    assert (told["store"], told["keep_days"]) == ("agreed", 30)


def test_a_connection_is_told_as_the_kernel_sees_it(server):
    with wire.Connection(server) as connection:
        connection.send(wire.request("GET", "/connection.json?nonce=x&test=ds", host="x.ds.t.example:8082"))
        told = json.loads(connection.reply().body)
        assert told["port"] == connection.socket.getsockname()[1]
    assert (told["ip"], told["host"]) == (pop.own(server[0]), "x.ds.t.example:8082")
    assert told["tcp"]["pmtu"] > told["tcp"]["snd_mss"] > 0
    assert told["tcp"]["advmss"] > 0 and told["tcp"]["rcv_mss"] > 0
    assert told["tcp"]["rtt_us"] >= told["tcp"]["min_rtt_us"] > 0
    assert told["tcp"]["retransmits"] == 0


def agreed_protocol(address, name):
    """What the server at @address chooses for the host @name of all that a browser offers."""
    context = ssl._create_unverified_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with socket.create_connection(address, 5) as plain, context.wrap_socket(plain, server_hostname=name) as secure:
        return secure.selected_alpn_protocol()


@pytest.mark.parametrize("service", ["ipv6test", "pages"])
def test_its_certificate_is_for_every_name(service):
    host, port = pop.address(service, "https")
    names = [f"nonce.{zone}.{ZONE}" for zone in ZONES] + [
        f"{name}.{pop.site()['domain']}" for name in ("ipv6test", "ipv4.ipv6test", "ipv6.ipv6test", "ds.ipv6test",
                                                      "ds.v6ns.ipv6test")]
    for name in names:
        reply = web.get(f"https://{name}:{port}/ip/", "--resolve", f"{name}:{port}:{host}")
        assert json.loads(reply.body)["ip"] == pop.own(host)


@pytest.mark.parametrize("family", pop.FAMILIES)
def test_a_test_name_speaks_http_1_only(family):
    for service in "ipv6test", "pages":
        assert agreed_protocol(pop.address(service, "https", family), f"x.ds.{ZONE}") == "http/1.1"
    assert agreed_protocol(pop.address("pages", "https", family), pop.site()["domain"]) == "h2"


@pytest.mark.parametrize("family", pop.FAMILIES)
@pytest.mark.parametrize("name", [f"nonce.a.{ZONE}", f"nonce.ds.{ZONE}", f"ipv6.ipv6test.{pop.site()['domain']}"])
def test_nginx_passes_a_test_on(family, name):
    request = wire.request("GET", "/ip/?callback=f&size=2000", *FORGED, "Via: 1.1 proxy.example", host=name)
    told = json.loads(wire.ask(pop.address("pages", family=family), request).body[2:-2])
    assert (told["ip"], told["via"]) == (pop.OWN[family], "1.1 proxy.example")
    assert len(told["padding"]) == 2000


@pytest.mark.parametrize("family", pop.FAMILIES)
def test_http_3_is_offered_and_works(family):
    host, port = pop.address("pages", "https", family)
    offer = web.get(pop.url("pages", "https", family)).headers["alt-svc"]
    assert offer == f'h3=":{port}"; ma=86400'

    url = echo(pop.address("ipv6test"), "/session.json")["http3"]
    assert url == f"https://www.{pop.site()['domain']}:{port}/ip/"
    near = f"www.{pop.site()['domain']}:{port}:{f'[{host}]' if ':' in host else host}"
    forged = [word for header in FORGED for word in ("--header", header)]
    reply = web.get(url, "--http3-only", "--resolve", near, *forged)
    assert json.loads(reply.body)["ip"] == pop.own(host)
    assert reply.headers["timing-allow-origin"] == reply.headers["access-control-allow-origin"] == "*"


def test_nginx_passes_an_upload_on(nginx):
    name = f"nonce.ds.{ZONE}"
    reply = wire.ask(nginx, wire.request("POST", "/ip/", body=bytes(60_000), host=name))
    assert (reply.status, json.loads(reply.body)["ip"]) == (200, pop.own(nginx[0]))
    too_much = wire.request("POST", "/ip/", f"Content-Length: {LIMIT_BYTES + 1}", host=name)
    assert wire.ask(nginx, too_much).status == 413


@pytest.mark.parametrize("target", ["/", "/metrics", "/session.json", "/ip", "/results", "/../ip/"])
def test_nginx_passes_nothing_else_on(nginx, target):
    reply = wire.ask(nginx, wire.request("GET", target, host=f"nonce.ds.{ZONE}"))
    assert reply.status in (404, 400, 301)
    assert b"ipv6testd" not in reply.body


def test_the_socket_of_nginx_is_for_nginx_only():
    listing = pop.run("stat", "--format=%A %G", "/run/ipv6testd/http.sock").stdout
    assert listing == "srw-rw---- fontaine-http\n"


def test_metrics_are_for_the_machine_itself(server, strangers):
    assert b"ipv6testd_connections_total " in get(server, "/metrics").body
    for family in pop.FAMILIES:
        stranger = pop.address("ipv6test", family=family)
        assert get(stranger, "/metrics", source=strangers[family]).status == 404
