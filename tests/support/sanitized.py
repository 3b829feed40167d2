# What sanitizers say of programs that were built with them: `make e2e-asan` has REPORTS, a folder for it.
# SPDX-License-Identifier: MIT

import os
from pathlib import Path

import pytest

FOLDER = os.environ.get("REPORTS")
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
