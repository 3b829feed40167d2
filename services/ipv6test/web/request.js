// One request of a test, and how it went: a test of observations.js.
// SPDX-License-Identifier: MIT

import { SLOW_MS } from "./observations.js";

let asked = 0; /* makes each URL unique, to find its timing */

/** A time with the digits that it is worth. */
export const hundredths = (ms) => Math.round(ms * 100) / 100;

/* What the browser measured; zeros are what it does not tell, or what an open connection did not need. */
function timingOf(url) {
	const timing = performance.getEntriesByName(url).at(-1);
	if (!timing?.requestStart)
		return { dnsMs: null, connectMs: null, latencyMs: null, protocol: null };
	return {
		dnsMs: hundredths(timing.domainLookupEnd - timing.domainLookupStart),
		connectMs: hundredths(timing.connectEnd - timing.connectStart),
		latencyMs: hundredths(timing.responseStart - timing.requestStart),
		protocol: timing.nextHopProtocol || null,
	};
}

/* A request that ended without an answer: an error is as good as silence when it comes as late. */
function failureOf(error, ms) {
	const isLate = error.name === "TimeoutError" || error.name === "AbortError" || ms >= SLOW_MS;
	return { state: isLate ? "timeout" : "failed", ms };
}

/**
 * Ask @url, which has a query, for JSON. @options: body (then it is a POST) and limitMs.
 * Return: {result, latencyMs, json}; result is a test, json null unless it was answered.
 */
export async function request(url, { body = null, limitMs = SLOW_MS } = {}) {
	const unique = `${url}&n=${++asked}`;
	const sentMs = performance.now();
	const elapsedMs = () => hundredths(performance.now() - sentMs);
	try {
		const reply = await fetch(unique, { method: body === null ? "GET" : "POST", body, cache: "no-store",
			credentials: "omit", signal: AbortSignal.timeout(limitMs) });
		const json = await reply.json();
		const ms = elapsedMs();
		if (!reply.ok)
			return { result: { state: "failed", ms }, latencyMs: null, json: null };
		const { latencyMs, ...timing } = timingOf(unique);
		const family = json.family ?? json.type ?? null;
		return { result: { state: ms > SLOW_MS ? "slow" : "ok", ms, ...timing, family }, latencyMs: latencyMs ?? ms, json };
	} catch (error) {
		return { result: failureOf(error, elapsedMs()), latencyMs: null, json: null };
	}
}
