// The page of latencies: what becomes of points.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { lossLine, milliseconds, rows, smokeLines, thinned, times, topOf } from "../../../services/peers/web/points.js";
import { formats } from "../../../services/web/shared/i18n.js";

const answered = (index, us) => [index, 20, 1, 5, us, us + 1, us + 2, us + 3, us + 4, us + 5, us + 6];
const lost = (index) => [index, 20, 20, ...Array(8).fill(null)];
const history = (points, steps = 100) => ({ begin: 0, step: 60, steps, points });

test("a family without an address has no row", () => {
	const figure = { address: "192.0.2.1" };
	const targets = [{ name: "a", ipv4: figure, ipv6: null }, { name: "b", ipv4: null, ipv6: null }];
	assert.deepEqual(rows(targets), [{ target: targets[0], family: "ipv4", figure }]);
});

test("smoke is drawn from the slowest to the fastest, and what is lost leaves no point in it", () => {
	const lines = smokeLines(history([answered(3, 100), lost(4), answered(5, 200)]));
	assert.deepEqual(Object.keys(lines), ["smoke6", "smoke5", "smoke4", "smoke2", "smoke1", "smoke0", "median"]);
	assert.deepEqual(lines.median, [[3, 103], [5, 203]]);
	assert.deepEqual(lines.smoke6, [[3, 106], [5, 206]]);
	assert.deepEqual(lossLine(history([answered(3, 100), lost(4)])).lost, [[3, 5], [4, 100]]);
});

test("more points than a chart has room for are joined: least, most and losses are never left out", () => {
	const points = [answered(0, 100), lost(1), answered(2, 50), answered(3, 900)];
	assert.deepEqual(thinned(history(points)), points);
	const [point] = thinned(history(points, 4 * 480));
	assert.deepEqual([point[0], point[1], point[2], point[4], point[7], point[10]], [0, 80, 23, 50, 103, 906]);
	assert.deepEqual(thinned(history([lost(0), lost(1)], 4 * 480)), [[0, 40, 40, ...Array(8).fill(null)]]);
});

test("one slow answer of many does not make a chart flat", () => {
	const many = Array.from({ length: 200 }, (_, i) => answered(i, 1000));
	assert.equal(topOf(history(many, 200)), 2000);
	assert.equal(topOf(history([...many, answered(200, 900_000)], 201)), 2000);
	assert.equal(topOf(history([lost(0)])), 1000);
});

test("times and figures are in the visitor's writing", () => {
	assert.equal(milliseconds(1234, formats("fr")), "1,23\u00a0ms");
	assert.equal(milliseconds(123_456, formats("en")), "123.5\u00a0ms");
	assert.equal(milliseconds(null, formats("en")), null);
	assert.match(times(history([]), "en")(0), /^\d\d:\d\d/);
	assert.match(times({ begin: 86400 * 45, step: 3600, steps: 17520 }, "en")(0), /Feb 1970/);
});
