// What observations mean: a row for each finding.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { RULES } from "../../../services/ipv6test/web/rules.js";
import { verdictOf } from "../../../services/ipv6test/web/verdict.js";
import { failed, IPV4, IPV6, local, observed, onlyIpv4, onlyIpv6, slow, timeout, works } from "./support/observations.mjs";

const NO_FAMILIES = { families: { ipv4: null, ipv6: null } };
const ipv6 = (facts) => observed({}, { families: { ipv6: facts } });
const smallTcp = { ...IPV6.tcp, pmtu: 1480 };
const resolver = (validates, more = {}) => ({ address: "192.0.2.53", validates, ecs: null, ...more });
const blocked = { a: failed, aaaa: failed, ds: failed };
const twoAs = (tcp) => ({ asns: [{ asn: 64501, name: null }], tcp });

/* What was observed, the headline, the other findings that matter here, and the scores. */
const LINES = [
	["a healthy line", observed(), "healthy-dual-stack", ["fallback-works", "resolver-validating", "rpki-valid", "http3-works"], [10, 10]],
	["no IPv6 at all", onlyIpv4(), "ipv4-only", [], [10, 0]],
	["no IPv6, with large packets lost", onlyIpv4({ up4: timeout }), "mtu-ipv4-to-us", ["ipv4-only"], [1, 0]],
	["no IPv4 at all", onlyIpv6(), "ipv6-only", [], [0, 10]],
	["NAT64", observed({ literal4: failed }), "ipv6-only-nat64", [], [7, 10]],
	["NAT64, with no IPv4 to fall back to", observed({ literal4: failed, he: timeout }), "ipv6-only-nat64", [], [7, 10]],
	["IPv6 black-holed", onlyIpv4({ aaaa: timeout, literal6: timeout }, { asked: { ds: ["AAAA"] } }), "ipv6-broken", [], [10, 0]],
	["IPv6 refused", onlyIpv4({}, { asked: { ds: ["A", "AAAA"] } }), "ipv6-refused", [], [10, 0]],
	["IPv6 slow", observed({ aaaa: slow("ipv6") }), "ipv6-slow", ["dual-stack"], [10, 5]],
	["IPv4 black-holed", onlyIpv6({ a: timeout, literal4: timeout }), "ipv4-broken", [], [0, 10]],
	["IPv4 slow", observed({ a: slow("ipv4") }), "ipv4-slow", ["dual-stack"], [5, 10]],
	["a resolver that hides IPv6 addresses", observed({ aaaa: failed, ds: works("ipv4") }), "aaaa-missing", [], [10, 0]],
	["one that hides IPv4 addresses", observed({ a: failed }), "a-missing", [], [0, 10]],
	["names with both addresses that do not load", observed({ ds: timeout }), "dual-stack-broken", [], [0, 0]],
	["and those that load late", observed({ ds: slow("ipv6") }), "healthy-dual-stack", ["dual-stack-slow"], [7, 7]],
	["large packets lost over IPv6, to us", observed({ up6: timeout, mtu: null }), "mtu-ipv6-to-us", ["dual-stack"], [1, 1]],
	["to the visitor", observed({ down6: timeout }), "mtu-ipv6-to-you", ["dual-stack"], [1, 1]],
	["over IPv4, to the visitor", observed({ down4: timeout }), "mtu-ipv4-to-you", ["dual-stack"], [1, 10]],
	["the message of too big packets lost", observed({ mtu: timeout }), "mtu-ipv6-icmp", ["dual-stack"], [1, 1]],
	["no Happy Eyeballs", observed({ he: timeout }), "no-fallback", ["dual-stack"], [10, 10]],
	["slow ones", observed({ he: works("ipv4", { connectMs: 1100 }) }), "healthy-dual-stack", ["fallback-slow"], [10, 10]],
	["IPv4 preferred", observed({ ds: works("ipv4") }), "healthy-dual-stack", ["avoids-ipv6"], [10, 10]],
	["waiting for a late answer", observed({ late: works("ipv6") }), "healthy-dual-stack", ["late-aaaa-waits"], [10, 10]],
	["a page whose family then fails", onlyIpv4({ page: works("ipv6") }), "test-unreachable", ["ipv4-only"], [10, 0]],
	["nothing at all", observed({ ...blocked, literal4: failed, literal6: timeout }, NO_FAMILIES), "nothing-works", [], [null, null]],
	["names that a filter keeps away", observed(blocked), "names-blocked", [], [null, null]],
	["names that nobody asks for", observed(blocked, { asked: {} }), "dns-broken", [], [null, null]],
	["the demonstration", local(), "names-local", [], [null, null]],
	["a run that was cut short", observed({ ds: null }), "incomplete", [], [null, null]],
	["one without the large packets", observed({ up6: null }), "incomplete", [], [null, null]],
];

/* What is found besides, on a line that is healthy otherwise; and whether it is advised on. */
const BESIDES = [
	["resolver-no-ipv6", observed({ v6ns: timeout }), true],
	["resolver-no-ipv4", observed({ v4ns: failed }), true],
	["dnssec-no-ed25519", observed({ alg15: failed }), false],
	["resolver-not-validating", observed({ bogus: works("ipv6") }, { resolvers: [resolver(false)] }), true],
	["resolvers-mixed", observed({ nosig: works("ipv6") }, { resolvers: [resolver(true), resolver(false)] }), true],
	["resolver-passes-address", observed({}, { resolvers: [resolver(true, { ecs: 24 })] }), false],
	["tunnel-6to4", ipv6({ subtype: "6to4" }), true],
	["tunnel-teredo", ipv6({ subtype: "Teredo" }), true],
	["tunnel-6rd", ipv6({ address: "2001:db8:c000:207::1" }), false],
	["tunnel-likely", ipv6(twoAs(smallTcp)), false],
	["ipv4-over-ipv6", observed({}, { families: { ipv4: { tcp: { ...IPV4.tcp, snd_mss: 1428 } } } }), false],
	["proxy", ipv6({ via: "1.1 proxy" }), false],
	["ipv6-latency", ipv6({ latencyMs: 61 }), true],
	["ipv6-throughput", ipv6({ uploadBps: 24e6 }), true],
	["mac-derived", ipv6({ macDerived: true }), true],
	["rpki-invalid", ipv6({ rpki: "invalid" }), true],
	["no-ptr", ipv6({ ptr: null, ptrConfirmed: false }), false],
	["ptr-unconfirmed", ipv6({ ptrConfirmed: false }), false],
	["http3-blocked", observed({ http3: works("ipv6", { protocol: "h2" }) }), false],
];

const PROBLEMS = [["dns-no-tcp", { tcp: failed }], ["dnssec-broken", { alg13: timeout }]];

const ids = ({ findings }) => findings.map(({ id }) => id);

for (const [name, observations, headline, others, [four, six]] of LINES)
	test(`${name}: ${headline}`, () => {
		const verdict = verdictOf(observations);
		assert.equal(ids(verdict)[0], headline, ids(verdict).join());
		for (const id of others)
			assert.ok(ids(verdict).includes(id), `${id} of ${ids(verdict).join()}`);
		assert.deepEqual(verdict.scores, { ipv4: four, ipv6: six });
	});

for (const [id, observations, isAdvised] of BESIDES)
	test(`${id} is found beside a healthy line`, () => {
		const verdict = verdictOf(observations);
		assert.equal(ids(verdict)[0], "healthy-dual-stack");
		assert.ok(ids(verdict).includes(id), ids(verdict).join());
		assert.equal(verdict.next, isAdvised ? id : null);
	});

for (const [id, tests] of PROBLEMS)
	test(`${id} is a problem`, () => {
		const verdict = verdictOf(observed(tests));
		assert.deepEqual(ids(verdict).slice(0, 2), [id, "dual-stack"]);
		assert.equal(verdict.next, id);
	});

test("nothing is found on a healthy line that has not to be", () => {
	assert.deepEqual(ids(verdictOf(observed())),
		["healthy-dual-stack", "fallback-works", "resolver-validating", "http3-works", "rpki-valid"]);
	assert.equal(verdictOf(observed()).next, null);
});

test("the throughput of large packets that get lost is no fault of its own", () => {
	const verdict = verdictOf(observed({ down6: timeout }, { families: { ipv6: { downloadBps: 0 } } }));
	assert.deepEqual(ids(verdict).slice(0, 2), ["mtu-ipv6-to-you", "dual-stack"]);
	assert.ok(!ids(verdict).includes("ipv6-throughput"));
});

test("a line that is slow is not one whose messages of too big packets get lost", () => {
	const verdict = verdictOf(observed({ aaaa: slow("ipv6"), mtu: timeout }));
	assert.deepEqual(ids(verdict).slice(0, 2), ["ipv6-slow", "dual-stack"]);
	assert.deepEqual(verdict.scores, { ipv4: 10, ipv6: 5 });
});

test("what was not tested is not good, and not bad either", () => {
	const untested = verdictOf(observed({ he: null, bogus: null, http3: null, v6ns: null, tcp: null, alg13: null, mtu: null }));
	assert.deepEqual(ids(untested), ["healthy-dual-stack", "rpki-valid"]);
	assert.deepEqual(untested.scores, { ipv4: null, ipv6: null });
});

test("each rule has an id of its own, a row above, and a line in the table of verdict.js", () => {
	const rules = RULES.map(({ id }) => id);
	assert.deepEqual(rules, [...new Set(rules)]);
	const found = [...LINES.map(([, observations]) => observations), ...BESIDES.map(([, observations]) => observations),
		...PROBLEMS.map(([, tests]) => observed(tests))].flatMap((observations) => ids(verdictOf(observations)));
	assert.deepEqual(rules.filter((id) => !found.includes(id)), []);
	const table = readFileSync(new URL("../../../services/ipv6test/web/verdict.js", import.meta.url), "utf8");
	assert.deepEqual(rules.filter((id) => !new RegExp(`\\b${id}\\b`).test(table)), []);
});
