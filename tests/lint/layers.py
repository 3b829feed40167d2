#!/usr/bin/python3
# Includes point down: tests/lint/layers.py FILE... prints each that does not.
# SPDX-License-Identifier: MIT

import re
from pathlib import PurePath

import report

LIBRARY = ["base", "sys", "store", "net", "probe", "delegation"]  # each may include those before it, and itself
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"')


def module_of(path):
    """'net' for services/lib/net/x.c, 'speedtest' for services/speedtest/x.c."""
    parts = PurePath(path).parts
    below = parts[len(parts) - parts[::-1].index("services"):]
    return below[1] if below[0] == "lib" else below[0]


def may_include(module):
    if module in LIBRARY:
        return LIBRARY[: LIBRARY.index(module) + 1]
    return [*LIBRARY, module]


def findings(path):
    module = module_of(path)
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            match = INCLUDE.match(line)
            if match and match[1].partition("/")[0] not in may_include(module):
                yield f'{path}:{number}: {module} must not include "{match[1]}"'


report.main(findings)
