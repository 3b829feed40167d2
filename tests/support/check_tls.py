# `make check-tls`: what testssl.sh makes of every TLS port of the running POP. Each has to be of grade A at least.
# SPDX-License-Identifier: MIT
#
# The demo's own CA costs nothing: it is given to testssl.sh as one to trust. But without a CA for the whole world there
# is no HSTS (RFC 6797), without which HTTP is of grade A at most; what is no HTTP may be of grade A+.

import contextlib
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from support import pop, web  # noqa: E402

PROTOCOLS = "https", "rpm", "dot", "doh", "nts"
FINE = "A", "A+"
BESIDE = 3  # at once: most of the time it waits
LIMIT_S = 1800
RESULTS = pop.BUILD / "results/tls"
SEVERE = "HIGH", "CRITICAL"
NO_REVOCATION = "cert_revocation"  # the demo's CA revokes nothing, and the grade does not ask


def examine(port):
    """Return: its grade, or "none", and what is severe."""
    service, protocol = port
    address, number = pop.address(service, protocol)
    out = RESULTS / f"{service}-{protocol}.json"
    command = ["testssl", "--quiet", "--color=0", "--warnings=off", "--nodns=none", "--overwrite", f"--ip={address}",
               f"--add-ca={web.ca_file()}", f"--jsonfile={out}", f"{pop.site()['domain']}:{number}"]
    with out.with_suffix(".txt").open("w") as log:
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=LIMIT_S, check=False)
    findings = json.loads(out.read_text())
    grade = next((each["finding"] for each in findings if each["id"] == "overall_grade"), "none")
    return grade, [f"{each['id']}: {each['finding']}" for each in findings
                   if each["severity"] in SEVERE and each["id"] != NO_REVOCATION]


@contextlib.contextmanager
def many_handshakes():
    """Of one client chronyd takes fewer than this asks for: for as long as it lasts, it takes all."""
    pop.run("sed", "-i", "/^ntsratelimit/d", "/run/fontaine/chrony/chrony.conf")
    pop.run("systemctl", "restart", "chrony.service")
    try:
        yield
    finally:
        pop.run("systemctl", "reload", "fontaine-render.service")
        pop.run("systemctl", "restart", "chrony.service")


def main():
    RESULTS.mkdir(parents=True, exist_ok=True)
    by_address = {pop.address(service, protocol): (service, protocol)
                  for service, protocols in reversed(pop.endpoints().items()) for protocol in protocols
                  if protocol in PROTOCOLS}  # some services are pages
    ports = list(reversed(by_address.values()))
    bad = 0
    with many_handshakes(), ThreadPoolExecutor(BESIDE) as pool:
        for port, (grade, severe) in zip(ports, pool.map(examine, ports)):
            bad += grade not in FINE or bool(severe)
            print(f"{' '.join(port):20}{grade:6}{'; '.join(severe)}", flush=True)
    print(f"{len(ports) - bad} of {len(ports)} ports are of grade A or better; see {RESULTS.relative_to(pop.PROJECT)}")
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
