# Which of the container's tests are not for its twin in a machine (twin.py), and why. All others are the same.
# SPDX-License-Identifier: MIT

import pytest

BROWSER = "a browser would find the demo's name on its own machine"
CHANGES = "it writes and reads files of the container's from outside"
BESIDE = "it starts a server beside the POP, at the POP's own addresses"
DEMO = "it has make read the demo's POP file"
KERNEL = "it runs programs of the tests inside the container"
LOOPBACK = "it knows the loopback addresses that clients of a container have"
MACHINE = "a machine has more than the container: SSH, networkd, nftables, a root that nobody can write to"
NAMES = "by name, the POP would be looked for on the tests' own machine"
OWN = "it asks as the POP's own machine"
PACE = "it counts on a pace that an emulated machine does not keep"

CONTAINER_ONLY = {
    "e2e/test_apply.py": CHANGES,
    "e2e/test_browser_": BROWSER,
    "e2e/test_bundle.py": CHANGES,
    "e2e/test_certificates.py": CHANGES,
    "e2e/test_cli.py::test_endpoints_are_the_same_wherever": DEMO,
    "e2e/test_cli.py::test_status_": PACE,
    "e2e/test_cli_speedtest.py::test_both_families_by_name": NAMES,
    "e2e/test_drain.py": PACE,
    "e2e/test_endpoints.py::test_nothing_else_listens": MACHINE,
    "e2e/test_ipv6test_dns.py::test_a_resolver_believes": BESIDE,
    "e2e/test_ipv6test_dns_malice.py::test_a_flood_of_nonces_takes_no_memory": LOOPBACK,
    "e2e/test_ipv6test_http.py::test_metrics_are_for_the_machine_itself": OWN,
    "e2e/test_ipv6test_results.py::test_no_whole_address_is_kept": LOOPBACK,
    "e2e/test_ipv6test_who.py::test_the_pops_own_resolver_is_asked": NAMES,
    "e2e/test_isolation.py": KERNEL,
    "e2e/test_metrics.py::test_only_operators_are_told": OWN,
    "e2e/test_metrics.py::test_the_command_prints_the_same_families": PACE,
    "e2e/test_mirror_serving.py": CHANGES,
    "e2e/test_networks.py": CHANGES,
    "e2e/test_pages.py::test_only_this_machine_sees_the_metrics": OWN,
    "e2e/test_rdns_nginx.py::test_the_figures_are_for_this_machine": OWN,
    "e2e/test_recovery.py": PACE,
    "e2e/test_resolver.py::test_it_gives_nothing_that_fails_the_check": BESIDE,
    "e2e/test_resolver.py::test_it_vouches_for_what_it_could_check": BESIDE,
    "e2e/test_turn.py::test_a_pop_without_a_relay_says_so": BESIDE,
    "e2e/test_turn.py::test_a_relay_is_slow": PACE,
    "e2e/test_turn.py::test_no_service_of_the_pop_has_the_relays_address": MACHINE,
    "e2e/test_units.py::test_every_unit_of_ours_is_checked": MACHINE,
}


def skip(tests):
    """Mark them, of what pytest has collected."""
    for test in tests:
        for name, why in CONTAINER_ONLY.items():
            if test.nodeid.startswith(name):
                test.add_marker(pytest.mark.skip(reason=why))
