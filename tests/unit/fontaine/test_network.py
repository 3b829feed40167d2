# The machine's network as "fontaine render" writes it: systemd-networkd and nftables take it, in networks of their own.
# SPDX-License-Identifier: MIT

import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
FONTAINE = PROJECT / "build/release/fontaine"
POPS = PROJECT / "image/pops"

POP = """
site: {name: lyon, title: Lyon, domain: lyon.example, city: Lyon, country: FR, languages: [fr],
       operated_by: {name: IX, contact: noc@example.net}}
addresses: {ipv4: 192.0.2.10, ipv6: "2001:db8::10"}
network:
  interfaces:
    - name: pop0
      mtu: 1400
      addresses: [192.0.2.10/24, "2001:db8::10/64"]
      gateways: [192.0.2.1, "2001:db8::1"]
  ssh_from: [192.0.2.2/32]
management: {addresses: {ipv4: 192.0.2.10}, allow: [192.0.2.2/32, "2001:db8::/64"]}
services:
  pages: {}
  resolver: {}
"""

# networkd asks udev about interfaces, but where /sys cannot be written to.
ALONE = ["bwrap", "--die-with-parent", "--unshare-net", "--unshare-pid", "--cap-add", "ALL", "--dev-bind", "/", "/",
         "--proc", "/proc", "--ro-bind", "/sys", "/sys", "--tmpfs", "/run"]

NETWORKD = """
set -eu
export SYSTEMD_LOG_TARGET=console
install -d -o systemd-network -g systemd-network /run/systemd/netif
"$1" render "$2" /run/fontaine --stock services/stock
ln -s /run/fontaine/network /run/systemd/network
"""

UNTIL_THERE = """
ip link add pop0 type veth peer name other0
ip link set other0 up
/usr/lib/systemd/systemd-networkd &
for attempt in $(seq 100); do
    ip -6 route show default | grep -q pop0 && ip -4 route show default | grep -q pop0 && break
    sleep 0.1
done
ip -brief address show pop0
ip link show pop0
ip route show default
"""

# What networkd does not know, it says when it has read all files, and then that there is the loopback interface.
SAYS = """
/usr/lib/systemd/systemd-networkd 2>/run/log &
for attempt in $(seq 100); do grep -q '^lo: ' /run/log && break; sleep 0.1; done
cat /run/log
"""

# A machine with a service on port 80, another on port 81, sshd and what operators ask; and a neighbour with two
# addresses.
FIREWALL = """
set -eu
"$1" render "$2" /run/fontaine --stock services/stock
ip link set lo up
ip link add pop0 type veth peer name other0
unshare --net sleep 60 &
until [ "$(readlink /proc/$!/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do :; done
other="nsenter --net=/proc/$!/ns/net"
ip link set other0 netns $!
ip address add 192.0.2.10/24 dev pop0
ip address add 2001:db8::10/64 dev pop0 nodad
ip link set pop0 up
$other ip link set other0 up
for address in 192.0.2.1/24 192.0.2.2/24; do $other ip address add $address dev other0; done
$other ip address add 2001:db8::1/64 dev other0 nodad
nft -f /run/fontaine/nftables/nftables.conf
nft -f /run/fontaine/nftables/nftables.conf
for port in 80 81 22 9580; do
    for address in 192.0.2.10 2001:db8::10; do
        python3 -m http.server --bind $address --directory /run/fontaine $port >/dev/null 2>&1 &
    done
done
until_in() {
    tries=0
    until $other curl --silent --output /dev/null --max-time 5 "$@"; do
        [ $((tries += 1)) -lt 100 ] || { echo never; return; }
        sleep 0.1
    done
    echo in
}
out() { $other curl --silent --output /dev/null --max-time 1 "$@" || echo "out $?"; }
until_in http://192.0.2.10/
until_in 'http://[2001:db8::10]/'
until_in --interface 192.0.2.2 http://192.0.2.10:22/
until_in --interface 192.0.2.2 http://192.0.2.10:9580/
out --interface 192.0.2.1 http://192.0.2.10:22/
out --interface 192.0.2.1 http://192.0.2.10:9580/
out http://192.0.2.10:81/
out 'http://[2001:db8::10]:81/'
$other python3 -m http.server --bind 192.0.2.1 --directory /run/fontaine 82 >/dev/null 2>&1 &
other=
until_in http://192.0.2.1:82/
"""


@pytest.fixture
def pop(tmp_path):
    path = tmp_path / "pop.yaml"
    path.write_text(POP)
    return path


def run(script, pop):
    done = subprocess.run([*ALONE, "--bind", pop.parent, pop.parent, "--chdir", PROJECT, "sh", "-c", script, "sh",
                           FONTAINE, pop], text=True, timeout=50, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    return done.stdout


def test_networkd_gives_the_interface_what_the_pop_file_says(pop):
    out = run(NETWORKD + UNTIL_THERE, pop)
    assert "192.0.2.10/24" in out and "2001:db8::10/64" in out, out
    assert "default via 192.0.2.1 dev pop0" in out, out
    assert " mtu 1400 " in out, out


@pytest.mark.parametrize("name", ["lyon", "lab"])
def test_networkd_knows_every_key(name):
    out = run(NETWORKD + SAYS, POPS / f"{name}.yaml")
    assert "lo: " in out, out
    assert "/network/" not in out, out


def test_only_what_is_offered_can_be_reached(pop):
    out = run(FIREWALL, pop)
    assert out.splitlines() == ["in"] * 4 + ["out 28"] * 4 + ["in"], out  # 28: nobody answered in time


@pytest.mark.parametrize("name", ["lyon", "lab"])
def test_nftables_takes_it(name):
    script = '"$1" render "$2" /run/fontaine --stock services/stock && nft -f /run/fontaine/nftables/nftables.conf'
    assert run(script, POPS / f"{name}.yaml") == ""


def test_the_machine_asks_its_own_resolver(pop):
    script = '"$1" render "$2" /run/fontaine --stock services/stock && grep ^n /run/fontaine/network/resolv.conf'
    assert run(script, pop).split() == ["nameserver", "192.0.2.10", "nameserver", "2001:db8::10"]


def test_without_a_network_there_is_nothing_of_it():
    script = '"$1" render "$2" /run/fontaine --stock services/stock && ls /run/fontaine'
    assert not {"network", "nftables"} & set(run(script, POPS / "demo.yaml").split())
