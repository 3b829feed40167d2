// How far a measured rate can be trusted. Pure.
// SPDX-License-Identifier: MIT

import { mean, variation } from "/shared/stats.js";

export const LEVELS = ["low", "medium", "high"];
export const PIECE_MS = 500; /* the rate is judged by its pieces of this length */

/*
 * Each doubt by its measure: above the first limit the confidence is low, above the second medium.
 *   uneven    variation between the pieces (standard deviation by mean); of 12 pieces, a tenth
 *             lets their mean err by 3 %
 *   growing   how much faster the second half was than the first: the ramp had not ended
 *   starved   share of the time in which the page had to wait for the processor
 * and below those:
 *   readings  of the receiver's count in the measured window
 *   shortMs   length of the measured window
 */
const AT_MOST = { uneven: [0.3, 0.1], growing: [0.25, 0.1], starved: [0.2, 0.05] };
const AT_LEAST = { readings: [8, 20], shortMs: [2500, 4900] };

function growth(pieces) {
	const half = pieces.length >> 1;
	const [first, second] = [mean(pieces.slice(0, half)), mean(pieces.slice(-half || pieces.length))];
	return first > 0 ? second / first - 1 : 0;
}

/** The measures of a rate by its @pieces (Meter.pieces()). */
export function doubtsOf({ pieces, readings, ms, starved }) {
	return { uneven: variation(pieces) ?? Infinity, growing: growth(pieces), starved, readings, shortMs: ms };
}

/** "low", "medium" or "high": as trustworthy as the worst of its measures. */
export function confidenceOf(doubts) {
	const above = ([low, medium], value) => value > low ? 0 : value > medium ? 1 : 2;
	const below = ([low, medium], value) => value < low ? 0 : value < medium ? 1 : 2;
	return LEVELS[Math.min(
		...Object.entries(AT_MOST).map(([doubt, limits]) => above(limits, doubts[doubt])),
		...Object.entries(AT_LEAST).map(([doubt, limits]) => below(limits, doubts[doubt])))];
}

const STEADY = 0.05; /* of each doubt: more time would not change the figure */

/** Is a rate so even that the measurement may end? */
export function isSteady({ uneven, growing, starved }) {
	return uneven <= STEADY && Math.abs(growing) <= STEADY && starved <= STEADY;
}
