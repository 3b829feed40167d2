// Throughput of one family, by the speed test's server.
// SPDX-License-Identifier: MIT

import { askJson, Failure, sleep } from "/shared/ask.js";
import { newTestId, receive, send } from "/shared/load.js";

const LOAD_MS = 2000;
const RAMP_MS = 500;    /* of which the first, in which connections find their speed, do not count */
const STREAMS = 3;
const COUNT_MS = 3000;  /* for the server's answer */

/* @start(signal) begins a stream; @count() is {bytes, ms} received so far, by the receiver's clock. */
async function rateOf(start, count) {
	const stop = new AbortController();
	const measure = async () => {
		await sleep(RAMP_MS);
		const before = await count();
		await sleep(LOAD_MS - RAMP_MS);
		const after = await count();
		return after.ms > before.ms ? Math.round(8000 * (after.bytes - before.bytes) / (after.ms - before.ms)) : null;
	};
	try {
		return await Promise.race([measure(), ...Array.from({ length: STREAMS }, () => start(stop.signal))]);
	} finally {
		stop.abort();
	}
}

async function direction(target, way) {
	if (way === "upload")
		return rateOf((signal) => send(target, signal), () => askJson(`${target.url}/received?test=${target.id}`, COUNT_MS));
	let bytes = 0;
	return rateOf((signal) => receive(target, signal, (n) => { bytes += n; }), () => ({ bytes, ms: performance.now() }));
}

/** Bits per second at @url, the speed test's over one family; null when it is full or out of reach. */
export async function measureRate(url, way) {
	try {
		return await direction({ url, id: newTestId() }, way);
	} catch (error) {
		if (error instanceof Failure)
			return null;
		throw error;
	}
}
