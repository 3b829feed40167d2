# Our verdict on a delegation beside those of checkers that others made, in the lab of test_rdns_check.py.
# SPDX-License-Identifier: MIT

from concurrent.futures import ThreadPoolExecutor

import pytest

from support import delegation_lab, other_checkers
from support.delegation_lab import CASES

pytestmark = pytest.mark.apart

AT_ONCE = 3

CHECKERS = {"zonemaster-cli": other_checkers.zonemaster, "dnsviz": other_checkers.dnsviz,
            "ldns-verify-zone": other_checkers.ldns_verify_zone}
OF_DNSSEC = "dnsviz", "ldns-verify-zone"  # what they are asked about alone

WARNS = "it finds the same, and takes it for a warning: the facts sheet has it as an error"
STRICTER = "it finds the same, and takes it for a warning: a server that fails here is of no use to resolvers"
NO_DS = "it has the zone and not the delegation: it knows of no DS"
NOT_CDS = "it does not look at CDS and CDNSKEY"

# Where one of them says otherwise than we do, and why that is not ours to follow.
DISAGREEMENTS = {
    **{("zonemaster-cli", case): "it refuses a slash in a name, which RFC 2317 has"
       for case in ("RFC 2317 with a slash", "signed, RFC 2317")},
    ("zonemaster-cli", "no parent"): "it asks no parent about a zone that is not delegated yet",
    ("zonemaster-cli", "other addresses than in DNS"): "addresses given take the place of those in DNS",
    ("zonemaster-cli", "NS sets differ"): "a server that nothing is delegated to has no address in the lab",
    **{("zonemaster-cli", case): STRICTER
       for case in ("one of three addresses is silent", "no UDP", "no TCP", "lame", "garbage",
                    "truncated, and no TCP")},
    **{("zonemaster-cli", case): WARNS for case in ("no EDNS", "EDNS version", "CDS of no key")},
    ("dnsviz", "CDS: no DS any more"): "it takes the record that asks for no DS (RFC 8078) for that of a key",
    **{("ldns-verify-zone", case): NO_DS for case in ("wrong DS", "DNSKEY by another key")},
    **{("ldns-verify-zone", case): NOT_CDS
       for case in ("CDS of no key", "CDS and CDNSKEY differ", "CDS at one server only")},
}
# It waits for the last byte of every answer, however long that takes: for minutes.
NOT_ASKED = {("zonemaster-cli", "trickling TCP")}
# dnsviz takes a server that is late, on a busy machine, for one that has nothing to say.
TRIES = {"dnsviz": 3}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """All verdicts, as they come: (checker, case) -> errors."""
    known = delegation_lab.resolver_zones()[0]["example.net."].splitlines()[1:]
    with delegation_lab.started(tmp_path_factory.mktemp("lab")) as lab, ThreadPoolExecutor(AT_ONCE) as pool:
        other_checkers.start_root(lab, known)
        yield {(checker, case.name): pool.submit(ask, checker, lab, case)
               for checker in CHECKERS for case in CASES if is_asked(checker, case)}
        pool.shutdown(cancel_futures=True)


def is_as_listed(checker, case, errors):
    agrees = bool(errors) == ("error" in case.expected.values())
    return agrees != ((checker, case.name) in DISAGREEMENTS)


def ask(checker, lab, case):
    for _ in range(TRIES.get(checker, 1)):
        errors = CHECKERS[checker](lab, case)
        if is_as_listed(checker, case, errors):
            break
    return errors


def is_asked(checker, case):
    return (checker not in OF_DNSSEC or case.is_of_dnssec) and (checker, case.name) not in NOT_ASKED


@pytest.mark.parametrize("checker, case", [
    pytest.param(checker, case, id=f"{checker}, {case.name}") for checker in CHECKERS for case in CASES
    if is_asked(checker, case)])
def test_verdict(found, checker, case):
    errors = found[checker, case.name].result()
    assert is_as_listed(checker, case, errors), errors
