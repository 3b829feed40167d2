# fontaine rdns check, at members' servers healthy and broken in each way that it looks for.
# SPDX-License-Identifier: MIT

import contextlib
import json
import os
import pty
import re
import socket
import subprocess
import types

import dns.flags
import dns.rrset
import pytest

from support import delegation_lab, nameservers, pop, sanitized
from support.delegation_lab import CASES, RESOLVER, addresses, case_of, name

pytestmark = pytest.mark.apart

LIMIT_S = 60
MEMORY_MAX_KIB = 64 * 1024
# A process begins with the peak of the one that it was forked from, and we are large: something small comes between.
WITH_PEAK = """import resource, subprocess, sys
subprocess.run(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)"""
FILLING = [f'"{i}{"x" * 240}"' for i in range(60)]  # some 15 KiB


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with delegation_lab.started(tmp_path_factory.mktemp("lab")) as made:
        yield made


def check(lab, case, *more):
    command = [pop.FONTAINE, "rdns", "check", case.zone, "--allow", "192.0.2.0/24", "--allow", "2001:db8::/32",
               "--resolver", RESOLVER]
    for server in case.ns(case):
        command += ["--ns", server]
    for ds in case.ds(case):
        command += ["--ds", ds]
    return subprocess.run(lab.namespace.command(*command, *case.arguments, *more), cwd=lab.folder, timeout=LIMIT_S,
                          text=True, stdin=subprocess.DEVNULL, capture_output=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_verdict(lab, case):
    done = check(lab, case, "--json")
    assert done.stderr == ""
    told = json.loads(done.stdout)
    results = {check["id"]: check["result"] for check in told["checks"]}
    assert len(results) == 25
    wrong = {check: result for check, result in results.items() if result not in ("passed", "untested")}
    assert wrong == case.expected, [finding for check in told["checks"] for finding in check["findings"]]
    if case.untested is not None:
        assert {check for check, result in results.items() if result == "untested"} == set(case.untested)
    assert done.returncode == ("error" in case.expected.values())
    assert told["passed"] == (done.returncode == 0)


def test_where_it_was_seen(lab):
    """Server, address, question and answer of each, and nothing of those that are well."""
    told = json.loads(check(lab, case_of("no TCP"), "--json").stdout)
    found = next(check for check in told["checks"] if check["id"] == "tcp")["findings"]
    assert [(s["server"], s["address"], s["answer"]) for s in found[0]["seen"]] == [
        (name("notcp"), address, "no answer in time") for address in addresses("notcp")]
    assert all(s["query"] == f"{told['zone']} SOA, TCP" for s in found[0]["seen"])
    assert found[0]["remedy"]


def test_only_what_is_allowed_is_asked(lab):
    case = case_of("healthy")
    with lab.namespace.entered(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trap:
        trap.bind(("127.0.0.99", nameservers.PORT))
        trap.setblocking(False)
        done = check(lab, case, "--json", "--ns", "trap.example.net=127.0.0.99")
        with pytest.raises(BlockingIOError):
            trap.recv(512)
    results = {check["id"]: check["result"] for check in json.loads(done.stdout)["checks"]}
    assert results["address"] == "error"
    assert results["udp"] == results["tcp"] == "passed"  # of those that were asked


@sanitized.unfit("it takes more memory")
def test_a_zone_with_too_much_in_it(lab):
    """Of megabytes from many servers, two are kept; the check goes on, and says so of the rest."""
    zone = "77.2.0.192.in-addr.arpa"
    servers = {f"ns{i}.{zone}": [f"127.0.20.{4 * i + k}" for k in range(1, 5)] for i in range(12)}

    def answer(query, is_tcp):
        response = nameservers.made_answer(query, zone, list(servers))
        if is_tcp:
            response.additional.append(dns.rrset.from_text(zone + ".", 300, "IN", "TXT", *FILLING))
        else:
            response.flags |= dns.flags.TC
        return [response.to_wire(max_size=65535)]

    with contextlib.ExitStack() as stack:
        wrong = types.SimpleNamespace(namespace=lab.namespace, stack=stack)
        nameservers.Wrong(wrong, [address for each in servers.values() for address in each], answer)
        command = [pop.FONTAINE, "rdns", "check", zone, "--allow", "127.0.0.0/8", "--resolver", RESOLVER, "--json"]
        for server, each in servers.items():
            command += ["--ns", f"{server}={','.join(each)}"]
        done = subprocess.run(lab.namespace.command("python3", "-c", WITH_PEAK, *command), stdin=subprocess.DEVNULL,
                              timeout=LIMIT_S, text=True, capture_output=True)
    told, peak_kib = json.loads(done.stdout), int(done.stderr.split()[-1])
    answers = [seen["answer"] for each in told["checks"] for found in each["findings"] for seen in found["seen"]]
    assert "the answer is far too long" in answers
    assert peak_kib < MEMORY_MAX_KIB


@pytest.mark.parametrize("language, words", [
    ("en", ["errors 1, warnings 0", "\nError (tcp): A name server does not answer over TCP.\n",
            "no answer in time", "\n  -> Let TCP port 53", "\nNot tested, for the zone is not signed: ds, "]),
    ("fr", ["erreurs 1, avertissements 0", "\nErreur (tcp): Un serveur de noms ne répond pas en TCP.\n",
            "pas de réponse à temps", "\n  -> Laissez passer", "\nNon testé, car la zone n'est pas signée : ds, "]),
])
def test_report(lab, language, words):
    done = check(lab, case_of("no TCP"), "--lang", language)
    assert (done.returncode, done.stderr) == (1, "")
    assert all(word in done.stdout for word in words), done.stdout


def test_progress_on_a_terminal(lab):
    case = case_of("healthy")
    ours, theirs = pty.openpty()
    words = [word for server in case.ns(case) for word in ("--ns", server)]
    with subprocess.Popen(lab.namespace.command(
            pop.FONTAINE, "rdns", "check", case.zone, *words, "--resolver", RESOLVER, "--allow", "192.0.2.0/24",
            "--allow", "2001:db8::/32"), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # its end
            while part := os.read(ours, 65536):
                shown += part
        assert process.wait(LIMIT_S) == 0
    os.close(ours)
    assert re.search(rb"\r\x1b\[K  DNS +\[#{20}\]  (\d+) / \1\r", shown)
    assert shown.endswith(b"\r\x1b[K")


@pytest.mark.parametrize("arguments, complaint", [
    ([], "no zone"), (["2.0.192.in-addr.arpa"], "no name server"), (["a", "b", "--ns", "a.b"], "more than one zone"),
    (["example.net", "--ns", "a.b"], "no reverse zone"), (["192.0.2.0/23", "--ns", "a.b"], "more than one zone"),
    (["2.0.192.in-addr.arpa", "--ns", "a.b=c"], "--ns a.b=c"), (["2.0.192.in-addr.arpa", "--ds", "1"], "--ds 1"),
    (["2.0.192.in-addr.arpa", "--ns", "a.b", "--resolver", "x"], "--resolver x"),
    (["2.0.192.in-addr.arpa", "--ns", "a.b", "--allow", "x"], "--allow x"),
    (["2.0.192.in-addr.arpa", "--ns", "a.b", "--origins", "/nowhere"], "--origins /nowhere"),
    (["2.0.192.in-addr.arpa", "--ns", "a.b", "--lang", "de"], "--lang de"),
    (["2.0.192.in-addr.arpa", "--nameserver", "a.b"], "--nameserver"),
])
def test_wrong_command_lines(arguments, complaint):
    done = subprocess.run([pop.FONTAINE, "rdns", "check", *arguments], timeout=LIMIT_S, text=True,
                          stdin=subprocess.DEVNULL, capture_output=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert complaint in done.stderr
