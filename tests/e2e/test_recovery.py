# Servers that die, hang or restart come back, and visitors hardly notice.
# SPDX-License-Identifier: MIT

import threading
import time

import pytest

from support import pop, wait, wire

MIB = 1 << 20
SPEEDTEST = "speedtestd.service"
WATCHDOG_S = 10
GRACE_S = 3  # for requests in progress


def main_pid(unit):
    return int(pop.property_of(unit, "MainPID"))


def send_signal(unit, name):
    pop.run("systemctl", "kill", "--kill-whom=main", f"--signal={name}", unit)


def all_is_up():
    return pop.run("fontaine", "status", check=False).returncode == 0


def wait_for_another(unit, old_pid, seconds):
    wait.until(lambda: main_pid(unit) not in (0, old_pid), f"{unit} runs again", seconds)
    wait.until(all_is_up, "every service answers")


def test_a_service_that_fails_again_and_again_is_not_given_up():
    """systemd's own limit is five starts within ten seconds."""
    for _ in range(6):
        old_pid = main_pid(SPEEDTEST)
        send_signal(SPEEDTEST, "KILL")
        wait.until(lambda: main_pid(SPEEDTEST) not in (0, old_pid), "the speed test runs again", 10)
    wait.until(all_is_up, "every service answers")


@pytest.mark.parametrize("unit", [SPEEDTEST, "nginx.service", "coturn.service", "chrony.service", "unbound.service",
                                  "knot.service"])
def test_a_server_that_dies_comes_back(unit):
    pid = main_pid(unit)
    send_signal(unit, "KILL")
    wait_for_another(unit, pid, 10)


def test_a_speed_test_that_hangs_is_started_anew():
    pid = main_pid(SPEEDTEST)
    send_signal(SPEEDTEST, "STOP")
    wait_for_another(SPEEDTEST, pid, 2 * WATCHDOG_S + 5)
    assert pop.property_of(SPEEDTEST, "Result") == "success"


def test_its_own_name_is_known_without_dns():
    """Knot DNS looks for it whenever it reads its configuration, and waits for an answer, up to seconds for each
    resolver that gives none."""
    assert pop.run("getent", "-s", "myhostname", "hosts", pop.run("uname", "-n").stdout.strip()).stdout
    assert " myhostname dns" in pop.inside("/etc/nsswitch.conf").read_text()


class Visitors:
    """Come one after the other, each with a request of its own, until the end of the with statement."""

    def __enter__(self):
        self.statuses = []
        self.gone = threading.Event()
        self.thread = threading.Thread(target=self.come)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.gone.set()
        self.thread.join(10)

    def come(self):
        while not self.gone.is_set():
            try:
                reply = wire.ask(pop.address("speedtest"), wire.request("GET", "/getIP"))
                self.statuses.append(reply.status if reply else "closed")
            except OSError as error:
                self.statuses.append(error)


def test_a_restart_refuses_nobody():
    pid = main_pid(SPEEDTEST)
    with Visitors() as visitors:
        wait.until(lambda: visitors.statuses, "visitors are served")
        pop.run("systemctl", "restart", SPEEDTEST)
        served = len(visitors.statuses)
        wait.until(lambda: len(visitors.statuses) > served, "visitors are served again")
    assert main_pid(SPEEDTEST) != pid
    assert set(visitors.statuses) == {200}


def test_a_restart_lets_a_download_end():
    with wire.Connection(pop.address("speedtest")) as download:
        download.send(wire.request("GET", "/garbage?ckSize=64"))
        assert download.reply_head().status == 200
        restart = threading.Thread(target=pop.run, args=["systemctl", "restart", SPEEDTEST])
        restart.start()
        wait.until(lambda: pop.property_of(SPEEDTEST, "ActiveState") == "deactivating", "it is asked to end")
        assert len(download.stream.read(64 * MIB)) == 64 * MIB
        restart.join(10)
    wait.until(all_is_up, "every service answers")


def test_it_ends_in_time_and_well_though_a_client_stops_reading(stopped_unit):
    with wire.Connection(pop.address("speedtest")) as download:
        download.send(wire.request("GET", "/garbage?ckSize=1024"))
        assert download.reply_head().status == 200
        started = time.monotonic()
        stopped_unit("speedtestd.socket")  # or the next visitor would start it again
        assert time.monotonic() - started < GRACE_S + 2
    code, status, result = (pop.property_of(SPEEDTEST, name) for name in ("ExecMainCode", "ExecMainStatus", "Result"))
    assert (code, status, result) == ("1", "0", "success")  # code 1: it exited by itself


def test_a_visitor_starts_the_speed_test_when_it_is_stopped():
    pop.run("systemctl", "stop", SPEEDTEST)
    for family in pop.FAMILIES:
        assert wire.ask(pop.address("speedtest", family=family), wire.request("GET", "/getIP")).status == 200
    assert main_pid(SPEEDTEST)
