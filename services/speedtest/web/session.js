// One run of the test: its state, and what is known of it. No DOM, no network.
// SPDX-License-Identifier: MIT

import { DIRECTIONS, directionsOf, FAMILIES, NO_RESULTS, withResult } from "./results.js";

export const PHASES = ["queue", "server", "latency", "loss", "download", "upload", "single"];

const NEXT = {
	idle: ["running"],
	running: ["done", "stopped", "failed"],
	done: ["running"],
	stopped: ["running"],
	failed: ["running"],
};

const NEW = {
	state: "idle",
	phase: null,      /* while running: what is being measured, */
	family: null,     /* over which family, */
	direction: null,  /* and which way, when these matter */
	queue: null,      /* {position, waitMs} while the phase is "queue" */
	live: null,       /* milliseconds when measuring latency, else bits per second */
	bytes: 0,         /* moved so far by the phase */
	points: {},       /* of the family so far, by direction: [{second, bitsPerSecond, latencyMs}] */
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
	return { ...session, state, phase: null, family: null, direction: null, queue: null, live: null, ...more };
}

/* A chart shows both directions of one family, with one connection or with several. */
function sharesChart(session, phase, family) {
	return family === session.family && (phase === "single") === (session.phase === "single");
}

function enter(session, { phase, family = null, direction = DIRECTIONS.includes(phase) ? phase : null }) {
	if (!isRunning(session) || !PHASES.includes(phase))
		throw new Error(`speed test: no phase ${phase} when ${session.state}`);
	const points = sharesChart(session, phase, family) ? session.points : {};
	return { ...session, phase, family, direction, points, queue: null, live: null, bytes: 0 };
}

function follow(session, { bitsPerSecond, bytes, second, latencyMs = null }) {
	const { direction, points } = session;
	const before = points[direction] ?? [];
	const after = { ...points, [direction]: [...before, { second, bitsPerSecond, latencyMs }] };
	return { ...session, live: bitsPerSecond, bytes, points: after };
}

/**
 * The session after @message, from the page:
 *   {type: "start"}, {type: "stopped"}
 * or from the engine:
 *   {type: "phase", phase, family, direction}              what it measures now: one of PHASES
 *   {type: "queue", position, waitMs}                      how many tests go first, and for how long
 *   {type: "ping", ms}                                     one latency
 *   {type: "rate", bitsPerSecond, bytes, second, latencyMs} the phase's rate, count and latency so far
 *   {type: "result", phase, family, direction, result}     what it has measured: results.js
 *   {type: "done"}
 *   {type: "failed", reason, ...}                          the end, and why
 */
export function step(session, message) {
	switch (message.type) {
	case "start":
		return move({ ...NEW, state: session.state }, "running");
	case "phase":
		return enter(session, message);
	case "queue":
		return { ...session, queue: { position: message.position, waitMs: message.waitMs } };
	case "ping":
		return { ...session, live: message.ms };
	case "rate":
		return follow(session, message);
	case "result":
		return { ...session, live: null, bytes: 0, results: withResult(session.results, message) };
	case "done":
	case "stopped":
		return move(session, message.type);
	case "failed":
		return move(session, "failed", { failure: message });
	default:
		throw new Error(`speed test: unknown message ${message.type}`);
	}
}

/** All bytes that the test has moved. */
export function bytesMoved({ bytes, results }) {
	return directionsOf(results).reduce((sum, { result }) => sum + result.totalBytes, bytes);
}

/** The family whose figures speak for the connection: the faster one that was measured to its end; null when none was. */
export function leadingFamily(results) {
	const whole = FAMILIES.filter((family) => results[family]?.upload && !results[family].reason);
	const rate = (family) => results[family].download.bitsPerSecond;
	return whole.toSorted((a, b) => rate(b) - rate(a))[0] ?? null;
}

/** The family to show: the one that is being measured, else the leading one, else one with a figure; or null. */
export function shownFamily({ family, results }) {
	return family ?? leadingFamily(results) ?? FAMILIES.find((each) => results[each]?.latency) ?? null;
}

/* What is measured over each family, and for how long, about, in seconds. */
const STEPS = [
	{ phase: "latency", direction: null, seconds: 2 },
	{ phase: "download", direction: "download", seconds: 7 },
	{ phase: "upload", direction: "upload", seconds: 7 },
	{ phase: "single", direction: "download", seconds: 4 },
	{ phase: "single", direction: "upload", seconds: 4 },
];

function resultOf(measured, { phase, direction }) {
	return phase === "single" ? measured?.single?.[direction] : measured?.[phase];
}

/** The steps of the run over @family: [{phase, direction, seconds, done}], done from 0 to 1. */
export function stepsOf(session, family) {
	const { results, points } = session;
	const second = points[session.direction]?.at(-1)?.second ?? 0;
	return STEPS.map((each) => {
		const isNow = session.family === family && session.phase === each.phase && session.direction === each.direction;
		const done = resultOf(results[family], each) ? 1 : isNow ? Math.min(1, second / each.seconds) : 0;
		return { ...each, done };
	});
}

/** How much of the run is behind us, 0 to 1. */
export function progress(session) {
	const steps = FAMILIES.filter((family) => !session.results[family]?.reason)
		.flatMap((family) => stepsOf(session, family));
	const sum = (value) => steps.reduce((total, each) => total + value(each), 0);
	return steps.length > 0 ? sum(({ done, seconds }) => done * seconds) / sum(({ seconds }) => seconds) : 0;
}
