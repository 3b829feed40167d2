// Rates from a receiver's counts.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { Meter } from "../../../services/speedtest/web/meter.js";

/* Readings each 100 ms: @rates gives bytes per ms as a function of the time. */
function metered(rampMs, durationMs, bytesPerMs, startMs = 0) {
	const meter = new Meter(rampMs);
	let bytes = 0;
	for (let ms = 0; ms <= durationMs; ms += 100) {
		meter.add(startMs + ms, bytes);
		bytes += 100 * bytesPerMs(ms);
	}
	return meter;
}

test("a steady rate is bytes by time, whatever the clock's origin", () => {
	const { bytes, ms, bitsPerSecond } = metered(1500, 8000, () => 125, 987654321).measured();
	assert.equal(ms, 6500);
	assert.equal(bytes, 6500 * 125);
	assert.equal(bitsPerSecond, 1e6);
});

test("what came during the ramp is left out", () => {
	const slowStart = metered(1500, 8000, (ms) => ms < 1500 ? 1 : 125);
	assert.equal(slowStart.measured().bitsPerSecond, 1e6);
	const burst = metered(1500, 8000, (ms) => ms < 1500 ? 9000 : 125);
	assert.equal(burst.measured().bitsPerSecond, 1e6);
});

test("a stall within the window counts", () => {
	const stalled = metered(1000, 5000, (ms) => ms >= 2000 && ms < 4000 ? 0 : 125);
	assert.equal(stalled.measured().bitsPerSecond, 0.5e6);
});

test("the live rate looks back one second", () => {
	const meter = metered(1500, 4000, (ms) => ms < 3000 ? 125 : 250);
	assert.equal(meter.live(), 2e6);
});

test("the live rate has a value when readings are rarer than that", () => {
	const meter = new Meter(1500);
	meter.add(0, 0);
	assert.equal(meter.live(), 0);
	meter.add(3000, 3000 * 125);
	assert.equal(meter.live(), 1e6);
});

test("the ramp ends by the receiver's clock", () => {
	const meter = new Meter(1500);
	assert.equal(meter.ramping, true);
	meter.add(5000, 0);
	meter.add(6499, 1);
	assert.equal(meter.ramping, true);
	meter.add(6500, 2);
	assert.equal(meter.ramping, false);
	assert.equal(meter.elapsedMs, 1500);
});

test("pieces are cut at readings, of the measured window only", () => {
	const meter = metered(1000, 3000, (ms) => ms < 1000 ? 9 : ms < 2000 ? 125 : 250);
	assert.deepEqual(meter.pieces(500), [1e6, 1e6, 2e6, 2e6]);
	assert.deepEqual(meter.pieces(2000), [1.5e6]);
	assert.deepEqual(meter.pieces(5000), []);
	assert.deepEqual(new Meter(1000).pieces(500), []);
});

test("the series covers the ramp too", () => {
	const meter = metered(1000, 1500, (ms) => ms < 1000 ? 125 : 250, 77);
	assert.deepEqual(meter.series(500), [
		{ second: 0.5, bitsPerSecond: 1e6 },
		{ second: 1, bitsPerSecond: 1e6 },
		{ second: 1.5, bitsPerSecond: 2e6 },
	]);
});

test("bytes are those since the first reading; before any, all is 0", () => {
	const meter = new Meter(1000);
	assert.deepEqual([meter.bytes, meter.elapsedMs, meter.measured()], [0, 0, { bytes: 0, ms: 0, bitsPerSecond: 0 }]);
	meter.add(0, 500);
	meter.add(10, 800);
	assert.equal(meter.bytes, 300);
	assert.deepEqual(meter.measured(), { bytes: 0, ms: 0, bitsPerSecond: 0 });
});
