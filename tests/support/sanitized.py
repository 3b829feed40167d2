# What sanitizers say of programs that were built with them: `make e2e-asan` has REPORTS, a folder for it. Of a POP with
# a tree of such programs (`make e2e-pop-asan`: POP_TREE) the journal has it.
# SPDX-License-Identifier: MIT

import os
import re
from pathlib import Path

import pytest

from support import pop

FOLDER = os.environ.get("REPORTS")
IN_POP = "POP_TREE" in os.environ
SAYS = re.compile(r"^.*(?:Sanitizer|runtime error)", re.MULTILINE)
REPORT_BYTES = 4000
told = set()


def unfit(reason):
    """A mark of tests that programs cannot pass then."""
    return pytest.mark.skipif(FOLDER is not None, reason=reason)


def fail_by_reports():
    """Each report fails one test."""
    if FOLDER is None:
        return
    new = set(Path(FOLDER).glob("report.*")) - told
    told.update(new)
    assert not new, "\n".join(path.read_text(errors="replace") for path in sorted(new))
    if IN_POP:
        fail_by_journal()


def fail_by_journal():
    text = pop.run("journalctl", "--quiet", "--no-pager", "--output=cat", "--cursor-file=/run/sanitizers").stdout
    found = SAYS.search(text)
    assert not found, text[found.start():found.start() + REPORT_BYTES]
