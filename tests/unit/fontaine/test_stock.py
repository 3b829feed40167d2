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
mkdir -p /run/nginx /run/traffic /run/knot /run/unbound /run/chrony /var/lib/fontaine/tls
mkdir -p /var/lib/chrony /var/lib/knot /var/lib/nginx /var/lib/unbound
chmod 0700 /run/chrony
"$FONTAINE" render "$POP" /run/fontaine --stock services/stock
mkdir -p /run/fontaine-ipv6test /var/lib/fontaine/ipv6test
! grep -q '^  ipv6test:' "$POP" || STATE_DIRECTORY=/var/lib/fontaine/ipv6test \\
    "$IPV6TESTD" --pop "$POP" --prepare /run/fontaine-ipv6test/delegations.zone
cd /run/fontaine
prepare_reverse() {
    mkdir -p /var/lib/fontaine/reverse-zones /var/lib/knot/reverse
    "$PROJECT/packaging/systemd/reverse-zones" knot/reverse.list \\
        /var/lib/fontaine/reverse-zones /var/lib/knot/reverse
}
[ ! -e knot/reverse.list ] || prepare_reverse
"$PROJECT/packaging/systemd/testca" tls/names /var/lib/fontaine/tls >/dev/null 2>&1
"""

CHECKS = {
    "nginx": 'nginx -e stderr -t -c "$PWD/nginx/nginx.conf"',
    "chrony": "chronyd -p -f chrony/chrony.conf",
    "unbound": "unbound-checkconf unbound/unbound.conf",
    "knot": "knotc -c knot/knot.conf conf-check",
    "bird": """
        [ -e bird/bird.conf ] || exit 0 # nothing is announced
        mkdir -p /etc/fontaine/bgp
        printf 'password "secret";' >/etc/fontaine/bgp/rs1
        bird -p -c bird/bird.conf""",
    # Knot makes the catalog itself.
    "zone": """
        zones=$(sed -n 's/^  - domain: //p' knot/knot.conf | grep -v -e '^reverse-zones' -e '^zones[.]')
        knotc -c knot/knot.conf zone-check $zones""",
}


def run(pop, script, limit_s=30):
    """Render @pop and run the shell script beside the result."""
    command = ["bwrap", "--die-with-parent", "--unshare-net", "--unshare-pid", "--cap-add", "ALL",
               "--dev-bind", "/", "/", "--proc", "/proc", "--tmpfs", "/run", "--tmpfs", "/var/lib",
               "--tmpfs", "/etc/fontaine",
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


NSD = """
mkdir -p /run/nsd /var/lib/nsd /run/credentials/nsd.service
for key in /var/lib/fontaine/reverse-zones/*.nsd; do cp "$key" "/run/credentials/nsd.service/keys_${key##*/}"; done
nsd-checkconf nsd/nsd.conf
unbound-checkconf unbound/unbound.conf
test ! -e knot/knot.conf
"""


def test_nsd_takes_zones_of_others(tmp_path):
    """And a node of AS112; the resolver then looks for the POP's own names where everyone does."""
    path = tmp_path / "pop.yaml"
    text = (POPS / "demo.yaml").read_text()
    peers = """    server: nsd
    as112: true
    primaries:
      - {address: 192.0.2.9, key: paris-lyon, catalog: zones.paris.example, zones: [one.example, two.example]}
"""
    path.write_text(text[:text.index("  pages:")] + text[text.index("  ntp:"):text.index("  rdns:")] + peers)
    done = run(path, NSD)
    assert done.returncode == 0, done.stdout


def test_the_kernel_lets_the_resolver_have_the_buffer_that_it_asks_for():
    """Or it would say so at each start, and lose questions in a flood."""
    wanted = re.search(r"so-rcvbuf: (\d+)m\b", (PROJECT / "services/stock/unbound/unbound.conf").read_text())
    sysctl = (PROJECT / "packaging/sysctl/60-fontaine.conf").read_text()
    for direction in "rw":
        granted = re.search(rf"^net\.core\.{direction}mem_max = (\d+)$", sysctl, re.MULTILINE)
        assert int(granted[1]) >= int(wanted[1]) << 20


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


LIMITED = """
tree=/run/mirror/fontaine/generations/1
mkdir -p $tree
ln -s generations/1 $tree/../../current
truncate -s 64M $tree/large.deb
touch $tree/InRelease
nginx -e stderr -c "$PWD/nginx/nginx.conf"
ask() { curl --silent --output /dev/null --write-out '%{http_code}\n' "$@"; }
for slow in 1 2; do
    ask --limit-rate 1k http://127.0.0.1:8080/fontaine/large.deb >/dev/null &
done
for attempt in 1 2 3 4 5 6 7 8 9 10; do
    refused=$(ask --range 0-0 --interface 127.0.0.2 http://127.0.0.1:8080/fontaine/large.deb || true)
    [ "$refused" = 429 ] && break
    sleep 0.3
done
echo "$refused"
ask http://127.0.0.1:8080/fontaine/InRelease
ask --range 0-0 --interface 127.0.1.1 http://127.0.0.1:8080/fontaine/large.deb
"""


def test_a_network_has_its_share_of_downloads_and_all_indexes(tmp_path):
    path = tmp_path / "pop.yaml"
    text = (POPS / "demo.yaml").read_text()
    text = text.replace("root: /srv/mirror", "root: /run/mirror")
    path.write_text(text.replace("downloads_per_prefix: 1000", "downloads_per_prefix: 2"))
    assert run(path, LIMITED).stdout.split() == ["429", "200", "206"]


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
    path.write_text(text[:text.index("  pages:")] + text[text.index("  ntp:"):text.index("  rdns:")])
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


@pytest.fixture
def with_reverse(tmp_path):
    """Reverse zones on Knot alone, for a secondary server on this machine."""
    path = tmp_path / "pop.yaml"
    text = (POPS / "demo.yaml").read_text()
    path.write_text(text[:text.index("  speedtest:")] +
                    "  rdns:\n    zones: [192.0.2.0/24, 10.0.0.0/15]\n    secondaries:\n"
                    "      - {name: ns2.example.net, address: 127.0.0.1, key: second}\n" +
                    text[text.index("  resolver:"):text.index("  rdns:")])
    return path


ASK_REVERSE = """
exec 2>/dev/null
knotd -c knot/knot.conf >/dev/null &
ask() { kdig @127.0.0.1 -p 5054 "$@" || true; }
keys=/var/lib/fontaine/reverse-zones
for attempt in 1 2 3 4 5 6 7 8 9 10; do
    ask +short +dnssec 1.10.in-addr.arpa SOA | grep -q 'SOA 13' && break
    sleep 0.3
done
"""


def test_the_reverse_zones_are_signed_and_have_all_servers(with_reverse):
    out = run(with_reverse, ASK_REVERSE + "ask +short +dnssec 2.0.192.in-addr.arpa NS").stdout
    assert re.match(r"ns1\.demo\.localhost\.\nns2\.example\.net\.\nNS 13 5 3600 .*\n$", out), out


TAKE = ASK_REVERSE + """
ask 1.10.in-addr.arpa AXFR
echo ---
ask -y "$(sed -n 's/^# //p' $keys/second.conf)" reverse-zones.demo.localhost AXFR
"""


def test_who_takes_the_reverse_zones_needs_a_key(with_reverse):
    without, _, out = run(with_reverse, TAKE).stdout.partition("---\n")
    assert "Received 0 B" in without
    zones = set(re.findall(r"PTR\s+(\S+)\.\n", out))
    assert zones == {"0.10.in-addr.arpa", "1.10.in-addr.arpa", "2.0.192.in-addr.arpa"}


CHANGE = """
change() {
    printf 'server 127.0.0.1 5054\nzone 2.0.192.in-addr.arpa.\nadd %s.2.0.192.in-addr.arpa. 60 PTR %s.\nsend\n' \\
        "$1" "$2" | knsupdate -y "$(sed -n 's/^# //p' $keys/$3.conf)" || true
}
"""


def test_rdnsd_alone_changes_them(with_reverse):
    script = ASK_REVERSE + CHANGE + """
change 7 seven.example.net rdnsd
change 8 eight.example.net second >/dev/null
ask +short -x 192.0.2.7
ask +short -x 192.0.2.8"""
    assert run(with_reverse, script).stdout == "seven.example.net.\n"


def test_what_is_there_is_made_once(with_reverse):
    script = "cat $keys/*.conf /var/lib/knot/reverse/*.zone; "
    keys = "keys=/var/lib/fontaine/reverse-zones; "
    out = run(with_reverse, f"{keys}{script} echo ---; prepare_reverse; {script}").stdout
    first, _, again = out.partition("---\n")
    assert first == again
    assert first.count("secret:") == 2
