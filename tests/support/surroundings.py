# What can happen around the services of a lab's POP (anycast.py): each is a function of the POP and of the stack on
# which it puts what ends it. Return: service -> what is said of it, for those that are withdrawn by it.
# SPDX-License-Identifier: MIT

import socket
import ssl
import subprocess
import time

import dns.edns
import dns.message
import dns.query
import dns.rcode

from support import anycast, faults, lab_dns, lab_pop, pop, wait

TLS = "/var/lib/fontaine/tls"
WITH_TLS = ["pages", "speedtest", "ipv6test", "resolver", "authoritative"]
CUT_S = 12  # an hour, when what everybody asks for is good for five minutes: here it is good for one second
NAME, ADDRESS = "shown.example", "192.0.2.80"
HTTPS_PORT, LIMIT_S = 443, 10
GAP_S = 0.02  # between questions: more of them than the resolver answers to one client would be dropped


def full_disk(made, stack):
    """And a service fails, so that there is something to remember."""
    stack.enter_context(faults.full_disk(made))
    return faults.begin(stack, made, {"ntp": "killed"})


def stepped_clock(made, stack):
    """Of healthd, which then sees what it would see on a machine whose clock is stepped below its services."""
    path = made.state / "clock"  # where it may read in its sandbox
    clock = made.machine.file(path)
    clock.write_text("+0\n")
    made.end(made.healthd, 15)
    made.start_healthd(LD_PRELOAD=anycast.FAKETIME, FAKETIME_NO_CACHE="1", FAKETIME_DONT_FAKE_MONOTONIC="1",
                       FAKETIME_TIMESTAMP_FILE=str(path))
    made.until_routes(anycast.ALL, "healthd has asked all anew", 4 * LIMIT_S)
    made.mark()
    clock.write_text("+1d\n")
    stack.callback(clock.write_text, "+0\n")
    return {"ntp": "86400"}


def ask(made):
    question = dns.message.make_query(NAME, "A", use_edns=True)
    with made.machine.entered():
        return dns.query.udp(question, anycast.ADDRESSES["resolver"]["ipv4"], LIMIT_S, source="127.0.0.1")


def is_old(answer):
    return any(option.code == dns.edns.EDECode.STALE_ANSWER for option in answer.options
               if option.otype == dns.edns.OptionType.EDE)


def cut_dns(made, stack):
    """What is known stays known, though it is old."""
    def set_addresses(how):
        for address, length in zip(lab_dns.ADDRESSES.values(), (32, 128)):
            made.internet.net.run("ip", "address", how, f"{address}/{length}", "dev", "lo")

    def is_fresh_again():
        set_addresses("add")
        wait.until(lambda: not is_old(ask(made)), "what is answered is new again", 4 * LIMIT_S)

    assert not is_old(ask(made))
    set_addresses("del")
    stack.callback(is_fresh_again)
    end, n_old = time.monotonic() + CUT_S, 0
    while time.monotonic() < end:
        answer = ask(made)
        assert (answer.rcode(), answer.answer[0][0].address) == (dns.rcode.NOERROR, ADDRESS)
        n_old += is_old(answer)
        time.sleep(GAP_S)
    assert n_old > 0
    return {}


def start_anew(made):
    for service in WITH_TLS:
        made.kill(service)
        made.start(service)


def expired_certificate(made, stack):
    """Clients see it, and an operator is told; healthd asks whether a service works."""
    folder = made.folder / "tls"
    made.machine.run("cp", "-a", TLS, folder)
    made.machine.run("rm", folder / "current")  # or it is good enough for another year
    made.machine.run("faketime", "-f", "-500d", pop.PROJECT / "packaging/systemd/testca", f"{lab_pop.RUN}/tls/names",
                     folder)
    made.machine.lay(folder, TLS)
    stack.callback(start_anew, made)
    stack.callback(made.machine.run, "umount", TLS)
    start_anew(made)
    context = ssl.create_default_context(cafile=str(folder / "ca.crt"))
    wait.until(lambda: refusal(made, context) == "certificate has expired", "a client sees that it has expired")
    told = made.machine.command(pop.FONTAINE, "certificates", made.file, "--tls", TLS)
    done = subprocess.run(told, capture_output=True, text=True, timeout=LIMIT_S)
    assert (done.returncode, "expired" in done.stdout) == (1, True), done
    return {}


def refusal(made, context):
    with made.machine.entered():
        try:
            with socket.create_connection((anycast.ADDRESSES["pages"]["ipv4"], HTTPS_PORT), LIMIT_S) as tcp:
                context.wrap_socket(tcp, server_hostname=lab_pop.DOMAIN).close()
        except ssl.SSLCertVerificationError as error:
            return error.verify_message
        except OSError:
            return None


def corrupt_file(made, stack):
    """The half that a full disk has left of it."""
    half = made.folder / "half.yaml"
    text = made.file.read_text()
    half.write_text(text[:len(text) // 2])
    done = subprocess.run(made.machine.command(pop.FONTAINE, "apply", half), capture_output=True, text=True,
                          timeout=LIMIT_S)
    assert (done.returncode, f"{half}:" in done.stderr) == (2, True), done
    return {}


FAULTS = {"the disk is full, and `ntp` is killed": full_disk, "upstream DNS is cut for an hour": cut_dns,
          "the certificates have expired": expired_certificate, "half a POP file is applied": corrupt_file,
          "the clock is stepped by a day": stepped_clock}
