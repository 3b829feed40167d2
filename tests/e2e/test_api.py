# Every API as its description says: each route, by each method, for each role; and many requests that are made of the
# description, right ones and wrong ones. `make fuzz-web` makes more of them.
# SPDX-License-Identifier: MIT

import itertools
import json
import os
import random
import time
from collections import Counter, defaultdict
from urllib.parse import urlencode

import openapi_spec_validator
import pytest

from support import api_fuzz, api_servers, openapi, wait
from support.api_servers import FORGED, MEMBER, NOBODY, OPERATOR, OTHER, PAGE, ROLES

pytestmark = pytest.mark.apart

N_SHARED = 10  # results
LARGE_BYTES = 1 << 20
SEED = os.environ.get("FUZZ_SEED", "1")
FUZZ_S = float(os.environ.get("FUZZ_S", "0"))  # for each API, but its cases at least
PREFIX, ADDRESS = "192.0.2.64/26", "192.0.2.7"  # of MEMBER, delegated and named
WISH = {"nameservers": [{"name": "ns1.example.net"}, {"name": "ns2.example.net"}]}
NAME = {"name": "one.example.net"}
BODIES = {"putDelegation": WISH, "startCheck": WISH, "putPtr": NAME,
          "changePtrs": {"ptrs": [{"address": ADDRESS, **NAME}], "dry_run": True},
          "postTelemetry": b"dl=94.31", "countTest": {"ipv4": 10, "ipv6": 10},
          "importDelegations": {"delegations": [{"prefix": PREFIX, "to": WISH}]}}
TELEMETRY = ["dl", "ul", "ping", "jitter"]

# What NOBODY, OTHER, MEMBER and OPERATOR get. What OTHER may look at has nothing of MEMBER: test_rdns_api.py.
ALL, LISTS, OWN = (200, 200, 200, 200), (401, 200, 200, 200), (401, 403, 200, 200)
OPERATORS = (401, 403, 403, 200)
CREATED, PREFLIGHT, NONE, NO_WEBSOCKET = (201,) * 4, (204,) * 4, (404,) * 4, (400,) * 4
EXPECTED = {
    "rdns": {
        "listPrefixes": LISTS, "listDelegations": LISTS, "listPtrs": LISTS, "listChecks": LISTS, "listAudit": LISTS,
        "importDelegations": OPERATORS, "getDelegation": OWN, "putDelegation": OWN,
        "deleteDelegation": (401, 403, 204, 204), "changePtrs": LISTS, "getPtr": OWN, "getForward": OWN, "putPtr": OWN,
        "deletePtr": (401, 403, 204, 204), "getCheck": (401, 403, 404, 404), "startCheck": (401, 403, 202, 202),
        "getSession": LISTS, "startSession": ALL, "endSession": (401, 204, 204, 204)},
    "mirror": {
        "listProjects": ALL, "getProject": ALL, "listRuns": OPERATORS, "getLog": OPERATORS, "listLargeFiles": ALL,
        "push": OWN, "start": OPERATORS, "stop": OPERATORS, "hold": OPERATORS, "release": OPERATORS,
        "rollback": (401, 403, 403, 409), "getTraffic": ALL, "listPops": ALL, "listJobs": ALL, "getMirrorz": ALL},
    "latency": {"listTargets": ALL, "getHistory": ALL},
    "status": {"getStatus": ALL, "getHistory": ALL, "getFeed": ALL, "isAlive": ALL, "isReady": (503, 503, 503, 503)},
    "speedtest": {
        "askQueue": ALL, "getReceived": ALL, "getRelay": NONE, "postResult": CREATED, "preflightResult": PREFLIGHT,
        "showResult": ALL, "getResult": ALL, "drawResult": ALL, "askToDelete": ALL, "deleteResult": ALL,
        "postTelemetry": ALL, "preflightTelemetry": PREFLIGHT, "getTelemetry": ALL, "drawTelemetry": ALL,
        "download": ALL, "ping": ALL, "upload": ALL, "preflightUpload": PREFLIGHT, "getAddress": ALL,
        "listServers": ALL, "findServers": ALL, "findNdt7": ALL, "downloadNdt7": NO_WEBSOCKET,
        "uploadNdt7": NO_WEBSOCKET, "downloadCloudflare": ALL, "uploadCloudflare": ALL,
        "preflightCloudflare": PREFLIGHT, "downloadOpenSpeedTest": ALL, "pingOpenSpeedTest": ALL,
        "uploadOpenSpeedTest": ALL, "preflightOpenSpeedTest": PREFLIGHT, "pingOokla": ALL, "downloadOokla": ALL,
        "findOokla": ALL, "uploadOokla": ALL, "preflightOokla": PREFLIGHT, "findResponsiveness": ALL,
        "pingResponsiveness": ALL, "downloadResponsiveness": ALL, "uploadResponsiveness": ALL,
        "preflightResponsiveness": PREFLIGHT},
    "ipv6test": {
        "newSession": ALL, "getSeen": ALL, "getAddress": ALL, "postAddress": ALL, "preflightAddress": PREFLIGHT,
        "getConnection": ALL, "postConnection": ALL, "preflightConnection": PREFLIGHT, "getWho": ALL,
        "postResult": CREATED, "preflightResult": PREFLIGHT, "getResult": ALL, "askToDelete": ALL,
        "deleteResult": ALL, "showResult": ALL, "countTest": ALL, "preflightTest": PREFLIGHT, "getReadiness": ALL},
}


@pytest.fixture(scope="module", params=api_servers.SERVERS)
def api(request, tmp_path_factory):
    with api_servers.SERVERS[request.param](tmp_path_factory.mktemp(request.param)) as made:
        made.name = request.param
        yield made


def fill(api, path):
    query = urlencode({name: api.given[name][-1] for name in api.document.required_query(path)})
    for name, values in api.given.items():
        path = path.replace(f"{{{name}}}", values[-1])
    path = (path.replace("{address}/{length}", PREFIX).replace("{address}", ADDRESS).replace("{project}", "files")
            .replace("{size}", "350x350"))
    return f"{path}?{query}" if query else path


def furnish(api):
    """What is asked for is there, and nothing else goes on with it."""
    if isinstance(api, api_servers.Open):
        api.furnish()
    if api.name != "rdns":
        return
    wait.until(lambda: not json.loads(send(api, "GET", f"/api/v1/checks/{PREFIX}", OPERATOR).body).get("running"),
               "no check is running")
    for path, body in (f"delegations/{PREFIX}?check=no", WISH), (f"ptrs/{ADDRESS}", NAME):
        wait.until(lambda: send(api, "PUT", f"/api/v1/{path}", OPERATOR, body).status in (200, 201),  # noqa: B023
                   f"there is {path}")


def send(api, method, target, role, body=None, *headers):
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    return api.ask(method, target, role, *headers, data=data)


def token_of(api, role):
    return api.credentials.get(role, [""])[0].rpartition(" ")[2]


def body_of(api, operation, role):
    if operation.id == "postResult":
        return api.result()
    whose = role if role in (OTHER, OPERATOR) else MEMBER
    return {"token": token_of(api, whose)} if operation.id == "startSession" else BODIES.get(operation.id)


def test_all_operations_are_expected(api):
    openapi_spec_validator.validate(api.document.tree)
    assert {operation.id for operation in api.document.operations()} == set(EXPECTED[api.name])


def expected_of(api, operation):
    """(role, status): a member by its page too, and as the page of somebody else has the browser ask."""
    expected = dict(zip(ROLES, EXPECTED[api.name][operation.id], strict=True))
    if PAGE in api.credentials:
        expected[FORGED] = expected[MEMBER] if operation.method == "GET" else 403
        expected[PAGE] = expected[MEMBER]
    return expected.items()


def test_each_role_gets_what_is_its_own(api):
    wrong = []
    for operation in api.document.operations():
        for role, expected in expected_of(api, operation):
            furnish(api)
            reply = send(api, operation.method, fill(api, operation.path), role, body_of(api, operation, role))
            api.document.check(operation, reply)
            if reply.status != expected:
                wrong.append((operation.id, role, reply))
            if role == NOBODY:
                assert (reply.status == 401) == (not api.document.is_public(operation)), operation.id
    assert not wrong


def test_by_other_methods_nothing_is_done(api):
    refusals = {404, 405} if isinstance(api, api_servers.Open) else {405}
    for path in api.document.tree["paths"]:
        methods = api.document.methods(path)
        for method in set(openapi.METHODS) - methods:
            reply = send(api, method, fill(api, path), OPERATOR)
            assert reply.status in refusals or (reply.status == 501 and method == "TRACE"), (method, path, reply)
            if reply.status == 405:
                assert {"GET", "POST"} & set(reply.headers["allow"].split(", ")), (method, path, reply)
            assert "access-control-allow-methods" not in reply.headers
        if "HEAD" in methods:
            assert send(api, "HEAD", fill(api, path), OPERATOR).status == \
                send(api, "GET", fill(api, path), OPERATOR).status


def test_what_is_too_large_is_refused(api):
    for operation in api.document.operations():
        if api.document.max_bytes(operation.path) > LARGE_BYTES:
            continue
        reply = api.ask(operation.method, fill(api, operation.path), OPERATOR, data=b" " * LARGE_BYTES)
        assert reply.status == api_fuzz.TOO_LARGE, operation.id


def samples_of_visitors(api):
    given = {name: values[-N_SHARED:] for name, values in api.given.items()}
    return {"id": ["works"], **given, "path": [{"id": one, "code": one} for one in given.get("id") or given["code"]],
            "address": ["192.0.2.1", "2001:db8::1"], "testip": ["192.0.2.1", "2001:db8::1"], "callback": ["a.b"],
            "ckSize": ["1"], "reason": ["timeout"], "next": ["works"],
            **{name: [value] for name, value in api.result().items()}, **dict.fromkeys(TELEMETRY, ["1.5", "", "Fail"])}


def samples_of(api):
    if isinstance(api, api_servers.Open):
        return samples_of_visitors(api)
    subjects = [PREFIX, "192.0.2.0/24", "2001:db8:100::/48", "192.0.2.128/26", "10.0.0.0/8", f"{ADDRESS}/32"]
    paths = [dict(zip(("address", "length"), subject.split("/"), strict=True)) for subject in subjects]
    return {"path": [{**path, "project": project} for path in paths for project in ("files", "second", "none")],
            "prefix": subjects, "within": subjects, "addresses": ["192.0.2.70", "2001:db8:100::53", "10.0.0.0"],
            "nameservers": [WISH["nameservers"], [*WISH["nameservers"], {"name": "ns1.64-127.2.0.192.in-addr.arpa",
                                                                         "addresses": ["192.0.2.70"]}]],
            "ds": [[], [{"key_tag": 1, "algorithm": 13, "digest_type": 2, "digest": "ab" * 32}]],
            "name": ["ns1.example.net", "ns2.example.net", "a.b", "ns1.64-127.2.0.192.in-addr.arpa"],
            "zone": ["64-127.2.0.192.in-addr.arpa", None], "If-Match": ['"1"', "*"], "If-None-Match": ['"1"', "*"],
            "target": ["here"], "check": ["no"], "limit": [1, 1000],
            "after": [PREFIX if api.name == "rdns" else "x"], "subject": subjects, "token": [token_of(api, MEMBER)]}


def rounds(api, dice):
    """Operations and who asks, for as long as is wanted."""
    end = time.monotonic() + FUZZ_S
    for n in itertools.count():
        if n >= api.cases and time.monotonic() >= end:
            return
        for operation in api.document.operations():
            if operation.id.startswith("draw") and n % 10:
                continue  # a picture takes as long as a hundred others
            yield operation, OPERATOR if n % 4 else dice.choice([NOBODY, OTHER, MEMBER])


def check(api, made, role, reply):
    """The reply is one that is described, and says what is wrong."""
    assert reply.status < 500 or (reply.status == 503 and int(reply.headers["retry-after"]) > 0)
    if not made.is_astray:
        api.document.check(made.operation, reply)
    if role == NOBODY and not api.document.is_public(made.operation):
        assert reply.status >= 400
    if role == OPERATOR and made.expected:
        assert reply.status in made.expected


def test_fuzz(api):
    """Whatever is asked: no fault of ours, nothing that is not described, and what is wrong is said to be."""
    dice = random.Random(SEED)
    if isinstance(api, api_servers.Open):
        for _ in range(N_SHARED):
            api.share()
    maker = api_fuzz.Maker(api.document, dice, samples_of(api), api.statuses)
    seen = defaultdict(Counter)
    for operation, role in rounds(api, dice):
        made, way = (maker.request(operation), "right") if dice.random() < 0.4 else maker.wrong(operation)
        reply = api.ask(operation.method, made.target, role, *made.headers, data=made.data,
                        media_type=made.media_type)
        told = (f"seed {SEED}: {way} {operation.method} {made.target} {made.headers} of {role}: "
                f"{(made.data or b'')[:300]}: {reply}")
        assert reply is not None, told
        try:
            check(api, made, role, reply)
        except Exception as e:
            raise AssertionError(told) from e
        seen[operation.id][reply.status] += 1
    assert api.process.poll() is None
    print(f"{api.name}: {sum(n.total() for n in seen.values())} requests, seed {SEED}")
    unseen = [name for name, expected in EXPECTED[api.name].items()
              if expected[-1] // 100 not in {status // 100 for status in seen[name]}]
    assert not unseen
    if api.name == "rdns":
        api.own.start_over()  # DNS and database say the same
