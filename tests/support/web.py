# Pages, fetched with curl as an operator would.
# SPDX-License-Identifier: MIT

import subprocess
from dataclasses import dataclass
from functools import cache

from support import pop

own_ca = None  # of the tests' own services, instead of the POP's
CA_INSIDE = "/var/lib/fontaine/tls/ca.crt"


@dataclass
class Page:
    status: int
    headers: dict  # names in lower case
    body: str


@cache
def ca_of_the_pop():
    path = pop.BUILD / "run/ca.crt"
    path.parent.mkdir(exist_ok=True)
    path.write_text(pop.run("cat", CA_INSIDE).stdout)
    return path


def ca_file():
    """The POP's own test CA."""
    return own_ca or ca_of_the_pop()


def curl(*arguments):
    command = ["curl", "--silent", "--show-error", "--globoff", "--noproxy", "*", "--max-time", "10"]
    return subprocess.run([*command, "--cacert", ca_file(), *arguments], timeout=15, text=True, capture_output=True)


def get(url, *arguments):
    done = curl("--include", *arguments, url)
    assert done.returncode == 0, done.stderr
    head, _, body = done.stdout.replace("\r\n", "\n").partition("\n\n")
    status_line, *lines = head.split("\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Page(int(status_line.split()[1]), headers, body)
