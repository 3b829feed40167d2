// The visitor's own history, whatever the browser's storage holds or does.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { ENTRIES_MAX, entryOf, forgetHistory, loadHistory, parseHistory, remember, withEntry }
	from "../../../services/speedtest/web/history.js";
import { NO_RESULTS } from "../../../services/speedtest/web/results.js";

const RESULTS = {
	server: { title: "Lyon 3" },
	ipv4: { address: "192.0.2.1", latency: { medianMs: 4 }, download: { bitsPerSecond: 94e6, addedMs: 7 },
		upload: { bitsPerSecond: 11e6, addedMs: 80 } },
	ipv6: { reason: "none" },
	loss: { percent: 0.5 },
};
const ENTRY = { atMs: 1000, server: "Lyon 3", lossPercent: 0.5, ipv6: null,
	ipv4: { downloadBps: 94e6, uploadBps: 11e6, latencyMs: 4, addedMs: 80 } };

/* A browser's storage with @items; @refuses: as when a visitor has switched it off. */
function storage(items = {}, refuses = false) {
	const guard = () => {
		if (refuses)
			throw new DOMException("denied", "SecurityError");
	};
	globalThis.localStorage = {
		getItem: (key) => (guard(), items[key] ?? null),
		setItem: (key, value) => { guard(); items[key] = value; },
		removeItem: (key) => { guard(); delete items[key]; },
	};
	return items;
}
afterEach(() => { delete globalThis.localStorage; });

test("an entry has the figures, and no address", () => {
	assert.deepEqual(entryOf(RESULTS, 1000), ENTRY);
	assert.equal(entryOf(NO_RESULTS, 1000), null);
});

test("history comes back as it was put, newest first", () => {
	const items = storage();
	assert.deepEqual(loadHistory(), []);
	remember(RESULTS, 1000);
	assert.deepEqual(remember(RESULTS, 2000).map(({ atMs }) => atMs), [2000, 1000]);
	assert.deepEqual(loadHistory()[1], ENTRY);
	forgetHistory();
	assert.deepEqual([loadHistory(), Object.keys(items)], [[], []]);
});

test("a run that measured nothing is not kept", () => {
	storage();
	assert.deepEqual(remember(NO_RESULTS), []);
	assert.deepEqual(loadHistory(), []);
});

test("only so many are kept: the oldest make way", () => {
	const full = Array.from({ length: ENTRIES_MAX }, (_, i) => ({ ...ENTRY, atMs: ENTRIES_MAX - i }));
	const next = withEntry(full, { ...ENTRY, atMs: 999 });
	assert.deepEqual([next.length, next[0].atMs, next.at(-1).atMs], [ENTRIES_MAX, 999, 2]);
	assert.equal(parseHistory(JSON.stringify([...full, ...full])).length, ENTRIES_MAX);
});

test("garbage in the storage is left out", () => {
	for (const text of [null, "", "{", "null", "7", "\"x\"", "{\"0\":1}", "[]", "[null,7,\"x\",[],{}]"])
		assert.deepEqual(parseHistory(text), [], text);
	const odd = [
		{ ...ENTRY, atMs: "yesterday" },
		{ ...ENTRY, atMs: -1 },
		{ ...ENTRY, ipv4: "fast" },
		{ ...ENTRY, ipv4: { downloadBps: null } },
	];
	assert.deepEqual(parseHistory(JSON.stringify(odd)), []);
	const part = { atMs: 5, server: { x: 1 }, ipv4: { downloadBps: 3, uploadBps: "<b>", extra: 1 }, lossPercent: [], more: 1 };
	assert.deepEqual(parseHistory(JSON.stringify([odd[0], part])), [{ atMs: 5, server: "", ipv6: null, lossPercent: null,
		ipv4: { downloadBps: 3, uploadBps: null, latencyMs: null, addedMs: null } }]);
	assert.equal(parseHistory(JSON.stringify([{ ...ENTRY, server: "x".repeat(999) }]))[0].server.length, 200);
});

test("without storage there is no history, and no error", () => {
	storage({}, true);
	assert.deepEqual(loadHistory(), []);
	assert.deepEqual(remember(RESULTS, 1000), [ENTRY]);
	forgetHistory();
	delete globalThis.localStorage;
	assert.deepEqual(loadHistory(), []);
});
