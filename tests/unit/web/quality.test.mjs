// Grades, points and classes, at the edges of each.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf, gradeOf, pointsOf, qualityOf, roundTripsPerMinute }
	from "../../../services/speedtest/web/quality.js";

const BELOW = 1 - 1e-9; /* of a limit: just below it */

test("the grade of added latency, on both sides of each limit", () => {
	assert.equal(gradeOf(0), "A+");
	for (const [limit, better, worse] of [[5, "A+", "A"], [30, "A", "B"], [60, "B", "C"], [200, "C", "D"], [400, "D", "F"]])
		assert.deepEqual([gradeOf(limit * BELOW), gradeOf(limit)], [better, worse]);
	assert.equal(gradeOf(null), null);
});

test("round trips a minute", () => {
	assert.equal(roundTripsPerMinute(60), 1000);
	assert.equal(roundTripsPerMinute(null), null);
	assert.equal(roundTripsPerMinute(0), 600000);
});

/* measure -> limits and points, as published */
const DELAY = [[10, 20, 50, 100, 500], [20, 10, 5, 0, -10, -20]];
const SPEED = [[1, 10, 50, 100], [0, 5, 10, 20, 30]];
const PUBLISHED = {
	latencyMs: DELAY,
	addedMs: DELAY,
	jitterMs: [[10, 20, 100, 500], [10, 5, 0, -10, -20]],
	lossPercent: [[1, 5, 25, 50], [10, 5, 0, -10, -20]],
	downloadMbps: SPEED,
	uploadMbps: SPEED,
};

for (const [measure, [limits, points]] of Object.entries(PUBLISHED))
	test(`points of ${measure}, on both sides of each limit`, () => {
		assert.equal(pointsOf(measure, 0), points[0]);
		limits.forEach((limit, i) =>
			assert.deepEqual([pointsOf(measure, limit * BELOW), pointsOf(measure, limit)], points.slice(i, i + 2)));
		assert.equal(pointsOf(measure, null), 0);
	});

const FACTS = { latencyMs: 5, addedMs: 5, jitterMs: 1, lossPercent: 0, downloadMbps: 200, uploadMbps: 200 };
const classOf = (use, facts) => qualityOf({ ...FACTS, ...facts })[use];

test("a use takes its own measures", () => {
	assert.deepEqual(qualityOf(FACTS), {
		streaming: { points: 20 + 10 + 30 + 20, class: "great" },
		gaming: { points: 20 + 10 + 20, class: "great" },
		calls: { points: 20 + 10 + 10 + 20, class: "great" },
	});
	assert.equal(classOf("gaming", { downloadMbps: 0, jitterMs: 900 }).points, 50);
	assert.equal(classOf("calls", { downloadMbps: 0 }).points, 60);
	assert.equal(classOf("streaming", { jitterMs: 900, uploadMbps: 0 }).points, 80);
});

/* Facts that give exactly as many points, 5 apart, on both sides of where a class begins. */
test("streaming: classes begin at 15, 20, 40 and 60 points", () => {
	const of = (latencyMs, addedMs, lossPercent, downloadMbps) =>
		classOf("streaming", { latencyMs, addedMs, lossPercent, downloadMbps });
	assert.deepEqual(of(60, 60, 0, 0.5), { points: 10, class: "bad" });
	assert.deepEqual(of(60, 60, 0, 5), { points: 15, class: "poor" });
	assert.deepEqual(of(60, 60, 0, 20), { points: 20, class: "average" });
	assert.deepEqual(of(60, 30, 0, 60), { points: 35, class: "average" });
	assert.deepEqual(of(60, 60, 0, 200), { points: 40, class: "good" });
	assert.deepEqual(of(60, 5, 2, 200), { points: 55, class: "good" });
	assert.deepEqual(of(60, 5, 0, 200), { points: 60, class: "great" });
});

test("gaming: classes begin at 5, 15, 25 and 30 points", () => {
	const of = (latencyMs, addedMs, lossPercent) => classOf("gaming", { latencyMs, addedMs, lossPercent });
	assert.deepEqual(of(60, 60, 10), { points: 0, class: "bad" });
	assert.deepEqual(of(60, 60, 2), { points: 5, class: "poor" });
	assert.deepEqual(of(60, 60, 0), { points: 10, class: "poor" });
	assert.deepEqual(of(60, 30, 0), { points: 15, class: "average" });
	assert.deepEqual(of(60, 15, 0), { points: 20, class: "average" });
	assert.deepEqual(of(30, 15, 0), { points: 25, class: "good" });
	assert.deepEqual(of(15, 15, 0), { points: 30, class: "great" });
});

test("calls: classes begin at 5, 15, 25 and 40 points", () => {
	const of = (latencyMs, addedMs, jitterMs, lossPercent) =>
		classOf("calls", { latencyMs, addedMs, jitterMs, lossPercent });
	assert.deepEqual(of(60, 60, 50, 10), { points: 0, class: "bad" });
	assert.deepEqual(of(60, 60, 15, 10), { points: 5, class: "poor" });
	assert.deepEqual(of(60, 60, 50, 0), { points: 10, class: "poor" });
	assert.deepEqual(of(60, 60, 15, 0), { points: 15, class: "average" });
	assert.deepEqual(of(60, 60, 5, 0), { points: 20, class: "average" });
	assert.deepEqual(of(60, 30, 5, 0), { points: 25, class: "good" });
	assert.deepEqual(of(30, 15, 5, 0), { points: 35, class: "good" });
	assert.deepEqual(of(15, 15, 5, 0), { points: 40, class: "great" });
});

test("the worst of all is bad for every use", () => {
	const worst = { latencyMs: 900, addedMs: 900, jitterMs: 900, lossPercent: 90, downloadMbps: 0.1, uploadMbps: 0.1 };
	assert.deepEqual(Object.values(qualityOf(worst)).map((verdict) => verdict.class), ["bad", "bad", "bad"]);
});

test("no verdict without its measures; only the loss may be missing", () => {
	const uses = (facts) => Object.entries(qualityOf({ ...FACTS, ...facts })).filter(([, v]) => v !== null).map(([use]) => use);
	assert.deepEqual(uses({ lossPercent: null }), ["streaming", "gaming", "calls"]);
	assert.deepEqual(uses({ jitterMs: null }), ["streaming", "gaming"]);
	assert.deepEqual(uses({ downloadMbps: null }), ["gaming", "calls"]);
	assert.deepEqual(uses({ addedMs: null }), []);
	assert.deepEqual(uses({ latencyMs: null }), []);
	assert.equal(qualityOf({ ...FACTS, lossPercent: null }).gaming.points, 40);
});

test("facts come from a family: the worse of both directions' added latencies", () => {
	const family = {
		latency: { medianMs: 4, jitterMs: 0.5 },
		download: { bitsPerSecond: 94e6, addedMs: 12 },
		upload: { bitsPerSecond: 11e6, addedMs: 80 },
	};
	assert.deepEqual(factsOf(family, { percent: 0.2 }), {
		latencyMs: 4, jitterMs: 0.5, addedMs: 80, lossPercent: 0.2, downloadMbps: 94, uploadMbps: 11 });
	assert.equal(factsOf({ ...family, upload: undefined }, { reason: "silent" }).addedMs, 12);
	assert.deepEqual(new Set(Object.values(factsOf(null, null))), new Set([null]));
});
