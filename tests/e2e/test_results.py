# Results that visitors share: stored, shown, pictured, deleted; and none is lost.
# SPDX-License-Identifier: MIT

import itertools
import json
import re
import secrets
import threading

import pytest

from support import pop, results, wait, wire

SPEEDTEST = "speedtestd.service"
PAPER = (0xfa, 0xf8, 0xf3)
SOURCES = map(pop.visitor("77.{0[0]}.{0[1]}").format, itertools.product(range(256), range(1, 255)))


@pytest.fixture(params=pop.FAMILIES)
def server(request):
    return pop.address("speedtest", family=request.param)


@pytest.fixture
def source():
    """A client of its own: each may post so much at once."""
    return next(SOURCES)


@pytest.fixture
def ipv4_server():
    return pop.address("speedtest")


def meta(page):
    """The page's meta elements, name or property to content."""
    return dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', page))


def test_a_result_is_stored_and_found(server):
    answer = results.stored(server)
    assert re.fullmatch("[0-9a-f]{32}", answer["id"])
    assert answer["url"] == f"/results/{answer['id']}"
    assert re.fullmatch(f"/results/{answer['id']}/delete\\?key=[0-9a-f]{{32}}", answer["delete_url"])
    told = json.loads(results.get(server, answer["url"] + ".json").body)
    expected = results.result()
    del expected["ipv4"]["address"]
    assert (told["id"], told["client"], told["result"]) == (answer["id"], "page", expected)
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", told["time"])


def test_ids_and_keys_do_not_repeat(ipv4_server, source):
    answers = [results.stored(ipv4_server, source=source) for _ in range(5)]
    words = [word for answer in answers for word in (answer["id"], answer["delete_url"].partition("key=")[2])]
    assert len(set(words)) == 10


def test_no_whole_address_is_kept(ipv4_server, source):
    results.stored(ipv4_server, results.result(source), source=source)
    other = {"address": "2001:db8:1:2:3:4:5:6", "latency": {"medianMs": 1}}
    results.stored(ipv4_server, {"ipv6": other}, source=source)
    folder = "/var/lib/fontaine/speedtest"
    found = pop.run("grep", "--text", "--recursive", "--only-matching", "--extended-regexp",
                    pop.visitor("77\\.") + "[0-9.]+/?[0-9]*|2001:db8:1:[0-9a-f:]*/?[0-9]*", folder).stdout
    kept = set(re.findall(r":(\d+\..*|2001.*)$", found, re.MULTILINE))
    network = source.rsplit(".", 1)[0] + ".0/24"
    assert network in kept
    assert "2001:db8:1::/48" in kept
    assert all(text.endswith((".0/24", "/48")) for text in kept)


@pytest.mark.parametrize("accept, language, heading, figures", [
    ("en-GB,en;q=0.9", "en", "A speed test at", "Download 94.3 Mbit/s, Upload 20.1 Mbit/s, Latency 12 ms"),
    ("fr-FR,fr;q=0.9,en;q=0.8", "fr", "Un test de débit à", "Réception 94,3 Mbit/s, Envoi 20,1 Mbit/s, Latence 12"),
    ("de", "en", "A speed test at", "Download 94.3 Mbit/s"),
])
def test_the_page_speaks_the_visitors_language(server, accept, language, heading, figures):
    reply = results.get(server, results.stored(server)["url"], f"Accept-Language: {accept}")
    page = reply.body.decode()
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert f'<html lang="{language}">' in page
    assert f"<h1>{heading} {pop.site()['title']}</h1>" in page
    assert figures in meta(page)["description"]


def test_the_page_needs_no_script_and_loads_nothing_from_elsewhere(server):
    reply = results.get(server, results.stored(server)["url"])
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    page = reply.body.decode()
    assert "94.3" in page
    loaded = re.findall(r'<(?:link|script|img)[^>]+(?:href|src)="([^"]+)"', page)
    assert loaded
    for path in loaded:
        assert results.get(server, path).status == 200, path


def test_a_preview_finds_its_picture(server):
    page = results.get(server, results.stored(server)["url"]).body.decode()
    tags = meta(page)
    host = f"[{server[0]}]" if ":" in server[0] else server[0]
    assert tags["og:url"].startswith(f"http://{host}:{server[1]}/results/")
    assert tags["og:image"] == tags["twitter:image"]
    assert (tags["og:image:width"], tags["og:image:height"]) == ("1200", "630")
    assert tags["twitter:card"] == "summary_large_image"
    image = results.picture(results.get(server, results.path_of(tags["og:image"])))
    assert image.size == (1200, 630)


def test_an_address_that_is_no_name_is_not_repeated(ipv4_server):
    target = results.stored(ipv4_server)["url"]
    page = wire.ask(ipv4_server, wire.request("GET", target, host='a"onload=x')).body.decode()
    assert "onload" not in page


def test_the_picture_shows_the_figures(ipv4_server, source):
    answers = [results.stored(ipv4_server, results.result(download_bps=bps), source=source) for bps in (1.5e6, 9.4e9)]
    images = [results.picture(results.get(ipv4_server, answer["url"] + ".png")) for answer in answers]
    assert images[0].size == images[1].size == (1200, 630)
    title, download, upload = (0, 40, 1200, 120), (222, 230, 450, 450), (467, 230, 690, 450)
    for image in images:
        assert image.getpixel((2, 2)) == PAPER
        for box in (title, download, upload):
            darkest = min(sum(pixel) for pixel in image.crop(box).getdata())
            assert darkest < 150, "something is written there"
    assert images[0].crop(download).tobytes() != images[1].crop(download).tobytes()
    assert images[0].crop(upload).tobytes() == images[1].crop(upload).tobytes()


def test_many_pictures_at_once_do_not_hold_up_a_test(ipv4_server, source):
    target = results.stored(ipv4_server, source=source)["url"] + ".png"
    statuses = []

    def ask():
        statuses.append(results.get(ipv4_server, target, timeout_s=20).status)

    threads = [threading.Thread(target=ask) for _ in range(40)]
    for thread in threads:
        thread.start()
    assert wire.ask(ipv4_server, wire.request("GET", "/empty")).status == 200
    for thread in threads:
        thread.join(30)
    assert set(statuses) <= {200, 503}
    assert statuses.count(200) >= 8


def test_its_visitor_can_delete_a_result(server):
    answer = results.stored(server)
    ask = results.get(server, answer["delete_url"], "Accept-Language: fr")
    assert ask.status == 200
    assert '<form method="post">' in ask.body.decode()
    assert results.get(server, answer["url"]).status == 200, "asking deletes nothing"
    done = results.get(server, answer["delete_url"], "Content-Type: application/x-www-form-urlencoded",
                       "Content-Length: 0", method="POST")
    assert done.status == 200
    for suffix in ("", ".png", ".json"):
        assert results.get(server, answer["url"] + suffix).status == 404
    assert results.get(server, answer["delete_url"]).status == 404


@pytest.mark.parametrize("key", ["", "?key=", "?key=0", "?key=" + "0" * 32, "?key=" + "0" * 500, "?key=%zz"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_else_can(ipv4_server, source, method, key):
    url = results.stored(ipv4_server, source=source)["url"]
    assert results.get(ipv4_server, f"{url}/delete{key}", method=method).status == 403
    assert results.get(ipv4_server, url).status == 200


@pytest.mark.parametrize("body, error", [
    (b"", "the result: not JSON"),
    (b"{", "the result: not JSON"),
    (b"[]", "the result: must be an object"),
    (b"{}", "the result: must have latency, download or upload of ipv4 or ipv6"),
    ({"ipv4": {"download": {"bitsPerSecond": "fast"}}}, "ipv4.download.bitsPerSecond: must be a number from 0 to"),
    ({"ipv6": {"latency": {"samples": [1, -1]}}}, "ipv6.latency.samples[1]: must be a number from 0 to"),
    ({"ipv4": {"latency": {"medianMs": 1}}, "note": "hello"}, "note: is not a known field"),
])
def test_what_is_wrong_is_named(ipv4_server, source, body, error):
    reply = results.post(ipv4_server, body, source=source)
    assert (reply.status, reply.headers["content-type"]) == (400, "text/plain; charset=utf-8")
    assert reply.body.decode().startswith(error)


def test_a_result_has_a_limit(ipv4_server):
    fits, does_not = (b'{"ipv4":{"latency":{"medianMs":1}}}'.ljust(size) for size in (64 * 1024, 64 * 1024 + 1))
    assert results.post(ipv4_server, fits).status == 201
    assert results.post(ipv4_server, does_not).status == 413


def test_a_page_of_another_pop_may_post(ipv4_server):
    reply = wire.ask(ipv4_server, wire.request("OPTIONS", "/results", "Origin: https://other.example",
                                               "Access-Control-Request-Method: POST"))
    assert (reply.status, reply.headers["access-control-allow-origin"]) == (204, "*")


@pytest.mark.parametrize("target", [
    f"/results/{secrets.token_hex(16)}", f"/results/{secrets.token_hex(16)}.png", "/results/x", "/results/x.png",
    f"/results/{secrets.token_hex(16)}.gif", f"/results/{secrets.token_hex(16)}/", f"/results/{secrets.token_hex(17)}",
    f"/results/{secrets.token_hex(16)}/delete?key=0", "/results/", "/results/?id=1", "/results/json.php",
    "/results/'%20OR%201=1", "/results/../results.db",
])
def test_what_is_not_there(ipv4_server, target):
    assert results.get(ipv4_server, target).status == 404


def main_pid():
    return int(pop.property_of(SPEEDTEST, "MainPID"))


def is_answering(server):
    try:
        return wire.ask(server, wire.request("GET", "/empty")).status == 200
    except OSError:
        return False


def test_a_restart_keeps_results(ipv4_server, source):
    urls = [results.stored(ipv4_server, source=source)["url"] for _ in range(3)]
    pop.run("systemctl", "restart", SPEEDTEST)
    wait.until(lambda: is_answering(ipv4_server), "the speed test answers")
    assert [results.get(ipv4_server, url).status for url in urls] == [200] * 3


def test_what_was_acknowledged_survives_a_kill(ipv4_server):
    """Several clients post while the daemon dies; the next one answers who waits."""
    acknowledged = []
    over = threading.Event()

    def keep_posting():
        while not over.is_set():
            try:
                reply = results.post(ipv4_server, source=next(SOURCES))
            except OSError:
                continue
            if reply is not None and reply.status == 201:
                acknowledged.append(json.loads(reply.body)["url"])

    old_pid = main_pid()
    threads = [threading.Thread(target=keep_posting) for _ in range(4)]
    for thread in threads:
        thread.start()
    wait.until(lambda: len(acknowledged) > 20, "results are stored")
    pop.run("systemctl", "kill", "--kill-whom=main", "--signal=KILL", SPEEDTEST)
    wait.until(lambda: main_pid() not in (0, old_pid), "the speed test runs again")
    over.set()
    for thread in threads:
        thread.join(20)
    assert [results.get(ipv4_server, url).status for url in acknowledged] == [200] * len(acknowledged)


def test_the_operator_exports_them(server):
    answer = results.stored(server)
    lines = pop.run("fontaine", "speedtest", "export", "--since", "1h").stdout.splitlines()
    exported = {told["id"]: told for told in map(json.loads, lines)}[answer["id"]]
    assert exported["families"]["ipv4"]["download_bps"] == 94.31e6
    assert "address" not in json.dumps(exported)
    assert "IPv4, origin not known: " in pop.run("fontaine", "speedtest", "stats").stdout


def test_a_restart_refuses_no_result(ipv4_server):
    statuses = []
    over = threading.Event()

    def keep_posting():
        while not over.is_set():
            reply = results.post(ipv4_server, source=next(SOURCES))
            statuses.append(reply.status if reply else "closed")

    threads = [threading.Thread(target=keep_posting) for _ in range(2)]
    for thread in threads:
        thread.start()
    wait.until(lambda: statuses, "results are stored")
    pop.run("systemctl", "restart", SPEEDTEST)
    n = len(statuses)
    wait.until(lambda: len(statuses) > n + 4, "results are stored again")
    over.set()
    for thread in threads:
        thread.join(20)
    assert set(statuses) == {201}
