// The states of a run of the speed test.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { PHASES, bytesMoved, isRunning, newSession, step } from "../../../services/speedtest/web/session.js";
import { summary } from "../../../services/speedtest/web/summary.js";
import * as texts from "../../../services/speedtest/web/text.js";
import { formats, translator } from "../../../services/web/shared/i18n.js";

const START = { type: "start" };
const phase = (name, direction = null) => ({ type: "phase", phase: name, family: "ipv4", direction });
const result = (name, values, direction = null) =>
	({ type: "result", phase: name, family: "ipv4", direction, result: values });
const LATENCY = result("latency", { medianMs: 2, minMs: 1, jitterMs: 0.5 });
const DOWNLOAD = result("download", { bitsPerSecond: 941e6, totalBytes: 1000, latencyMs: 8 }, "download");
const UPLOAD = result("upload", { bitsPerSecond: 12.3e6, totalBytes: 100, latencyMs: 30.4 }, "upload");
const WHOLE = [START, LATENCY, DOWNLOAD, UPLOAD, { type: "done" }];

const after = (...messages) => messages.reduce(step, newSession());

test("a run goes from start to end", () => {
	assert.deepEqual([after(), after(START), after(START, phase("latency")), after(...WHOLE)].map(isRunning),
		[false, true, true, false]);
	const done = after(...WHOLE);
	assert.deepEqual([done.state, done.phase], ["done", null]);
	assert.equal(done.results.ipv4.download.bitsPerSecond, 941e6);
	assert.equal(bytesMoved(done), 1100);
});

test("live figures: milliseconds, then rates with their count; none between phases", () => {
	assert.equal(after(START, phase("latency"), { type: "ping", ms: 3 }).live, 3);
	const loading = after(START, phase("download", "download"), { type: "rate", bitsPerSecond: 5e6, bytes: 77, second: 1 });
	assert.equal(loading.live, 5e6);
	assert.equal(bytesMoved(loading), 77);
	assert.equal(step(loading, DOWNLOAD).live, null);
	assert.equal(bytesMoved(step(loading, DOWNLOAD)), 1000);
});

test("the place in the queue is known while waiting", () => {
	const waiting = after(START, phase("queue"), { type: "queue", position: 2, waitMs: 900 });
	assert.deepEqual(waiting.queue, { position: 2, waitMs: 900 });
	assert.equal(step(waiting, phase("download", "download")).queue, null);
});

test("a stopped run keeps what it has measured, and the next one begins anew", () => {
	const stopped = after(START, LATENCY, { type: "stopped" });
	assert.equal(stopped.results.ipv4.latency.medianMs, 2);
	const again = step(stopped, START);
	assert.deepEqual([again.state, again.results.ipv4, again.failure], ["running", null, null]);
});

test("what cannot follow is our mistake", () => {
	assert.throws(() => after(START, START), /no way from running to running/);
	assert.throws(() => after({ type: "stopped" }), /no way from idle to stopped/);
	assert.throws(() => after(START, { type: "failed", reason: "lost" }, { type: "stopped" }), /no way/);
	assert.throws(() => after({ type: "what" }), /unknown message what/);
});

const tell = (language, ...messages) =>
	summary(after(...messages), translator(texts[language]), formats(language));

test("the summary tells the results in each language", () => {
	assert.equal(tell("en", ...WHOLE),
		"Download 941 Mbit/s, upload 12.3 Mbit/s. Latency 2.0 ms at rest, 8.0 ms while downloading, 30 ms while uploading.");
	assert.equal(tell("fr", ...WHOLE),
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

test("every state and phase has a text in every language", () => {
	for (const language of ["en", "fr"]) {
		for (const messages of [[], [START], [START, { type: "stopped" }]])
			assert.ok(tell(language, ...messages).length > 5);
		for (const name of PHASES)
			assert.ok(tell(language, START, phase(name)).length > 5, name);
	}
});
