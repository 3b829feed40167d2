// The shape of observations, and what an address tells.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { groupsOf, isEmbedded, isMacDerived } from "../../../services/ipv6test/web/address.js";
import { newObservations, shareable, skipped, withFamily, withQueries, withTest } from "../../../services/ipv6test/web/observations.js";

const NEW = newObservations(new Date(0), "https", "public");
const query = (test, address, more = {}) => ({ test, type: "A", resolver: { address, family: "ipv4" }, transport: "udp",
	edns: true, do: true, buffer: 1232, ecs: null, mixed_case: false, minimised: false, count: 1, first_ms: 0, ...more });

test("a test has every field, whatever is known of it", () => {
	const { tests } = withTest(withTest(NEW, "a", { state: "ok", ms: 12 }), "he", skipped("needs"));
	assert.deepEqual(tests.a, { state: "ok", reason: null, ms: 12, dnsMs: null, connectMs: null, family: null, protocol: null });
	assert.deepEqual([tests.he.state, tests.he.reason, tests.he.ms], ["skipped", "needs", null]);
});

test("facts of a family add up", () => {
	const once = withFamily(NEW, "ipv6", { address: "2001:db8::7" });
	const twice = withFamily(once, "ipv6", { latencyMs: 3 });
	assert.deepEqual([twice.families.ipv6.address, twice.families.ipv6.latencyMs, twice.families.ipv6.rpki], ["2001:db8::7", 3, "unknown"]);
	assert.equal(twice.families.ipv4, null);
});

test("each resolver is judged by its own questions", () => {
	const { asked, resolvers } = withQueries(NEW, [
		query("a", "192.0.2.53", { ecs: "192.0.2.0/24", buffer: 4096 }),
		query("tcp", "192.0.2.53", { transport: "tcp", mixed_case: true }),
		query("a", "192.0.2.54", { type: "AAAA", do: false, edns: false, buffer: 0, minimised: true }),
	]);
	assert.deepEqual(asked, { a: ["A", "AAAA"], tcp: ["A"] });
	assert.deepEqual(resolvers, [
		{ address: "192.0.2.53", family: "ipv4", transports: ["udp", "tcp"], edns: true, dnssecOk: true, mixedCase: true,
			minimised: false, buffer: 4096, ecs: 24, validates: null, tests: ["a", "tcp"] },
		{ address: "192.0.2.54", family: "ipv4", transports: ["udp"], edns: false, dnssecOk: false, mixedCase: false,
			minimised: true, buffer: null, ecs: null, validates: null, tests: ["a"] },
	]);
});

const validates = (state, ...queries) =>
	withQueries(withTest(NEW, "bogus", { state }), queries).resolvers.map((resolver) => resolver.validates);

test("a resolver validates when the device had to ask another one, or nothing loaded", () => {
	const [one, other] = [query("bogus", "192.0.2.53", { first_ms: 0 }), query("bogus", "192.0.2.54", { first_ms: 90 })];
	assert.deepEqual(validates("failed", one, other), [true, true]);
	assert.deepEqual(validates("ok", one, other), [true, false]);
	assert.deepEqual(validates("ok", other, one), [false, true]);
	assert.deepEqual(validates("ok", one, { ...other, type: "AAAA" }), [false, false]); /* two addresses of one resolver */
	assert.deepEqual(validates("skipped", one), [null]);
	assert.deepEqual(validates("ok", query("a", "192.0.2.53")), [null]);
});

test("more resolvers than that are not kept", () => {
	const queries = Array.from({ length: 40 }, (_, i) => query("a", `192.0.2.${i}`));
	assert.equal(withQueries(NEW, queries).resolvers.length, 32);
});

test("the name of an address is not shared", () => {
	const observed = withFamily(NEW, "ipv4", { address: "192.0.2.7", ptr: "192-0-2-7.example", ptrConfirmed: true });
	assert.deepEqual([shareable(observed).families.ipv4.ptr, shareable(observed).families.ipv4.ptrConfirmed], [null, true]);
	assert.equal(shareable(observed).families.ipv6, null);
	assert.equal(observed.families.ipv4.ptr, "192-0-2-7.example");
});

test("an IPv6 address is eight groups", () => {
	assert.deepEqual(groupsOf("2001:db8::7"), [0x2001, 0xdb8, 0, 0, 0, 0, 0, 7]);
	assert.deepEqual(groupsOf("::"), Array(8).fill(0));
	assert.deepEqual(groupsOf("64:ff9b::192.0.2.7"), [0x64, 0xff9b, 0, 0, 0, 0, 0xc000, 0x207]);
	assert.deepEqual([groupsOf("192.0.2.7"), groupsOf("1:2:3"), groupsOf("1:2:3:4:5:6:7:8::")], [null, null, null]);
});

test("an address that is made of a network card's is told from a random one", () => {
	assert.equal(isMacDerived("2001:db8::0211:22ff:fe33:4455"), true);
	assert.equal(isMacDerived("2001:db8::11:22ff:fe33:4455"), false); /* a made-up card, as phones have it */
	assert.equal(isMacDerived("2001:db8::211:2233:4455:6677"), false);
	assert.equal(isMacDerived("192.0.2.7"), false);
});

test("a network that has the IPv4 address in it is a tunnel's", () => {
	assert.equal(isEmbedded("192.0.2.7", "2001:db8:c000:207::1"), true);
	assert.equal(isEmbedded("192.0.2.7", "2001:dbc:0002:07ff::1"), false);
	assert.equal(isEmbedded("192.0.2.7", "2001:db8::c000:207"), false);
});
