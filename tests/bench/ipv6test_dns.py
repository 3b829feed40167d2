# The DNS side of the IPv6 test: answers for each second of the server's processor time.
# SPDX-License-Identifier: MIT

import random
import re
import subprocess
import time
from functools import partial

import servers
from runner import Bench, Contender

SECONDS = 2
AT_ONCE = 200
NAMES = 10000
BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
ZONE = "ds.t.ipv6test.bench.localhost"
LOAD_LIMIT_S = 30


def cpu_seconds(pid):
    """Of a process with all its threads (clock_getcpuclockid(3), which Python does not have)."""
    return time.clock_gettime(~pid << 3 | 2)


def answers_per_cpu_second(questions, server):
    command = ["dnsperf", "-s", "127.0.0.1", "-p", str(server.dns_port), "-d", questions,
               "-l", str(SECONDS), "-q", str(AT_ONCE), "-c", "8"]
    before = cpu_seconds(server.pid)
    done = subprocess.run(command, check=True, timeout=LOAD_LIMIT_S, text=True, stdout=subprocess.PIPE)
    used = cpu_seconds(server.pid) - before
    answers = dict(re.findall(r"(Queries completed|Queries lost|Response codes): +(\S+)", done.stdout))
    if answers["Response codes"] != "NOERROR":
        raise SystemExit(f"dnsperf: {done.stdout}")
    return int(answers["Queries completed"]) / used


def write_questions(path):
    """Names as the page makes them; none is asked for twice in the time that a resolver keeps it."""
    chance = random.Random(1)
    path.write_text("".join(f"{''.join(chance.choices(BASE32, k=26))}.{ZONE} A\n"
                            for _ in range(NAMES)))
    return path


def own_folder(folder, name):
    (folder / name).mkdir()
    return folder / name


def benches(programs, folder, stack):
    """Start the servers, until @stack ends, and say what to measure of them."""
    questions = write_questions(folder / "questions")
    ours = stack.enter_context(servers.ipv6testd(programs, own_folder(folder, "ipv6testd")))
    theirs = stack.enter_context(servers.knot(own_folder(folder, "knot"), ZONE))
    return [Bench("IPv6 test, DNS over UDP", "answers per server CPU-second",
                  Contender("ipv6testd", partial(answers_per_cpu_second, questions, ours)),
                  [Contender("Knot DNS, wildcards", partial(answers_per_cpu_second, questions, theirs))])]
