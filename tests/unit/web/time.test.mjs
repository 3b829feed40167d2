// How far a clock is off, from what exchanges say.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";

import { bestOffset, chronyLine, clockState, exchangeOffset, READING_MS }
	from "../../../services/web/time/offset.js";
import { figures, smallSpan } from "../../../services/web/time/server.js";

test("the true offset is within the error, wherever in an exchange the server reads its clock", () => {
	for (const truth of [-5000, -20, 0, 7, 90_000])
		for (const share of [0, 0.3, 1]) {
			const sentMs = 1_000_000, tookMs = 80;
			const serverMs = sentMs + share * tookMs - truth;
			const { offsetMs, errorMs } = exchangeOffset({ sentMs, tookMs, serverMs });
			assert.ok(Math.abs(offsetMs - truth) <= errorMs - READING_MS);
		}
});

test("the fastest exchange knows best", () => {
	assert.equal(bestOffset([]), null);
	const slow = { sentMs: 0, tookMs: 300, serverMs: 100 }, fast = { sentMs: 1000, tookMs: 10, serverMs: 905 };
	assert.deepEqual(bestOffset([slow, fast, slow]), { offsetMs: 100, errorMs: 5 + READING_MS });
});

test("an answer that a busy server gives late makes the error larger, not the offset wrong", () => {
	const truth = 20, exchange = (sentMs, before, after) => /* the clock is read between two delays */
		({ sentMs, tookMs: before + after, serverMs: sentMs + before - truth });
	for (const delays of [[[900, 2]], [[2, 900]], [[400, 400]], [[900, 2], [2, 900], [30, 40]]]) {
		const { offsetMs, errorMs } = bestOffset(delays.map(([before, after], i) => exchange(i * 1000, before, after)));
		assert.ok(Math.abs(offsetMs - truth) <= errorMs);
		assert.equal(errorMs, Math.min(...delays.map(([before, after]) => (before + after) / 2)) + READING_MS);
	}
});

test("a clock that a busy server had read before the question does not count", () => {
	const truth = 20, right = { sentMs: 1000, tookMs: 80, serverMs: 1040 - truth };
	const old = { sentMs: 2000, tookMs: 10, serverMs: 1700 - truth }; /* the fastest */
	const { offsetMs, errorMs } = bestOffset([right, old]);
	assert.ok(Math.abs(offsetMs - truth) <= errorMs);
	assert.equal(errorMs, 40 + READING_MS);
});

test("a clock is only wrong when it must be", () => {
	assert.equal(clockState({ offsetMs: -8, errorMs: 8 }), "right");
	assert.equal(clockState({ offsetMs: 9, errorMs: 8 }), "ahead");
	assert.equal(clockState({ offsetMs: -9, errorMs: 8 }), "behind");
});

test("what chrony is told", () => {
	const pop = (port, ntsPort) => ({ site: { domain: "lyon.example" }, endpoints: { ntp: {
		udp: { ipv6: `[2001:db8::1]:${port}` }, nts: { ipv6: `[2001:db8::1]:${ntsPort}` } } } });
	assert.equal(chronyLine(pop(123, 4460)), "server ntp.lyon.example iburst nts");
	assert.equal(chronyLine(pop(11123, 4461)), "server ntp.lyon.example iburst port 11123 nts ntsport 4461");
});

const page = { t: (name) => name, format: { number: (value, digits) => value.toFixed(digits) } };

test("spans from seconds to nanoseconds", () => {
	assert.equal(smallSpan(1.25, page.format), "1.3\u00a0s");
	assert.equal(smallSpan(-0.0021, page.format), "2.1\u00a0ms");
	assert.equal(smallSpan(0.0000123, page.format), "12.3\u00a0µs");
	assert.equal(smallSpan(0.000000004, page.format), "4.0\u00a0ns");
	assert.equal(smallSpan(0, page.format), "0.0\u00a0ns");
});

test("what the server counts", () => {
	const told = { sources: 5, sources_used: 3, ntp_packets: 1000, nts_packets: 300, dropped_packets: 50,
		nts_key_exchanges: 7, offset_s: -0.0000041, root_dispersion_s: 0.0002 };
	const texts = (list) => Object.fromEntries(list.map(({ name, text }) => [name, text]));
	assert.deepEqual(texts(figures(told, page)), { packets: "1000", authenticated: "300", dropped: "50", exchanges: "7",
		sources: "3 / 5", difference: "4.1\u00a0µs", dispersion: "200.0\u00a0µs" });
	const alone = texts(figures({ ...told, sources: 0, sources_used: 0 }, page));
	assert.equal(alone.sources, "alone");
	assert.equal("difference" in alone || "dispersion" in alone, false); /* from nobody */
});
