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

	/** Bits per second over the last second, or more when readings are rare. */
	live() {
		const last = this.readings.at(-1);
		const from = this.readings.findLast(({ ms }) => ms <= last.ms - LIVE_MS) ?? this.readings[0];
		return rate(from, last).bitsPerSecond;
	}

	/** {bytes, ms, bitsPerSecond} between the end of the ramp and the last reading. */
	measured() {
		const [first] = this.readings;
		return rate(this.readings.find(({ ms }) => ms >= first.ms + this.rampMs), this.readings.at(-1));
	}
}

function rate(from, to) {
	const [bytes, ms] = [to.bytes - from.bytes, to.ms - from.ms];
	return { bytes, ms, bitsPerSecond: ms > 0 ? bytes * 8000 / ms : 0 };
}
