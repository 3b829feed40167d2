# The rules of the source that a machine can check: the project keeps each, and
# each check finds what it is there for.
# SPDX-License-Identifier: MIT

import re
import subprocess
from pathlib import Path

import dependencies
import foreign
import pytest
import vex

from support import call_table, fault_daemons, fault_table, fuzz_table, reliability, soak_table, torture_table
from torture import attacks, units

PROJECT = Path(__file__).resolve().parents[2]
LINT = PROJECT / "tests/lint"
LAYERS, SIZES = LINT / "layers.py", LINT / "sizes.py"
FORMAT = ["clang-format", f"--style=file:{PROJECT}/.clang-format", "--dry-run", "--Werror"]
TIDY = ["clang-tidy", f"--config-file={PROJECT}/.clang-tidy", "--quiet"]
SHELLCHECK = ["shellcheck", "--shell=sh"]
MANDOC = ["mandoc", "-T", "lint", "-W", "warning"]
FOLDERS = ["services", "tests", "image", "packaging", "docs"]

ONE_LINE_TOO_MANY = "void f(void)\n{\n" + "\tf();\n" * 58 + "}\n"


def run(command, *arguments, seconds=300):
    """Return what the command complains about: "" when it is content."""
    done = subprocess.run([*command, *arguments], cwd=PROJECT, timeout=seconds, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return "" if done.returncode == 0 else done.stdout or f"exit status {done.returncode}"


def sources(*suffixes):
    found = [path for folder in FOLDERS for path in (PROJECT / folder).rglob("*")
             if path.suffix in suffixes and path.is_file()]
    assert found, f"no {suffixes} found"
    return [str(path.relative_to(PROJECT)) for path in sorted(found)]


def scripts(interpreter):
    """Files that start with "#!" and this interpreter."""
    def is_script(path):
        with open(path, "rb") as file:
            return file.readline().strip() == b"#!" + interpreter

    files = [path for folder in [*FOLDERS, ".ci"] for path in (PROJECT / folder).rglob("*") if path.is_file()]
    found = [str(path.relative_to(PROJECT)) for path in sorted(files) if is_script(path)]
    assert found, f"no script of {interpreter} found"
    return found


def services():
    return [path for path in sources(".c", ".h") if path.startswith("services/")]


def test_format():
    assert run(FORMAT, *sources(".c", ".h")) == ""


@pytest.mark.timeout(620)
def test_tidy():
    assert run(["make", "--silent", "--keep-going", "NATIVE=1", "tidy"], seconds=900) == ""


def test_layers():
    assert run([LAYERS], *services()) == ""


def test_sizes():
    files = {*sources(".c", ".h", ".py", ".js", ".mjs", ".css", ".html"), *scripts(b"/bin/sh"),
             *scripts(b"/usr/bin/python3")}
    assert run([SIZES], *sorted(files)) == ""


def test_shell():
    assert run(SHELLCHECK, *scripts(b"/bin/sh")) == ""


def test_manual():
    assert run(MANDOC, *sources(".1", ".5", ".8")) == ""


def test_units():
    """systemd itself reads our units; the programs that they name are in the packages."""
    units = [path for path in sources(".service", ".timer") if (PROJECT / path).stat().st_size]  # empty: it is masked
    assert units
    complaints = run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=no"], *units)
    ours = [line for line in complaints.splitlines() if "is not executable: No such file" not in line]
    assert ours == []


def services_of_a_pop():
    """Each with the text of its own files: those of ours, and the drop-ins of stock ones."""
    folder = PROJECT / "packaging/systemd"
    for name in sorted({path.name.removesuffix(".d") for path in folder.glob("*.service*")}):
        own = [path for path in [folder / name, *folder.glob(f"{name}.d/*")] if path.is_file()]
        yield name, "".join(path.read_text() for path in own)


def test_every_service_has_a_limit_of_memory_and_of_tasks():
    """Of its own, or that of hardened.conf, to which its package links."""
    packages = "".join(path.read_text() for path in sorted((PROJECT / "packaging/debian").glob("*.links")))
    common = (PROJECT / "packaging/systemd/hardened.conf").read_text()
    found = dict(services_of_a_pop())
    assert len(found) > 20
    without = [f"{name}: {key}" for name, own in found.items() for key in ("MemoryMax", "TasksMax")
               if f"\n{key}=" not in own + (common if f"/{name}.d/hardened.conf" in packages else "")]
    assert without == []


def names_of_tests(*files):
    """The tests in these files of tests/, as docs/RELIABILITY.md names them."""
    for path in files:
        of = re.compile(r"^def (test_\w+)\(" if path.suffix == ".py" else r"^static void (test_\w+)\(", re.MULTILINE)
        yield from (f"{path.stem}::{name}" for name in of.findall(path.read_text()))


def test_reliability():
    """What is promised has a test, and what is tested of faults is promised."""
    named = set(re.findall(r"`(test_\w+::\w+)`", (PROJECT / "docs/RELIABILITY.md").read_text()))
    tests = PROJECT / "tests"
    assert named - set(names_of_tests(*tests.glob("e2e/test_*.py"), *tests.glob("unit/**/test_*.c"),
                                *tests.glob("image/test_*.py"))) == set()
    of_faults = ("faults", "kills", "power", "machine", "clients", "consistency", "stages")
    of_machines = ("upgrade", "running", "credentials", "power")
    tested = set(names_of_tests(*(tests / f"e2e/test_mirror_{name}.py" for name in of_faults),
                                *(tests / f"image/test_{name}.py" for name in of_machines),
                                tests / "e2e/test_anycast.py"))
    assert tested - named == {"test_anycast::test_an_operator_watches_in_a_terminal"}  # which is no fault


def test_foreign_bytes():
    """Whatever reads them is fuzzed, or it is said why not."""
    assert list(foreign.findings()) == []


def test_dependencies():
    assert list(dependencies.findings()) == []


def test_vex():
    assert list(vex.findings(vex.PAGE.read_text())) == []


@pytest.mark.parametrize("change, complaint", [
    ('"CVE-2013-0337"', "'' is no CVE"), ('"pkg:deb/debian/nginx"', "products are ['']"),
    ('"vulnerable_code_not_in_execute_path"', "the justification is none of"),
    ('"not_affected"', "the status '' is none of"),
    ('"Fontaine maintainers"', "author or version is missing"), ('"2026-11-22T00:00:00Z"', "timestamp: "),
])
def test_vex_finds(change, complaint):
    assert any(complaint in finding for finding in vex.findings(vex.PAGE.read_text().replace(change, '""')))


def test_tables_of_faults():
    """What `make faults` runs is in the tables that it has made, and nothing else is."""
    made = reliability.rows(fault_table.COMMAND)
    assert set(made) == {"what happens", "what fails", *fault_table.ONES, *fault_table.TWOS}
    assert [made[name][0] for name in fault_table.TWOS] == [str(len(cases)) for cases in fault_table.TWOS.values()]


def test_tables_of_load():
    """So it is with `make torture` and `make soak`."""
    servers = {"server", *(f"`{unit}`" for unit in units.UNITS)}
    attacked = {"attack", *(what for what, _ in attacks.ATTACKS.values())}
    assert set(reliability.rows(torture_table.COMMAND)) == servers | attacked
    assert set(reliability.rows(soak_table.COMMAND)) == servers


def test_the_table_of_calls_has_all_daemons():
    made = reliability.rows(call_table.COMMAND)
    assert {daemon.name for daemon in fault_daemons.DAEMONS} <= {name.strip("`") for name in made}


def test_the_table_of_inputs_has_all_targets():
    targets = {f"`{path.stem}`" for path in (PROJECT / "tests/fuzz").glob("*/*.c")}
    for command in fuzz_table.COMMANDS.values():
        assert set(reliability.rows(command)) == {"target", fuzz_table.ALL, *targets}, command


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize("name, text, complaint", [
    ("services/lib/net/a.c", '#include "speedtest/a.h"\n', 'net must not include "speedtest/a.h"'),
    ("services/lib/base/a.c", '#include "sys/a.h"\n', 'base must not include "sys/a.h"'),
    ("services/speedtest/a.c", '#include "fontaine/a.h"\n', 'speedtest must not include "fontaine/a.h"'),
    ("services/fontaine/a.c", '# include "../speedtest/a.h"\n', 'fontaine must not include "../speedtest/a.h"'),
], ids=["service", "library", "sideways", "path"])
def test_layers_finds(tmp_path, name, text, complaint):
    assert complaint in run([LAYERS], write(tmp_path, name, text))


def test_layers_allows(tmp_path):
    text = '#include "net/a.h"\n#include "base/a.h"\n#include "speedtest/a.h"\n#include <uv.h>\n'
    assert run([LAYERS], write(tmp_path, "services/speedtest/a.c", text)) == ""


@pytest.mark.parametrize("name, text, complaint", [
    ("a.c", ONE_LINE_TOO_MANY, "a function of 61 lines"),
    ("a.c", "\n" * 501, "501 lines"),
    ("a.c", "\t" * 15 + "x\n", "a line of more than 120 columns"),
    ("a.py", "def f():\n" + "    pass\n" * 60, "a function of 61 lines"),
    ("a.js", "\n" * 401, "401 lines"),
], ids=["function", "file", "line", "python", "page"])
def test_sizes_finds(tmp_path, name, text, complaint):
    assert complaint in run([SIZES], write(tmp_path, name, text))


def test_sizes_allows(tmp_path):
    assert run([SIZES], write(tmp_path, "a.c", ONE_LINE_TOO_MANY.replace("\tf();\n", "", 1))) == ""


@pytest.mark.parametrize("command, name, text", [
    (FORMAT, "a.c", "int  a ;\n"),
    (TIDY, "a.c", "int f(int a)\n{\n\tif (a = 1)\n\t\treturn 1;\n\treturn 0;\n}\n"),
    (SHELLCHECK, "a", "#!/bin/sh\nrm $1/*\n"),
    (MANDOC, "a.1", ".Dd January 1, 2026\n.Dt A 1\n.Os\n.Sh NAME\n.Nm a\n.Nd b\n.Xx\n"),
    (["systemd-analyze", "verify", "--man=no"], "a.service", "[Service]\nExecStart=/bin/true\nNoSuchKey=1\n"),
], ids=["format", "tidy", "shell", "manual", "unit"])
def test_tool_finds(tmp_path, command, name, text):
    arguments = [write(tmp_path, name, text), *(["--"] if command is TIDY else [])]
    if command[0] == "systemd-analyze":
        assert "NoSuchKey" in subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=60).stderr
    else:
        assert run(command, *arguments) != ""
