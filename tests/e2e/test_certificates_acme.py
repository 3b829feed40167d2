# The certificate, from CAs that speak ACME: pebble, against the POP's own servers.
# SPDX-License-Identifier: MIT

import signal

import pytest

from support import acme, sanitized, wait
from support.machine import Machine

pytestmark = pytest.mark.apart

EAB_ID, EAB_KEY = "kid-1", "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"
NOWHERE = "https://127.0.0.1:14999/dir"


def trust(authority):
    """Whom the POP's requests trust, and whom its visitors: one file says both."""
    return [authority.own.read_text(), authority.root]


@pytest.fixture(scope="module")
def machine():
    with Machine() as machine:
        yield machine


@pytest.fixture(scope="module")
def lab(machine, tmp_path_factory):
    """A POP that has its certificate from a CA by DNS-01."""
    lab = acme.Lab(machine, tmp_path_factory.mktemp("acme"))
    lab.authority = acme.Authority(machine, lab.folder, 14000).start()
    lab.describe(acme.BY_DNS, NOWHERE, trust(lab.authority), folder="/run/nowhere")
    lab.describe(acme.WITH_ZONES, lab.authority.directory, trust(lab.authority))
    lab.make_first()
    lab.start_names()
    lab.first = lab.renew()
    lab.in_vain = lab.start_renewal("/run/nowhere", "/var/lib/nowhere")  # uacme tries for a while
    return lab


@pytest.fixture
def kept(lab):
    """Whatever goes wrong, the certificate that was good is served."""
    before = lab.served()
    lab.forget()
    yield
    assert lab.served() == before
    lab.describe(acme.BY_DNS, lab.authority.directory, trust(lab.authority))
    status, told = lab.judge()
    assert (status, told["problems"]) == (0, [])


def test_the_first_certificate_is_for_every_name(lab):
    status, said = lab.first
    assert status == 0, said
    status, told = lab.judge()
    assert (status, told["problems"]) == (0, [])
    assert told["issuer"].startswith("Pebble Intermediate CA")
    assert told["days_left"] == 89
    assert {f"DNS:{acme.DOMAIN}", f"DNS:*.bogus.t.ipv6test.{acme.DOMAIN}"} <= set(told["names"])
    assert lab.served().startswith("acme.")
    for shown in f"_acme-challenge.www.{acme.DOMAIN}", f"bogus._acme-challenge.ipv6test.{acme.DOMAIN}":
        assert "NXDOMAIN" in lab.ask(shown, "TXT", acme.KNOT_PORT)  # nothing is left


def test_a_good_one_stays_until_the_ca_says_that_it_is_time(lab):
    before = lab.served()
    assert lab.renew() == (0, "")
    assert lab.served() == before
    lab.make_first()  # as the next boot does
    assert lab.served() == before


def test_a_ca_is_asked_to_look_when_the_secondary_has_it(lab):
    name, answer = f"www.{acme.DOMAIN}", "A" * 43
    asked = f"_acme-challenge.{name}", "TXT"
    lab.describe(acme.WITH_ZONES, lab.authority.directory, trust(lab.authority))
    lab.secondary.send_signal(signal.SIGSTOP)
    begun = lab.start_challenge("begin", name, answer)
    wait.until(lambda: answer in lab.ask(*asked, acme.KNOT_PORT), "the POP's own server has it")
    assert begun.poll() is None
    lab.secondary.send_signal(signal.SIGCONT)
    assert begun.wait(acme.LIMIT_S) == 0
    assert answer in lab.ask(*asked, 53, acme.SECONDARY["address"])
    assert lab.start_challenge("done", name, answer).wait(acme.LIMIT_S) == 0


def test_a_renewal_brings_another(lab):
    before = lab.served()
    lab.forget()
    lab.describe(acme.BY_DNS, lab.authority.directory, trust(lab.authority))
    status, said = lab.renew()
    assert status == 0, said
    assert lab.served() != before


def test_a_challenge_that_fails(lab, kept):
    key = (lab.credentials / "acme").read_text()
    (lab.credentials / "acme").write_text(key.replace(":acme:", ":acme:AAAA", 1))
    status, said = lab.renew()
    (lab.credentials / "acme").write_text(key)
    assert status == 1
    assert "no certificate from" in said


def test_a_certificate_that_ends_at_once_and_that_nobody_trusts(lab, kept):
    other = acme.Authority(lab.machine, lab.folder, 14100, certificateValidityPeriod=1).start()
    lab.describe(acme.BY_DNS, other.directory, [*trust(lab.authority), other.own.read_text()])
    status, said = lab.renew()
    other.stop()
    assert status == 1
    assert "it has expired at" in said
    assert "clients do not trust it: unable to get" in said
    assert "not fit for use; the one before stays" in said


def test_a_full_disk(lab, kept):
    lab.machine.run("mount", "-o", "remount,size=1m", "/var/lib")
    lab.machine.run("sh", "-c", "! cat /dev/zero >/var/lib/filling 2>&1")
    status, said = lab.renew()
    lab.machine.run("rm", "/var/lib/filling")
    lab.machine.run("mount", "-o", "remount,size=100m", "/var/lib")
    assert status == 1, said


@sanitized.unfit("a clock of its own is preloaded, and so is the sanitizer")
def test_an_expired_certificate_is_said_to_be_one(lab):
    status, told = lab.judge("faketime", "-f", "+100d")
    assert status == 1
    assert told["days_left"] < 0
    assert any("it has expired at" in problem for problem in told["problems"])


def test_a_ca_that_is_down(lab, kept):
    said = lab.in_vain.communicate(timeout=acme.LIMIT_S)[0]
    assert lab.in_vain.returncode == 1
    assert f"certificates.directory: no account at {NOWHERE}" in said


def test_by_its_pages_with_an_account_that_the_ca_knows(lab):
    """HTTP-01; and a CA that takes no one else's orders (RFC 8555, 7.3.4)."""
    other = acme.Authority(lab.machine, lab.folder, 14200, externalAccountBindingRequired=True,
                           externalAccountMACKeys={EAB_ID: EAB_KEY}).start()
    keys = {"challenge": "http-01", "external_account": True}
    lab.describe(acme.BY_HTTP, other.directory, trust(other), **keys)
    status, said = lab.renew()
    assert status == 1
    assert "put KEYID:KEY, as the CA gives it, into /etc/credstore/acme-eab" in said
    (lab.credentials / "acme-eab").write_text(f"{EAB_ID}:{EAB_KEY}")
    lab.start_pages()
    status, said = lab.renew()
    assert status == 0, said
    status, told = lab.judge()
    assert (status, told["problems"]) == (0, [])
    assert sorted(told["names"]) == [f"DNS:{acme.DOMAIN}", f"DNS:www.{acme.DOMAIN}"]
