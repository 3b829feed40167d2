# LibreSpeed's telemetry: what its page and others send, and what they read again.
# SPDX-License-Identifier: MIT

import json
import re

import pytest

from support import pop, results, wire

FIELDS = {"ispinfo": '{"processedString":"192.0.2.1 - Example"}', "dl": "94.31", "ul": "20.10", "ping": "12.50",
          "jitter": "1.20", "log": "a\r\nlong log", "extra": '{"server":"Demo"}'}


@pytest.fixture(params=pop.FAMILIES)
def server(request):
    return pop.address("speedtest", family=request.param)


@pytest.fixture(params=["/", "/backend/"])
def folder(request):
    return request.param


def multipart(fields):
    """As a browser's FormData is sent (RFC 7578)."""
    boundary = "----WebKitFormBoundaryx7UyuQWCrKUSYw0d"
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
             for name, value in fields.items()]
    return f"multipart/form-data; boundary={boundary}", "".join([*parts, f"--{boundary}--\r\n"]).encode()


def urlencoded(fields):
    return "application/x-www-form-urlencoded", "&".join(f"{name}={value}" for name, value in fields.items()).encode()


def send(server, folder, encoding, fields):
    content_type, body = encoding(fields)
    return wire.ask(server, wire.request("POST", f"{folder}results/telemetry.php?r=0.5",
                                         f"Content-Type: {content_type}", body=body))


@pytest.mark.parametrize("encoding, fields", [
    (multipart, FIELDS), (urlencoded, {name: FIELDS[name] for name in ("dl", "ul", "ping", "jitter")}),
], ids=["multipart", "urlencoded"])
def test_a_result_is_stored_and_read_again(server, folder, encoding, fields):
    reply = send(server, folder, encoding, fields)
    assert reply.status == 200
    match = re.fullmatch(rb"id ([0-9a-f]{32})", reply.body)
    assert match, reply.body
    query = f"?id={match[1].decode()}"
    told = json.loads(results.get(server, f"{folder}results/json.php{query}").body)
    assert re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d", told.pop("timestamp"))
    assert told == {"download": "94.31", "upload": "20.10", "ping": "12.50", "jitter": "1.20", "ispinfo": ""}
    assert results.picture(results.get(server, f"{folder}results/{query}")).size == (1200, 630)
    family = "ipv6" if ":" in server[0] else "ipv4"
    full = json.loads(results.get(server, f"/results/{match[1].decode()}.json").body)
    assert (full["client"], list(full["result"])) == ("librespeed", [family])


def test_a_test_that_was_not_run_is_unknown(server):
    reply = send(server, "/", multipart, {**FIELDS, "ul": "Fail", "jitter": ""})
    told = json.loads(results.get(server, f"/results/json.php?id={reply.body.decode()[3:]}").body)
    assert (told["download"], told["upload"], told["jitter"]) == ("94.31", "", "")


@pytest.mark.parametrize("field, value", [("dl", "fast"), ("ul", "-1"), ("ping", "1e3"), ("jitter", "9" * 40)])
def test_what_is_wrong_is_named(server, field, value):
    reply = send(server, "/", multipart, {**FIELDS, field: value})
    assert reply.status == 400
    assert reply.body.decode().startswith(f"{field}: must be a number of ")


@pytest.mark.parametrize("content_type, body", [
    ("multipart/form-data", b"dl=1"), ("multipart/form-data; boundary=x", b"--x\r\n"), ("text/plain", b""),
    ("application/x-www-form-urlencoded", b"log=x"),
])
def test_what_is_no_form_is_refused(server, content_type, body):
    reply = wire.ask(server, wire.request("POST", "/results/telemetry.php", f"Content-Type: {content_type}", body=body))
    assert reply.status == 400
