// One run of the test: its state, and what is known of it. No DOM, no network.
// SPDX-License-Identifier: MIT

import { NO_RESULTS, directionsOf, withResult } from "./results.js";

export const PHASES = ["server", "latency", "loss", "queue", "download", "upload", "single"];

const NEXT = {
	idle: ["running"],
	running: ["done", "stopped", "failed"],
	done: ["running"],
	stopped: ["running"],
	failed: ["running"],
};

const NEW = {
	state: "idle",
	phase: null,     /* while running: what is being measured, */
	family: null,    /* over which family, */
	direction: null, /* and which way, when these matter */
	queue: null,     /* {position, waitMs} while the phase is "queue" */
	live: null,      /* milliseconds when measuring latency, else bits per second */
	bytes: 0,        /* moved so far by the phase */
	results: NO_RESULTS,
	failure: null,
};

export function newSession() {
	return NEW;
}

export function isRunning({ state }) {
	return state === "running";
}

function move(session, state, more = {}) {
	if (!NEXT[session.state].includes(state))
		throw new Error(`speed test: no way from ${session.state} to ${state}`);
	return { ...session, state, phase: null, queue: null, live: null, ...more };
}

/**
 * The session after @message, from the page:
 *   {type: "start"}, {type: "stopped"}
 * or from the engine:
 *   {type: "phase", phase, family, direction}               what it measures now: one of PHASES
 *   {type: "queue", position, waitMs}                       how many tests go first, and for how long
 *   {type: "ping", ms}                                      one latency
 *   {type: "rate", bitsPerSecond, bytes, second, latencyMs} the phase's rate, count and latency so far
 *   {type: "result", phase, family, direction, result}      what it has measured: results.js
 *   {type: "done"}
 *   {type: "failed", reason, ...}                           the end, and why
 */
export function step(session, { type, ...message }) {
	switch (type) {
	case "start":
		return move({ ...NEW, state: session.state }, "running");
	case "phase":
		return { ...session, ...message, queue: null, live: null, bytes: 0 };
	case "queue":
		return { ...session, queue: message };
	case "ping":
		return { ...session, live: message.ms };
	case "rate":
		return { ...session, live: message.bitsPerSecond, bytes: message.bytes };
	case "result":
		return { ...session, live: null, bytes: 0, results: withResult(session.results, message) };
	case "done":
	case "stopped":
		return move(session, type);
	case "failed":
		return move(session, "failed", { failure: message });
	default:
		throw new Error(`speed test: unknown message ${type}`);
	}
}

/** All bytes that the test has moved. */
export function bytesMoved({ bytes, results }) {
	return directionsOf(results).reduce((sum, { result }) => sum + result.totalBytes, bytes);
}
