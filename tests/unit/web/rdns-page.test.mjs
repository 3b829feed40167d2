// What the reverse DNS page reads of forms, files and the API, and what it says.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { membersOf } from "../../../services/rdns/web/members.js";
import { exampleName, isMade, madeName, madeWish } from "../../../services/rdns/web/made.js";
import { countKinds, readCsv, writeCsv } from "../../../services/rdns/web/names.js";
import { parsePrefix, zonesOf } from "../../../services/rdns/web/prefix.js";
import * as texts from "../../../services/rdns/web/text.js";
import { GROUPS, groupsOf, RESULTS, summaryOf } from "../../../services/rdns/web/verdict.js";
import { difference, dsText, formOf, isHost, wishOf } from "../../../services/rdns/web/wish.js";

const PREFIX = parsePrefix("192.0.2.0/24");
const ZONES = zonesOf(PREFIX);
const DIGEST = "ab".repeat(32);
const DS = { zone: ZONES[0], key_tag: 12345, algorithm: 13, digest_type: 2, digest: DIGEST };

const server = (name, addresses = "") => ({ name, addresses });
const read = (servers, ds = "", prefix = PREFIX, form = "range") => wishOf({ form, servers, ds }, prefix, zonesOf(prefix, form));
const problemsOf = (...args) => read(...args).problems.map(({ field, index, problem }) => [field, index, problem]);

test("what is typed becomes what the API takes", () => {
	const { wish, problems } = read([server(" NS1.Example.Net. "), server(""), server("ns.2.0.192.in-addr.arpa", "192.0.2.53 2001:db8::53")],
		`; the key\n12345 13 2 ${DIGEST.toUpperCase()}\n`);
	assert.deepEqual(problems, []);
	assert.deepEqual(wish, { nameservers: [{ name: "ns1.example.net" }, { name: "ns.2.0.192.in-addr.arpa", addresses: ["192.0.2.53", "2001:db8::53"] }],
		ds: [DS] });
	assert.equal(read([server("ns1.example.net")], "", parsePrefix("192.0.2.64/26"), "dash").wish.form, "dash");
	assert.equal("form" in wish, false);
	assert.deepEqual(read([server("ns1.example.net", "192.0.2.1")]).wish.nameservers, [{ name: "ns1.example.net" }]);
});

test("a DS record is known in all the ways that signers write it", () => {
	for (const line of [`12345 13 2 ${DIGEST}`, `${ZONES[0]}. IN DS 12345 13 2 ${DIGEST}`, `${ZONES[0]}. 3600 IN DS 12345 13 2 ${DIGEST.slice(0, 40)} ${DIGEST.slice(40)}`,
		`${ZONES[0]}. DS 12345 13 2 ( ${DIGEST} ) ; a comment`])
		assert.deepEqual(read([server("a.example")], line).wish.ds, [DS], line);
	const two = parsePrefix("192.0.2.0/23");
	const second = zonesOf(two)[1];
	assert.equal(read([server("a.example")], dsText({ ...DS, zone: second }, true), two).wish.ds[0].zone, second);
	assert.deepEqual(problemsOf([server("a.example")], `12345 13 2 ${DIGEST}`, two), [["ds", 0, "wrongDs"]]);
	assert.deepEqual(problemsOf([server("a.example")], `12345 13 2 ${DIGEST}\n70000 13 2 AB\n12345 13 2 XY`), [["ds", 1, "wrongDs"], ["ds", 2, "wrongDs"]]);
});

test("what cannot be right is said beside its field", () => {
	const inside = "ns.2.0.192.in-addr.arpa";
	assert.deepEqual(problemsOf([server("nohost"), server(inside), server(inside, "x"), server(inside, "::1,::2,::3,::4,::5"), server("", "::1")]),
		[["servers", 0, "wrongName"], ["servers", 1, "wrongGlueMissing"], ["servers", 2, "wrongGlue"], ["servers", 3, "wrongGlueMany"],
			["servers", 4, "wrongName"]]);
	assert.deepEqual(problemsOf([server(""), server(" ")]), [[null, 0, "wrongNone"]]);
	assert.deepEqual(problemsOf(Array(13).fill(server("a.example"))), [[null, 0, "wrongMany"]]);
	assert.deepEqual(["a.example", "_x.a.example.", "xn--9ca.example"].map(isHost), [true, true, true]);
	assert.deepEqual(["a", "", "-a.example", "a b.example", "a..example", `${"a".repeat(300)}.example`].map(isHost), Array(6).fill(false));
});

test("a form shows what is delegated, and has room for two servers", () => {
	const delegation = { zones: ZONES, form: null, nameservers: [{ name: "a.example", addresses: ["192.0.2.1", "::1"] }], ds: [DS] };
	assert.deepEqual(formOf(delegation), { form: "range", servers: [server("a.example", "192.0.2.1, ::1"), server("")],
		ds: `12345 13 2 ${DIGEST.toUpperCase()}` });
	assert.deepEqual(formOf(null), { form: "range", servers: [server(""), server("")], ds: "" });
});

test("a difference is what comes and what goes", () => {
	const a = { nameservers: [{ name: "a.example", addresses: [] }, { name: "b.example" }], ds: [] };
	const b = { nameservers: [{ name: "b.example" }, { name: "c.example", addresses: ["::1"] }], ds: [DS], form: "dash" };
	assert.deepEqual(difference(a, b), { removed: ["NS a.example"], added: ["NS c.example ::1", `DS 12345 13 2 ${DIGEST.toUpperCase()}`, "RFC 2317 dash"] });
	assert.deepEqual(difference(null, { name: "h.example" }), { added: ["PTR h.example"], removed: [] });
	assert.deepEqual(difference(a, a), { added: [], removed: [] });
});

test("a CSV is read however it was saved, and a line that is wrong is named", () => {
	const { rows, problems } = readCsv("\ufeffaddress,name\r\n192.0.2.1,A.Example.\r\n# nothing\r\n\r\n192.0.2.2;\r\n\"2001:DB8::1\"\t\"b.example\"\r\n192.0.2.3\r\n");
	assert.deepEqual(problems, []);
	assert.deepEqual(rows, [{ address: "192.0.2.1", name: "a.example" }, { address: "192.0.2.2", name: null }, { address: "2001:db8::1", name: "b.example" },
		{ address: "192.0.2.3", name: null }]);
	assert.deepEqual(readCsv("192.0.2.0/24,a.example\n192.0.2.1,nohost\n192.0.2.1,a.example,b\n192.0.2.1,a.example\n192.0.2.1,b.example").problems
		.map(({ line, problem }) => [line, problem]), [[1, "csvAddress"], [2, "csvName"], [3, "csvName"], [5, "csvTwice"]]);
	const many = [...Array(1026).keys()].map((i) => `2001:db8::${i.toString(16)},h.example`).join("\n");
	assert.deepEqual([readCsv(many).rows.length, readCsv(many).problems.length], [1024, 2]);
	const ptrs = [["192.0.2.2", "b.example"], ["192.0.2.1", "a.example"]].map(([address, name]) => ({ address, name, place: parsePrefix(address) }));
	assert.equal(writeCsv(ptrs), "address,name\r\n192.0.2.1,a.example\r\n192.0.2.2,b.example\r\n");
	assert.deepEqual(readCsv(writeCsv(ptrs)).rows.map(({ address }) => address), ["192.0.2.1", "192.0.2.2"]);
	assert.deepEqual(countKinds([{ kind: "add" }, { kind: "same" }, { kind: "add" }]), { add: 2, change: 0, remove: 0, same: 1, refused: 0 });
});

const finding = (severity, what = severity) => ({ severity, what, remedy: "r", seen: [{ server: "a.example" }] });
const verdict = (zone, passed, ...checks) => ({ zone, passed, checks });

test("verdicts of all zones become one list, each problem once", () => {
	assert.deepEqual(groupsOf([]).flatMap(({ rows }) => rows).map(({ result }) => result), Array(25).fill("waiting"));
	const verdicts = ["a.arpa", "b.arpa"].map((zone, i) => verdict(zone, false, { id: "tcp", result: i === 0 ? "warning" : "error",
		findings: [finding("error"), finding("warning")] }, { id: "ds", result: "untested", why: "no DS", findings: [] }));
	const rows = groupsOf(verdicts).flatMap((group) => group.rows);
	const [tcp, ds] = ["tcp", "ds"].map((id) => rows.find((row) => row.id === id));
	assert.deepEqual([tcp.result, tcp.findings.length, tcp.findings[0].zones, tcp.findings[0].seen.length], ["error", 2, ["a.arpa", "b.arpa"], 2]);
	assert.deepEqual([ds.result, ds.why], ["untested", "no DS"]);
	assert.deepEqual(summaryOf(verdicts), { passed: false, errors: 1, warnings: 1, notices: 0 });
	assert.deepEqual([summaryOf([]).passed, summaryOf([verdict("a.arpa", true)]).passed], [false, true]);
});

test("an IPv6 prefix that is delegated to the POP alone has names made of its addresses", () => {
	const place = parsePrefix("2001:db8:100::/40");
	const made = { place, ...madeWish("pop.example") };
	assert.deepEqual(madeWish("pop.example"), { nameservers: [{ name: "ns1.pop.example" }], ds: [] });
	assert.equal(isMade(made, "pop.example"), true);
	for (const other of [{ place: PREFIX }, { ds: [DS] }, { nameservers: [] }, { nameservers: [{ name: "ns2.pop.example" }] },
		{ nameservers: [...made.nameservers, { name: "ns.example" }] }])
		assert.equal(isMade({ ...made, ...other }, "pop.example"), false, JSON.stringify(Object.keys(other)));
	assert.equal(madeName(parsePrefix("2001:db8::1:0:53"), "pop.example"), "2001-db8--1-0-53.ip6.pop.example");
	assert.equal(exampleName(place, "pop.example"), "2001-db8-100--1.ip6.pop.example");
	assert.equal(exampleName(parsePrefix("2001:db8::5"), "pop.example"), "2001-db8--5.ip6.pop.example");
});

test("an operator sees what each member has", () => {
	const rows = membersOf({ prefixes: [{ asn: 2, name: "B" }, { asn: 1, name: "A" }, { asn: 1, name: "A" }],
		delegations: [{ asn: 1, state: "broken" }, { asn: 1, state: "live" }], ptrs: [{ asn: 3 }] });
	assert.deepEqual(rows.map(({ asn, prefixes, delegations, broken, names }) => [asn, prefixes, delegations, broken, names]),
		[[1, 2, 2, 1, 0], [2, 1, 0, 0, 0], [3, 0, 0, 0, 1]]);
});

test("the page knows the 25 checks that there are, and says what each is for", () => {
	const source = readFileSync(new URL("../../../services/lib/delegation/checks.c", import.meta.url), "utf8");
	const checks = [...source.matchAll(/= \{"([a-z-]+)", "([a-z]+)", WORDS/g)].map(([, id, group]) => [id, group]);
	assert.deepEqual(Object.entries(GROUPS).flatMap(([group, ids]) => ids.map((id) => [id, group])), checks);
	assert.deepEqual(Object.values(GROUPS).flat().flatMap((id) => [`check_${id}`, `about_${id}`]).filter((key) => !texts.en[key]), []);
	assert.deepEqual(RESULTS.filter((result) => !texts.en[`result_${result}`]), []);
});

test("both languages say the same things, with the same values in them", () => {
	assert.deepEqual(Object.keys(texts.fr).toSorted(), Object.keys(texts.en).toSorted());
	const values = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted();
	for (const key of Object.keys(texts.en))
		assert.deepEqual(values(texts.fr[key]), values(texts.en[key]), key);
});
