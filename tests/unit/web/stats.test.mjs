// Median and jitter.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { jitter, median } from "../../../services/speedtest/web/stats.js";

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
