// Requests to a speed test's server, and why they fail.
// SPDX-License-Identifier: MIT

export const ANSWER_MS = 10000; /* nothing for so long: the server or the way to it is gone */

/** Why a test cannot go on: details.reason is "busy", "lost", "silent" or "refused". */
export class Failure extends Error {
	constructor(reason, details = {}) {
		super(reason);
		this.details = { reason, ...details };
	}
}

export const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

/** What @promise of the network gives, its errors as a Failure. */
export async function fromNetwork(promise) {
	try {
		return await promise;
	} catch (error) {
		throw new Failure(error.name === "TimeoutError" ? "silent" : "lost");
	}
}

/** fetch() that resolves only to a success. */
export async function ask(url, options) {
	const reply = await fromNetwork(fetch(url, { cache: "no-store", credentials: "omit", ...options }));
	if (reply.status === 503 || reply.status === 429)
		throw new Failure("busy", { retryAfterS: Number(reply.headers.get("Retry-After")) || null });
	if (!reply.ok)
		throw new Failure("refused", { status: reply.status });
	return reply;
}

/** The JSON at @url. */
export async function askJson(url, limitMs = ANSWER_MS) {
	const reply = await ask(url, { signal: AbortSignal.timeout(limitMs) });
	return fromNetwork(reply.json());
}

/* The browser's network code times a request better than a script that waits for its turn. */
function requestMs(url) {
	const [timing] = performance.getEntriesByName(url);
	return timing?.responseStart > 0 ? timing.responseStart - timing.requestStart : null;
}

let asked = 0; /* makes each URL unique, to find its timing */

/** Ask for a short answer: {text, latencyMs}. */
export async function timed(url, limitMs = ANSWER_MS) {
	const unique = `${url}${url.includes("?") ? "&" : "?"}n=${++asked}`;
	const sentMs = performance.now();
	const reply = await ask(unique, { signal: AbortSignal.timeout(limitMs) });
	const text = await fromNetwork(reply.text());
	const waitedMs = performance.now() - sentMs;
	return { text, latencyMs: requestMs(unique) ?? waitedMs };
}
