# The command "fontaine", beside the running POP and inside it.
# SPDX-License-Identifier: MIT

import json
import subprocess
from datetime import datetime

import pytest

from support import pop

POP_FILES = sorted((pop.PROJECT / "image/pops").glob("*.yaml"))
STOCK = pop.PROJECT / "services/stock"
PREPARE = pop.PROJECT / "packaging/systemd/reverse-zones"
FINE, FAILED, WRONG_INPUT = 0, 1, 2
NEEDY = ("resolver", "rdns", "mirror")  # that are down with another service
CHECKS = {  # how each stock server checks its own configuration
    "chrony/chrony.conf": ["chronyd", "-p", "-f", "FILE"],
    "unbound/unbound.conf": ["unbound-checkconf", "FILE"],
    "knot/knot.conf": ["knotc", "-c", "FILE", "conf-check"],
}


def fontaine(*arguments):
    return subprocess.run([pop.FONTAINE, *arguments], timeout=10, text=True, capture_output=True)


def files_below(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("path", POP_FILES, ids=lambda path: path.stem)
def test_check_accepts_the_pop_files_of_the_project(path):
    assert fontaine("check", path).returncode == FINE
    assert json.loads(fontaine("check", path, "--json").stdout)["fine"] is True


@pytest.mark.parametrize("right, wrong", [
    ("http_port: 8081", "http_port: 70000"), ("country: FR", "country: France"), ("  ntp:", "  ntpd:"),
])
def test_check_names_the_place_of_a_mistake_and_the_remedy(tmp_path, right, wrong):
    path = tmp_path / "pop.yaml"
    text = pop.POP_FILE.read_text()
    path.write_text(text.replace(right, wrong))
    line = text[:text.index(right)].count("\n") + 1

    checked = fontaine("check", path)
    assert checked.returncode == WRONG_INPUT
    assert checked.stderr.startswith(f"{path}:{line}:")
    told = json.loads(fontaine("check", path, "--json").stdout)
    assert (told["fine"], told["line"]) == (False, line)
    assert told["what"] in checked.stderr and told["remedy"] in checked.stderr


@pytest.mark.parametrize("arguments, status", [
    (["--help"], FINE), (["--version"], FINE), (["check", "--help"], FINE),
    ([], WRONG_INPUT), (["frob"], WRONG_INPUT), (["check", "--frob"], WRONG_INPUT), (["render"], WRONG_INPUT),
    (["check", "/nowhere.yaml"], WRONG_INPUT), (["endpoints", "/nowhere.yaml"], WRONG_INPUT),
])
def test_its_exit_status_says_how_it_went(arguments, status):
    done = fontaine(*arguments)
    assert done.returncode == status
    assert bool(done.stdout) == (status == FINE)
    assert bool(done.stderr) == (status != FINE)


def test_endpoints_are_the_same_wherever_they_are_asked_for():
    inside = json.loads(pop.run("fontaine", "endpoints", "--json").stdout)
    made = subprocess.check_output(["make", "--silent", "endpoints"], timeout=10, cwd=pop.PROJECT)
    assert inside == json.loads(made) == pop.endpoints()
    rows = [tuple(line.split()) for line in fontaine("endpoints", pop.POP_FILE).stdout.splitlines()]
    assert rows == [(*each, inside[each[0]][each[1]][each[2]]) for each in pop.each_endpoint()]


def test_render_writes_the_same_bytes_each_time(tmp_path):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        rendered = fontaine("render", pop.POP_FILE, tmp_path / name, "--stock", STOCK)
        assert rendered.returncode == FINE, rendered.stderr
    first, second = files_below(tmp_path / "first"), files_below(tmp_path / "second")
    assert first and first.keys() == second.keys()
    for path in first:
        assert first[path].replace(b"/first", b"/second") == second[path], path


def make_keys(folder):
    """Those of reverse zones, which are made where Knot runs."""
    for name in ("keys", "zones"):
        (folder / name).mkdir()
    subprocess.run([PREPARE, folder / "knot/reverse.list", folder / "keys", folder / "zones"], check=True, timeout=10)
    config = folder / "knot/knot.conf"
    text = config.read_text().replace("/var/lib/fontaine/reverse-zones", str(folder / "keys"))
    config.write_text(text.replace("/var/lib/fontaine/tls", str(folder / "tls")))


@pytest.mark.parametrize("path", POP_FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("config", CHECKS)
def test_stock_servers_accept_what_is_rendered(tmp_path, path, config):
    assert fontaine("render", path, tmp_path, "--stock", STOCK).returncode == FINE
    make_keys(tmp_path)
    command = [str(tmp_path / config) if word == "FILE" else word for word in CHECKS[config]]
    checked = subprocess.run(command, timeout=10, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert checked.returncode == 0, checked.stdout


def test_status_tells_how_every_service_is():
    assert pop.run("fontaine", "status").stdout
    told = json.loads(pop.run("fontaine", "status", "--json").stdout)
    assert set(told["services"]) == set(pop.endpoints())
    for service in told["services"].values():
        assert service["up"] is True
        assert datetime.fromisoformat(service["since"]) <= datetime.fromisoformat(told["time"])


@pytest.mark.parametrize("service, unit", [
    ("pages", "nginx.service"), ("speedtest", "speedtestd.socket"), ("ntp", "chrony.socket"),
    ("resolver", "unbound.service"), ("authoritative", "knot.service"),
])
def test_status_says_why_a_service_is_down(stopped_unit, service, unit):
    stopped_unit(unit)
    done = pop.run("fontaine", "status", "--json", check=False)
    assert done.returncode == FAILED
    told = json.loads(done.stdout)["services"]
    assert told[service]["up"] is False
    assert told[service]["detail"]
    assert all(status["up"] for name, status in told.items() if name not in (service, *NEEDY))
    assert told[service]["detail"] in pop.run("fontaine", "status", check=False).stdout
