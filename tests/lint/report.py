# What the checks of this folder share: print what was found, fail if it was anything.
# SPDX-License-Identifier: MIT

import sys


def main(findings):
    """Check the files of the command line; findings(path) yields one line for each mistake."""
    found = [finding for path in sys.argv[1:] for finding in findings(path)]
    print("\n".join(found))
    sys.exit(bool(found))
