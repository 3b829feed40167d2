# What the clients of Ookla's old test, of OpenSpeedTest and of Cloudflare's test ask for.
# SPDX-License-Identifier: MIT

import json

import pytest

from support import pop, wire


@pytest.fixture(params=pop.FAMILIES)
def address(request):
    return pop.address("speedtest", family=request.param)


def get(address, target, method="GET", **options):
    return wire.ask(address, wire.request(method, target), **options)


def post(address, target, body, *headers):
    return wire.ask(address, wire.request("POST", target, *headers, body=body))


@pytest.mark.parametrize("pixels", [350, 500, 750, 1000, 1500, 2000, 2500, 3000, 3500, 4000])
def test_ookla_picture(address, pixels):
    reply = get(address, f"/speedtest/random{pixels}x{pixels}.jpg?x=1.2")
    assert reply.status == 200
    assert len(reply.body) == 2 * pixels * pixels


@pytest.mark.parametrize("name", ["random351x351.jpg", "random350x500.jpg", "random350x350.png", "random", "x"])
def test_ookla_no_such_picture(address, name):
    assert get(address, f"/speedtest/{name}").status == 404


def test_ookla_latency(address):
    reply = get(address, "/speedtest/latency.txt?x=1")
    assert (reply.status, reply.body) == (200, b"test=test\n")


def test_ookla_upload(address):
    assert get(address, "/speedtest/upload.php").body == b"size=500\n"
    assert post(address, "/speedtest/upload.php", b"content1=" + b"0" * 100000).body == b"size=100009\n"


def test_openspeedtest(address):
    reply = get(address, "/downloading?n=0.5")
    assert reply.status == 200
    assert reply.headers["access-control-allow-origin"] == "*"
    assert len(reply.body) == 30 << 20
    assert get(address, "/upload?n=0.5", "HEAD", has_body=False).status == 200
    reply = post(address, "/upload?n=0.5", b"x" * 100000)
    assert (reply.status, reply.body) == (200, b"")
    assert get(address, "/upload", "OPTIONS").status == 204


@pytest.mark.parametrize("query, size", [
    ("", 0), ("?bytes=0", 0), ("?bytes=1", 1), ("?bytes=25000000&during=x", 25000000),
])
def test_cloudflare_download(address, query, size):
    reply = get(address, f"/__down{query}")
    assert reply.status == 200
    assert len(reply.body) == size
    assert reply.headers["server-timing"].startswith("cfRequestDuration;dur=")
    assert reply.headers["access-control-expose-headers"] == "Server-Timing"
    assert reply.headers["timing-allow-origin"] == "*"


@pytest.mark.parametrize("value", ["", "-1", "1e6", "x", "1000000001", "99999999999999999999"])
def test_cloudflare_refuses_other_sizes(address, value):
    assert get(address, f"/__down?bytes={value}").status == 400


def test_cloudflare_upload(address):
    reply = post(address, "/__up?bytes=100000", b"0" * 100000, "Content-Type: text/plain;charset=UTF-8")
    assert (reply.status, reply.body) == (200, b"")
    assert reply.headers["server-timing"].startswith("cfRequestDuration;dur=")


@pytest.mark.parametrize("target", ["/servers.json", "/.well-known/librespeed"])
@pytest.mark.parametrize("host, server", [
    ("pop.example:81", "http://pop.example:81/"),
    ("[2001:db8::1]", "http://[2001:db8::1]/"),
    ("a_b", f"http://speedtest.{pop.site()['domain']}/"),  # nothing to put into a list
])
def test_librespeed_servers(address, target, host, server):
    reply = wire.ask(address, wire.request("GET", target, host=host))
    assert reply.status == 200
    assert reply.headers["access-control-allow-origin"] == "*"
    first = json.loads(reply.body)[0]
    assert first["name"] == pop.site()["title"]
    assert first["server"] == server
