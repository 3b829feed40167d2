# A new certificate reaches every server, and no visitor notices: neither who connects anew nor who is connected.
# SPDX-License-Identifier: MIT

import contextlib

import pytest

from support import counters, pop, wait
from support.visitors import DOT, NTS, PATHS, Visitors

TLS = "/var/lib/fontaine/tls"
AS_UNIT = ["setpriv", "--reuid=fontaine", "--regid=www-data", "--clear-groups", "sh", "-c"]
ISSUE = f"umask 027; rm {TLS}/current/names; /usr/libexec/fontaine/testca /run/fontaine/tls/names {TLS}"
SHOW = [*PATHS, *DOT, NTS]  # those whose certificate can be seen


@pytest.fixture(scope="module")
def renewed():
    with Visitors() as visitors:
        visitors.wait_for_more()
        before = {service: visitors.seen[service][-1] for service in SHOW}
        pop.run(*AS_UNIT, ISSUE)
        pop.run("/usr/libexec/fontaine/certificate-hooks", TLS, "/run/fontaine-certificate")
        with contextlib.suppress(AssertionError):  # a test says who has not
            wait.until(lambda: all(visitors.seen[name][-1] != before[name] for name in SHOW), "all have it", 15)
        visitors.wait_for_more()
    return visitors


@pytest.mark.parametrize("service", SHOW)
def test_the_service_shows_the_new_one(renewed, service):
    seen = renewed.seen[service]
    assert len(set(seen)) == 2
    assert len(set(seen[-5:])) == 1


def test_no_request_fails(renewed):
    assert not renewed.failures, renewed.failures


def test_key_and_certificate_are_one_and_every_name_is_in_it(renewed):
    told = pop.run("fontaine", "certificates")
    assert "problems" not in told.stdout
    assert f"DNS:www.{pop.site()['domain']}" in told.stdout
    assert "issuer    Fontaine test CA" in told.stdout


def test_metrics_say_when_the_certificate_expires(renewed):
    expires = pop.run("date", "+%s", "--date=396 days").stdout
    assert abs(counters.read()["certificate_expiry_timestamp_seconds"] - int(expires)) < 2 * 86400
