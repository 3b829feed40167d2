# Each service of a POP fails in each way, alone and with each other one in each way, and so does what is around them:
# what a neighbour sees, what the pages say, what is remembered. `make faults` runs it, and makes the tables of
# docs/RELIABILITY.md of what it has seen.
# SPDX-License-Identifier: MIT

import json
import os
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from support import anycast, faults, lab, surroundings, wait
from support.anycast import ADDRESSES, ALL, prefixes

COMES_S, LIMIT_S = 40, 20
WITHDRAWN_S = 5
NUMBER, SHARES = map(int, os.environ["FAULTS_SHARE"].split("/"))  # of those who run beside each other: "0/4"
RECORDS = Path(os.environ["FAULTS_RECORDS"])  # a line of JSON for each case
SEEN = [json.loads(line)["case"] for line in RECORDS.read_text().splitlines()]
OURS = (faults.SINGLES + faults.PAIRS)[NUMBER::SHARES] + (list(surroundings.FAULTS) if NUMBER == 0 else [])
CASES = [case for case in OURS if case not in SEEN]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with lab.internet(tmp_path_factory.mktemp("lab")) as internet, ExitStack() as stack:
        made = anycast.Anycast(internet, stack)
        made.until_routes(ALL, "all is announced", COMES_S)
        yield made


def name_of(case):
    return case if isinstance(case, str) else ", ".join(f"{service} {fault}" for service, fault in case.items())


def expected_events(victims):
    services = [(service, state) for service in victims for state in ("down", "up")]
    addresses = [(address, state) for service in victims for address in ADDRESSES[service].values()
                 for state in ("withdrawn", "announced")]
    return Counter(services + addresses)


def of(routes):
    """The services whose addresses all are in @routes."""
    return [service for service in faults.SERVICES if prefixes(service) <= routes]


def look(made, whys):
    """While it lasts. Return: what is seen of it."""
    made.until_routes(ALL - set().union(*map(prefixes, whys)), "what fails is withdrawn, and nothing else", LIMIT_S)
    withdrawn_s = time.monotonic() - made.since
    if not whys:
        time.sleep(WITHDRAWN_S + 1)  # it would have been by now
    faults.until_told(made, whys)
    told = made.status()["services"]
    assert {service for service in told if not told[service]["up"]} == set(whys)
    assert made.ask("GET", "/readyz").status == (503 if whys else 200)
    return {"withdrawn": of(ALL - set(made.routes())), "withdrawn_s": round(withdrawn_s, 1),
            "says": {service: told[service]["detail"] for service in whys}}


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_fault(made, case):
    made.mark()
    with ExitStack() as stack:
        begin = surroundings.FAULTS.get(case) if isinstance(case, str) else None
        whys = begin(made, stack) if begin else faults.begin(stack, made, case)
        seen = look(made, whys)
    over = time.monotonic()
    made.until_routes(ALL, "all is back", COMES_S)
    seen["back_s"] = round(time.monotonic() - over, 1)
    wait.until(lambda: Counter((event["name"], event["state"]) for event in made.events()[made.n_events:]) ==
               expected_events(whys), "the history has all that was, once")
    with RECORDS.open("a") as out:
        out.write(json.dumps({"case": case, **seen}) + "\n")
