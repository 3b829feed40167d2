// How far a rate can be trusted, at the edges of each doubt.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { confidenceOf, doubtsOf, isSteady } from "../../../services/speedtest/web/confidence.js";

const NONE = { uneven: 0, growing: 0, starved: 0, readings: 70, shortMs: 7000 };
const level = (doubt) => confidenceOf({ ...NONE, ...doubt });

test("no doubt, high confidence", () => {
	assert.equal(confidenceOf(NONE), "high");
});

for (const [doubt, low, medium] of [["uneven", 0.3, 0.1], ["growing", 0.25, 0.1], ["starved", 0.2, 0.05]])
	test(`${doubt}: on both sides of each limit`, () => {
		const levels = [medium, medium + 1e-9, low, low + 1e-9].map((value) => level({ [doubt]: value }));
		assert.deepEqual(levels, ["high", "medium", "medium", "low"]);
	});

for (const [doubt, low, medium] of [["readings", 8, 20], ["shortMs", 2500, 4900]])
	test(`${doubt}: on both sides of each limit`, () => {
		const levels = [low - 1, low, medium - 1, medium].map((value) => level({ [doubt]: value }));
		assert.deepEqual(levels, ["low", "medium", "medium", "high"]);
	});

test("the worst doubt decides", () => {
	assert.equal(level({ uneven: 0.2, starved: 0.3 }), "low");
	assert.equal(level({ uneven: 0.2, readings: 10 }), "medium");
});

const measured = (pieces) => doubtsOf({ pieces, readings: 70, ms: 7000, starved: 0 });

test("doubts come from the pieces of the measured window", () => {
	assert.deepEqual(measured([5, 5, 5, 5]), NONE);
	assert.equal(measured([5, 5, 10, 10]).growing, 1);
	assert.equal(measured([10, 10, 5, 5]).growing, -0.5);
	assert.equal(measured([5, 7, 10]).growing, 1); /* the middle is of neither half */
	assert.ok(Math.abs(measured([9, 11]).uneven - Math.SQRT2 / 10) < 1e-12);
});

test("nothing received, or a single piece, earns no confidence", () => {
	assert.equal(confidenceOf(measured([])), "low");
	assert.equal(confidenceOf(measured([5])), "low");
	assert.equal(confidenceOf(measured([0, 0, 0])), "low");
	assert.equal(confidenceOf(measured([0, 0, 5, 5])), "low");
});

test("a rate is steady up to 5 % of each doubt", () => {
	assert.equal(isSteady({ ...NONE, uneven: 0.05, growing: -0.05, starved: 0.05 }), true);
	for (const doubt of [{ uneven: 0.051 }, { growing: 0.051 }, { growing: -0.051 }, { starved: 0.051 }])
		assert.equal(isSteady({ ...NONE, ...doubt }), false);
});
