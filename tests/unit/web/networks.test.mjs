// The table of networks: what is found, and in which order.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { byNetwork, rank } from "../../../services/web/networks/states.js";
import { addressKey, COLUMNS, matcher, sorted, speed } from "../../../services/web/networks/table.js";
import { formats } from "../../../services/web/shared/i18n.js";

const network = (asn, fields) => ({ asn, name: `N${asn}`, url: null, since: null, ipv4: [], ipv6: [], speed_mbps: null,
	prefixes: { ipv4: null, ipv6: null }, services: [], ...fields });
const ALL = [
	network(64500, { name: "Zèbre", ipv4: ["203.0.113.10"], speed_mbps: 1000, since: "2026-03-14", services: ["route_server"] }),
	network(64501, { name: "eau 10", ipv4: ["203.0.113.9"], ipv6: ["2001:db8::9"], speed_mbps: 10_000 }),
	network(64502, { name: "Eau 9", ipv6: ["2001:db8::10"], prefixes: { ipv4: 2, ipv6: 1 }, since: "2016-01-01" }),
];

const order = (column, down = false) => sorted(ALL, { column, down }, "fr").map(({ asn }) => asn - 64500);
const found = (query) => ALL.filter(matcher(query)).map(({ asn }) => asn - 64500);

test("every column sorts as people expect, either way, and what is not known comes last", () => {
	assert.deepEqual(order("name"), [2, 1, 0]);
	assert.deepEqual(order("name", true), [0, 1, 2]);
	assert.deepEqual(order("addresses"), [1, 0, 2]);
	assert.deepEqual([order("speed"), order("speed", true)], [[0, 1, 2], [1, 0, 2]]);
	assert.deepEqual([order("since"), order("since", true)], [[2, 0, 1], [0, 2, 1]]);
	assert.deepEqual(order("prefixes"), [2, 0, 1]);
	assert.deepEqual(order("services"), [0, 1, 2]);
	assert.equal(COLUMNS.length, 6);
});

test("addresses are in the order of their numbers, IPv4 before IPv6", () => {
	const texts = ["2001:db8::", "::1", "203.0.113.10", "2001:db8:0:1::", "203.0.113.9", "2001:db8::1:2:3:4:5:6"];
	const compare = (a, b) => Number(addressKey(a) > addressKey(b)) - Number(addressKey(a) < addressKey(b));
	assert.deepEqual(texts.sort(compare),
		["203.0.113.9", "203.0.113.10", "::1", "2001:db8::", "2001:db8:0:1::", "2001:db8::1:2:3:4:5:6"]);
});

test("a name without its accents, a number or an address finds a network", () => {
	assert.deepEqual(found("zebre"), [0]);
	assert.deepEqual(found("EAU"), [1, 2]);
	assert.deepEqual(found(" eau as64501 "), [1]);
	assert.deepEqual(found("64502"), [2]);
	assert.deepEqual(found("2001:db8::1"), [2]);
	assert.deepEqual(found(""), [0, 1, 2]);
	assert.deepEqual(found("(.*)"), []);
});

test("speeds of ports have no digit too many", () => {
	const [en, fr] = [formats("en"), formats("fr")];
	assert.deepEqual([100, 1000, 2500, 400_000, 1_600_000].map((mbps) => speed(mbps, en)),
		["100\u00a0Mbit/s", "1\u00a0Gbit/s", "2.5\u00a0Gbit/s", "400\u00a0Gbit/s", "1.6\u00a0Tbit/s"]);
	assert.equal(speed(2500, fr), "2,5\u00a0Gbit/s");
});

test("of each network, what is down comes first", () => {
	const entry = (asn, kind, state) => ({ asn, kind, state });
	const all = byNetwork([entry(1, "session", "up"), entry(2, "port", "up"), entry(1, "port", "up"), entry(1, "session", "up"),
		entry(1, "session", "down"), entry(3, "session", "unknown"), entry(3, "session", "flapping")]);
	assert.deepEqual(all.get(1).map(({ kind, state, count }) => `${count} ${kind} ${state}`),
		["1 session down", "1 port up", "2 session up"]);
	assert.deepEqual(all.get(3).map(({ state }) => state), ["flapping", "unknown"]);
	assert.ok(rank(all.get(1)) > rank(all.get(3)) && rank(all.get(3)) > rank(all.get(2)));
	assert.equal(rank(all.get(4)), null);
	const ordered = sorted([{ asn: 1, states: all.get(1) }, { asn: 2, states: all.get(2) }, { asn: 4 }],
		{ column: "states", down: false }, "en");
	assert.deepEqual(ordered.map(({ asn }) => asn), [2, 1, 4]);
});
