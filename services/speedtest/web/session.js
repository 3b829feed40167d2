// One run of the test: its states, and what is known in each. No DOM, no network.
// SPDX-License-Identifier: MIT

/* The first is where a result leads. */
const NEXT = {
	idle: ["latency"],
	latency: ["download", "stopped", "failed"],
	download: ["upload", "stopped", "failed"],
	upload: ["done", "stopped", "failed"],
	done: ["latency"],
	stopped: ["latency"],
	failed: ["latency"],
};

const NEW = {
	state: "idle",
	results: {},                      /* by state: what it has measured */
	live: null,                       /* milliseconds when measuring latency, else bits per second */
	bytes: { download: 0, upload: 0 },
	failure: null,
};

export function newSession() {
	return NEW;
}

export function isRunning({ state }) {
	return NEXT[state].includes("stopped");
}

function move(session, state) {
	if (!NEXT[session.state].includes(state))
		throw new Error(`speed test: no way from ${session.state} to ${state}`);
	return { ...session, state, live: null };
}

function count(session, bytes) {
	return { ...session, bytes: { ...session.bytes, [session.state]: bytes } };
}

function conclude(session, result) {
	const counted = "totalBytes" in result ? count(session, result.totalBytes) : session;
	const results = { ...session.results, [session.state]: result };
	return move({ ...counted, results }, NEXT[session.state][0]);
}

/**
 * The session after @message, from the page:
 *   {type: "start"}, {type: "stopped"}
 * or from the engine:
 *   {type: "ping", ms}                           one latency
 *   {type: "rate", bitsPerSecond, bytes, second} the current direction's rate and count so far
 *   {type: "result", ...}                        what the current state has measured
 *   {type: "failed", reason, ...}                the end, and why
 */
export function step(session, { type, ...message }) {
	switch (type) {
	case "start":
		return { ...NEW, state: move(session, "latency").state };
	case "ping":
		return { ...session, live: message.ms };
	case "rate":
		return { ...count(session, message.bytes), live: message.bitsPerSecond };
	case "result":
		return conclude(session, message);
	case "stopped":
		return move(session, "stopped");
	case "failed":
		return { ...move(session, "failed"), failure: message };
	default:
		throw new Error(`speed test: unknown message ${type}`);
	}
}
