# The fontaine command as an operator and as systemd call it.
# SPDX-License-Identifier: MIT

import json
import os
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
FONTAINE = PROJECT / "build/release/fontaine"
STOCK = PROJECT / "services/stock"
POPS = PROJECT / "image/pops"
COMMANDS = ["check", "endpoints", "status", "metrics", "render", "generate", "speedtest", "ipv6test", "rdns",
            "mirror", "notices", "apply", "audit", "credentials"]


def fontaine(*arguments, **environment):
    return subprocess.run([FONTAINE, *arguments], cwd=PROJECT, text=True, capture_output=True, timeout=20,
                          env={**os.environ, **environment})


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


@pytest.fixture
def broken(tmp_path):
    path = tmp_path / "broken.yaml"
    path.write_text((POPS / "demo.yaml").read_text().replace("http_port: 8081", "htpp_port: 8081"))
    return path


def line_of(path, text):
    return next(number for number, line in enumerate(path.read_text().splitlines(), 1) if text in line)


def test_help_names_every_command():
    done = fontaine("--help")
    assert done.returncode == 0
    assert all(f"\n  {command} " in done.stdout for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(command):
    done = fontaine(command, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: fontaine {command} ")


@pytest.mark.parametrize("line, expected", [
    ("fontaine mir", ["mirror"]), ("fontaine mirror ro", ["rollback"]), ("fontaine rdns t", ["token"]),
    ("fontaine mirror rollback --t", ["--to"]), ("fontaine check nothing", [])])
def test_completion(line, expected):
    words = line.split()
    script = (f"source packaging/completion/fontaine; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _fontaine;"
              'echo "${COMPREPLY[*]}"')
    done = subprocess.run(["bash", "-c", script], cwd=PROJECT, text=True, capture_output=True, timeout=20,
                          env={**os.environ, "PATH": f"{FONTAINE.parent}:{os.environ['PATH']}"})
    assert (done.stdout.split(), done.stderr) == (expected, "")


def test_signed_pop_file_where_none_is_kept():
    done = fontaine("apply", "/nonexistent/lyon.confext.raw")
    assert done.returncode == 1
    assert done.stderr == ("/nonexistent/lyon.confext.raw: this machine is not of an image, which takes signed POP "
                           "files\n  give the POP file itself\n")


def test_version():
    done = fontaine("--version")
    assert (done.returncode, done.stdout.split()[0]) == (0, "fontaine")


@pytest.mark.parametrize("arguments", [[], ["chek"], ["check", "--jsn"], ["check", "a", "b"], ["render"],
                                       ["render", "a", "b", "c"], ["render", "--json", "a", "b"], ["generate"],
                                       ["check", "--watch"], ["status", "--watch"], ["apply"],
                                       ["apply", "--dry", "a", "b"]])
def test_wrong_command_lines(arguments):
    done = fontaine(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr


@pytest.mark.parametrize("pop, sockets", [("demo", 48), ("lyon", 50), ("lab", 48)])
def test_check_of_a_good_file(pop, sockets):
    done = fontaine("check", f"image/pops/{pop}.yaml")
    assert done.returncode == 0
    assert done.stdout == f"image/pops/{pop}.yaml: fine: site {pop}, 9 services, {sockets} sockets\n"


def test_check_of_a_bad_file(broken):
    done = fontaine("check", broken)
    assert done.returncode == 2
    assert done.stderr == (f"{broken}:{line_of(broken, 'htpp')}:5: services.speedtest.htpp_port: unknown key\n"
                           '  did you mean "http_port"?\n')


def test_check_as_json(broken):
    done = fontaine("check", broken, "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout) == {
        "file": str(broken), "fine": False, "line": line_of(broken, "htpp"), "column": 5,
        "what": "services.speedtest.htpp_port: unknown key", "remedy": 'did you mean "http_port"?'}
    assert json.loads(fontaine("check", POPS / "demo.yaml", "--json").stdout)["fine"] is True


def test_check_of_no_file():
    done = fontaine("check", "/nonexistent")
    assert done.returncode == 2
    assert done.stderr.startswith("/nonexistent: cannot be read: No such file")


def test_endpoints():
    expected = {
        "pages": {"http": {"ipv4": "http://127.0.0.1:8080", "ipv6": "http://[::1]:8080"},
                  "https": {"ipv4": "https://127.0.0.1:8443", "ipv6": "https://[::1]:8443"},
                  "http3": {"ipv4": "https://127.0.0.1:8443", "ipv6": "https://[::1]:8443"}},
        "speedtest": {"http": {"ipv4": "http://127.0.0.1:8081", "ipv6": "http://[::1]:8081"},
                      "https": {"ipv4": "https://127.0.0.1:8444", "ipv6": "https://[::1]:8444"},
                      "rpm": {"ipv4": "https://127.0.0.1:8445", "ipv6": "https://[::1]:8445"}},
        "ipv6test": {"http": {"ipv4": "http://127.0.0.1:8082", "ipv6": "http://[::1]:8082"},
                     "https": {"ipv4": "https://127.0.0.1:8446", "ipv6": "https://[::1]:8446"},
                     "udp": {"ipv4": "127.0.0.1:5055", "ipv6": "[::1]:5055"},
                     "tcp": {"ipv4": "127.0.0.1:5055", "ipv6": "[::1]:5055"}},
        "turn": {"udp": {"ipv4": "127.0.0.1:3478", "ipv6": "[::1]:3478"}},
        "ntp": {"udp": {"ipv4": "127.0.0.1:11123", "ipv6": "[::1]:11123"},
                "nts": {"ipv4": "127.0.0.1:4460", "ipv6": "[::1]:4460"}},
        "resolver": {"udp": {"ipv4": "127.0.0.1:5053", "ipv6": "[::1]:5053"},
                     "tcp": {"ipv4": "127.0.0.1:5053", "ipv6": "[::1]:5053"},
                     "dot": {"ipv4": "127.0.0.1:5853", "ipv6": "[::1]:5853"},
                     "doh": {"ipv4": "https://127.0.0.1:5443/dns-query", "ipv6": "https://[::1]:5443/dns-query"}},
        "authoritative": {"udp": {"ipv4": "127.0.0.1:5054", "ipv6": "[::1]:5054"},
                          "tcp": {"ipv4": "127.0.0.1:5054", "ipv6": "[::1]:5054"},
                          "dot": {"ipv4": "127.0.0.1:5854", "ipv6": "[::1]:5854"},
                          "doq": {"ipv4": "127.0.0.1:5854", "ipv6": "[::1]:5854"}},
        "rdns": {"udp": {"ipv4": "127.0.0.1:5359", "ipv6": "[::1]:5359"},
                 "tcp": {"ipv4": "127.0.0.1:5359", "ipv6": "[::1]:5359"},
                 "https": {"ipv4": "https://127.0.0.1:8443/rdns/", "ipv6": "https://[::1]:8443/rdns/"}},
        "mirror": {"rsync": {"ipv4": "rsync://127.0.0.1:8873", "ipv6": "rsync://[::1]:8873"},
                   "http": {"ipv4": "http://127.0.0.1:8080/mirror/", "ipv6": "http://[::1]:8080/mirror/"},
                   "https": {"ipv4": "https://127.0.0.1:8443/mirror/", "ipv6": "https://[::1]:8443/mirror/"}},
    }
    assert json.loads(fontaine("endpoints", POPS / "demo.yaml", "--json").stdout) == expected
    table = [line.split() for line in fontaine("endpoints", POPS / "demo.yaml").stdout.splitlines()]
    assert table == [[service, protocol, family, text] for service, protocols in expected.items()
                     for protocol, families in protocols.items() for family, text in families.items()]


def test_render_is_repeatable_and_drops_what_is_off(tmp_path):
    def render(pop):
        done = fontaine("render", pop, tmp_path / "out", "--stock", STOCK)
        assert (done.returncode, done.stderr) == (0, "")
        return {name: (tmp_path / "out" / name).read_bytes() for name in files_below(tmp_path / "out")}

    first = render(POPS / "demo.yaml")
    assert list(first) == ["chrony/chrony.conf", "chrony/options", "coturn/turnserver.conf", "knot/catalog.zone",
                           "knot/knot.conf", "knot/pop.zone", "knot/reverse.list", "knot/reverse.zone",
                           "knot/synthesised.zone", "nginx/mirror.conf", "nginx/nginx.conf", "rsync/rsyncd.conf",
                           "tls/names", "unbound/unbound.conf", "www/networks.json", "www/pop.json",
                           "www/projects.html"]
    assert render(POPS / "demo.yaml") == first

    smaller = tmp_path / "smaller.yaml"
    smaller.write_text((POPS / "demo.yaml").read_text().replace("  turn: {}\n", ""))
    assert list(render(smaller)) == [name for name in first if not name.startswith("coturn/")]


def test_render_changes_nothing_on_a_mistake(tmp_path, broken):
    out = tmp_path / "out"
    assert fontaine("render", broken, out, "--stock", STOCK).returncode == 2
    assert not out.exists()

    stock = tmp_path / "stock"
    subprocess.run(["cp", "-r", STOCK, stock], check=True)
    (stock / "knot/pop.zone").write_text("one\n{{site.nme}}\n")
    done = fontaine("render", POPS / "demo.yaml", out, "--stock", stock)
    assert done.returncode == 1
    assert f'{stock}/knot/pop.zone:2: no value is called "site.nme"' in done.stderr
    assert not out.exists()


def test_generate(tmp_path):
    assert fontaine("generate", POPS / "lyon.yaml", tmp_path).returncode == 0
    wants = tmp_path / "multi-user.target.wants"
    assert {link.name: os.readlink(link) for link in wants.iterdir()} == {
        unit: f"/usr/lib/systemd/system/{unit}"
        for unit in ["nginx.service", "speedtestd.service", "ipv6testd.service", "coturn.service", "chrony.service",
                     "unbound.service", "knot.service", "rdnsd.service", "mirrord.service",
                     "healthd.service", "bird.service", "fontaine-metrics.service", "peerd.service",
                     "fontaine-certificates.service", "fontaine-certificates.timer"]}
    assert (tmp_path / "speedtestd.socket.d/pop.conf").read_text().splitlines()[1:] == (
        ["[Socket]"] + [f"ListenStream={host}:{port}" for port in (80, 443, 8443)
                        for host in ("192.0.2.11", "[2001:db8:10::11]") for _ in range(4)])


def test_generate_opens_a_socket_of_each_kind(tmp_path):
    assert fontaine("generate", POPS / "lyon.yaml", tmp_path).returncode == 0
    lines = set((tmp_path / "ipv6testd.socket.d/pop.conf").read_text().splitlines()[2:])
    hosts = ("192.0.2.12", "[2001:db8:10::12]")
    assert lines == {f"ListenStream={host}:{port}" for host in hosts for port in (80, 443, 53)} | {
        f"ListenDatagram={host}:53" for host in hosts}


def test_generate_makes_the_paths_of_the_ipv6_test(tmp_path):
    assert fontaine("generate", POPS / "lyon.yaml", tmp_path).returncode == 0
    sockets = (tmp_path / "ipv6testd-mtu.socket.d/pop.conf").read_text().splitlines()[1:]
    assert sockets[0] == "[Socket]"
    assert set(sockets[1:]) == {f"ListenStream=[2001:db8:10:1280::12]:{port}" for port in (80, 443)}
    assert (tmp_path / "fontaine-ipv6test-paths.service.d/pop.conf").read_text().splitlines()[1:] == [
        "[Service]", "Environment=MTU_IPV6=2001:db8:10:1280::12 BLACKHOLE_IPV6=2001:db8:10:dead::12"]
    assert (tmp_path / "ipv6testd.service.d/paths.conf").read_text().splitlines()[1:] == [
        "[Unit]", "Requires=ipv6testd-mtu.socket", "After=ipv6testd-mtu.socket"]


def test_generate_makes_no_paths_that_nobody_asked_for(tmp_path):
    assert fontaine("generate", POPS / "demo.yaml", tmp_path).returncode == 0
    drop_ins = [name for name in files_below(tmp_path) if name.endswith(".conf")]
    assert drop_ins == [f"{unit}.d/pop.conf" for unit in ["chrony.socket", "ipv6testd.socket", "mirrord.service",
                                                           "rdnsd.socket", "speedtestd.socket"]]


def test_generate_gives_mirrors_their_folder_and_each_address_an_rsyncd(tmp_path):
    assert fontaine("generate", POPS / "lyon.yaml", tmp_path).returncode == 0
    assert (tmp_path / "mirrord.service.d/pop.conf").read_text().splitlines()[1:] == [
        "[Service]", "ExecStartPre=+/usr/bin/install -d -o mirror -g mirror -m 0755 /srv/mirror",
        "ReadWritePaths=-/srv/mirror",
        "[Unit]", "RequiresMountsFor=/srv/mirror",
        "Wants=rsyncd@192.0.2.10.service", "Wants=rsyncd@2001:db8:10::10.service"]


def test_generate_has_the_list_of_members_watched_and_the_server_started_that_is_wanted(tmp_path):
    text = (POPS / "demo.yaml").read_text()
    pop, out = tmp_path / "pop.yaml", tmp_path / "out"
    out.mkdir()
    pop.write_text(text[:text.index("  rdns:")] + "    server: nsd\n    as112: true\nixf_export: /srv/ixf.json\n")
    assert fontaine("generate", pop, out).returncode == 0
    assert (out / "fontaine-members.path.d/pop.conf").read_text().splitlines()[1:] == [
        "[Path]", "PathChanged=/srv/ixf.json"]
    started = {link.name for link in (out / "multi-user.target.wants").iterdir()}
    assert {"fontaine-members.path", "nsd.service"} <= started
    assert "knot.service" not in started


def test_generate_opens_a_socket_for_each_processor(tmp_path):
    assert fontaine("generate", POPS / "demo.yaml", tmp_path).returncode == 0
    lines = (tmp_path / "speedtestd.socket.d/pop.conf").read_text().splitlines()
    assert lines.count("ListenStream=[::1]:8081") == len(os.sched_getaffinity(0))


def test_generate_writes_nothing_on_a_mistake(tmp_path, broken):
    out = tmp_path / "out"
    out.mkdir()
    done = fontaine("generate", broken, out)
    assert done.returncode == 2
    assert "htpp_port" in done.stderr
    assert files_below(out) == []
