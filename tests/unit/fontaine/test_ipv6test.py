# "fontaine ipv6test" as an operator calls it, wrongly too. What it shows of a POP's own: tests/e2e.
# SPDX-License-Identifier: MIT

import json
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

FONTAINE = Path(__file__).resolve().parents[3] / "build/release/fontaine"
FINE, FAILED, WRONG_INPUT = 0, 1, 2


def ipv6test(*arguments):
    return subprocess.run([FONTAINE, "ipv6test", *arguments], text=True, capture_output=True, timeout=20)


@pytest.fixture
def database(tmp_path):
    """What the views promise, in tables: two days, an AS with many tests, two with few, and some of no known one."""
    path = tmp_path / "results.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE ipv6test_export (time, line)")
        db.execute("INSERT INTO ipv6test_export VALUES (86400, '{\"n\":1}'), (172800, '{\"n\":2}')")
        db.execute("CREATE TABLE ipv6test_readiness (time, day, asn, as_name, tests, ipv6_ready)")
        for row in [(1, 64500, "Net", 30, 10), (1, 64501, "", 9, 9), (2, 64500, "Net", 10, 10), (2, 64502, "", 9, 0),
                    (2, 0, "", 20, 2)]:
            day, *rest = row
            db.execute("INSERT INTO ipv6test_readiness VALUES (?, ?, ?, ?, ?, ?)",
                       (day * 86400, f"1970-01-0{day + 1}", *rest))
    return path


def test_help_names_every_command():
    done = ipv6test("--help")
    assert done.returncode == FINE
    assert all(f"\n  {command} " in done.stdout for command in ("export", "stats"))


@pytest.mark.parametrize("command", ["export", "stats"])
def test_each_command_has_help(command):
    done = ipv6test(command, "--help")
    assert done.returncode == FINE
    assert done.stdout.startswith(f"Usage: fontaine ipv6test {command} ")
    assert "/var/lib/fontaine/ipv6test/results.db" in done.stdout


@pytest.mark.parametrize("arguments", [[], ["run"], ["export"], ["export", "--since", "7d", "--json"], ["stats", "x"]])
def test_wrong_command_lines(arguments):
    done = ipv6test(*arguments)
    assert (done.returncode, done.stdout) == (WRONG_INPUT, "")
    assert "fontaine ipv6test" in done.stderr


def test_no_database(tmp_path):
    for command in (["stats"], ["export", "--since", "7d"]):
        done = ipv6test(*command, "--db", tmp_path / "missing")
        assert (done.returncode, done.stdout) == (FAILED, "")
        assert done.stderr.startswith(f"{tmp_path / 'missing'}: ")
        assert "ipv6testd" in done.stderr


def test_export_keeps_to_its_time(database):
    assert ipv6test("export", "--db", database, "--since", "1970-01-01").stdout == '{"n":1}\n{"n":2}\n'
    assert ipv6test("export", "--db", database, "--since", "1970-01-03").stdout == '{"n":2}\n'


def test_stats(database):
    told = json.loads(ipv6test("stats", "--db", database, "--json").stdout)
    assert [(day["day"], day["tests"], day["ipv6_ready"]) for day in told["days"]] == [
        ("1970-01-02", 39, 19), ("1970-01-03", 39, 12)]
    assert [(each["asn"], each["name"], each["tests"], each["ipv6_ready"]) for each in told["asns"]] == [
        (64500, "Net", 40, 20), (None, None, 38, 11)]
    later = json.loads(ipv6test("stats", "--db", database, "--json", "--since", "1970-01-03").stdout)
    assert [(each["asn"], each["tests"]) for each in later["asns"]] == [(64500, 10), (None, 29)]


def test_stats_for_people(database):
    lines = ipv6test("stats", "--db", database).stdout.splitlines()
    assert lines[1].split() == ["1970-01-02", "39", "19", "48.7%"]
    assert "AS64500 Net".split() + ["40", "20", "50.0%"] in [line.split() for line in lines]
    assert lines[-1].split() == ["all", "78", "31", "39.7%"]


def test_stats_of_nothing(database):
    assert ipv6test("stats", "--db", database, "--since", "1h").stdout == "No tests.\n"
