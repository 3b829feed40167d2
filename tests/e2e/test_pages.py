# The POP's pages over HTTP and HTTPS, as curl sees them.
# SPDX-License-Identifier: MIT

import json
import re
import subprocess
from datetime import UTC, datetime

import pytest

from support import pop, web

SCHEMES = [(scheme, family) for scheme in ("http", "https") for family in pop.FAMILIES]
FILES = ["/", "/status/", "/status.atom", "/history.json", "/portal.js", "/portal.css", "/shared/style.css",
         "/shared/logo.svg", "/pop.json", "/status.json"]


@pytest.fixture(params=SCHEMES, ids="-".join)
def address(request):
    scheme, family = request.param
    return pop.url("pages", scheme, family, path="")


@pytest.fixture(params=["pages", "speedtest", "ipv6test"])
def page(request):
    return web.get(pop.url(request.param))


@pytest.mark.parametrize("path", FILES)
def test_its_files_are_there(address, path):
    page = web.get(address + path)
    assert page.status == 200
    assert page.body


def test_a_missing_page_is_said_to_be_missing(address):
    page = web.get(f"{address}/nowhere")
    assert page.status == 404


@pytest.mark.parametrize("path", [
    "/shared/", "/shared", "/../pop.yaml", "/shared../portal/index.html", "/.git/config", "/index.html~",
])
def test_folders_are_not_listed_and_not_left(address, path):
    page = web.get(address + path, "--path-as-is")
    assert page.status in (301, 400, 403, 404)
    assert "portal.js" not in page.body and "style.css" not in page.body


def test_who_finds_a_weakness_finds_whom_to_tell(address):
    """RFC 9116."""
    page = web.get(f"{address}/.well-known/security.txt")
    assert page.status == 200 and page.headers["content-type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in page.body.splitlines())
    assert fields["Contact"] == f"mailto:{pop.site()['operated_by']['contact']}"
    left = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
    assert 0 < left.total_seconds() <= 366 * 86400


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "TRACE"])
def test_pages_are_only_read(address, method):
    assert web.get(f"{address}/", "--request", method).status in (405, 501)


def test_its_headers_protect_the_visitor(page):
    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"


def test_it_does_not_say_what_serves_it(page):
    assert "x-powered-by" not in page.headers
    assert not re.search(r"\d", page.headers.get("server", ""))


def test_an_error_does_not_say_what_serves_it(address):
    page = web.get(f"{address}/nowhere")
    assert not re.search(r"nginx/\d", page.headers.get("server", "") + page.body)


def test_pages_load_nothing_from_elsewhere(page):
    links = re.findall(r'(?:src|href)="([^"]*)"', page.body)
    assert links
    assert not [link for link in links if "//" in link]


def test_no_cookie_is_set(page):
    assert "set-cookie" not in page.headers


@pytest.mark.parametrize("family", pop.FAMILIES)
def test_the_certificate_is_of_the_pops_own_authority(family):
    host, port = pop.address("pages", "https", family)
    literal = f"[{host}]" if ":" in host else host
    checks = ["-CAfile", web.ca_file(), "-verify_ip", host, "-verify_return_error"]
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"{literal}:{port}", *checks],
        timeout=10, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    assert "Verify return code: 0 (ok)" in done.stdout


def test_the_certificate_names_the_pop():
    host, port = pop.address("pages", "https")
    name = pop.site()["domain"]
    done = web.curl("--resolve", f"{name}:{port}:{host}", f"https://{name}:{port}/")
    assert done.returncode == 0, done.stderr


def test_nobody_elses_authority_vouches_for_it():
    command = ["curl", "--silent", "--noproxy", "*", "--max-time", "10", pop.url("pages", "https")]
    assert subprocess.run(command, timeout=15, stdout=subprocess.DEVNULL).returncode == 60  # no chain to a known CA


@pytest.mark.parametrize("version, works", [("--tlsv1.3", True), ("--tls-max 1.2", True), ("--tls-max 1.1", False)])
def test_only_current_versions_of_tls_are_spoken(version, works):
    done = web.curl(*version.split(), "--ciphers", "DEFAULT@SECLEVEL=0", pop.url("pages", "https"))
    assert (done.returncode == 0) == works


def test_private_keys_are_for_the_server_alone():
    for key in ("ca.key", "server.key"):
        mode = pop.run("stat", "--dereference", "--format=%a", f"/var/lib/fontaine/tls/{key}").stdout.strip()
        assert mode.endswith("0"), key


@pytest.mark.parametrize("service", ["pages", "speedtest", "ipv6test"])
def test_pop_json_tells_pages_where_they_are(service):
    told = json.loads(web.get(pop.url(service, path="/pop.json")).body)
    assert told["endpoints"] == pop.endpoints()
    said = pop.site()
    assert {key: told["site"][key] for key in said} == said
    assert told["version"]


def test_status_json_is_fresh_and_says_all_is_up(settled):
    told = json.loads(web.get(pop.url("pages", path="/status.json")).body)
    age = datetime.now(UTC) - datetime.fromisoformat(told["time"])
    assert 0 <= age.total_seconds() < 30
    assert set(told["services"]) == set(pop.endpoints())
    for service, status in told["services"].items():
        assert status["up"] is True, service
        assert datetime.fromisoformat(status["since"]) <= datetime.fromisoformat(told["time"]), service
        assert set(status["figure"]) == {"name", "value", "unit"}, service
        assert "detail" not in status, service


def test_only_this_machine_sees_the_metrics_of_the_speed_test(strangers):
    for family, stranger in strangers.items():
        url = pop.url("speedtest", family=family, path="/metrics")
        assert web.get(url, "--interface", stranger).status == 404
        assert web.get(url).status == 200
