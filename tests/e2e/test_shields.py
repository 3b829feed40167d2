# What protects those who use a browser: no page of ours in a frame of others, no request that their pages make in a
# visitor's name, no cookie that goes with one, nothing that is larger than it needs to be.
# SPDX-License-Identifier: MIT

import functools
import http.server
import json
import re
import threading

import pytest

from support import openapi, pop, wait, web
from support.browser import chromium

PORTAL = ["/", "/status/", "/time/", "/networks/", "/latency/", "/mirror/", "/mirror/projects.html", "/rdns/"]
PAGES = [("pages", path) for path in PORTAL] + [("speedtest", "/"), ("ipv6test", "/")]
FOLDERS = {"web/portal": "/", "rdns/web": "/rdns/", "mirror/web": "/mirror/", "peers/web": "/latency/",
           "speedtest/web": "/", "ipv6test/web": "/", "web/status": "/status/", "web/time": "/time/",
           "web/networks": "/networks/", "stock/www": "/mirror/projects.html"}
DATA = ["/status.json", "/history.json", "/pop.json", "/time/now", "/time/server.json", "/ip/", "/jobs",
        "/mirrorz.json", "/api/v1/mirrors", "/api/v1/latency", "/api/v1/session", "/api/v1/nothing",
        "/networks/networks.json", "/networks/openapi.yaml", "/fontaine/", "/nowhere"]
NETWORKS = openapi.Document(pop.PROJECT / "services/web/networks/openapi.yaml")
EVIL = "http://evil.localhost"
LIMITS = [("pages", "/", 1024), ("pages", "/status/", 1024), ("pages", "/api/v1/session", 256 << 10),
          ("pages", "/api/v1/mirrors/fontaine/push", 1024), ("speedtest", "/results", 256 << 10),
          ("speedtest", "/results/telemetry.php", 256 << 10), ("speedtest", "/", 0), ("ipv6test", "/results", 64 << 10),
          ("ipv6test", "/readiness", 256), ("ipv6test", "/ip/", 64 << 10), ("ipv6test", "/", 0)]


def url(service, path):
    return pop.url(service, "https", path=path)


def all_headers(page_url, *arguments):
    """(name, value) of each, in lower case; one that is there twice comes twice."""
    head = web.curl("--include", *arguments, page_url).stdout.replace("\r\n", "\n").partition("\n\n")[0]
    lines = [line.partition(":") for line in head.split("\n")[1:]]
    return [(name.lower(), value.strip()) for name, _, value in lines]


def only(headers, name):
    values = [value for key, value in headers if key == name]
    assert len(values) == 1, (name, headers)
    return values[0]


def test_all_pages_are_looked_at():
    found = {str(path.parent.relative_to(pop.PROJECT / "services"))
             for path in (pop.PROJECT / "services").glob("**/*.html")}
    assert found == set(FOLDERS)
    assert set(FOLDERS.values()) <= {path for _, path in PAGES}


@pytest.mark.parametrize("service, path", PAGES)
def test_pages_run_and_load_nothing_of_others_and_are_in_no_frame(service, path):
    headers = all_headers(url(service, path))
    policy = dict(word.split(" ", 1) for word in only(headers, "content-security-policy").split("; "))
    assert policy["default-src"] == "'self'" and policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] in ("'none'", "'self'")
    assert set(policy) <= {"default-src", "connect-src", "frame-ancestors", "base-uri", "form-action"}
    assert service != "pages" or "connect-src" not in policy  # others measure at other addresses
    assert only(headers, "x-content-type-options") == "nosniff"
    assert only(headers, "referrer-policy") == "no-referrer"
    assert "set-cookie" not in dict(headers)


@pytest.mark.parametrize("path", DATA)
def test_what_is_no_page_is_taken_for_none(path):
    headers = all_headers(url("pages", path))
    assert only(headers, "x-content-type-options") == "nosniff"
    assert path == "/time/now" or "frame-ancestors 'none'" in only(headers, "content-security-policy")
    assert len([value for name, value in headers if name == "cache-control"]) <= 1
    assert "set-cookie" not in dict(headers)


@pytest.fixture(scope="module")
def token():
    return pop.run("fontaine", "rdns", "token", "add", "--operator", "--label", "shields").stdout.strip()


def enter(token, *headers):
    words = [word for header in ("Content-Type: application/json", *headers) for word in ("--header", header)]
    return web.get(url("pages", "/api/v1/session"), *words, "--data", json.dumps({"token": token}))


def test_the_one_cookie_is_strict(token):
    entered = enter(token)
    assert entered.status == 200
    name, _, attributes = entered.headers["set-cookie"].partition("=")
    assert name.startswith("__Host-")
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(attributes.split("; "))
    assert "Domain" not in attributes
    written = (pop.PROJECT / "services/web/shared/preferences.js").read_text()
    assert re.findall(r"SameSite=(\w+)", written) == ["Strict"]
    elsewhere = [path for path in (pop.PROJECT / "services").glob("**/web/**/*.js")
                 if "document.cookie =" in path.read_text() and path.name != "preferences.js"]
    assert not elsewhere


def test_pages_of_others_read_and_change_nothing(token):
    evil = f"Origin: {EVIL}"
    for path in "/api/v1/session", "/api/v1/prefixes", "/rdns/":
        answered = dict(all_headers(url("pages", path), "--header", evil, "--header", f"Authorization: Bearer {token}"))
        assert "access-control-allow-origin" not in answered and "access-control-allow-credentials" not in answered
        asked = web.get(url("pages", path), "--request", "OPTIONS", "--header", evil,
                        "--header", "Access-Control-Request-Method: PUT")
        assert asked.status == 405 and not [name for name in asked.headers if name.startswith("access-control")]
    assert enter(token, evil, "Sec-Fetch-Site: cross-site").status == 403
    entered = enter(token)
    cookie = f"Cookie: {entered.headers['set-cookie'].split(';')[0]}"
    csrf = f"X-CSRF-Token: {json.loads(entered.body)['csrf']}"
    wish = ["--request", "PUT", "--header", "Content-Type: application/json", "--header", cookie,
            "--data", '{"name": "shield.example.net"}']
    ptr = url("pages", "/api/v1/ptrs/203.0.113.7")
    for headers in [], [evil, csrf], [csrf, "Sec-Fetch-Site: cross-site"], ["X-CSRF-Token: x"]:
        words = [word for header in headers for word in ("--header", header)]
        assert web.get(ptr, *wish, *words).status == 403, headers
    assert web.get(ptr, "--header", cookie).status == 404


@pytest.mark.parametrize("service, path, limit", LIMITS)
def test_what_is_larger_than_it_needs_to_be_is_refused(service, path, limit, tmp_path):
    (tmp_path / "body").write_bytes(b" " * (limit + 1))
    assert web.get(url(service, path), "--data-binary", f"@{tmp_path}/body", "--header", "Expect:").status in (
        (413,) if limit else (405, 413))


def test_the_networks_are_as_described():
    for operation in NETWORKS.operations():
        page = web.get(url("pages", operation.path))
        page.body = page.body.encode()
        NETWORKS.check(operation, page)
        for method in set(openapi.METHODS) - {"GET", "HEAD"}:
            assert web.get(url("pages", operation.path), "--request", method).status in (401, 403, 404, 405), method


@pytest.fixture
def framer(tmp_path):
    """A page of another site that shows ours."""
    ours = [url(service, path) for service, path in PAGES]
    frames = "".join(f'<iframe src="{source}"></iframe>' for source in [*ours, "own.html"])
    for name, body in ("index.html", frames), ("own.html", "own"):
        (tmp_path / name).write_text(f"<!doctype html><title>evil</title>{body}")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"{EVIL}:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_no_browser_shows_them_in_a_frame(framer):
    shown = []

    def is_loaded():
        shown[-1] = browser.script("return document.URL")
        return shown[-1] != "about:blank"

    with chromium() as browser:
        browser.open(framer)
        for frame in browser.find_all("iframe"):
            shown.append(None)
            browser.driver.switch_to.frame(frame)
            wait.until(is_loaded, "the frame is shown or refused")
            browser.driver.switch_to.default_content()
    assert shown == ["chrome-error://chromewebdata/"] * len(PAGES) + [f"{framer}own.html"]
