// The queue of a POP that has as many tests as give honest results.
// SPDX-License-Identifier: MIT

import { ANSWER_MS, Failure, ask, fromNetwork, sleep } from "/shared/ask.js";

const POLL_MS = [200, 2000]; /* how often a place in the queue is asked for, at most and at least */

/* {state, position, wait_ms, reason} of the test; a server without a queue lets all in. */
async function place(url) {
	try {
		const reply = await ask(url, { signal: AbortSignal.timeout(ANSWER_MS) });
		return await fromNetwork(reply.json());
	} catch (error) {
		if (error.details?.status === 404)
			return { state: "running" };
		throw error;
	}
}

/** Wait for the turn of test @id at @url. Reports {type: "queue", position, waitMs} while it waits. */
export async function takeTurn(url, id, report) {
	for (;;) {
		const { state, position, wait_ms: waitMs, reason } = await place(`${url}/queue?test=${id}`);
		if (state === "running")
			return;
		if (state === "refused")
			throw new Failure("busy", { retryAfterS: waitMs ? Math.ceil(waitMs / 1000) : null, cause: reason });
		report({ type: "queue", position, waitMs });
		await sleep(Math.min(POLL_MS[1], Math.max(POLL_MS[0], waitMs / 2)));
	}
}
