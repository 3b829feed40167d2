# The parts of docs/RELIABILITY.md that runs make, each between two marks with the name of its command.
# SPDX-License-Identifier: MIT

from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs/RELIABILITY.md"


def split(command):
    """What is before the part of @command, the part, and what is after it."""
    head, rest = PAGE.read_text().split(begin := f"<!-- {command}: begin -->\n")
    made, tail = rest.split(end := f"<!-- {command}: end -->\n")
    return head + begin, made, end + tail


def write(command, made):
    head, _, tail = split(command)
    PAGE.write_text(f"{head}{made}{tail}")


def rows(command):
    """First cell -> the others, of every table in the part, their heads too."""
    lines = [line.strip("| ").split(" | ") for line in split(command)[1].splitlines() if line.startswith("| ")]
    return {line[0]: line[1:] for line in lines if line[0] != "---"}


def table(head, lines):
    return "".join(f"| {' | '.join(line)} |\n" for line in [head, ["---"] * len(head), *lines])
