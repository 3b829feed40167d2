#!/usr/bin/python3
# Short files, functions and lines: tests/lint/sizes.py FILE... prints each that is too long.
# SPDX-License-Identifier: MIT

import ast

import report

C_FILE_LINES = 500
OTHER_FILE_LINES = 400
FUNCTION_LINES = 60
LINE_COLUMNS = 120
TAB_COLUMNS = 8


def c_functions(lines):
    """(name's line, lines) of each: our style has the braces of a function, and of nothing else, in column 0."""
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number - 1  # the line with the name
        elif line == "}" and start is not None:
            yield start, number - start + 1
            start = None


def python_functions(lines):
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, ast.FunctionDef):
            yield node.lineno, node.end_lineno - node.lineno + 1


def findings(path):
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    is_c = path.endswith((".c", ".h"))
    is_python = path.endswith(".py") or (lines and lines[0].startswith("#!") and "python" in lines[0])

    limit = C_FILE_LINES if is_c else OTHER_FILE_LINES
    if len(lines) > limit:
        yield f"{path}: {len(lines)} lines, at most {limit}"
    functions = c_functions(lines) if is_c else python_functions(lines) if is_python else []
    for number, length in functions:
        if length > FUNCTION_LINES:
            yield f"{path}:{number}: a function of {length} lines, at most {FUNCTION_LINES}"
    for number, line in enumerate(lines, 1) if is_c or is_python else []:
        if len(line.expandtabs(TAB_COLUMNS)) > LINE_COLUMNS:
            yield f"{path}:{number}: a line of more than {LINE_COLUMNS} columns"


report.main(findings)
