// The scale of the chart.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { niceCeiling, ticks } from "../../../services/web/shared/chart.js";

test("the scale ends at a round value at or above the highest", () => {
	assert.deepEqual([0.3, 1, 1.01, 57, 100, 101, 941, 6639].map(niceCeiling), [0.4, 1, 2, 60, 100, 200, 1000, 10000]);
});

test("an axis has ticks in round steps, as many as fit", () => {
	assert.deepEqual(ticks(8, 8), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
	assert.deepEqual(ticks(8, 4), [0, 2, 4, 6, 8]);
	assert.deepEqual(ticks(6.4, 4), [0, 2, 4, 6]);
	assert.deepEqual(ticks(71, 8), [0, 10, 20, 30, 40, 50, 60, 70]);
	assert.deepEqual(ticks(900, 4), [0, 200, 400, 600, 800]);
	assert.deepEqual(ticks(1, 4), [0, 0.5, 1]);
});
