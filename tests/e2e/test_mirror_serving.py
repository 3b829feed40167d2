# The demo's mirror as visitors and mirrors further down have it: by HTTP, HTTPS, HTTP/3 and rsync, before and after
# an update, and on the page that lists the mirrors.
# SPDX-License-Identifier: MIT

import json
import subprocess

import pytest

from support import looks, pop, wait, web
from support.browser import chromium

SOURCE = "/usr/share/fontaine"  # what the demo's project is a mirror of
FILE = "hardened.conf"
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
        wait.until(lambda: "passwd" in state()["words"], "it says which link", LIMIT_S)
        assert state()["generation"] == before
        assert {web.get(url(f"/fontaine/{name}")).status for name in ("passwd", "beside")} == {404}
    finally:
        change("rm -f passwd")
        pop.run("fontaine", "mirror", "release", "fontaine", check=False)  # if it is held
        pop.run("fontaine", "mirror", "start", "fontaine")
        wait.until(lambda: state()["generation"] > before, "it goes on", LIMIT_S)


def test_a_token_is_not_to_be_read_on_the_way():
    page = web.get(url("/api/v1/mirrors/fontaine"), "--header", "Authorization: Bearer x")
    assert page.status == 308
    assert page.headers["location"].startswith("https://")
    assert web.get(url("/api/v1/mirrors/fontaine/push", "https"), "--request", "POST").status == 401


@pytest.mark.timeout(120)
def test_the_page_lists_the_mirrors_and_how_they_are():
    assert '<a href="/fontaine/">fontaine</a>' in web.get(url("/mirror/")).body  # without scripts
    with chromium() as browser:
        browser.open(url("/mirror/"))
        row = "#projects > [data-project=fontaine]"
        wait.until(lambda: browser.state("#content") == "known", "the page knows how the mirrors are")
        assert browser.state(row) == "up"
        assert browser.text(f"{row} .status").startswith("Up to date ")
        assert " files" in browser.text(f"{row} .size")
        browser.script("document.querySelector('#help').open = true")
        assert browser.text("#rsync") == "rsync://127.0.0.1:8873/…/"
        looks.expect_fit(browser, "mirror")
        assert not looks.NO_WORD.search(browser.text("body"))
        looks.wear(browser, "en", False, 1280)
        browser.find("#query").send_keys("debian")
        wait.until(lambda: browser.text("#found") == "Projects shown: 0 of 1", "nothing is found")
        assert browser.errors() == []
    assert browser.foreign_requests() == []
