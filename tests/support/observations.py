# Results of the IPv6 test, as its page posts them.
# SPDX-License-Identifier: MIT

import json
import subprocess
from functools import cache

from support import pop, results, wire

MODULES = pop.PROJECT / "services/ipv6test/web"

# The page's own modules make it: one run, in which all is well.
SCRIPT = """
import * as o from "%(modules)s/observations.js";
import { verdictOf } from "%(modules)s/verdict.js";
const ok = { state: "ok", ms: 12.5, dnsMs: 1, connectMs: 3, family: "ipv6", protocol: "http/1.1" };
let made = o.newObservations(new Date(0), "http", "public");
for (const id of o.TESTS)
	made = o.withTest(made, id, ["bogus", "expired", "nosig"].includes(id) ? { state: "failed" } : ok);
const facts = (address, prefix) => ({
	address, prefix, asns: [{ asn: 64500, name: "Net" }], rpki: "valid", ptr: "me.example", ptrConfirmed: true,
	tcp: { rtt_us: 900 }, latencyMs: 1.5, samplesMs: [1.5], downloadBps: 1e9,
});
made = o.withFamily(made, "ipv4", facts("203.0.113.77", "203.0.113.0/24"));
const ipv6 = facts("2001:db8:77:1:2:3:4:5", "2001:db8::/32");
made = o.withFamily(made, "ipv6", { ...ipv6, via: "1.1 203.0.113.78" });
const query = (address, family, test) => ({
	test, type: "AAAA", resolver: { address, family }, transport: "udp", edns: true, do: true, buffer: 1232,
	ecs: null, mixed_case: false, minimised: true, count: 1, first_ms: 0,
});
made = o.withQueries(made, [query("203.0.113.79", "ipv4", "aaaa"), query("2001:db8:77:2::53", "ipv6", "bogus")]);
console.log(JSON.stringify({ observations: o.shareable(made), verdict: verdictOf(made) }));
"""


@cache
def text():
    command = ["node", "--input-type=module", "--eval", SCRIPT % {"modules": MODULES}]
    return subprocess.check_output(command, timeout=20, text=True)


def result():
    return json.loads(text())


def stored(server, body=None, **options):
    """What the server says of a result that it has stored."""
    reply = results.post(server, result() if body is None else body, **options)
    assert reply.status == 201, reply.body
    return json.loads(reply.body)


def get(server, target, *headers, method="GET", **options):
    return wire.ask(server, wire.request(method, target, *headers), **options)
