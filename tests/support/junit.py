# Reading and writing of JUnit files, which every test runner here leaves.
# SPDX-License-Identifier: MIT

import xml.etree.ElementTree as xml


FORGIVEN = {"failure": "flakyFailure", "error": "flakyError"}  # Maven's names of what passed when it was run again


def cases(path):
    """All of the file. Raises OSError, ParseError."""
    return list(xml.parse(path).iter("testcase"))


def failed(case):
    return any(case.find(kind) is not None for kind in FORGIVEN)


def passed(case):
    return not failed(case) and case.find("skipped") is None


def count(path):
    """Return (passed, failed). A file that a dying program left half written has failed."""
    try:
        all_cases = cases(path)
    except (OSError, xml.ParseError):
        return 0, 1
    return sum(map(passed, all_cases)), sum(map(failed, all_cases))


def forgive(path, is_forgiven):
    """Have those that failed and for which is_forgiven(case) pass, at the second look."""
    tree = xml.parse(path)
    for case in filter(is_forgiven, filter(failed, tree.iter("testcase"))):
        for element in case:
            element.tag = FORGIVEN.get(element.tag, element.tag)
    tree.write(path)


def forgiven(path):
    """The names of those."""
    try:
        return [f"{case.get('classname')}::{case.get('name')}" for case in cases(path)
                if any(case.find(kind) is not None for kind in FORGIVEN.values())]
    except (OSError, xml.ParseError):
        return []


def write_failure(path, name, why):
    """Leave a file with one failed test, for a program that could not say so itself."""
    case = xml.Element("testcase", name=name)
    xml.SubElement(case, "failure").text = "".join(c for c in why if c.isprintable() or c in "\n\t")
    suites = xml.Element("testsuites")
    xml.SubElement(suites, "testsuite", name=name).append(case)
    xml.ElementTree(suites).write(path)
