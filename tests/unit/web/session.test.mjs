// The states of a run of the speed test.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import {
	bytesMoved, isRunning, leadingFamily, newSession, progress, step, stepsOf,
} from "../../../services/speedtest/web/session.js";

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

const rate = (second, bitsPerSecond = 5e6) => ({ type: "rate", bitsPerSecond, bytes: 77, second, latencyMs: 4 });

test("the points of a chart are those of one family, with one connection or with several", () => {
	const both = after(START, phase("download", "download"), rate(1), phase("upload", "upload"), rate(1), rate(2));
	assert.deepEqual(Object.entries(both.points).map(([name, { length }]) => [name, length]), [["download", 1], ["upload", 2]]);
	assert.deepEqual(both.points.download, [{ second: 1, bitsPerSecond: 5e6, latencyMs: 4 }]);

	const single = step(both, phase("single", "download"));
	assert.deepEqual(single.points, {});
	const other = step(both, { ...phase("download", "download"), family: "ipv6" });
	assert.deepEqual(other.points, {});
});

test("a run without phases that it knows is our mistake", () => {
	assert.throws(() => after(START, phase("lunch")), /no phase lunch/);
	assert.throws(() => after(phase("latency")), /no phase latency when idle/);
});

test("the faster family leads, if it was measured to its end", () => {
	const family = (bitsPerSecond, more = {}) => ({ download: { bitsPerSecond }, upload: {}, ...more });
	assert.equal(leadingFamily({ ipv4: null, ipv6: null }), null);
	assert.equal(leadingFamily({ ipv4: family(5), ipv6: { reason: "none" } }), "ipv4");
	assert.equal(leadingFamily({ ipv4: family(5), ipv6: family(6) }), "ipv6");
	assert.equal(leadingFamily({ ipv4: family(5), ipv6: family(6, { reason: "lost" }) }), "ipv4");
	assert.equal(leadingFamily({ ipv4: { download: { bitsPerSecond: 5 } }, ipv6: null }), null);
});

test("progress goes from 0 to 1, by families that can be measured", () => {
	assert.equal(progress(after(START)), 0);
	const one = [START, { ...result("server", { reason: "none" }), family: "ipv6" }];
	const half = after(...one, LATENCY, phase("download", "download"), rate(3.5));
	assert.equal(progress(half), (2 + 3.5) / 24);
	assert.equal(progress(step(half, DOWNLOAD)), (2 + 7) / 24);
	assert.equal(progress(after(START, LATENCY)), 2 / 48);
	const single = (direction) => result("single", { totalBytes: 1 }, direction);
	assert.equal(progress(after(...one, LATENCY, DOWNLOAD, UPLOAD, single("download"), single("upload"))), 1);
	assert.deepEqual(stepsOf(half, "ipv4").map(({ done }) => done), [1, 0.5, 0, 0, 0]);
});
