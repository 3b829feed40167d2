# Who comes while a POP is drained, and after it, is served: it only asks others to send nobody any more.
# SPDX-License-Identifier: MIT

import json

import pytest

from support import pop, web
from support.visitors import Visitors


@pytest.fixture
def visitors():
    with Visitors() as all_kinds:
        yield all_kinds
    pop.run("fontaine", "undrain")


def drained():
    services = json.loads(web.get(pop.url("pages", path="/status.json")).body)["services"]
    return {name for name, service in services.items() if service["drained"]}


def test_nobody_who_comes_while_it_is_drained_is_refused(settled, visitors):
    visitors.wait_for_more()
    pop.run("fontaine", "drain")
    assert drained() == set(pop.endpoints())
    visitors.wait_for_more()
    pop.run("fontaine", "undrain")
    assert drained() == set()
    visitors.wait_for_more()
    assert visitors.failures == []
