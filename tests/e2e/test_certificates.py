# A new certificate reaches every server, and no visitor notices: neither who connects anew nor who is connected. It is
# a CA's (pebble), asked by the POP's own unit in its sandbox.
# SPDX-License-Identifier: MIT

import contextlib

import pytest
import yaml

from support import acme, counters, pop, wait, web
from support.visitors import DOT, NTS, PATHS, Visitors

TLS = "/var/lib/fontaine/tls"
AS_UNIT = ["setpriv", "--reuid=fontaine", "--regid=www-data", "--clear-groups", "sh", "-c"]
ISSUE = f"umask 027; /usr/libexec/fontaine/testca /run/fontaine/tls/names {TLS}"
HOOKS = ["/usr/libexec/fontaine/certificate-hooks", TLS, "/run/fontaine-certificate"]
SHOW = [*PATHS, *DOT, NTS]  # those whose certificate can be seen
UNIT = "fontaine-certificates.service"
TRUSTED = "/run/authority.pem"
ISSUE_LIMIT_S = 120
FILE = pop.BUILD / "run/etc/pop.yaml"
LESS = "ipv6test", "rdns"  # what has too many names for a test, or needs what has
PAGES_PORT, PORT = pop.address("pages")[1], 15400


def put(text):
    """Have another POP file, and what the servers read. None takes it by itself."""
    FILE.write_text(text)
    pop.run("systemctl", "reload", "fontaine-render.service")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """In the end all is as it was, and its certificate is gone."""
    authority = acme.Authority(acme.Here(), tmp_path_factory.mktemp("acme"), PORT, httpPort=PAGES_PORT).start()
    pop.inside(TRUSTED).write_text(authority.own.read_text() + authority.root)
    before, ca = FILE.read_text(), web.ca_file()
    authority.file = yaml.safe_load(before)
    web.own_ca = authority.folder / "all.pem"  # visitors are there before and after
    web.own_ca.write_text(ca.read_text() + authority.root)
    yield authority
    put(before)
    pop.run(*AS_UNIT, ISSUE)
    pop.run(*HOOKS)
    pop.run("rm", "-r", TRUSTED, "/var/lib/fontaine/acme")
    authority.stop()
    web.own_ca = None
    for service in PATHS:  # daemons of ours look every five seconds
        wait.until(lambda: web.curl(pop.url(service, "https")).returncode == 0, f"{service} is as before")


def describe(authority, challenge, services):
    keys = {"directory": authority.directory, "ca_file": TRUSTED, "challenge": challenge}
    put(yaml.safe_dump({**authority.file, "services": services, "certificates": keys}))


def issue():
    done = pop.run("systemctl", "start", UNIT, check=False, timeout=ISSUE_LIMIT_S)
    assert done.returncode == 0, pop.run("journalctl", "--no-pager", "--lines=20", f"--unit={UNIT}").stdout
    return pop.run("readlink", f"{TLS}/current").stdout.strip()


@pytest.fixture(scope="module")
def renewed(authority):
    """By DNS-01."""
    describe(authority, "dns-01", {name: keys for name, keys in authority.file["services"].items() if name not in LESS})
    for unit in "fontaine-reverse-zones.service", "knot.service":  # a key, and who may update with it
        pop.run("systemctl", "reload", unit)
    with Visitors() as visitors:
        visitors.wait_for_more()
        before = {service: visitors.seen[service][-1] for service in SHOW}
        issue()
        with contextlib.suppress(AssertionError):  # a test says who has not
            wait.until(lambda: all(visitors.seen[name][-1] != before[name] for name in SHOW), "all have it", 15)
        visitors.wait_for_more()
    visitors.told = pop.run("fontaine", "certificates").stdout
    visitors.expires = pop.run("date", "+%s", "--date=89 days").stdout, counters.read()
    return visitors


@pytest.mark.parametrize("service", SHOW)
def test_the_service_shows_the_new_one(renewed, service):
    seen = renewed.seen[service]
    assert len(set(seen)) == 2
    assert len(set(seen[-5:])) == 1


def test_no_request_fails(renewed):
    assert not renewed.failures, renewed.failures


def test_key_and_certificate_are_one_and_every_name_is_in_it(renewed):
    assert "problems" not in renewed.told
    assert f"DNS:www.{pop.site()['domain']}" in renewed.told
    assert "issuer    Pebble Intermediate CA" in renewed.told


def test_metrics_say_when_the_certificate_expires(renewed):
    expected, told = renewed.expires
    assert abs(told["certificate_expiry_timestamp_seconds"] - int(expected)) < 2 * 86400


def test_a_good_one_is_kept(renewed):
    before = issue()
    assert issue() == before


def test_by_its_pages(authority, renewed):
    """HTTP-01. Port 80 of this machine may be somebody's: nginx and the CA agree upon another."""
    before = issue()
    pop.run("sh", "-c", f"rm /var/lib/fontaine/acme/*/{pop.site()['domain']}/cert.pem")
    pop.run("cp", "-a", "/run/fontaine", "/run/rendered")
    describe(authority, "http-01", {"pages": {"https_port": pop.address("pages", "https")[1]}})
    pop.run("cp", "-a", "--update=none", "/run/rendered/.", "/run/fontaine")  # of servers that run on and are told too
    pop.run("rm", "-r", "/run/rendered")
    pop.run("sed", "-Ei", rf"s/(listen \S+:)80\b/\1{PAGES_PORT}/", "/run/fontaine/nginx/nginx.conf")
    pop.run("systemctl", "reload", "nginx.service")
    assert issue() != before
    told = pop.run("fontaine", "certificates").stdout
    assert "problems" not in told
    assert "DNS:www." in told and "DNS:ntp." not in told
