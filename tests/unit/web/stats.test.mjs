// Statistics.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { jitter, mean, median, variation } from "../../../services/web/shared/stats.js";

test("the median is in the middle and leaves the list as it was", () => {
	const values = [9, 1, 5];
	assert.equal(median(values), 5);
	assert.deepEqual(values, [9, 1, 5]);
	assert.equal(median([4, 1, 100, 2]), 3);
	assert.equal(median([10, 9, 100]), 10); /* by value, not as texts */
});

test("one late answer does not move the median", () => {
	assert.equal(median([2, 2, 2, 2, 3000]), 2);
});

test("no samples, no median", () => {
	assert.equal(median([]), null);
});

test("jitter is the mean step between neighbours", () => {
	assert.equal(jitter([10, 12, 9, 9]), (2 + 3 + 0) / 3);
	assert.equal(jitter([7, 7, 7]), 0);
});

test("one sample has no jitter", () => {
	assert.equal(jitter([7]), null);
	assert.equal(jitter([]), null);
});

test("the mean, and nothing of nothing", () => {
	assert.equal(mean([1, 2, 6]), 3);
	assert.equal(mean([]), null);
});

test("variation is the standard deviation of a sample by its mean", () => {
	assert.ok(Math.abs(variation([9, 11]) - Math.SQRT2 / 10) < 1e-12);
	assert.equal(variation([7, 7, 7]), 0);
	assert.deepEqual([variation([]), variation([7]), variation([0, 0])], [null, null, null]);
});
