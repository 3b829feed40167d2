# What the programs of the POP count: at one address, for operators alone, and as alerts and the dashboard want it.
# SPDX-License-Identifier: MIT

import json
import re
import subprocess
from contextlib import contextmanager

import pytest
import yaml

from support import pop, wait, web

URL = "http://127.0.0.1:9580/metrics"
FILES = pop.PROJECT / "packaging/prometheus"
RULES, DASHBOARD = FILES / "fontaine.rules.yml", FILES / "fontaine-dashboard.json"
PROGRAMS = "fontaine|speedtestd|ipv6testd|rdnsd|mirrord|healthd|peerd|nginx|chrony|unbound|knot|bird"
OF_OURS = re.compile(rf"\b(?:{PROGRAMS})_\w+")
SOURCES = {"healthd", "speedtestd", "ipv6testd", "rdnsd", "mirrord", "peerd", "nginx", "chrony", "unbound", "knot"}
VISITOR = pop.visitor("66.0.2")


@pytest.fixture(scope="module")
def scraped():
    for url in pop.url("speedtest"), pop.url("ipv6test", path="/ip/"), pop.url("pages"):
        web.get(url, "--interface", VISITOR)
    page = web.get(URL)
    assert page.status == 200
    return page


def value(text, sample):
    return float(re.search(rf"^{re.escape(sample)} (\S+)$", text, re.MULTILINE)[1])


def test_prometheus_has_no_complaint(scraped):
    assert scraped.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    checked = subprocess.run(["promtool", "check", "metrics"], input=scraped.body, text=True, timeout=20,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert (checked.returncode, checked.stdout) == (0, "")


def test_every_program_says_what_it_counts(scraped):
    up = dict(re.findall(r'^fontaine_source_up\{source="(\w+)"\} (\d)$', scraped.body, re.MULTILINE))
    assert set(up) >= SOURCES and set(up.values()) == {"1"}, up
    assert value(scraped.body, 'knot_request_protocol_total{section="mod-stats",type="udp4"}') > 0
    assert value(scraped.body, 'unbound_queries_total{thread="0"}') >= 0
    assert value(scraped.body, "chrony_tracking_stratum") == 10
    assert value(scraped.body, "nginx_http_requests_total") > 0
    expires = value(scraped.body, 'fontaine_certificate_expiry_timestamp_seconds{certificate="server"}')
    assert expires == value(scraped.body, "speedtestd_certificate_expiry_timestamp_seconds")


def test_nobody_is_named(scraped):
    assert VISITOR not in scraped.body


def test_only_operators_are_told(strangers):
    assert web.get(URL, "--interface", strangers["ipv4"]).status == 403
    assert web.get(URL.replace("/metrics", "/")).status == 404
    assert web.get(pop.url("pages", path="/metrics")).status == 404


def test_the_command_prints_the_same_families(scraped):
    told = pop.run("fontaine", "metrics").stdout
    families = [set(re.findall(r"^# TYPE (\S+) ", text, re.MULTILINE)) for text in (told, scraped.body)]
    assert families[0] == families[1]


def panels():
    return [panel for panel in json.loads(DASHBOARD.read_text())["panels"] if panel["type"] != "row"]


def test_alerts_and_the_dashboard_name_what_is_there(scraped):
    exprs = [rule["expr"] for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]
    exprs += [target["expr"] for panel in panels() for target in panel["targets"]]
    named = {name for expr in exprs for name in OF_OURS.findall(expr)}
    there = set(re.findall(r"^(\w+)[{ ]", scraped.body, re.MULTILINE))
    assert len(named) > 40
    not_here = ("bird_", "healthd_address_", "peerd_notices_")  # of sections that the demo has not
    assert {name for name in named - there if not name.startswith(not_here)} == set()


def test_the_questions_of_the_dashboard_are_questions(tmp_path):
    rules = [{"record": f"panel:{panel['id']}", "expr": target["expr"].replace("$pop", "lyon")}
             for panel in panels() for target in panel["targets"]]
    (tmp_path / "panels.yml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    checked = subprocess.run(["promtool", "check", "rules", "--lint=none", tmp_path / "panels.yml"], text=True,
                             timeout=20, capture_output=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    ids = [panel["id"] for panel in json.loads(DASHBOARD.read_text())["panels"]]
    assert len(ids) == len(set(ids))


def test_what_is_installed_is_what_was_checked():
    for path in RULES, DASHBOARD:
        assert pop.run("cat", f"/usr/share/fontaine/prometheus/{path.name}").stdout == path.read_text()


CONFIG = """\
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: ["{rules}"]
scrape_configs: [{{job_name: fontaine, static_configs: [{{targets: ["127.0.0.1:9580"]}}]}}]
"""
PROMETHEUS = "127.0.0.1:9591"


@contextmanager
def prometheus(folder):
    (folder / "prometheus.yml").write_text(CONFIG.format(rules=RULES))
    command = ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
               f"--web.listen-address={PROMETHEUS}", "--log.level=error"]
    process = subprocess.Popen(command)
    try:
        yield
    finally:
        process.kill()  # what it has stored is nobody's
        process.wait(10)


def asked(path):
    done = web.curl(f"http://{PROMETHEUS}/api/v1/{path}")
    return json.loads(done.stdout)["data"] if done.returncode == 0 and done.stdout.startswith("{") else None


def test_prometheus_takes_it_with_the_rules(tmp_path):
    with prometheus(tmp_path):
        wait.until(lambda: (asked("query?query=up") or {}).get("result"), "it has asked the POP", 20)
        assert asked("query?query=up")["result"][0]["value"][1] == "1"
        up = asked("query?query=fontaine_source_up")["result"]
        assert {one["metric"]["source"] for one in up} >= SOURCES
        groups = asked("rules")["groups"]
        assert len([rule for group in groups for rule in group["rules"]]) > 20
        assert not [rule for group in groups for rule in group["rules"] if rule.get("lastError")]
