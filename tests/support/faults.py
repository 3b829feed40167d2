# What can happen to a service of a lab's POP (anycast.py): each is to use in a with statement, at whose end it is over.
# SPDX-License-Identifier: MIT

import itertools
import re
import signal
import threading
from contextlib import contextmanager

import pytest

from support import anycast, lab_pop

HELD_S, FREE_S = 4.5, 0.1  # of one that is slow: answers come, nearly all too late
PORTAL = "/usr/share/fontaine/web/portal"
PAGE = "<!doctype html><html><title>Welcome to nginx!</title></html>"


@contextmanager
def killed(made, service):
    made.kill(service)
    yield ""
    made.start(service)


@contextmanager
def stopped(made, service):
    made.signal(service, signal.SIGSTOP)
    try:
        yield "timed out"
    finally:
        made.signal(service, signal.SIGCONT)


@contextmanager
def replaced(made, service, why, *command, **environment):
    made.kill(service)
    made.replace(service, *command, **environment)
    yield why
    made.kill(service)
    made.start(service)


def slow_pages(made):
    """A few bytes each second."""
    text = made.machine.file(f"{lab_pop.RUN}/nginx/nginx.conf").read_text()
    conf = made.folder / "slow.conf"
    conf.write_text(text.replace("sendfile on;", "sendfile on; limit_rate 64;"))
    return replaced(made, "pages", "timed out", "nginx", "-e", "stderr", "-c", conf, "-g", "daemon off;")


@contextmanager
def starved(made, service):
    """It gets the processor for a moment every few seconds."""
    is_over = threading.Event()

    def hold():
        while not is_over.is_set():
            made.signal(service, signal.SIGSTOP)
            is_over.wait(HELD_S)
            made.signal(service, signal.SIGCONT)
            is_over.wait(FREE_S)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        yield "timed out"
    finally:
        is_over.set()
        thread.join()


def slowed(made, service):
    return slow_pages(made) if service == "pages" else starved(made, service)


@contextmanager
def another_page(made):
    made.machine.file("run/pages/index.html").write_text(PAGE)
    made.machine.lay("/run/pages", PORTAL)
    yield "it answers without its page"
    made.machine.run("umount", PORTAL)


def lie_about_names(made):
    text = made.machine.file(f"{lab_pop.RUN}/unbound/unbound.conf").read_text()
    lie = f'server:\n\tlocal-zone: "{lab_pop.DOMAIN}" always_nxdomain\n'
    conf = made.folder / "lying.conf"
    conf.write_text(re.sub(r"\tlocal-zone: .*\n", "", text) + lie)
    return replaced(made, "resolver", "it answers NXDOMAIN", "unbound", "-d", "-p", "-c", conf)


def expired_zone(made):
    """One that was signed a year ago, by a Knot that still lives then."""
    text = made.machine.file(f"{lab_pop.RUN}/knot/knot.conf").read_text()
    then, conf = made.folder / "knot", made.folder / "knot.conf"
    then.mkdir(exist_ok=True)
    conf.write_text(text.replace("/var/lib/knot", str(then)))
    return replaced(made, "authoritative", "its zone's signature has expired", "knotd", "-c", conf,
                    LD_PRELOAD=anycast.FAKETIME, FAKETIME="-365d", FAKETIME_DONT_FAKE_MONOTONIC="1")


def another_server(made, service):
    return replaced(made, service, "status 200", "python3", "-m", "http.server", "80", "--bind",
                    anycast.ADDRESSES[service]["ipv4"])


def wrong(made, service):
    """Answers that come, and are wrong: of each service in its way."""
    if service == "ntp":
        return replaced(made, "ntp", "86400", *anycast.CHRONY, LD_PRELOAD=anycast.FAKETIME, FAKETIME="+1d")
    if service in ("speedtest", "ipv6test"):
        return another_server(made, service)
    return {"pages": another_page, "resolver": lie_about_names, "authoritative": expired_zone}[service](made)


FAULTS = {"killed": killed, "stopped": stopped, "slowed": slowed, "wrong": wrong}
SERVICES = ["ntp", "pages", "resolver", "authoritative", "speedtest", "ipv6test"]
SINGLES = [{service: fault} for service in SERVICES for fault in FAULTS]
PAIRS = [dict(zip(services, faults)) for services in itertools.combinations(SERVICES, 2)
         for faults in itertools.product(FAULTS, repeat=2)]


def begin(stack, made, case):
    """@case: service -> name of its fault. What ends them is on @stack. Return: service -> what is said of it."""
    return {service: stack.enter_context(FAULTS[fault](made, service)) for service, fault in case.items()}


def until_told(made, whys):
    """Until each is said to be down, and why: not still why it was."""
    for service, why in whys.items():
        made.until_detail(service, why)


@contextmanager
def full_disk(made):
    """What there is to remember is remembered later."""
    left = made.machine.file(made.state / "left")
    with left.open("wb", buffering=0) as out:
        with pytest.raises(OSError):
            while True:
                out.write(bytes(4096))
    try:
        yield
    finally:
        left.unlink()
