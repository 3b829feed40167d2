# Our client of responsiveness tests (tests/clients/rpm.c).
# SPDX-License-Identifier: MIT

import json
import subprocess

from support import pop

PROGRAM = pop.BUILD / "release/clients/rpm"
DIRECTIONS = ["download", "upload"]
WINDOW = 4  # intervals that its averages are over


def measure(url, ca_file, *options, limit_s=60, prefix=()):
    """Measure at the host of @url. @prefix: words before the command. Return: what is told of each direction."""
    command = [*prefix, PROGRAM, "-C", ca_file, *options, url.rstrip("/") + "/.well-known/nq"]
    done = subprocess.run([str(word) for word in command], timeout=limit_s, stdin=subprocess.DEVNULL, text=True,
                          capture_output=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
