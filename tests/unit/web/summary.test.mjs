// A session in words.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { DIRECTIONS } from "../../../services/speedtest/web/results.js";
import { PHASES, newSession, step } from "../../../services/speedtest/web/session.js";
import { summary } from "../../../services/speedtest/web/summary.js";
import * as texts from "../../../services/speedtest/web/text.js";
import { formats, translator } from "../../../services/web/shared/i18n.js";

const START = { type: "start" };
const phase = (name, more = {}) => ({ type: "phase", phase: name, family: "ipv4", direction: null, ...more });
const result = (name, values, direction = null) =>
	({ type: "result", phase: name, family: "ipv4", direction, result: values });
const rate = (direction, bitsPerSecond, latencyMs, addedMs) =>
	result(direction, { bitsPerSecond, totalBytes: 1, latencyMs, addedMs }, direction);
const LATENCY = result("latency", { medianMs: 2, minMs: 1, jitterMs: 12, samples: [2] });
const LOSS = { type: "result", phase: "loss", family: null, result: { sent: 500, received: 490, lost: 10, percent: 2 } };
const WHOLE = [START, LATENCY, rate("download", 941e6, 8, 6), rate("upload", 12.3e6, 17.4, 15.4)];
const DONE = { type: "done" };

const tell = (language, ...messages) =>
	summary(messages.reduce(step, newSession()), translator(texts[language]), formats(language));

test("what a connection is good for, the best first, then its figures", () => {
	assert.deepEqual(tell("en", ...WHOLE, DONE), {
		headline: "Great for video and games, good for calls.",
		detail: "Over IPv4: download 941\u00a0Mbit/s, upload 12.3\u00a0Mbit/s. Latency 2.0\u00a0ms at rest, 8.0\u00a0ms while downloading, "
			+ "17\u00a0ms while uploading.",
	});
	assert.deepEqual(tell("fr", ...WHOLE, DONE), {
		headline: "Excellent pour la vidéo et les jeux, bon pour les appels.",
		detail: "En IPv4\u00a0: réception 941\u00a0Mbit/s, envoi 12,3\u00a0Mbit/s. Latence de 2,0\u00a0ms au repos, "
			+ "8,0\u00a0ms en réception, 17\u00a0ms en envoi.",
	});
});

test("the loss is told when it is known", () => {
	assert.match(tell("en", ...WHOLE, LOSS, DONE).detail, / Packet loss 2%\.$/);
	const unknown = { ...LOSS, result: { reason: "silent" } };
	assert.doesNotMatch(tell("en", ...WHOLE, unknown, DONE).detail, /loss/);
});

test("a latency that no answer told is a dash", () => {
	const [start, latency, download] = WHOLE;
	assert.match(tell("en", start, latency, download, rate("upload", 1e6, null, null), DONE).detail,
		/\u2013\u00a0ms while uploading/);
});

test("a run that could not measure all says so", () => {
	const { headline, detail } = tell("en", START, LATENCY, DONE);
	assert.deepEqual([headline, detail], ["Done.", texts.en.incomplete]);
});

test("the summary tells why a run has failed", () => {
	const failed = (details) => tell("en", START, { type: "failed", ...details }).detail;
	assert.match(failed({ reason: "busy", retryAfterS: 30 }), /try again in 30 seconds\.$/);
	assert.match(failed({ reason: "busy", retryAfterS: null }), /try again in a moment\.$/);
	assert.match(failed({ reason: "busy", retryAfterS: 7200, cause: "day" }), /in a day\. Please try again in 2 hours\.$/);
	assert.match(failed({ reason: "busy", retryAfterS: 5, cause: "prefix" }), /at once\. Please try again in 5 seconds\.$/);
	assert.match(failed({ reason: "refused", status: 404 }), /\(HTTP 404\)/);
	for (const reason of ["lost", "silent", "engine", "none"])
		assert.ok(failed({ reason }).length > 20, reason);
});

test("the queue tells the place and the wait", () => {
	const waiting = [START, phase("queue", { family: null }), { type: "queue", position: 3, waitMs: 42_000 }];
	assert.equal(tell("en", ...waiting).headline, "In the queue: number 3");
	assert.match(tell("en", ...waiting).detail, /^About 42 seconds to go\./);
	assert.match(tell("fr", ...waiting).detail, /^Encore 42\u00a0secondes environ\./);
});

test("every state and phase has its words in every language", () => {
	const told = (language, ...messages) => Object.values(tell(language, ...messages));
	const phases = PHASES.flatMap((name) => DIRECTIONS.map((direction) => [START, phase(name, { direction })]));
	for (const language of ["en", "fr"])
		for (const messages of [[], [START], [START, { type: "stopped" }], ...phases])
			for (const text of told(language, ...messages)) {
				assert.ok(text?.length > 5, JSON.stringify(messages.at(-1)));
				assert.doesNotMatch(text, /undefined|null/);
			}
});
