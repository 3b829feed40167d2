# What "fontaine render" writes, as the stock servers themselves see it.
# SPDX-License-Identifier: MIT
#
# Everything happens in a network of its own, with a /run and a /var/lib of its own.

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
FONTAINE = PROJECT / "build/release/fontaine"
IPV6TESTD = PROJECT / "build/release/ipv6testd"
POPS = PROJECT / "image/pops"

PREPARE = """
set -eu
for address in $(sed -n 's/^ *\\(ipv[46]\\): *"\\{0,1\\}\\([^"]*\\)"\\{0,1\\}$/\\2/p' "$POP"); do
    case $address in
        *:*) ip address add "$address/128" dev lo nodad 2>/dev/null || true ;;
        *) ip address add "$address/32" dev lo 2>/dev/null || true ;;
    esac
done
mkdir -p /run/nginx /run/knot /run/chrony /var/lib/fontaine/tls
mkdir -p /var/lib/chrony /var/lib/knot /var/lib/nginx /var/lib/unbound
chmod 0700 /run/chrony
"$FONTAINE" render "$POP" /run/fontaine --stock services/stock
mkdir -p /run/fontaine-ipv6test /var/lib/fontaine/ipv6test
! grep -q '^  ipv6test:' "$POP" || STATE_DIRECTORY=/var/lib/fontaine/ipv6test \\
    "$IPV6TESTD" --pop "$POP" --prepare /run/fontaine-ipv6test/delegations.zone
cd /run/fontaine
"""

CHECKS = {
    "nginx": """
        "$PROJECT/packaging/systemd/testca" tls/names /var/lib/fontaine/tls >/dev/null 2>&1
        nginx -e stderr -t -c "$PWD/nginx/nginx.conf" """,
    "chrony": "chronyd -p -f chrony/chrony.conf",
    "unbound": "unbound-checkconf unbound/unbound.conf",
    "knot": "knotc -c knot/knot.conf conf-check",
    "zone": "knotc -c knot/knot.conf zone-check",
}


def run(pop, script, limit_s=30):
    """Render @pop and run the shell script beside the result."""
    command = ["bwrap", "--die-with-parent", "--unshare-net", "--unshare-pid", "--cap-add", "ALL",
               "--dev-bind", "/", "/", "--proc", "/proc", "--tmpfs", "/run", "--tmpfs", "/var/lib",
               "--chdir", PROJECT, "sh", "-c", PREPARE + script]
    environment = {**os.environ, "POP": str(pop), "PROJECT": str(PROJECT), "FONTAINE": str(FONTAINE),
                   "IPV6TESTD": str(IPV6TESTD)}
    return subprocess.run(command, text=True, timeout=limit_s, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


@pytest.mark.parametrize("server", CHECKS)
@pytest.mark.parametrize("pop", ["demo", "lyon"])
def test_the_server_takes_it(pop, server):
    done = run(POPS / f"{pop}.yaml", CHECKS[server])
    assert done.returncode == 0, done.stdout
    assert "warn" not in done.stdout.lower(), done.stdout


RELAY = """
turnserver -c coturn/turnserver.conf --static-auth-secret=north >/run/coturn.log &
for attempt in 1 2 3 4 5 6 7 8 9 10; do
    "$FONTAINE" status "$POP" | grep -q '^turn  *up' && break
    sleep 0.3
done
"$FONTAINE" status --json "$POP" || true
cat /run/coturn.log
"""


@pytest.mark.parametrize("pop", ["demo", "lyon"])
def test_coturn_takes_it(pop):
    """It has no checker: it starts, and says what it does not understand."""
    done = run(POPS / f"{pop}.yaml", RELAY)
    status, _, log = done.stdout.rpartition("\n}\n")
    assert status_in(status + "\n}")["turn"]["up"] is True, done.stdout
    assert "Relay address to use: 127.3.4.78\n" in log
    assert not re.search("bad config|error|cannot", log, re.IGNORECASE), log


SERVE = """
chronyd -d -U -u root -x -f chrony/chrony.conf &
unbound -d -p -c unbound/unbound.conf &
knotd -c knot/knot.conf &
"""

UNTIL_UP = """
for attempt in 1 2 3 4 5 6 7 8 9 10; do
    "$FONTAINE" status "$POP" >/dev/null && break
    sleep 0.3
done
"""


@pytest.fixture
def without_web(tmp_path):
    """The demo POP with chrony, unbound and Knot alone."""
    path = tmp_path / "pop.yaml"
    text = (POPS / "demo.yaml").read_text()
    path.write_text(text[:text.index("  pages:")] + text[text.index("  ntp:"):])
    return path


def status_in(output):
    return json.loads(output[output.index("{"):output.rindex("}") + 1])["services"]


def test_status_of_real_servers(without_web):
    done = run(without_web, SERVE + UNTIL_UP + 'exec 2>/dev/null; "$FONTAINE" status --json "$POP"; echo "exit $?"')
    assert done.stdout.endswith("exit 0\n"), done.stdout
    services = status_in(done.stdout)
    assert list(services) == ["ntp", "resolver", "authoritative"]
    assert all(service["up"] for service in services.values())
    assert services["ntp"]["figure"] == {"name": "stratum", "value": 10, "unit": ""}
    assert services["resolver"]["figure"]["unit"] == "ms"
    assert services["authoritative"]["figure"]["value"] > 1


def test_status_when_everything_is_down(without_web):
    done = run(without_web, '"$FONTAINE" status --json "$POP" || echo "exit $?"')
    assert done.stdout.endswith("exit 1\n"), done.stdout
    assert {name: service["detail"] for name, service in status_in(done.stdout).items()} == {
        "ntp": "udp 127.0.0.1:11123: Connection refused",
        "resolver": "udp 127.0.0.1:5053: Connection refused",
        "authoritative": "udp 127.0.0.1:5054: Connection refused",
    }


def test_one_family_down_is_down(without_web):
    """Every socket counts: a server that lost its IPv6 address is not up."""
    script = "sed -i '/listen: ::1/d' knot/knot.conf\n" + SERVE + 'sleep 1\n"$FONTAINE" status --json "$POP" || true'
    services = status_in(run(without_web, script).stdout)
    assert services["authoritative"]["up"] is False
    assert services["authoritative"]["detail"] == "udp [::1]:5054: Connection refused"
    assert services["ntp"]["up"] is True


FROM_BOTH = """
for server in 127.0.0.1 ::1; do
    kdig @$server %s || true
done"""


def ask(pop, question):
    """What kdig prints for one question over both families."""
    return run(pop, SERVE + UNTIL_UP + FROM_BOTH % question).stdout


def test_the_zone_is_signed(without_web):
    out = ask(without_web, "-p 5054 +short +dnssec ntp.demo.localhost A")
    assert out.count("127.0.0.1\nA 13 3 3600 ") == 2  # 13: ECDSA P-256


def test_the_resolver_reaches_the_zone(without_web):
    assert ask(without_web, "-p 5053 +short ntp.demo.localhost AAAA").endswith("\n::1\n::1\n")


def test_nobody_may_copy_the_zone(without_web):
    assert ask(without_web, "-p 5054 demo.localhost AXFR").count("'NOTAUTH'") == 2


@pytest.mark.parametrize("port", [5053, 5054])
def test_a_server_does_not_tell_its_version(without_web, port):
    out = ask(without_web, f"-p {port} CH TXT version.bind")
    assert out.count("status: REFUSED") == 2
    assert out.count("ANSWER: 0") == 2


def test_a_stranger_is_refused(without_web):
    script = SERVE + UNTIL_UP + """
        ip address add 198.51.100.9/32 dev lo
        kdig @127.0.0.1 -b 198.51.100.9 -p 5053 demo.localhost SOA"""
    assert "status: REFUSED" in run(without_web, script).stdout
