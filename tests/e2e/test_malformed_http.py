# Whatever arrives, it gets the right status or a close, and the next client is served.
# SPDX-License-Identifier: MIT

import pytest

from malformed_requests import CASES
from support import counters, pop, wait, wire


def is_quiet():
    """The connections that are open are no more than the one that asks."""
    reading = counters.read()
    return reading if reading["connections"] == 1 else None


def wait_until_quiet():
    return wait.until(is_quiet, "every connection is closed")


def expect_service():
    for family in pop.FAMILIES:
        assert wire.ask(pop.address("speedtest", family=family), wire.request("GET", "/getIP")).status == 200


def statuses_in_class(statuses, digit):
    return sum(1 for status in statuses if status // 100 == digit)


@pytest.mark.parametrize("family", pop.FAMILIES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_gets_its_status_or_a_close(case, family):
    before = wait_until_quiet()
    with wire.Connection(pop.address("speedtest", family=family)) as connection:
        connection.send(case.data)
        if case.ends:
            connection.end_sending()
        for status in case.statuses:
            assert connection.reply().status == status
        if case.closes:
            assert connection.is_closed_by_server()
        else:
            connection.send(wire.request("GET", "/getIP"))
            assert connection.reply().status == 200

    after = wait_until_quiet().since(before)
    for digit in (4, 5):
        assert after[f'responses_total{{class="{digit}xx"}}'] == statuses_in_class(case.statuses, digit)
    expect_service()
