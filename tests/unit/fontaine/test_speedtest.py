# "fontaine speedtest" as an operator calls it, wrongly too. What it shows of a POP's results: tests/e2e.
# SPDX-License-Identifier: MIT

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

FONTAINE = Path(__file__).resolve().parents[3] / "build/release/fontaine"
FINE, FAILED, WRONG_INPUT = 0, 1, 2


def speedtest(*arguments):
    return subprocess.run([FONTAINE, "speedtest", *arguments], text=True, capture_output=True, timeout=20)


@pytest.fixture
def database(tmp_path):
    """What the views promise, in tables: ten tests of one AS, at 1000, 1001, ... seconds."""
    path = tmp_path / "results.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE speedtest_export (time, line)")
        db.execute("CREATE TABLE speedtest_figures (time, family, asn, as_name, download_bps, upload_bps, latency_ms,"
                   " jitter_ms, download_added_ms, upload_added_ms)")
        for i in range(10):
            db.execute("INSERT INTO speedtest_export VALUES (?, ?)", (1000 + i, f'{{"n":{i}}}'))
            db.execute("INSERT INTO speedtest_figures VALUES (?, 'ipv4', 64500, 'Net', ?, 1e6, 5, NULL, -1, 2)",
                       (1000 + i, (i + 1) * 1e6))
    return path


def test_help_names_every_command():
    done = speedtest("--help")
    assert done.returncode == FINE
    assert all(f"\n  {command} " in done.stdout for command in ("run", "export", "stats"))


@pytest.mark.parametrize("command", ["run", "export", "stats"])
def test_each_command_has_help(command):
    done = speedtest(command, "--help")
    assert done.returncode == FINE
    assert done.stdout.startswith(f"Usage: fontaine speedtest {command} ")


@pytest.mark.parametrize("arguments", [
    [], ["exprot"], ["export"], ["export", "--since"], ["export", "--since", "yesterday"], ["stats", "--until", "7w"],
    ["export", "--since", "7d", "--json"], ["stats", "--jsn"], ["stats", "file"],
])
def test_wrong_command_lines(arguments):
    done = speedtest(*arguments)
    assert (done.returncode, done.stdout) == (WRONG_INPUT, "")
    assert "fontaine speedtest" in done.stderr or "write it like" in done.stderr


def test_no_database(tmp_path):
    wrong = tmp_path / "wrong"
    wrong.write_text("no database" * 100)
    empty = tmp_path / "empty.db"
    empty.touch()
    for path in (tmp_path / "missing", wrong, empty):
        for command in (["stats"], ["export", "--since", "7d"]):
            done = speedtest(*command, "--db", path)
            assert (done.returncode, done.stdout) == (FAILED, "")
            assert done.stderr.startswith(f"{path}: ")
    assert not (tmp_path / "missing").exists()


def test_export_keeps_to_its_time(database):
    def lines(*arguments):
        done = speedtest("export", "--db", database, *arguments)
        assert (done.returncode, done.stderr) == (FINE, "")
        return done.stdout.splitlines()

    assert lines("--since", "1970-01-01") == [f'{{"n":{i}}}' for i in range(10)]
    assert lines("--since", "1970-01-01T00:16:48Z") == ['{"n":8}', '{"n":9}']
    assert lines("--since", "1970-01-01T00:16:48Z", "--until", "1970-01-01T00:16:49Z") == ['{"n":8}']
    assert lines("--since", "7d") == []


def test_an_output_that_fails_is_told(database):
    with open("/dev/full", "w") as full:
        done = subprocess.run([FONTAINE, "speedtest", "export", "--since", "1970-01-01", "--db", database],
                              stdout=full, stderr=subprocess.PIPE, text=True, timeout=20)
    assert done.returncode == FAILED
    assert "No space left" in done.stderr


def test_stats_show_quantiles_and_bars(database):
    lines = speedtest("stats", "--db", database).stdout.splitlines()
    assert lines[2] == "IPv4, AS64500 Net: 10 tests"
    download = next(line for line in lines if "Download, Mbit/s" in line)
    assert download.split()[2:7] == ["1.90", "3.25", "5.50", "7.75", "9.10"]
    assert download.endswith("  -----------==========|=======---")
    jitter = next(line for line in lines if "Jitter" in line)
    assert jitter.split()[2:] == ["too", "few"]


def test_stats_of_nothing(database):
    assert speedtest("stats", "--db", database, "--since", "1h").stdout == "No tests.\n"
