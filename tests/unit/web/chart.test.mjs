// The scale of the chart.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { niceCeiling } from "../../../services/web/shared/chart.js";

test("the scale ends at a round value at or above the highest", () => {
	assert.deepEqual([0.3, 1, 1.01, 57, 100, 101, 941, 6639].map(niceCeiling), [0.4, 1, 2, 60, 100, 200, 1000, 10000]);
});
