# The API of reverse DNS: what its document says, who may do what, and what happens when two do it at once.
# SPDX-License-Identifier: MIT

import json
import subprocess
import threading

import openapi_spec_validator
import pytest

from support import openapi, pop, reverse_pop, wait, wire

pytestmark = pytest.mark.apart

DOCUMENT = openapi.Document(pop.PROJECT / "services/rdns/web/openapi.yaml")
ONE, TWO, GONE, OPERATORS = 64500, 64501, 64502, None
WISH = {"nameservers": [{"name": "ns1.example.net"}, {"name": "ns2.example.net"}]}
PREFIX, ADDRESS = "192.0.2.64/26", "192.0.2.7"  # of ONE, delegated and named
GONE_ADDRESS = "2001:db8:300::1"
ASSIGNED = f"2001:db8:300::/40,{GONE},Gone,noc@example.net\n"
BODIES = {"putDelegation": WISH, "startCheck": WISH, "putPtr": {"name": "one.example.net"},
          "changePtrs": {"ptrs": [{"address": ADDRESS, "name": "two.example.net"}]}}
TO_ALL = {"getSession", "startSession", "endSession"}


@pytest.fixture(scope="module")
def reverse(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reverse")
    assignments = folder / "assigned/assignments.csv"
    assignments.parent.mkdir()
    assignments.write_text(ASSIGNED)
    with reverse_pop.ReversePop(folder, assignments=str(assignments)) as made:
        made.assignments = assignments
        yield made


def operations():
    return [(operation.method, operation.path, operation) for operation in DOCUMENT.operations()]


def fill(path, prefix=PREFIX, address=ADDRESS):
    return path.replace("{address}/{length}", prefix).replace("{address}", address)


def send(reverse, asn, method, path, body=None, *headers):
    """@asn: whose token is shown; "nobody": none."""
    words = [] if asn == "nobody" else [f"Authorization: Bearer {reverse.token(asn)}"]
    return reverse.request(method, path, *words, *headers, body=body)


def reason(reply):
    return json.loads(reply.body).get("reason")


def kind(reply):
    return json.loads(reply.body)["type"].rpartition("/")[2]


def rows(reverse):
    return (reverse.query("SELECT zone, member, version FROM delegation"),
            reverse.query("SELECT address, name, version FROM ptr"))


def test_the_document_is_valid():
    openapi_spec_validator.validate(DOCUMENT.tree)


@pytest.fixture(scope="module")
def furnished(reverse):
    """Something of each member; then one has vanished."""
    put = f"/api/v1/delegations/{PREFIX}"
    assert send(reverse, OPERATORS, "PUT", f"{put}?check=no", WISH).status == 201
    for asn, address in (ONE, ADDRESS), (GONE, GONE_ADDRESS):
        assert send(reverse, asn, "PUT", f"/api/v1/ptrs/{address}", {"name": "one.example.net"}).status == 201
    reverse.assignments.write_text(f"2001:db8:400::/40,{GONE + 1},Later,\n")
    wait.until(lambda: reverse.counter("members") == 3 and reverse.query(
        f"SELECT frozen_since FROM member WHERE asn = {GONE}")[0][0], "the file is read again", 20)
    return reverse


def test_nobody_may_do_anything(furnished):
    before = rows(furnished)
    for method, path, operation in operations():
        body = {"token": "x"} if operation.id == "startSession" else BODIES.get(operation.id)
        reply = send(furnished, "nobody", method, fill(path), body)
        assert (reply.status, reason(reply)) == (401, "unknown"), (method, path)
        assert reply.headers["www-authenticate"] == "Bearer"
        DOCUMENT.check(operation, reply)
    assert rows(furnished) == before


def test_another_member_sees_and_changes_nothing(furnished):
    before = rows(furnished)
    for method, path, operation in operations():
        if operation.id in TO_ALL:
            continue
        reply = send(furnished, TWO, method, fill(path), BODIES.get(operation.id))
        DOCUMENT.check(operation, reply)
        if "{" in path:
            assert (reply.status, reason(reply)) == (403, "not-yours"), (method, path)
        assert str(ONE).encode() not in reply.body, (method, path)
        if method == "GET" and "{" not in path:
            assert send(furnished, TWO, "GET", f"{path}?asn={ONE}").status == 403
    assert rows(furnished) == before


def test_what_is_told_of_anothers_does_not_depend_on_what_is_there(furnished):
    for path in "delegations/{}/{}", "ptrs/{}":
        told = []
        for prefix, address in (PREFIX, ADDRESS), ("192.0.2.0/27", "192.0.2.9"):
            subject = fill(f"/api/v1/{path}", prefix, address)
            for method in "GET", "DELETE":
                reply = json.loads(send(furnished, TWO, method, subject).body)
                told.append({**reply, "instance": None})
        assert all(one == told[0] for one in told)


def test_a_look_at_many_names_shows_nothing_of_others(furnished):
    def look(**wish):
        return json.loads(send(furnished, TWO, "POST", "/api/v1/ptrs", {"dry_run": True, **wish}).body)["changes"]

    [named] = look(ptrs=[{"address": ADDRESS, "name": "two.example.net"}])
    assert (named["kind"], named["before"]) == ("refused", None)
    told = [look(ptrs=[{"address": address}])[0] for address in (ADDRESS, "192.0.2.9")]
    assert [(each["kind"], each["before"], each["problem"]) for each in told] == [("same", None, None)] * 2
    assert look(within="192.0.2.0/24", ptrs=[]) == []


def test_who_vanished_sees_its_own_and_changes_nothing(furnished):
    before = rows(furnished)
    assert json.loads(send(furnished, GONE, "GET", "/api/v1/session").body)["frozen"] is True
    for method, path, operation in operations():
        if operation.id in TO_ALL or "{" not in path:
            continue
        reply = send(furnished, GONE, method, fill(path, "2001:db8:300::/48", GONE_ADDRESS),
                     BODIES.get(operation.id))
        DOCUMENT.check(operation, reply)
        if operation.id in ("getPtr", "getForward"):
            assert reply.status == 200
        elif method != "GET":
            assert (reply.status, reason(reply)) == (403, "frozen"), (method, path)
    assert rows(furnished) == before


def test_operators_see_everything(furnished):
    for method, path, operation in operations():
        if method == "GET":
            reply = send(furnished, OPERATORS, method, fill(path))
            DOCUMENT.check(operation, reply)
            assert reply.status == 200 or path.startswith("/api/v1/checks/"), path
    seen = json.loads(send(furnished, OPERATORS, "GET", "/api/v1/ptrs").body)["items"]
    assert [ptr["asn"] for ptr in seen] == [ONE, GONE]
    assert send(furnished, OPERATORS, "DELETE", f"/api/v1/ptrs/{GONE_ADDRESS}").status == 204
    assert send(furnished, ONE, "PUT", f"/api/v1/delegations/{PREFIX}?check=no", WISH).status == 403


def test_the_same_again_changes_nothing(furnished):
    before = rows(furnished)
    for path, body in (f"delegations/{PREFIX}", WISH), (f"ptrs/{ADDRESS}", {"name": "one.example.net"}):
        reply = send(furnished, ONE, "PUT", f"/api/v1/{path}", body)
        assert reply.status == 200
        tag = reply.headers["etag"]
        assert send(furnished, ONE, "GET", f"/api/v1/{path}", None, f"If-None-Match: {tag}").status == 304
        reply = send(furnished, ONE, "PUT", f"/api/v1/{path}", {**body, **({"name": "x.example.net"} if "name" in body
                     else {"nameservers": WISH["nameservers"][::-1]})}, 'If-Match: "1"')
        assert (reply.status, kind(reply)) == (412, "stale")
    assert rows(furnished) == before


def race(*functions):
    """Call all at once. Return: what they returned, sorted."""
    results = []
    threads = [threading.Thread(target=lambda f=f: results.append(f())) for f in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(results)


def test_of_two_who_change_one_thing_at_once_one_learns_of_the_other(furnished):
    path = "/api/v1/ptrs/192.0.2.20"
    tag = send(furnished, ONE, "PUT", path, {"name": "race.example.net"}).headers["etag"]
    for n in range(5):
        def put(asn):
            return send(furnished, asn, "PUT", path, {"name": f"race{n}-{asn}.example.net"}, f"If-Match: {tag}").status
        first, second = race(lambda: put(ONE), lambda: put(OPERATORS))
        assert first == 200 and second in (409, 412)
        tag = send(furnished, ONE, "GET", path).headers["etag"]
    names = furnished.names("192.0.2.20")
    assert names == [json.loads(send(furnished, ONE, "GET", path).body)["name"] + "."]


def test_of_a_name_and_a_delegation_at_once_one_is_there(furnished):
    for n in range(3):
        address, prefix = f"192.0.2.{40 + n}", f"192.0.2.{40 + n}/32"
        results = race(
            lambda: send(furnished, ONE, "PUT", f"/api/v1/ptrs/{address}", {"name": "x.example.net"}).status,
            lambda: send(furnished, OPERATORS, "PUT", f"/api/v1/delegations/{prefix}?check=no", WISH).status)
        assert results == [201, 409]


def test_lists_come_in_pages(furnished):
    for n in range(3):
        assert send(furnished, TWO, "PUT", f"/api/v1/ptrs/192.0.2.{200 + n}", {"name": "p.example.net"}).status == 201
    for path, after, key in ("ptrs", "after", "address"), ("audit", "before", "seq"):
        whole = [item[key] for item in json.loads(send(furnished, TWO, "GET", f"/api/v1/{path}").body)["items"]]
        pages, query = [], ""
        while query is not None:
            page = json.loads(send(furnished, TWO, "GET", f"/api/v1/{path}?limit=1{query}").body)
            pages += [item[key] for item in page["items"]]
            query = page["next"] and f"&{after}={page['next']}"
        assert pages == whole and len(whole) >= 3


def test_a_wrong_file_of_assignments_changes_nothing(furnished):
    def is_valid():
        return furnished.counter("assignments_valid") == 1

    n = furnished.counter("assignments")
    furnished.assignments.write_text("192.0.2.0/25,64999,Thief,\n")  # it is ONE's
    wait.until(lambda: not is_valid(), "the file is refused", 20)
    assert furnished.counter("assignments") == n
    assert "192.0.2.0/25" in (furnished.folder / "rdnsd.log").read_text()
    furnished.assignments.write_text(ASSIGNED)
    wait.until(is_valid, "the file is taken", 20)
    wait.until(lambda: json.loads(send(furnished, GONE, "GET", "/api/v1/session").body)["frozen"] is False,
               "the member is back", 10)


def test_the_pages_session(furnished):
    entered = furnished.request("POST", "/api/v1/session", body={"token": furnished.token(ONE)})
    assert entered.status == 200
    cookie, *attributes = entered.headers["set-cookie"].split("; ")
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(attributes) and cookie.startswith("__Host-")
    csrf = json.loads(entered.body)["csrf"]
    path, body = "/api/v1/ptrs/192.0.2.30", {"name": "page.example.net"}

    def put(*headers):
        return furnished.request("PUT", path, f"Cookie: {cookie}", *headers, body=body)

    ours, good = f"X-CSRF-Token: {csrf}", "Origin: https://pop.example:8443"
    assert json.loads(furnished.request("GET", "/api/v1/session", f"Cookie: {cookie}").body)["csrf"] == csrf
    assert reason(put()) == reason(put("X-CSRF-Token: x")) == "forged"
    for header in ("Sec-Fetch-Site: same-site", "Origin: https://evil.example", "Origin: null",
                   "Origin: http://pop.example", "Origin: https://pop.example.evil"):
        assert reason(put(ours, header)) == "forged", header
    assert put(ours, good, "Sec-Fetch-Site: same-origin").status == 201
    assert furnished.request("DELETE", "/api/v1/session", f"Cookie: {cookie}", ours).status == 204
    assert put(ours, good).status == 401


def test_a_token_that_is_revoked_is_worth_nothing(furnished):
    run, db = reverse_pop.links.run, ["--db", furnished.folder / "state/rdns.db"]
    token = run(pop.FONTAINE, "rdns", "token", "add", "--asn", ONE, "--label", "lost", *db).strip()
    bearer = f"Authorization: Bearer {token}"
    entered = furnished.request("POST", "/api/v1/session", body={"token": token})
    cookie = f"Cookie: {entered.headers['set-cookie'].split(';')[0]}"
    assert furnished.request("GET", "/api/v1/prefixes", bearer).status == 200
    run(pop.FONTAINE, "rdns", "token", "revoke", token.split("_")[1], *db)
    assert furnished.request("GET", "/api/v1/prefixes", bearer).status == 401
    assert furnished.request("GET", "/api/v1/prefixes", cookie).status == 401
    lines = json.loads(send(furnished, ONE, "GET", "/api/v1/audit?limit=2").body)["items"]
    assert [(line["what"], line["subject"], line["who"]) for line in lines] == [("token", "lost", "root")] * 2


def test_who_tries_many_tokens_waits_and_others_do_not(furnished):
    guess = furnished.token(ONE)[:-4] + "aaaa"

    def attempt(token, client):
        with wire.UnixConnection(reverse_pop.SOCKET, 20) as connection:
            connection.send(reverse_pop.wire.request("GET", "/api/v1/prefixes", f"X-Forwarded-For: {client}",
                                                     f"Authorization: Bearer {token}"))
            return connection.reply()

    replies = [attempt(guess, "192.0.2.99") for _ in range(25)]
    assert {reply.status for reply in replies} == {401, 429}
    assert [reply.status for reply in replies[:15]] == [401] * 15
    assert int(replies[-1].headers["retry-after"]) > 0
    assert attempt(furnished.token(ONE), "192.0.2.99").status == 200  # known already
    assert attempt(guess, "192.0.2.98").status == 401
    assert furnished.counter("tokens_limited_total") > 0


# What it has is copied to a small disk of its own, where there is room for a few changes more.
SMALL_DISK = ["unshare", "--mount", "sh", "-c", """
    cp -r "$STATE_DIRECTORY" "$STATE_DIRECTORY.copy" && mount -t tmpfs -o size=4m tmpfs "$STATE_DIRECTORY" &&
    cp "$STATE_DIRECTORY.copy"/* "$STATE_DIRECTORY" &&
    head -c $(($(df --output=avail -B1 "$STATE_DIRECTORY" | tail -1) - 400000)) /dev/zero >"$STATE_DIRECTORY/ballast" &&
    exec "$@" """, "sh"]
CHANGES_MAX = 60


def test_the_disk_is_full(furnished):
    furnished.stop_rdnsd()
    furnished.start_rdnsd(SMALL_DISK)
    replies = {}
    for n in range(CHANGES_MAX):
        address = f"2001:db8:100::{n:x}"
        replies[address] = send(furnished, ONE, "PUT", f"/api/v1/ptrs/{address}", {"name": "full.example.net"})
        if replies[address].status == 507:
            break
    assert (replies[address].status, kind(replies[address])) == (507, "full")
    assert send(furnished, ONE, "GET", "/api/v1/prefixes").status == 200
    assert send(furnished, ONE, "GET", f"/api/v1/ptrs/{address}").status == 404
    for address, reply in replies.items():
        assert furnished.names(address) == (["full.example.net."] if reply.status == 201 else [])
    furnished.stop_rdnsd()
    furnished.start_rdnsd()


def import_file(reverse, folder, text, *options, asn=OPERATORS):
    (folder / "token").write_text(reverse.token(asn) + "\n")
    (folder / "delegations.csv").write_text(text)
    return subprocess.run([pop.FONTAINE, "rdns", "import", folder / "delegations.csv", "--token-file", folder / "token",
                           *options], text=True, capture_output=True, timeout=60)


def test_an_import(furnished, tmp_path):
    rows = [f"2001:db8:1{n:02x}::/48,ns1.example.net ns2.example.org" for n in range(16)]
    rows[0] += ',"1 13 2 ' + "ab" * 32 + '"'
    rows[1] = '2001:db8:101::/48,"ns1.example.net ns.1.0.1.0.8.b.d.0.1.0.0.2.ip6.arpa=9.9.9.9,2620:fe::fe"'
    text = "\n".join(["prefix,nameservers,ds", *rows]) + "\n"
    done = import_file(furnished, tmp_path, text)
    assert (done.returncode, done.stdout, done.stderr) == (0, "16 delegated, 0 were so already, 0 refused\n", "")
    zone = "0.0.1.0.8.b.d.0.1.0.0.2.ip6.arpa"
    assert len(furnished.ask(zone, "DS").answer) == 1
    assert {rrset.name.to_text() for rrset in furnished.ask("1.0.1.0.8.b.d.0.1.0.0.2.ip6.arpa", "NS").authority} == {
        "1.0.1.0.8.b.d.0.1.0.0.2.ip6.arpa."}
    assert import_file(furnished, tmp_path, text).stdout == "0 delegated, 16 were so already, 0 refused\n"


@pytest.mark.parametrize("row, asn, told", [
    ("198.51.100.0/26,ns1.example.net ns2.example.net", OPERATORS, "line 3: Not all of this is assigned"),
    ("192.0.2.64/27,ns1.example.net ns2.example.net", OPERATORS, "line 3: 192.0.2.64/26 is in the way"),
    ("192.0.2.32/27,ns1.32-63.2.0.192.in-addr.arpa=10.0.0.1 ns2.example.net", OPERATORS, "10.0.0.1: not all of the"),
    ("192.0.2.32/27,ns_1.example.net ns2.example.net", OPERATORS, "line 3: to.nameservers[0]: this is no name"),
    ("192.0.2.32/27", OPERATORS, "line 3: give prefix,nameservers"),
    ("192.0.2.32/27,ns1.example.net ns2.example.net", ONE, "operators"),
])
def test_an_import_that_is_refused_changes_nothing(furnished, tmp_path, row, asn, told):
    before = rows(furnished)
    done = import_file(furnished, tmp_path, "prefix,nameservers\n192.0.2.32/29,ns1.example.net ns2.example.net\n"
                       f"{row}\n", asn=asn)
    assert done.returncode != 0 and told in done.stderr, done.stderr
    assert rows(furnished) == before


def test_an_import_with_checks_leaves_out_what_is_not_fit(furnished, tmp_path):
    done = import_file(furnished, tmp_path, "192.0.2.48/30,ns1.example.net ns2.example.net\n", "--check")
    assert (done.returncode, done.stdout) == (1, "0 delegated, 0 were so already, 1 refused\n"), done.stderr
    assert "line 1" in done.stderr
