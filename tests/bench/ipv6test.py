# The IPv6 test: answers for each second of the server's processor time.
# SPDX-License-Identifier: MIT

from functools import partial

import servers
from runner import Bench, Contender
from speedtest import requests_per_cpu_second

CLIENTS = 64
REPLY_BYTES = 104  # for 127.0.0.1


def benches(programs, folder, stack):
    """Start the servers, until @stack ends, and say what to measure of them."""
    ours = stack.enter_context(servers.ipv6testd(programs, folder))
    nginx = stack.enter_context(servers.nginx(folder))

    def echo(label, server):
        return Contender(label, partial(requests_per_cpu_second, programs, server, "/ip/", f"-c{CLIENTS}",
                                        f"-d{REPLY_BYTES}"))

    return [Bench("IPv6 test, echo of an address", "requests per server CPU-second", echo("ipv6testd", ours),
                  [echo("nginx return 200", nginx)])]
