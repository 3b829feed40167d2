// How samples are spread.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { cumulative, spreadOf } from "../../../services/speedtest/web/distribution.js";

test("the spread is told by values that were measured", () => {
	const samples = Array.from({ length: 200 }, (_, i) => 200 - i);
	assert.deepEqual(spreadOf(samples), { count: 200, min: 1, median: 100, p95: 190, p99: 198, max: 200 });
	assert.equal(samples[0], 200); /* left as it was */
	assert.deepEqual(spreadOf([7]), { count: 1, min: 7, median: 7, p95: 7, p99: 7, max: 7 });
	assert.equal(spreadOf([]), null);
});

test("the cumulative line climbs at each sample from 0 to 100 %", () => {
	assert.deepEqual(cumulative([30, 10]), [[10, 0], [10, 50], [30, 50], [30, 100]]);
	assert.deepEqual(cumulative([]), []);
});
