# How the POP's services run: confined, without failures, and silent about their clients.
# SPDX-License-Identifier: MIT

import json
import re
import subprocess

import pytest

from support import pop, udp, wait, web, wire

EXPOSURE_MAX = 2.0  # of 10, by systemd's own measure
EXPOSURE_MAX_WITH_CARDS = 2.5  # who sets the clock, and asks network cards and their clocks
RSYNCD = [f"rsyncd@{pop.address('mirror', 'rsync', family)[0]}.service" for family in pop.FAMILIES]
OURS = ["speedtestd.service", "ipv6testd.service", "ipv6testd-keys.service", "rdnsd.service", "mirrord.service",
        *RSYNCD, "fontaine-metrics.service", "fontaine-render.service",
        "fontaine-reverse-zones.service", "healthd.service", "peerd.service",
        "fontaine-testca.service", "fontaine-turn-secret.service", "fontaine-zone-changes.service"]
STOCK = ["nginx.service", "coturn.service", "chrony.service", "unbound.service", "knot.service"]
SERVERS = ["speedtestd.service", "ipv6testd.service", "rdnsd.service", "healthd.service", "mirrord.service",
           *RSYNCD, "peerd.service", "fontaine-metrics.service", *STOCK]
COMPLAINT = re.compile(r"\b(error|fatal|critical|alert|emergency)\b", re.IGNORECASE)  # of servers that give no priority
# The demo has a lab's prefixes; and the POP's reverse zones, when they are new, have nothing of rdnsd's.
EXPECTED = re.compile(r"services\.rdns\.lab_prefixes: |rdns: \S+: 2 records were not as they should be; repaired$|"
                      r"the delegation of \S+ \(AS\d+\) is (broken|mended)$|"
                      r"mirror: fontaine: ((held: )?rolled back from|stale: |recovered: )|"  # which other tests do
                      r"health: was held up for \d+ ms: |"  # by the machine
                      r"\S+: down: .*: Protocol error$|"  # other tests kill servers, also in mid-handshake
                      # to who has not waited
                      r"unbound\S+ error: (could not send: Broken pipe|ssl handshake failed: channel closed|"
                      r"SSL_write syscall: Connection reset by peer)$")
VISITOR = pop.visitor("66.0.1")


def messages(unit, *options):
    """What the unit's own processes wrote to the journal."""
    lines = pop.run("journalctl", "--boot", "--output=json", *options, f"_SYSTEMD_UNIT={unit}").stdout.splitlines()
    return [json.loads(line)["MESSAGE"] for line in lines]


@pytest.mark.parametrize("unit", [*OURS, "fontaine-certificates.service", *STOCK])
def test_a_break_in_would_gain_little(unit, exposure_max=EXPOSURE_MAX):
    threshold = f"--threshold={exposure_max * 10:.0f}"
    analysis = pop.run("systemd-analyze", "security", "--no-pager", threshold, unit, check=False)
    overall = analysis.stdout.strip().splitlines()[-1]
    assert analysis.returncode == 0, overall
    assert float(overall.rpartition(": ")[2].split()[0]) <= exposure_max


def process_status(unit):
    """/proc/PID/status of the unit's main process."""
    text = pop.run("cat", f"/proc/{pop.property_of(unit, 'MainPID')}/status").stdout
    return dict(line.split(":\t", 1) for line in text.splitlines())


@pytest.mark.parametrize("unit", SERVERS)
def test_no_server_is_root(unit):
    assert "0" not in process_status(unit)["Uid"].split()


@pytest.mark.parametrize("unit", SERVERS)
def test_no_server_can_gain_privileges(unit):
    status = process_status(unit)
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == "2"  # a filter of system calls


def test_each_may_have_so_much_memory_and_so_many_tasks():
    """As systemd has understood it. Of tasks, it gives every unit as many as a seventh of the machine's."""
    default = pop.run("systemctl", "show", "--value", "--property=DefaultTasksMax").stdout.strip()
    shown = pop.run("systemctl", "show", "--property=Id,MemoryMax,TasksMax", *OURS, *STOCK).stdout
    units = [dict(line.split("=", 1) for line in text.splitlines()) for text in shown.split("\n\n")]
    assert sorted(unit["Id"] for unit in units) == sorted([*OURS, *STOCK])
    assert [unit["Id"] for unit in units if not unit["MemoryMax"].isdigit() or unit["TasksMax"] == default] == []


AS112 = "192.175.48.1 192.175.48.6 192.175.48.42 192.31.196.1 \
    2620:4f:8000::1 2620:4f:8000::6 2620:4f:8000::42 2001:4:112::1"
NSD = """
set -eu
printf '%s' "$1" >/run/nsd.yaml
for address in AS112; do ip address replace "$address" dev lo nodad; done
fontaine render /run/nsd.yaml /run/fontaine-nsd
mkdir -p /run/systemd/system/nsd.service.d
cp /usr/lib/systemd/system/nsd.service /run/systemd/system # as this POP file wants none, the generator hides it
printf '[Service]\nExecStart=\nExecStart=/usr/sbin/nsd -d -P "" -c /run/fontaine-nsd/nsd/nsd.conf\n' \
    >/run/systemd/system/nsd.service.d/test.conf
systemctl daemon-reload
systemctl start nsd.service
fontaine status /run/nsd.yaml
systemctl reload nsd.service
"""
WITHOUT_NSD = """
systemctl stop nsd.service
for address in AS112; do ip address delete "$address" dev lo; done
rm -r /run/nsd.yaml /run/fontaine-nsd /run/systemd/system/nsd.service /run/systemd/system/nsd.service.d
systemctl daemon-reload
"""


def test_nsd_runs_confined_where_a_pop_file_wants_it():
    """In this POP, beside Knot, at ports of its own, and without the network of a machine, which wants a resolver."""
    text = pop.POP_FILE.read_text()
    file = text[:re.search("^(network|services):", text, re.MULTILINE).start()] + (
        "services:\n  authoritative: {port: 5056, tls_port: 5856, server: nsd, as112: true}\n")
    started = pop.run("sh", "-c", NSD.replace("AS112", AS112), "sh", file, check=False)
    try:
        assert started.returncode == 0, started.stdout + started.stderr
        test_a_break_in_would_gain_little("nsd.service")
        test_no_server_is_root("nsd.service")
        test_no_server_can_gain_privileges("nsd.service")
        assert pop.property_of("nsd.service", "ActiveState") == "active"
    finally:
        pop.run("sh", "-c", WITHOUT_NSD.replace("AS112", AS112))


def test_the_time_comes_first():
    """On a busy machine; the processes that give keys for NTS wait like all others."""
    process = pop.property_of("chrony.service", "MainPID")
    children = pop.run("pgrep", "--parent", process).stdout.split()
    assert "SCHED_FIFO" in pop.run("chrt", "--pid", process).stdout
    assert children and all("SCHED_OTHER" in pop.run("chrt", "--pid", child).stdout for child in children)
    assert pop.property_of("chrony.service", "LimitMEMLOCK") == "infinity"


TIMESTAMPS = """
set -eu
mkdir -p /run/timestamps /run/systemd/system/chrony.service.d
sed 's/^    set_clock:/    hardware_timestamps: true\\n&/' /etc/fontaine/pop.yaml >/run/timestamps/pop.yaml
fontaine generate /run/timestamps/pop.yaml /run/timestamps
fontaine render /run/timestamps/pop.yaml /run/timestamps/rendered
cp /run/timestamps/chrony.service.d/pop-hardware.conf /run/systemd/system/chrony.service.d
cp /run/timestamps/rendered/chrony/chrony.conf /run/fontaine/chrony/chrony.conf
systemctl daemon-reload
systemctl restart chrony.service
"""
WITHOUT_TIMESTAMPS = """
fontaine render /etc/fontaine/pop.yaml /run/timestamps/rendered
cp /run/timestamps/rendered/chrony/chrony.conf /run/fontaine/chrony/chrony.conf
rm -r /run/timestamps /run/systemd/system/chrony.service.d
systemctl daemon-reload
systemctl restart chrony.service
"""


def test_chrony_may_ask_network_cards_for_the_time_of_packets():
    """Here is none that could tell, nor may a container set it; but chronyd finds all of them, and is confined."""
    started = pop.run("sh", "-c", TIMESTAMPS, check=False)
    try:
        assert started.returncode == 0, started.stderr
        assert "hwtimestamp" in pop.run("cat", "/run/fontaine/chrony/chrony.conf").stdout
        assert pop.property_of("chrony.service", "AmbientCapabilities").split() == [
            "cap_net_bind_service", "cap_net_admin", "cap_sys_time"]
        test_a_break_in_would_gain_little("chrony.service", EXPOSURE_MAX_WITH_CARDS)
        test_it_reports_no_error("chrony.service")
    finally:
        pop.run("sh", "-c", WITHOUT_TIMESTAMPS)


def test_every_unit_of_ours_is_checked():
    which = ["--all", "--type=service", "fontaine-*", "speedtestd*", "ipv6testd*", "rdnsd*", "healthd*", "mirrord*",
             "peerd*", "rsyncd*"]
    listing = pop.run("systemctl", "list-units", "--plain", "--no-legend", *which).stdout
    assert sorted(line.split()[0] for line in listing.splitlines()) == sorted(OURS)


def test_nothing_has_failed():
    assert pop.run("systemctl", "list-units", "--failed", "--plain", "--no-legend").stdout == ""


@pytest.mark.parametrize("unit", OURS)
def test_ours_report_nothing_unusual(unit):
    unusual = messages(unit, "--priority=warning")
    assert [message for message in unusual if not EXPECTED.match(message)] == []


@pytest.mark.parametrize("unit", OURS + STOCK)
def test_it_reports_no_error(unit):
    assert messages(unit, "--priority=err") == []
    assert not [message for message in messages(unit) if COMPLAINT.search(message) and not EXPECTED.search(message)]


def test_knot_is_told_of_zones_and_of_nothing_else():
    unit = "fontaine-zone-changes.service"
    pop.run("sh", "-c", "printf '%s\\n' '-f x' unknown.example > /run/fontaine-zone-changes")
    expected = {"not a zone: line ignored", "unknown.example: not told of by Knot"}
    wait.until(lambda: expected <= set(messages(unit)), "both are said", 10)


@pytest.fixture(scope="module")
def unwelcome_visit():
    """Nonsense for every server. Return: the address that it comes from."""
    for service in ("pages", "speedtest", "ipv6test"):
        for data in b"nonsense\r\n\r\n", wire.request("GET", "/nowhere"), wire.request("GET", "/", "X: " + "a" * 40000):
            with wire.Connection(pop.address(service), source=VISITOR) as connection:
                connection.send(data)
                connection.reply_head()
    for service in ("turn", "ntp", "resolver", "authoritative"):
        udp.flood(pop.address(service, "udp"), b"nonsense, and long enough to be looked at" * 2, 20, VISITOR)
    web.get(pop.url("speedtest"), "--interface", VISITOR)
    for words in ["nowhere/"], ["fontaine/"], ["-rc", "fontaine/web/"]:
        where = pop.url("mirror", "rsync") + words.pop()
        subprocess.run(["rsync", f"--address={VISITOR}", *words, where], capture_output=True, timeout=10)
    pop.run("journalctl", "--sync")
    return VISITOR


@pytest.mark.parametrize("unit", SERVERS)
def test_the_journal_does_not_say_who_came(unwelcome_visit, unit):
    assert not [message for message in messages(unit) if unwelcome_visit in message]
