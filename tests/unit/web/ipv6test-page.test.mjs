// What the page of the IPv6 test knows and says: places, rows, states and texts.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { FAMILIES, newObservations, SKIPPED, TESTS } from "../../../services/ipv6test/web/observations.js";
import { placeOf, placesOf, uploadOrigin } from "../../../services/ipv6test/web/places.js";
import { limitAfter, PLAN } from "../../../services/ipv6test/web/plan.js";
import { codeOf, GROUPS, laneOf, largestNetworks, rowOf, sharesByDay, typedInPath } from "../../../services/ipv6test/web/rows.js";
import { RULES } from "../../../services/ipv6test/web/rules.js";
import { isRunning, newState, PHASES, progress, step } from "../../../services/ipv6test/web/state.js";
import * as texts from "../../../services/ipv6test/web/text.js";
import { failed, local, observed, onlyIpv4, timeout, works } from "./support/observations.mjs";

const SESSION = { nonce: "abc", zone: "t.ipv6test.example", names: "public", tests: ["a", "qmin"], http_port: 80, https_port: 8446,
	literals: { ipv4: "192.0.2.12", ipv6: "2001:db8::12" }, http3: null };

test("a name is asked on the port of the page's scheme", () => {
	const [plain, secure] = [placesOf(SESSION, "http"), placesOf(SESSION, "https")];
	assert.equal(plain.name("a"), "http://abc.a.t.ipv6test.example");
	assert.equal(secure.name("qmin"), "https://x.abc.qmin.t.ipv6test.example:8446");
	assert.deepEqual([plain.literal("ipv4"), secure.literal("ipv6")], ["http://192.0.2.12", "https://[2001:db8::12]:8446"]);
	assert.equal(plain.name("mtu"), null);
	assert.equal(placesOf({ ...SESSION, literals: { ipv4: null, ipv6: null } }, "http").literal("ipv4"), null);
});

test("a result is sent by the family that does not lose it", () => {
	const origin = (tests) => uploadOrigin("http://pop.example", SESSION, observed(tests));
	assert.equal(origin({}), "http://pop.example");
	assert.equal(origin({ up6: timeout }), "http://192.0.2.12");
	assert.equal(origin({ up6: timeout, down4: timeout }), "http://pop.example");
	assert.equal(origin({ page: works("ipv4"), up6: timeout }), "http://pop.example");
	assert.equal(origin({ page: null, up6: timeout }), "http://pop.example");
});

test("what is not tested has a reason", () => {
	const place = (id, session = SESSION) => placeOf(placesOf(session, "http"), session, id);
	assert.deepEqual(place("literal6"), { url: "http://[2001:db8::12]" });
	assert.deepEqual([place("mtu"), place("http3")], [{ reason: "not-offered" }, { reason: "not-offered" }]);
	assert.deepEqual(place("a", { ...SESSION, names: "local" }), { reason: "local" });
	assert.deepEqual(place("literal4", { ...SESSION, names: "local" }), { url: "http://192.0.2.12" });
});

test("each test has a plan, and needs only others", () => {
	assert.deepEqual(Object.keys(PLAN).toSorted(), TESTS.toSorted());
	for (const { needs } of Object.values(PLAN))
		assert.deepEqual(needs.filter((id) => !TESTS.includes(id)), []);
});

test("a row is waiting, then says how the test went", () => {
	const row = (tests, id) => rowOf(observed(tests), id);
	assert.deepEqual(rowOf(null, "a"), { id: "a", mark: "waiting", text: "result_waiting" });
	assert.deepEqual(row({ a: null }, "a").mark, "waiting");
	assert.deepEqual(row({}, "a"), { id: "a", mark: "good", text: "result_ok" });
	assert.deepEqual(row({ a: timeout }, "a"), { id: "a", mark: "bad", text: "result_timeout" });
	assert.deepEqual(row({ bogus: failed }, "bogus"), { id: "bogus", mark: "good", text: "result_kept" });
	assert.deepEqual(row({ bogus: works("ipv4") }, "bogus"), { id: "bogus", mark: "bad", text: "result_loaded" });
	assert.deepEqual(row({ http3: works("ipv6", { protocol: "h2" }) }, "http3"), { id: "http3", mark: "fair", text: "result_older" });
	assert.deepEqual(rowOf(local(), "he"), { id: "he", mark: "none", text: "reason_local" });
	assert.deepEqual(row({ he: SKIPPED }, "he"), { id: "he", mark: "none", text: "result_skipped" });
});

test("a family works when all of it does", () => {
	assert.deepEqual(FAMILIES.map((family) => laneOf(observed(), family)), ["works", "works"]);
	assert.deepEqual(FAMILIES.map((family) => laneOf(onlyIpv4(), family)), ["works", "fails"]);
	assert.equal(laneOf(observed({ up6: timeout }), "ipv6"), "partly");
	assert.equal(laneOf(observed({ aaaa: null, literal6: null, up6: null, down6: null }), "ipv6"), "unknown");
	assert.equal(laneOf(null, "ipv4"), "unknown");
});

test("a code is known however it is typed", () => {
	assert.equal(codeOf("ab12cd34"), "AB12-CD34");
	assert.equal(codeOf(" oi1l-7k3m "), "0111-7K3M");
	assert.deepEqual([codeOf("AB12-CD3"), codeOf("AB12-CDU4"), codeOf("../../etc")], [null, null, null]);
	assert.deepEqual([typedInPath("/r/7k3m-q9xa"), typedInPath("/r/%20x")], ["7k3m-q9xa", " x"]);
	assert.deepEqual([typedInPath("/"), typedInPath("/r/"), typedInPath("/r/a/b")], [null, null, null]);
});

test("a day without a test has no share", () => {
	assert.deepEqual(sharesByDay([{ day: "2026-01-01", tests: 4, ipv6_ready: 3 }, { day: "2026-01-02", tests: 0, ipv6_ready: 0 }]),
		[{ day: "2026-01-01", percent: 75 }]);
});

test("networks beyond the largest are counted together", () => {
	const network = (asn, tests) => ({ asn, name: null, tests, ipv6_ready: 1 });
	const asns = [network(64500, 30), network(64501, 20), network(64502, 10), network(null, 5)];
	assert.deepEqual(largestNetworks(asns, 2), [asns[0], asns[1], { asn: null, name: null, tests: 15, ipv6_ready: 2 }]);
	assert.deepEqual(largestNetworks(asns.slice(0, 2), 2), asns.slice(0, 2));
	assert.deepEqual(largestNetworks([], 2), []);
});

test("what depends on a slow test may take longer, within reason", () => {
	assert.deepEqual([[], [{ ms: 20 }, {}], [{ ms: 3000 }], [{ ms: 9000 }]].map((results) => limitAfter(5000, results)),
		[5000, 5000, 6000, 10000]);
	assert.equal(limitAfter(15000, [{ ms: 9000 }]), 15000);
});

const START = { type: "start", at: new Date(0), scheme: "http" };
const after = (...messages) => messages.reduce(step, newState());

test("the verdict is there before throughput is, and holds what comes later", () => {
	const begun = [START, { type: "session", session: { names: "public" } }, { type: "phase", phase: "tests" }];
	const tests = TESTS.map((id) => ({ type: "test", id, result: works("ipv4") }));
	const running = after(...begun, ...tests);
	assert.deepEqual([isRunning(running), running.verdict, progress(running)], [true, null, 1]);
	const known = after(...begun, ...tests, { type: "queries", queries: [] }, { type: "phase", phase: "throughput" });
	assert.ok(known.verdict.findings.length > 0);
	const family = { type: "family", family: "ipv6", facts: { address: "2001:db8::7", macDerived: true } };
	assert.ok(step(known, family).verdict.findings.some(({ id }) => id === "mac-derived"));
	const done = step(known, { type: "done", durationMs: 9000 });
	assert.deepEqual([done.state, done.phase, done.observations.durationMs], ["done", null, 9000]);
});

test("a POP that gives no session has no test, and a code that is not known no result", () => {
	assert.equal(after(START, { type: "failed" }).state, "failed");
	const withheld = (reason) => after({ type: "withheld", code: "X", reason }).state;
	assert.deepEqual([withheld("refused"), withheld("busy"), newState().state], ["missing", "busy", "idle"]);
	const result = { observations: newObservations(new Date(0), "http", "public"), verdict: { findings: [] } };
	const stored = after({ type: "stored", code: "X", result });
	assert.deepEqual([stored.state, stored.code, stored.verdict], ["stored", "X", result.verdict]);
	assert.throws(() => step(newState(), { type: "other" }), /unknown message/);
});

test("both languages say the same things, and something of each finding, test and phase", () => {
	assert.deepEqual(Object.keys(texts.fr).toSorted(), Object.keys(texts.en).toSorted());
	const wanted = [...RULES.flatMap(({ id, severity }) => [`title_${id}`, `detail_${id}`,
		...severity === "problem" || severity === "warning" ? [`advice_${id}`] : []]),
	...TESTS.map((id) => `test_${id}`), ...PHASES.map((phase) => `phase_${phase}`), ...Object.keys(GROUPS).map((group) => `group_${group}`)];
	assert.deepEqual(wanted.filter((key) => !texts.en[key]), []);
	const findings = Object.keys(texts.en).filter((key) => key.startsWith("title_")).map((key) => key.slice(6));
	assert.deepEqual(findings.toSorted(), RULES.map(({ id }) => id).toSorted());
});
