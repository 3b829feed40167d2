// The states of a run of the speed test.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { isRunning, newSession, step } from "../../../services/speedtest/web/session.js";
import { summary } from "../../../services/speedtest/web/summary.js";
import * as texts from "../../../services/speedtest/web/text.js";
import { formats, translator } from "../../../services/web/shared/i18n.js";

const LATENCY = { type: "result", medianMs: 2, minMs: 1, jitterMs: 0.5 };
const DOWNLOAD = { type: "result", bitsPerSecond: 941e6, bytes: 700, ms: 6500, totalBytes: 1000, latencyMs: 8 };
const UPLOAD = { type: "result", bitsPerSecond: 12.3e6, bytes: 70, ms: 6500, totalBytes: 100, latencyMs: 30.4 };

const after = (...messages) => messages.reduce(step, newSession());
const START = { type: "start" };

test("results lead from state to state, to the end", () => {
	assert.equal(newSession().state, "idle");
	assert.equal(after(START).state, "latency");
	assert.equal(after(START, LATENCY).state, "download");
	assert.equal(after(START, LATENCY, DOWNLOAD).state, "upload");

	const done = after(START, LATENCY, DOWNLOAD, UPLOAD);
	assert.equal(done.state, "done");
	assert.equal(done.results.download.bitsPerSecond, 941e6);
	assert.equal(done.results.latency.minMs, 1);
	assert.deepEqual(done.bytes, { download: 1000, upload: 100 });
});

test("it runs in three states", () => {
	const states = [newSession(), after(START), after(START, LATENCY), after(START, LATENCY, DOWNLOAD),
		after(START, LATENCY, DOWNLOAD, UPLOAD)];
	assert.deepEqual(states.map(isRunning), [false, true, true, true, false]);
});

test("live figures: milliseconds, then rates with their count; none between states", () => {
	assert.equal(after(START, { type: "ping", ms: 3 }).live, 3);
	const loading = after(START, LATENCY, { type: "rate", bitsPerSecond: 5e6, bytes: 77, second: 1 });
	assert.equal(loading.live, 5e6);
	assert.equal(loading.bytes.download, 77);
	assert.equal(step(loading, DOWNLOAD).live, null);
	assert.equal(step(loading, DOWNLOAD).bytes.download, 1000);
});

test("a stopped run keeps what it has measured, and the next one begins anew", () => {
	const stopped = after(START, LATENCY, { type: "stopped" });
	assert.equal(stopped.state, "stopped");
	assert.equal(stopped.results.latency.medianMs, 2);
	const again = step(stopped, START);
	assert.deepEqual([again.state, again.results, again.failure], ["latency", {}, null]);
});

test("what cannot follow is our mistake", () => {
	assert.throws(() => after(START, START), /no way from latency to latency/);
	assert.throws(() => after({ type: "stopped" }), /no way from idle to stopped/);
	assert.throws(() => after(START, { type: "failed", reason: "lost" }, { type: "stopped" }), /no way/);
	assert.throws(() => after({ type: "what" }), /unknown message what/);
});

const tell = (language, ...messages) =>
	summary(after(...messages), translator(texts[language]), formats(language));

test("the summary tells the results in each language", () => {
	assert.equal(tell("en", START, LATENCY, DOWNLOAD, UPLOAD),
		"Download 941 Mbit/s, upload 12.3 Mbit/s. Latency 2.0 ms at rest, 8.0 ms while downloading, 30 ms while uploading.");
	assert.equal(tell("fr", START, LATENCY, DOWNLOAD, UPLOAD),
		"Réception 941\u00a0Mbit/s, envoi 12,3\u00a0Mbit/s. Latence de 2,0\u00a0ms au repos, 8,0\u00a0ms en réception, 30\u00a0ms en envoi.");
});

test("the summary tells why a run has failed", () => {
	const failed = (details) => tell("en", START, { type: "failed", ...details });
	assert.match(failed({ reason: "busy", retryAfterS: 30 }), /try again in 30 seconds\.$/);
	assert.match(failed({ reason: "busy", retryAfterS: null }), /try again in a moment\.$/);
	assert.match(failed({ reason: "refused", status: 404 }), /\(HTTP 404\)/);
	for (const reason of ["lost", "silent", "engine"])
		assert.ok(failed({ reason }).length > 20, reason);
});

test("every state has a text in every language", () => {
	for (const language of ["en", "fr"])
		for (const messages of [[], [START], [START, LATENCY], [START, LATENCY, DOWNLOAD], [START, { type: "stopped" }]])
			assert.ok(tell(language, ...messages).length > 5);
});
