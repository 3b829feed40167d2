// Prefixes of the reverse DNS page: read, written, compared, split into zones, and drawn.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { bandOf, byMember, cellsOf, countsOf, delegationOver, inside, largest } from "../../../services/rdns/web/map.js";
import { addressText, compare, contains, isAddress, isInside, lastOf, overlaps, parseAddress, parsePrefix, pointerName, prefixText, sizeOf,
	split, zonesOf } from "../../../services/rdns/web/prefix.js";
import { historyHref, memberHref, prefixHref, routeOf } from "../../../services/rdns/web/route.js";

const at = (text) => parsePrefix(text);
const placed = (...texts) => texts.map((text) => ({ place: at(text), state: "live" }));

test("prefixes and addresses are read as people write them, and written as the registries do", () => {
	const written = (text) => prefixText(at(text));
	assert.deepEqual(["192.0.2.0/24", " 192.0.2.1 ", "2001:DB8:0:0::/32", "2001:db8::1", "0.0.0.0/0", "::/0"].map(written),
		["192.0.2.0/24", "192.0.2.1/32", "2001:db8::/32", "2001:db8::1/128", "0.0.0.0/0", "::/0"]);
	for (const wrong of ["", "192.0.2.1/24", "192.0.2.0/33", "192.0.2/24", "192.0.2.256", "192.0.2.01", "1.2.3.4.", "2001:db8::1/64", "2001:db8::/129",
		"::1::", "2001:db8", "host.example", "192.0.2.0/24/1", "192.0.2.0/", "192.0.2.0/+4", "fe80::1%eth0", "[::1]"])
		assert.equal(at(wrong), null, wrong);
	assert.equal(addressText(parseAddress("2001:db8:0:0:1:0:0:1")), "2001:db8::1:0:0:1");
	assert.equal(addressText(parseAddress("::ffff:192.0.2.1")), "::ffff:c000:201");
});

test("a prefix knows its size, its ends and its parts", () => {
	assert.equal(sizeOf(at("192.0.2.0/26")), 64n);
	assert.equal(addressText(lastOf(at("2001:db8::/32"))), "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff");
	assert.deepEqual(split(at("192.0.2.0/24"), 2).map(prefixText), ["192.0.2.0/26", "192.0.2.64/26", "192.0.2.128/26", "192.0.2.192/26"]);
	assert.deepEqual([split(at("192.0.2.0/30"), 8).length, split(at("192.0.2.1"), 8).length], [4, 1]);
	assert.ok(isAddress(at("::1")) && !isAddress(at("::/64")));
	assert.ok(contains(at("192.0.2.0/24"), at("192.0.2.255")) && !contains(at("192.0.2.0/24"), at("192.0.3.0")));
	assert.ok(!contains(at("0.0.0.0/0"), at("::1")) && !contains(at("192.0.2.0/25"), at("192.0.2.0/24")));
	assert.ok(overlaps(at("192.0.2.0/25"), at("192.0.2.0/24")) && !overlaps(at("192.0.2.0/25"), at("192.0.2.128/25")));
	assert.deepEqual(["::1", "10.0.0.1", "10.0.0.0/8", "9.0.0.0/8"].map(at).toSorted(compare).map(prefixText),
		["9.0.0.0/8", "10.0.0.0/8", "10.0.0.1/32", "::1/128"]);
});

test("a prefix has the zones that our servers split it into", () => {
	const zones = (text, form) => zonesOf(at(text), form);
	assert.deepEqual(zones("192.0.2.0/24"), ["2.0.192.in-addr.arpa"]);
	assert.deepEqual(zones("198.51.100.0/23"), ["100.51.198.in-addr.arpa", "101.51.198.in-addr.arpa"]);
	assert.deepEqual(["range", "slash", "dash"].map((form) => zones("192.0.2.64/26", form)[0].split(".")[0]), ["64-127", "64/26", "64-26"]);
	assert.deepEqual(zones("2001:db8::/32"), ["8.b.d.0.1.0.0.2.ip6.arpa"]);
	assert.equal(zones("2001:db8:8000::/33").length, 8);
	assert.equal(zones("2001:db8:8000::/33")[0], "8.8.b.d.0.1.0.0.2.ip6.arpa");
	assert.equal(pointerName(at("192.0.2.1")), "1.2.0.192.in-addr.arpa");
	assert.equal(pointerName(at("2001:db8::1")), `1.${"0.".repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`);
	assert.ok(isInside(" NS.2.0.192.in-addr.arpa. ", zones("192.0.2.0/24")) && isInside("2.0.192.in-addr.arpa", zones("192.0.2.0/24")));
	assert.ok(!isInside("ns.12.0.192.in-addr.arpa", zones("192.0.2.0/24")));
});

test("a picture shows what each part is used for, and the worst of what is in it", () => {
	const delegations = [...placed("192.0.2.64/26"), { place: at("192.0.2.192/28"), state: "broken" }, { place: at("2001:db8::/48"), state: "pending" }];
	const ptrs = placed("192.0.2.1", "192.0.2.2");
	const things = { delegations, made: placed("2001:db8:8000::/48"), ptrs };
	const uses = (text, bits) => cellsOf(at(text), things, bits).map(({ use }) => use);
	assert.deepEqual(uses("192.0.2.0/24", 2), ["hosted", "delegated", "free", "broken"]);
	assert.deepEqual(uses("192.0.2.64/28", 1), ["delegated", "delegated"]);
	assert.deepEqual(uses("2001:db8::/32", 2), ["pending", "free", "made", "free"]);
	assert.deepEqual(bandOf(at("192.0.2.0/24"), cellsOf(at("192.0.2.0/24"), things, 3)).map(({ use, from, to }) => [use, from, to]),
		[["hosted", 0, 12.5], ["free", 12.5, 25], ["delegated", 25, 50], ["free", 50, 75], ["broken", 75, 87.5], ["free", 87.5, 100]]);
	assert.deepEqual(countsOf(at("192.0.2.0/24"), things), { delegations: 2, broken: 1, made: 0, names: 2, share: 31.25 });
	assert.equal(countsOf(at("192.0.2.64/28"), things).share, 100);
	assert.equal(delegationOver(at("192.0.2.65"), delegations), delegations[0]);
	assert.equal(delegationOver(at("192.0.2.0/24"), delegations), undefined);
	assert.deepEqual(inside(at("192.0.2.64/27"), delegations), [delegations[0]]);
});

test("a prefix inside of another one of the same member is shown there", () => {
	const prefixes = [["192.0.2.0/24", 1], ["192.0.2.0/25", 1], ["192.0.2.1", 2], ["::1", 1]].map(([text, asn]) => ({ place: at(text), asn }));
	const inOrder = prefixes.toSorted((a, b) => compare(a.place, b.place));
	assert.deepEqual(largest(inOrder).map(({ place }) => prefixText(place)), ["192.0.2.0/24", "192.0.2.1/32", "::1/128"]);
	const thingsOf = byMember({ delegations: prefixes, made: [], ptrs: [] });
	assert.deepEqual([1, 2, 3].map((asn) => thingsOf(asn).delegations.length), [3, 1, 0]);
});

test("an address of the page leads to a view, and a wrong one to the first", () => {
	assert.equal(routeOf("").view, "overview");
	assert.deepEqual(routeOf(prefixHref(at("2001:db8::/32"))).place, at("2001:db8::/32"));
	assert.deepEqual([routeOf("#/history").view, routeOf(historyHref("192.0.2.1")).subject], ["history", "192.0.2.1"]);
	assert.deepEqual([routeOf("#/members").view, routeOf(memberHref(64500))].map((each) => each.asn ?? each), ["members", 64500]);
	for (const wrong of ["#/prefix/", "#/prefix/x", "#/elsewhere", "#/prefix/192.0.2.1/24", "#/prefix/%zz"])
		assert.equal(routeOf(wrong).view, "overview", wrong);
});
