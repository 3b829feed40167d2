// What a connection is good for. Pure.
// SPDX-License-Identifier: MIT

/* The letter of latency under load: below so many milliseconds added. */
const GRADES = [[5, "A+"], [30, "A"], [60, "B"], [200, "C"], [400, "D"], [Infinity, "F"]];

/** "A+" to "F" for the latency that a load adds, null when it is not known. */
export function gradeOf(addedMs) {
	return addedMs === null ? null : GRADES.find(([below]) => addedMs < below)[1];
}

const LEAST_MS = 0.1; /* browsers tell no shorter times */

/** Round trips a minute when one takes @ms under load. */
export function roundTripsPerMinute(ms) {
	return ms === null ? null : 60000 / Math.max(ms, LEAST_MS);
}

/*
 * Aggregated Internet Measurement: points of each measure by the first limit that it is
 * below, the last for all above; and for each use the points at which a better class begins.
 */
const POINTS = {
	latencyMs: { limits: [10, 20, 50, 100, 500], points: [20, 10, 5, 0, -10, -20] },
	addedMs: { limits: [10, 20, 50, 100, 500], points: [20, 10, 5, 0, -10, -20] },
	jitterMs: { limits: [10, 20, 100, 500], points: [10, 5, 0, -10, -20] },
	lossPercent: { limits: [1, 5, 25, 50], points: [10, 5, 0, -10, -20] },
	downloadMbps: { limits: [1, 10, 50, 100], points: [0, 5, 10, 20, 30] },
	uploadMbps: { limits: [1, 10, 50, 100], points: [0, 5, 10, 20, 30] },
};
const USES = {
	streaming: { of: ["latencyMs", "lossPercent", "downloadMbps", "addedMs"], from: [15, 20, 40, 60] },
	gaming: { of: ["latencyMs", "lossPercent", "addedMs"], from: [5, 15, 25, 30] },
	calls: { of: ["latencyMs", "jitterMs", "lossPercent", "addedMs"], from: [5, 15, 25, 40] },
};
const CLASSES = ["bad", "poor", "average", "good", "great"];

/** The index of @value among the ascending @limits: how many it has reached. */
function stepOf(value, limits) {
	const place = limits.findIndex((limit) => value < limit);
	return place < 0 ? limits.length : place;
}

/** The points of one measure (a key of what factsOf() gives); 0 when @value is null, not known. */
export function pointsOf(measure, value) {
	const { limits, points } = POINTS[measure];
	return value === null ? 0 : points[stepOf(value, limits)];
}

/** The measures of a @family's results (results.js) and of the packet @loss; null where not known. */
export function factsOf(family, loss) {
	const added = [family?.download?.addedMs, family?.upload?.addedMs].filter((ms) => typeof ms === "number");
	const megabits = (direction) => direction ? direction.bitsPerSecond / 1e6 : null;
	return {
		latencyMs: family?.latency?.medianMs ?? null,
		jitterMs: family?.latency?.jitterMs ?? null,
		addedMs: added.length > 0 ? Math.max(...added) : null,
		lossPercent: loss?.percent ?? null,
		downloadMbps: megabits(family?.download),
		uploadMbps: megabits(family?.upload),
	};
}

/**
 * {streaming, gaming, calls}: each {points, class} with a class from "bad" to "great", or null
 * when a measure that it takes is not known. Only the loss, which not every POP measures, may be.
 */
export function qualityOf(facts) {
	const verdict = ({ of, from }) => {
		if (of.some((measure) => facts[measure] === null && measure !== "lossPercent"))
			return null;
		const points = of.reduce((sum, measure) => sum + pointsOf(measure, facts[measure]), 0);
		return { points, class: CLASSES[stepOf(points, from)] };
	};
	return Object.fromEntries(Object.entries(USES).map(([use, rule]) => [use, verdict(rule)]));
}
