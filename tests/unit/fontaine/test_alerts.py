# Every alert fires when it should, and only then; and says what to do.
# SPDX-License-Identifier: MIT

import re
import subprocess
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[3]
RULES = PROJECT / "packaging/prometheus/fontaine.rules.yml"
RUNBOOK = PROJECT / "docs/RUNBOOK.md"
DAY = 86400
AT_M = 90  # minutes after the first sample

# What the POP exposes, once a minute: START+STEPxTIMES. First what has the alert fire, then what does not.
OK, STUCK, SERVER = "0+0x90", "1+0x90", 'certificate="server"'
EXPIRY = "fontaine_certificate_expiry_timestamp_seconds"
CASES = {
    "FontainePopSilent": ({'up{job="fontaine"}': OK}, {'up{job="fontaine"}': STUCK, 'up{job="other"}': OK}),
    "FontaineSourceDown": ({'fontaine_source_up{source="knot"}': OK}, {'fontaine_source_up{source="knot"}': STUCK}),
    "FontaineCertificateExpiresSoon": (
        {f"{EXPIRY}{{{SERVER}}}": f"{9 * DAY}+0x90"}, {f"{EXPIRY}{{{SERVER}}}": f"{11 * DAY}+0x90"}),
    "FontaineCertificateExpired": (
        {f"{EXPIRY}{{{SERVER}}}": f"{DAY}+0x90"}, {f"{EXPIRY}{{{SERVER}}}": f"{2 * DAY}+0x90"}),
    "FontaineCertificateNotTaken": (
        {f"{EXPIRY}{{{SERVER}}}": "7+0x90", "speedtestd_certificate_expiry_timestamp_seconds": "6+0x90"},
        {f"{EXPIRY}{{{SERVER}}}": "7+0x90", "speedtestd_certificate_expiry_timestamp_seconds": "7+0x90"}),
    "FontaineServiceDown": (
        {'healthd_service_up{service="ntp"}': OK}, {'healthd_service_up{service="ntp"}': STUCK}),
    "FontaineServiceUnsteady": (
        {'healthd_service_falls_total{service="ntp"}': "0+1x90"}, {'healthd_service_falls_total{service="ntp"}': OK}),
    "FontaineAddressWithdrawn": (
        {'healthd_address_announced{address="192.0.2.1",state="withdrawn"}': STUCK,
         'bird_protocol_up{name="neighbour1",proto="BGP"}': STUCK},
        {'healthd_address_announced{address="192.0.2.1",state="withdrawn"}': STUCK}),  # nobody to announce it to
    "FontaineBgpDown": (
        {'bird_protocol_up{name="neighbour1",proto="BGP"}': OK},
        {'bird_protocol_up{name="neighbour1",proto="BGP"}': STUCK, 'bird_protocol_up{name="x",proto="Direct"}': OK}),
    "FontaineTimeUnsynchronised": (
        {"chrony_tracking_synchronised": OK}, {"chrony_tracking_synchronised": STUCK}),
    "FontaineTimeFewSources": (
        {"chrony_sources_used": "2+0x90", "chrony_sources_known": "4+0x90"},
        {"chrony_sources_used": OK, "chrony_sources_known": OK}),  # it serves its own clock, and says so
    "FontaineTimeUncertain": (
        {"chrony_tracking_root_dispersion_seconds": "0.06+0x90", "chrony_tracking_root_delay_seconds": "0.1+0x90"},
        {"chrony_tracking_root_dispersion_seconds": "0.04+0x90", "chrony_tracking_root_delay_seconds": "0.1+0x90"}),
    "FontaineTimeFlooded": (
        {"chrony_serverstats_ntp_packets_dropped_total": "0+60000x90",
         "chrony_serverstats_ntp_packets_received_total": "0+100000x90"},
        {"chrony_serverstats_ntp_packets_dropped_total": "0+60000x90",
         "chrony_serverstats_ntp_packets_received_total": "0+200000x90"}),
    "FontaineResolverFails": (
        {'unbound_answer_rcodes_total{rcode="SERVFAIL"}': "0+20x90",
         'unbound_answer_rcodes_total{rcode="NOERROR"}': "0+100x90"},
        {'unbound_answer_rcodes_total{rcode="SERVFAIL"}': "0+5x90",
         'unbound_answer_rcodes_total{rcode="NOERROR"}': "0+100x90"}),
    "FontaineResolverBogus": (
        {"unbound_answers_bogus_total": "0+20x90", 'unbound_queries_total{thread="0"}': "0+60x90",
         'unbound_queries_total{thread="1"}': "0+40x90"},
        {"unbound_answers_bogus_total": "0+2x90", 'unbound_queries_total{thread="0"}': "0+60x90"}),
    "FontaineResolverOverloaded": (
        {'unbound_request_list_exceeded_total{thread="0"}': "0+1x90"},
        {'unbound_request_list_exceeded_total{thread="0"}': "5+0x90"}),
    "FontaineDnsFails": (
        {'knot_response_code_total{type="SERVFAIL"}': "0+5x90",
         'knot_response_code_total{type="NOERROR"}': "0+100x90"},
        {'knot_response_code_total{type="SERVFAIL"}': "0+1x90",
         'knot_response_code_total{type="NOERROR"}': "0+100x90"}),
    "FontaineMirrorStale": ({'mirrord_stale{project="debian"}': STUCK}, {'mirrord_stale{project="debian"}': OK}),
    "FontaineMirrorHeld": ({'mirrord_held{project="debian"}': STUCK}, {'mirrord_held{project="debian"}': OK}),
    "FontaineAssignmentsInvalid": ({"rdnsd_assignments_valid": OK}, {"rdnsd_assignments_valid": STUCK}),
    "FontaineChangesWait": ({"rdnsd_changes_waiting": STUCK}, {"rdnsd_changes_waiting": OK}),
    "FontaineDelegationsBroken": (
        {'rdnsd_delegations{state="broken"}': "3+0x90", 'rdnsd_delegations{state="live"}': "7+0x90"},
        {'rdnsd_delegations{state="broken"}': "1+0x90", 'rdnsd_delegations{state="live"}': "9+0x90"}),
    "FontaineNoticesBlind": (
        {'peerd_notices_source_up{source="rs1"}': OK}, {'peerd_notices_source_up{source="rs1"}': STUCK}),
    "FontaineNoticesFail": (
        {"peerd_notices_failed_total": "0+1x90", "peerd_notices_dropped_total": OK},
        {"peerd_notices_failed_total": "5+0x90", "peerd_notices_dropped_total": OK}),
    "FontainePagesFull": (
        {"nginx_connections_accepted_total": "0+100x90", "nginx_connections_handled_total": "0+90x90"},
        {"nginx_connections_accepted_total": "10+100x90", "nginx_connections_handled_total": "0+100x90"}),
    "FontaineSpeedtestFull": (
        {'speedtestd_tests_refused_total{reason="full"}': "0+10x90"},
        {'speedtestd_tests_refused_total{reason="full"}': "0+1x90",
         'speedtestd_tests_refused_total{reason="day"}': "0+10x90"}),
    "FontaineResultsLost": (
        {'ipv6testd_results_total{outcome="disk_full"}': "0+1x90"},
        {'ipv6testd_results_total{outcome="stored"}': "0+1x90",
         'speedtestd_results_total{outcome="failed"}': "1+0x90"}),
}


def alerts():
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def test_the_rules_are_rules():
    checked = subprocess.run(["promtool", "check", "rules", "--lint=all", "--lint-fatal", RULES], text=True,
                             capture_output=True, timeout=20)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_alert_is_tested():
    assert [alert["alert"] for alert in alerts()] == list(CASES)


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])
def test_it_says_how_bad_it_is_and_what_to_do(alert):
    assert alert["labels"]["severity"] in ("info", "warning", "critical")
    assert set(alert["annotations"]) == {"summary", "description", "runbook"}
    assert alert["annotations"]["runbook"] == f"RUNBOOK.md#{alert['alert'].lower()}"
    assert len(alert["annotations"]["summary"]) <= 100


def test_the_runbook_has_a_part_for_each_alert():
    parts = re.split(r"^### ", RUNBOOK.read_text(), flags=re.MULTILINE)[1:]
    assert [part.split("\n")[0] for part in parts] == list(CASES)
    assert all(len(part) > 200 for part in parts)


def labels_of(series):
    """What Prometheus is told of @series, with an instance, as it adds one."""
    return series.replace("{", '{instance="lyon",') if "{" in series else series + '{instance="lyon"}'


def unit_test(alert, series, fires):
    """One test of promtool: whether @alert, by its name, fires."""
    count = f'count(ALERTS{{alertname="{alert}",alertstate="firing",instance="lyon"}}) or vector(0)'
    return {"interval": "1m",
            "input_series": [{"series": labels_of(one), "values": values} for one, values in series.items()],
            "promql_expr_test": [{"expr": count, "eval_time": f"{AT_M}m",
                                  "exp_samples": [{"labels": "{}", "value": int(fires)}]}]}


def test_each_alert_fires_when_it_should_and_only_then(tmp_path):
    tests = [unit_test(alert, series, fires)
             for alert, both in CASES.items() for series, fires in zip(both, (True, False), strict=True)]
    (tmp_path / "tests.yml").write_text(yaml.safe_dump({"rule_files": [str(RULES)], "evaluation_interval": "5m",
                                                        "tests": tests}))
    done = subprocess.run(["promtool", "test", "rules", tmp_path / "tests.yml"], text=True, capture_output=True,
                          timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
