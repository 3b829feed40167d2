# Checkers of zones that others made, and what each says of one zone: the errors that it finds.
# SPDX-License-Identifier: MIT

import json
import subprocess

from support import nameservers
from support.delegation_lab import HOSTS, addresses, name

ROOT = "192.0.2.60", "2001:db8:53::60"
LIMIT_S = 60


def run(lab, *command, given=""):
    return subprocess.run(lab.namespace.command(*command), cwd=lab.folder, text=True, timeout=LIMIT_S, input=given,
                          capture_output=True)


def start_root(lab, known):
    """What those who resolve names themselves begin with; @known: lines "NAME TYPE DATA"."""
    for a in ROOT:
        lab.namespace.run("ip", "address", "add", f"{a}/{128 if ':' in a else 32}", "dev", "lo")
    for family in "-4", "-6":  # or nobody there would believe to be on the Internet
        lab.namespace.run("ip", family, "route", "add", "default", "dev", "lo")
    lines = "".join(f"{owner} 300 IN {rest}\n" for owner, _, rest in (line.partition(" ") for line in known))
    text = (". 300 IN SOA root.example.net. mail.example.net. 1 3600 900 604800 300\n. 300 IN NS root.example.net.\n"
            f"root.example.net. 300 IN A {ROOT[0]}\nroot.example.net. 300 IN AAAA {ROOT[1]}\n{lines}")
    nameservers.Nsd(lab, "root", list(ROOT), {".": text}).start()
    (lab.folder / "hints").write_text(f". 3600 NS root.example.net.\nroot.example.net. 3600 A {ROOT[0]}\n"
                                      f"root.example.net. 3600 AAAA {ROOT[1]}\n")
    patience = {"timeout": 1, "retry": 1, "retrans": 1}
    (lab.folder / "profile").write_text(json.dumps({"resolver": {"defaults": patience}}))


def zonemaster(lab, case):
    words = []
    for server in case.ns(case):
        owner, _, literals = server.partition("=")
        words += [w for a in literals.split(",") for w in ("--ns", f"{owner}/{a}")] if literals else ["--ns", owner]
    for ds in case.ds(case):
        tag, algorithm, kind, digest = ds.split()
        words += ["--ds", f"{tag},{algorithm},{kind},{digest}"]
    told = run(lab, "zonemaster-cli", "--json", "--level", "ERROR", "--profile", lab.folder / "profile",
                   "--hints", lab.folder / "hints", *words, case.zone)
    return {found["tag"] for found in json.loads(told.stdout)["results"] if not is_of_the_lab(found)}


def is_of_the_lab(found):
    """Its addresses are those of documentation."""
    return found["tag"] == "NAMESERVER_IP_PRIVATE_NETWORK" and found["args"]["reference"] in ("[RFC5737]", "[RFC3849]")


def codes(found):
    """All errors, wherever in the tree they are."""
    if isinstance(found, list):
        return {code for each in found for code in codes(each)}
    if not isinstance(found, dict):
        return set()
    own = {error["code"] for error in found.get("errors", [])}
    return own | {code for key, each in found.items() if key != "errors" for code in codes(each)}


def dnsviz(lab, case):
    known = {name(host): addresses(host) for host in HOSTS}
    servers = []
    for server in case.ns(case):
        owner, _, literals = server.partition("=")
        servers += [f"{owner}={f'[{a}]' if ':' in a else a}" for a in literals.split(",") if a] or \
            [f"{owner}={f'[{a}]' if ':' in a else a}" for a in known[owner]]
    ds = ["-D", f"{case.zone}:{','.join(case.ds(case))}"] if case.ds(case) else []
    probed = run(lab, "dnsviz", "probe", "-A", "-E", "-N", f"{case.zone}:{','.join(servers)}", *ds,
                     "-x", f".:root.example.net={ROOT[0]}", case.zone)
    assert json.loads(probed.stdout), probed.stderr
    found = run(lab, "dnsviz", "grok", "-l", "error", given=probed.stdout)
    assert found.returncode == 0, found.stderr
    return codes(json.loads(found.stdout or "{}"))  # of a zone without errors it says nothing at all


def ldns_verify_zone(lab, case):
    """Of each version of the zone that a server has; it knows of no DS, and asks nobody."""
    texts = sorted({case.text(case, host) for host in case.hosts})
    done = [run(lab, "ldns-verify-zone", "-V", 1, "/dev/stdin", given=text) for text in texts]
    return {each.stderr.strip().splitlines()[0] for each in done if each.returncode != 0}
