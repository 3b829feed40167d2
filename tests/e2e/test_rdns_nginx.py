# Reverse DNS as nginx passes it on: by HTTPS alone, with its own limits and versions.
# SPDX-License-Identifier: MIT

import json

import pytest

from support import pop, web


@pytest.fixture(scope="module")
def token():
    return pop.run("fontaine", "rdns", "token", "add", "--operator", "--label", "nginx").stdout.strip()


def url(path, protocol="https"):
    return pop.url("pages", protocol, path=path)


def test_plain_http_leads_to_https():
    host, port = pop.address("pages", "https")
    for path in "/rdns/", "/api/v1/prefixes?limit=1":
        page = web.get(url(path, "http"))
        assert (page.status, page.headers["location"]) == (308, f"https://{host}:{port}{path}")


def test_everyone_may_read_what_the_api_is():
    page = web.get(url("/rdns/openapi.yaml"))
    assert (page.status, page.headers["content-type"].partition(";")[0]) == (200, "application/yaml")
    assert page.body.startswith("#") and "openapi: 3.1" in page.body


def test_nobody_keeps_what_one_client_was_told(token):
    for headers in [], ["--header", f"Authorization: Bearer {token}"]:
        page = web.get(url("/api/v1/prefixes"), *headers)
        assert page.status == (200 if headers else 401)
        assert page.headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in page.headers


def test_versions_stay_as_they_are(token):
    """A version of something that was compressed on the way would be a weak one, which no change can be made of."""
    headers = ["--header", f"Authorization: Bearer {token}", "--header", "Content-Type: application/json",
               "--header", "Accept-Encoding: gzip"]
    wish = {"nameservers": [{"name": f"ns{n}.{'long' * 12}.example.net"} for n in range(12)]}
    path = url("/api/v1/delegations/203.0.113.64/27")
    made = web.get(f"{path}?check=no", *headers, "--request", "PUT", "--data", json.dumps(wish))
    assert made.status in (200, 201) and made.headers["etag"].startswith('"')
    gone = web.get(path, *headers, "--request", "DELETE", "--header", f"If-Match: {made.headers['etag']}")
    assert gone.status == 204


def test_a_body_that_is_too_large_is_refused(token, tmp_path):
    (tmp_path / "body").write_bytes(b" " * 300_000)
    page = web.get(url("/api/v1/ptrs"), "--header", f"Authorization: Bearer {token}", "--header", "Expect:",
                   "--data-binary", f"@{tmp_path}/body")
    assert page.status == 413


def test_the_figures_are_for_this_machine(strangers):
    assert "rdnsd_assignments_valid 1" in web.get(url("/rdns/metrics")).body
    assert web.get(url("/rdns/metrics"), "--interface", "127.66.0.1").status == 200  # this machine too
    assert web.get(url("/rdns/metrics"), "--interface", strangers["ipv4"]).status == 404
