# A support archive of the running POP: it helps, and tells nothing of clients and no secret.
# SPDX-License-Identifier: MIT

import io
import json
import subprocess
import tarfile

import pytest

from support import pop

CLIENTS = ["203.0.113.77", "2001:db8:77:6:5:4:3:2", "2001:DB8:77::42", "00:00:5e:00:53:77", "visitor.example.org",
           "visitor@example.org", "77.113.0.203.in-addr.arpa"]
PASSWORD = "planted-password-77"
SECRETS = ["/var/lib/fontaine/turn/secret", "/var/lib/fontaine/reverse-zones/rdnsd.conf", "/var/lib/chrony/ntskeys"]
ARCHIVE = "/root/bundle.tar.gz"


def bundle(*options, check=True):
    return pop.run("fontaine", "bundle", "--output", ARCHIVE, *options, check=check, timeout=120)


def members():
    with tarfile.open(fileobj=io.BytesIO(pop.inside(ARCHIVE).read_bytes())) as archive:
        return {member.name: archive.extractfile(member).read().decode() for member in archive}


@pytest.fixture(autouse=True)
def no_archive():
    yield
    pop.inside(ARCHIVE).unlink(missing_ok=True)


@pytest.fixture
def planted():
    """Clients and secrets in the journal of a server, as a program that says too much would have them there."""
    words = [word for path in SECRETS for word in pop.inside(path).read_text().split()]
    secrets = [word for word in words if len(word) > 30 and ":" not in word]
    assert len(secrets) >= 3
    store = pop.inside("/etc/credstore")
    store.mkdir(exist_ok=True)
    (store / "planted").write_text(PASSWORD)
    words = [f"client {client} came" for client in CLIENTS] + ["again ::ffff:203.0.113.77"]
    words += [f"key {secret}" for secret in (*secrets, PASSWORD)] + ["GET /rdns/?token=abcdefg"]
    pop.run("systemd-run", "--quiet", "--wait", "--unit=coturn-planted", "--slice=system-rsyncd.slice",
            "printf", "%s\\n", *words)
    pop.run("journalctl", "--sync")
    yield secrets
    (store / "planted").unlink()


def test_nothing_of_clients_and_no_secret_is_in_it(planted):
    told = json.loads(bundle("--json").stdout)
    found = members()
    whole = "\n".join(f"{name}\n{text}" for name, text in found.items()).lower()
    for word in (*CLIENTS, "db8:77:", *planted, PASSWORD, "abcdefg", "noc@example.net"):
        assert word.lower() not in whole, word
    lines = [line.rsplit(": ", 1)[1] for line in found["journal/rsyncd.log"].splitlines() if "printf" in line]
    lines = lines[-len(CLIENTS) - len(planted) - 3:]
    words = [line.split()[1] for line in lines[:8]]
    assert words[0] == words[6] == words[7]
    assert [word[1:].split("-")[0] for word in words[:6]] == ["ipv4", "ipv6", "ipv6", "mac", "host", "mail"]
    assert len(set(words)) == 6
    assert lines[8:] == ["key {secret}"] * (len(planted) + 1) + ["GET /rdns/?token={secret}"]

    assert json.loads(found["MANIFEST.json"]) == told
    assert {member["name"] for member in told["members"]} == found.keys() - {"MANIFEST.json"}
    assert {each["kind"]: each["times"] > 0 for each in told["replaced"]}["secret"]
    assert pop.inside(ARCHIVE).stat().st_mode & 0o777 == 0o600
    assert set(json.loads(found["status.json"])["services"]) == set(pop.endpoints())
    assert "127.0.0.1:5053" in found["endpoints.json"] and "demo.localhost" in found["pop.yaml"]
    assert "192.0.2.64/26" in found["pop.yaml"]
    assert "fontaine_source_up" in found["metrics.txt"]
    assert "total.num.queries=" in found["unbound/stats.txt"]
    assert "knot.service" in found["units/state.txt"]


def test_it_is_made_while_services_are_down():
    """One of them hangs, the POP file is wrong."""
    wrong = pop.inside("/run/wrong.yaml")
    wrong.write_text(pop.POP_FILE.read_text().replace("country: FR", "country: France # of 203.0.113.77"))
    try:
        pop.run("systemctl", "stop", "knot.service", "healthd.service")
        pop.run("systemctl", "kill", "--signal=STOP", "unbound.service")
        told = json.loads(bundle("--json", "/run/wrong.yaml").stdout)
    finally:
        pop.run("systemctl", "kill", "--signal=CONT", "unbound.service")
        pop.run("systemctl", "start", "knot.service", "healthd.service")
        wrong.unlink()
    found = {member["name"]: member for member in told["members"]}
    assert (found["pop.yaml"]["result"], found["pop.yaml"]["detail"][:12]) == ("wrong", "line 10: sit")
    assert found["knot/status.txt"]["result"] == "failed"
    assert (found["unbound/status.txt"]["result"], found["unbound/status.txt"]["detail"]) == (
        "cut", "it took longer than 5 s")
    assert found["journal/knot.log"]["result"] == found["units/state.txt"]["result"] == "whole"
    assert "France" in members()["pop.yaml"] and "203.0.113.77" not in members()["pop.yaml"]


def test_it_says_what_would_be_in_it_and_overwrites_nothing():
    told = pop.run("fontaine", "bundle", "--dry-run").stdout
    assert "journal/nginx.log" in told and "left out: keys" in told
    assert not pop.inside(ARCHIVE).exists()
    for options in (["--since", "yesterday"], ["one", "two"], ["--frob"]):
        assert bundle(*options, check=False).returncode == 2
    stranger = subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", pop.FONTAINE, "bundle"],
                              text=True, capture_output=True, timeout=10, cwd="/tmp")
    assert (stranger.returncode, "run it as root" in stranger.stderr) == (1, True)
