# The demo's mirror as visitors and mirrors further down have it: by HTTP, HTTPS, HTTP/3 and rsync, before and after
# an update, and on the page that lists the mirrors.
# SPDX-License-Identifier: MIT

import contextlib
import hashlib
import json
import random
import sqlite3
import subprocess
import time
from urllib.parse import quote, unquote

import libtorrent
import pytest

from support import looks, pop, wait, web
from support.browser import chromium

SOURCE = "/usr/share/fontaine"  # what the demo's project is a mirror of
FILE = "hardened.conf"
LARGE = "large file+1.iso"
KEPT = 3  # generations
LIMIT_S = 20


def url(path, protocol="http", family="ipv4"):
    return pop.url("pages", "https" if protocol == "http3" else protocol, family, path)


def state():
    (project,) = json.loads(web.get(url("/api/v1/mirrors")).body)
    return project


def ask_for_a_run():
    pop.run("fontaine", "mirror", "push", "fontaine")


def change(script):
    pop.run("sh", "-ec", f"cd {SOURCE}; {script}")


def update(script):
    """Change what the mirror is of, and have that published."""
    before = state()["generation"] or 0
    change(script)
    ask_for_a_run()
    wait.until(lambda: (state()["generation"] or 0) > before, "a generation", LIMIT_S)


@pytest.fixture(scope="module", autouse=True)
def published():
    update("echo one >one")
    yield
    update("rm -rf one two numbered folder beside")


@pytest.mark.parametrize("family", pop.FAMILIES)
@pytest.mark.parametrize("protocol", ["http", "https", "http3"])
def test_a_file_is_what_it_is_upstream(protocol, family):
    version = ["--http3-only"] if protocol == "http3" else []
    page = web.get(url(f"/fontaine/{FILE}", protocol, family), *version)
    assert page.status == 200
    assert page.body == pop.run("cat", f"{SOURCE}/{FILE}").stdout
    assert int(page.headers["content-length"]) == len(page.body.encode())
    again = ["--header", f"If-None-Match: {page.headers['etag']}"]
    assert web.get(url(f"/fontaine/{FILE}", protocol, family), *version, *again).status == 304


def test_a_download_can_go_on():
    whole = web.get(url(f"/fontaine/{FILE}")).body
    page = web.get(url(f"/fontaine/{FILE}"), "--range", "10-19")
    assert (page.status, page.body) == (206, whole[10:20])


def test_what_others_wrote_is_no_page_of_ours():
    page = web.get(url("/fontaine/web/portal/index.html"))
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-security-policy"].startswith("sandbox allow-downloads; default-src 'none'")
    assert web.get(url("/fontaine/hardened.conf")).headers["x-content-type-options"] == "nosniff"
    assert web.get(url("/fontaine/one")).headers["content-type"].startswith("text/plain")


def test_a_folder_is_listed_the_same_in_all_ways(tmp_path):
    there = sorted(pop.run("ls", f"{SOURCE}/web/shared").stdout.split())
    page = web.get(url("/fontaine/web/shared/")).body
    assert all(f'<a href="{name}">' in page for name in there)
    listing = {entry["name"]: entry for entry in json.loads(web.get(url("/mirror/json/fontaine/web/shared/")).body)}
    assert sorted(listing) == there
    module = f"{pop.url('mirror', 'rsync', 'ipv6')}fontaine/web/shared/"
    subprocess.run(["rsync", "-rt", module, tmp_path], check=True, timeout=LIMIT_S)
    assert {path.name: path.stat().st_size for path in tmp_path.iterdir()} == {
        name: entry["size"] for name, entry in listing.items()}
    assert web.get(url("/fontaine/web")).headers["location"] == "/fontaine/web/"


def test_rsync_takes_nothing_and_calculates_nothing(tmp_path):
    (tmp_path / "file").write_text("x")
    module = f"{pop.url('mirror', 'rsync')}fontaine/"
    for words in [str(tmp_path / "file"), module], ["-rc", module, str(tmp_path)]:
        done = subprocess.run(["rsync", *words], capture_output=True, timeout=LIMIT_S, text=True)
        assert done.returncode != 0
        assert "read only" in done.stderr or "configured to refuse --checksum" in done.stderr


def test_what_an_update_takes_away_stays_for_who_has_an_older_index():
    update("mkdir folder; echo two >two; echo 2 >folder/two")
    change("rm -r two folder")
    for n in range(1, KEPT):
        number = "1" * n  # of another size each time: rsync compares that, and the second
        update(f"echo {number} >numbered")
        assert web.get(url("/fontaine/numbered")).body == f"{number}\n"
        for path in "two", "folder/two":
            assert web.get(url(f"/fontaine/{path}")).status == 200, n
        assert web.get(url("/fontaine/folder/")).status == 404
        assert '"two"' not in web.get(url("/mirror/json/fontaine/")).body
    update("echo last >numbered")
    assert web.get(url("/fontaine/two")).status == 404


def test_a_link_out_of_the_tree_is_never_published():
    """The demo's command copies links as they are; what is published is looked at before."""
    change("ln -s /etc/passwd passwd; echo beside >beside")
    before = state()["generation"]
    try:
        ask_for_a_run()
        wait.until(lambda: "passwd: is a link out of the tree" in state()["words"], "it says which link", LIMIT_S)
        assert state()["generation"] == before
        assert {web.get(url(f"/fontaine/{name}")).status for name in ("passwd", "beside")} == {404}
    finally:
        change("rm -f passwd")
        pop.run("fontaine", "mirror", "release", "fontaine", check=False)  # if it is held
        pop.run("fontaine", "mirror", "start", "fontaine")
        wait.until(lambda: state()["generation"] > before, "it goes on", LIMIT_S)


@pytest.fixture(scope="module")
def large(published):
    """A file that is large here, whose hashes are known. Return: its path, and its bytes."""
    update(f"head -c 2500000 /dev/urandom >'{LARGE}'")
    wait.until(lambda: (state()["large_files"], state()["large_waiting"]) == (1, 0), "its hashes are known", LIMIT_S)
    yield "/fontaine/" + quote(LARGE)
    update(f"rm -f '{LARGE}'*")


def download(folder, address):
    """Return: the path of what was downloaded."""
    path = folder / unquote(address.rsplit("/", 1)[1])
    assert web.curl("--output", path, "--fail", address).returncode == 0
    return path


def is_large_file(path):
    inside = pop.run("sha256sum", f"{SOURCE}/{LARGE}").stdout.split()[0]
    return hashlib.sha256(path.read_bytes()).hexdigest() == inside


def test_a_large_file_has_a_checksum(large, tmp_path):
    path = download(tmp_path, url(large, "https"))
    subprocess.run(["sha256sum", "-c", download(tmp_path, url(f"{large}.sha256", "https"))], cwd=tmp_path, check=True,
                   timeout=LIMIT_S)
    (listed,) = json.loads(web.get(url("/api/v1/mirrors/fontaine/large")).body)
    assert (listed["path"], listed["bytes"]) == (LARGE, 2_500_000)
    assert listed["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_large_file_comes_whole_by_its_metalink(large, tmp_path):
    """And what is wrong in it is found: the list of its pieces is right."""
    listed = download(tmp_path, url(f"{large}.meta4"))
    aria2c = ["aria2c", "--no-conf", "--check-integrity=true", "--follow-metalink=false", "--dir", tmp_path]
    damaged = tmp_path / LARGE
    damaged.write_bytes(bytes(2_500_000))
    for _ in range(2):
        subprocess.run([*aria2c, "--metalink-file", listed], check=True, timeout=LIMIT_S, stdout=subprocess.DEVNULL)
        assert is_large_file(damaged)


def test_a_large_file_comes_whole_by_its_torrent(large, tmp_path):
    """There is no other seed than the POP's pages."""
    info = libtorrent.torrent_info(str(download(tmp_path, url(f"{large}.torrent"))))
    assert [seed["url"] for seed in info.web_seeds()] == [url(large)]
    session = libtorrent.session({"listen_interfaces": "", "enable_dht": False, "enable_lsd": False,
                                  "enable_upnp": False, "enable_natpmp": False})
    handle = session.add_torrent({"ti": info, "save_path": str(tmp_path)})
    wait.until(lambda: handle.status().is_seeding, "all of its pieces have come", LIMIT_S)
    assert is_large_file(tmp_path / LARGE)


def test_only_what_is_large_is_described_and_what_a_project_has_itself_is_served(large):
    for path in "/fontaine/one.sha256", "/fontaine/none.torrent", "/fontaine/web.meta4", "/none/one.meta4":
        assert web.get(url(path)).status == 404, path
    update(f"echo own >'{LARGE}.sha256'")
    assert web.get(url(f"{large}.sha256")).body == "own\n"
    assert web.get(url(f"{large}.meta4")).status == 200
    assert not [entry for entry in json.loads(web.get(url("/mirror/json/fontaine/")).body)
                if entry["name"].endswith((".torrent", ".meta4"))]


def test_a_token_is_not_to_be_read_on_the_way():
    page = web.get(url("/api/v1/mirrors/fontaine"), "--header", "Authorization: Bearer x")
    assert page.status == 308
    assert page.headers["location"].startswith("https://")
    assert web.get(url("/api/v1/mirrors/fontaine/push", "https"), "--request", "POST").status == 401


@pytest.fixture(scope="module")
def token():
    """One of the operators."""
    made = pop.run("fontaine", "mirror", "token", "add", "--operator", "--label", "desk").stdout.strip()
    yield made
    pop.run("fontaine", "mirror", "token", "revoke", made.split("_")[1])


def bearer(token):
    return ["--header", f"Authorization: Bearer {token}"]


def api(what, *arguments):
    return web.get(url(f"/api/v1/mirrors/fontaine/{what}", "https"), *arguments)


def test_an_operator_steers_by_token_and_sends_nothing_else(token):
    page = api("runs", *bearer(token))
    assert (page.status, page.headers["cache-control"]) == (200, "no-store")
    assert json.loads(page.body)[0]["id"] > 0
    refused = api("runs")
    assert (refused.status, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert refused.headers["content-type"] == "application/problem+json"
    assert json.loads(api("push", *bearer(token), "--request", "POST").body)["name"] == "fontaine"
    for size in 1, 2000:  # mirrord wants none, nginx passes on none that is large
        assert api("push", *bearer(token), "--data", "x" * size).status == 413, size


def test_who_guesses_tokens_is_who_nginx_says(token):
    """Whatever a client says of where it comes from. Each has an address that is counted for the first time."""
    guess = bearer(token.replace(token.split("_")[1], "aaaaaaaa"))
    addresses = [f"127.{random.randrange(1, 255)}.{random.randrange(255)}.{host}" for host in (1, 2, 3)]
    guesser, other, _ = (["--interface", address, *guess] for address in addresses)
    _, lie, another = (["--header", f"X-Forwarded-For: {address}"] for address in addresses)
    many = ["--output", "/dev/null", url("/api/v1/mirrors/fontaine/runs", "https")] * 26
    codes = web.curl(*guesser, *lie, "--write-out", "%{http_code}\n", *many).stdout.split()
    assert (codes[:20], codes[-1]) == (["401"] * 20, "429")
    page = api("runs", *guesser, *another)
    assert page.status == 429
    assert 0 < int(page.headers["retry-after"]) <= 6
    assert api("runs", *other).status == 401


def steps_shown(browser):
    return browser.script("return document.querySelectorAll('#traffic-tables div:last-child tbody tr').length")


@contextlib.contextmanager
def held():
    update("echo two >one")
    before = state()["generation"]
    pop.run("fontaine", "mirror", "rollback", "fontaine")
    try:
        yield
    finally:
        pop.run("fontaine", "mirror", "release", "fontaine")
        wait.until(lambda: state()["state"] == "waiting" and state()["generation"] > before, "it goes on", LIMIT_S)


@contextlib.contextmanager
def stale(folder):
    """By an hour, of an interval of minutes; and paused, or it would be well again at once."""
    database = pop.inside("/var/lib/fontaine/mirror/mirror.db")
    pop.run("fontaine", "mirror", "hold", "fontaine")
    pop.run("systemctl", "stop", "mirrord")
    try:
        (folder / "mirror.db").write_bytes(database.read_bytes())  # SQLite follows /proc/PID/root to our own root
        with contextlib.closing(sqlite3.connect(folder / "mirror.db")) as db, db:
            db.execute("UPDATE project SET good = ?", [int(time.time()) - 3600])
        database.write_bytes((folder / "mirror.db").read_bytes())
    finally:
        pop.run("systemctl", "start", "mirrord")
    try:
        yield
    finally:
        pop.run("fontaine", "mirror", "start", "fontaine")
        wait.until(lambda: state()["freshness"] == "fresh" and state()["state"] == "waiting", "it is well", LIMIT_S)


def expect_explained(browser, row, words, remedy):
    """How the project is, in both languages, and what the operator can do, as mirrord says it."""
    browser.open(url("/mirror/"))
    wait.until(lambda: browser.state("#content") == "known", "the page knows how the mirrors are")
    for language, text in words.items():
        looks.expect_fit(browser, f"mirror-{browser.state(row)}", [(language, language == "fr", 360)])
        assert text in browser.text(f"{row} .status")
        assert remedy in browser.text(f"{row} .why")
    assert browser.attribute(f"{row} .why", "lang") == "en"


@pytest.mark.timeout(120)
def test_the_page_lists_the_mirrors_and_how_they_are(tmp_path):
    assert '<a href="/fontaine/">fontaine</a>' in web.get(url("/mirror/")).body  # without scripts
    with chromium() as browser:
        browser.open(url("/mirror/"))
        row = "#projects > [data-project=fontaine]"
        wait.until(lambda: browser.state("#content") == "known", "the page knows how the mirrors are")
        assert browser.state(row) == "up"
        assert browser.text(f"{row} .status").startswith("Up to date ")
        assert " files" in browser.text(f"{row} .size")
        wait.until(lambda: browser.state("#traffic") == "known", "the page knows what was downloaded")
        browser.script("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert steps_shown(browser) == 24
        assert "fontaine" in browser.text("#traffic-legend")
        browser.click("#traffic-spans [data-span=year]")
        wait.until(lambda: steps_shown(browser) == 52, "a year is shown")
        assert browser.text("#rsync") == "rsync://127.0.0.1:8873/…/"
        looks.expect_fit(browser, "mirror")
        assert not looks.NO_WORD.search(browser.text("body"))
        looks.wear(browser, "en", False, 1280)
        browser.type("#query", "debian")
        wait.until(lambda: browser.text("#found") == "Projects shown: 0 of 1", "nothing is found")
        with held():
            expect_explained(browser, row, {"en": "Held back: last up to date", "fr": "Retenu"},
                             "fontaine mirror release fontaine")
            assert browser.state(row) == "down"
        with stale(tmp_path):
            expect_explained(browser, row, {"en": "Behind: up to date", "fr": "En retard"},
                             "fontaine mirror start fontaine")
            assert browser.state(row) == "late"
        assert browser.errors() == []
    assert browser.foreign_requests() == []
