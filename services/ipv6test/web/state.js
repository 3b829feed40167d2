// What the page knows: a run that goes on or has ended, or one that was stored. No DOM, no network. Pure.
// SPDX-License-Identifier: MIT

import { newObservations, TESTS, withFamily, withQueries, withTest } from "./observations.js";
import { verdictOf } from "./verdict.js";

export const PHASES = ["tests", "latency", "throughput"];

const NEW = {
	state: "idle",       /* "running", "done", "failed" (no test to be had), "stored", "missing" (not stored), "busy" (asked too often) */
	phase: null,         /* of PHASES while it runs */
	session: null,       /* /session.json */
	observations: null,
	verdict: null,       /* known before throughput is measured */
	code: null,          /* of the stored result */
};

export const newState = () => NEW;

export const isRunning = ({ state }) => state === "running";

/* Judged anew at each step once all names and resolvers are known. */
function judged(state) {
	const isKnown = state.phase === "throughput" || state.state === "done";
	return isKnown ? { ...state, verdict: verdictOf(state.observations) } : state;
}

const observing = (state, observations) => judged({ ...state, observations });

/** How many tests have ended, 0 to 1. */
export function progress({ observations }) {
	return observations === null ? 0 : Object.keys(observations.tests).length / TESTS.length;
}

/**
 * The state after @message: of run.js, or from the page
 *   {type: "start", at, scheme}                a run begins; at is a Date
 *   {type: "stored", code, result}             of somebody's, with observations and verdict
 *   {type: "withheld", code, reason}           "refused": there is none; "busy": too many codes were tried
 */
export function step(state, message) {
	const { observations } = state;
	switch (message.type) {
	case "start":
		return { ...NEW, state: "running", observations: newObservations(message.at, message.scheme, "public") };
	case "session":
		return { ...state, session: message.session, observations: { ...observations, names: message.session.names } };
	case "phase":
		return judged({ ...state, phase: message.phase });
	case "test":
		return observing(state, withTest(observations, message.id, message.result));
	case "family":
		return observing(state, withFamily(observations, message.family, message.facts));
	case "queries":
		return observing(state, withQueries(observations, message.queries));
	case "done":
		return judged({ ...state, state: "done", phase: null, observations: { ...observations, durationMs: message.durationMs } });
	case "failed":
		return { ...NEW, state: "failed" };
	case "stored": {
		const { code, result: { observations: stored, verdict } } = message;
		return { ...NEW, state: "stored", code, observations: stored, verdict };
	}
	case "withheld":
		return { ...NEW, state: message.reason === "busy" ? "busy" : "missing", code: message.code };
	default:
		throw new Error(`IPv6 test: unknown message ${message.type}`);
	}
}
