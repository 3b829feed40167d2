// From a receiver's byte counts to a rate.
// SPDX-License-Identifier: MIT

const LIVE_MS = 1000; /* what the live figure looks back on */

export class Meter {
	/** @rampMs: what the rate leaves out at the start, while TCP finds its speed. */
	constructor(rampMs) {
		this.rampMs = rampMs;
		this.readings = [];
	}

	/** The receiver's clock says @ms, and it has got @bytes since the start. The first reading starts the ramp. */
	add(ms, bytes) {
		this.readings.push({ ms, bytes });
	}

	get elapsedMs() {
		return this.readings.length > 0 ? this.readings.at(-1).ms - this.readings[0].ms : 0;
	}

	get ramping() {
		return this.elapsedMs < this.rampMs;
	}

	/** What was received, the ramp included. */
	get bytes() {
		return this.readings.length > 0 ? this.readings.at(-1).bytes - this.readings[0].bytes : 0;
	}

	/** Bits per second over the last second, or more when readings are rare. */
	live() {
		const last = this.readings.at(-1);
		const from = this.readings.findLast(({ ms }) => ms <= last.ms - LIVE_MS) ?? this.readings[0];
		return rate(from, last).bitsPerSecond;
	}

	/** The readings from the end of the ramp on. */
	window() {
		return this.readings.filter(({ ms }) => ms - this.readings[0].ms >= this.rampMs);
	}

	/** {bytes, ms, bitsPerSecond} between the end of the ramp and the last reading. */
	measured() {
		const window = this.window();
		return window.length > 0 ? rate(window[0], window.at(-1)) : { bytes: 0, ms: 0, bitsPerSecond: 0 };
	}

	/** The rates of the measured window, cut at readings into pieces of @pieceMs or more. */
	pieces(pieceMs) {
		return cut(this.window(), pieceMs).map(([from, to]) => rate(from, to).bitsPerSecond);
	}

	/** The whole as [{second, bitsPerSecond}], one for @pieceMs or more; second is when the piece ends. */
	series(pieceMs) {
		const [first] = this.readings;
		return cut(this.readings, pieceMs).map(([from, to]) =>
			({ second: (to.ms - first.ms) / 1000, bitsPerSecond: rate(from, to).bitsPerSecond }));
	}
}

function rate(from, to) {
	const [bytes, ms] = [to.bytes - from.bytes, to.ms - from.ms];
	return { bytes, ms, bitsPerSecond: ms > 0 ? bytes * 8000 / ms : 0 };
}

/* Pairs of readings that are @pieceMs apart or more; the rest at the end is left out. */
function cut(readings, pieceMs) {
	const pairs = [];
	let from = readings[0];
	for (const to of readings)
		if (to.ms - from.ms >= pieceMs) {
			pairs.push([from, to]);
			from = to;
		}
	return pairs;
}
