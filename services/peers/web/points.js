// What /api/v1/latency says, as tables and charts show it. No DOM in here.
// SPDX-License-Identifier: MIT

export const FAMILIES = { ipv4: "IPv4", ipv6: "IPv6" };

/* Where a point has what. */
const INDEX = 0, SENT = 1, LOST = 2, LEAST = 4, MEDIAN = 7, MOST = 10;
const COLUMNS_MAX = 480; /* of a chart; more points than that are joined */

/** Each target over each family that it has an address of: {target, family, figure}. */
export function rows(targets) {
	return targets.flatMap((target) => Object.keys(FAMILIES).filter((family) => target[family] !== null)
		.map((family) => ({ target, family, figure: target[family] })));
}

/** "1.2 ms" of @us; null for null. */
export function milliseconds(us, format) {
	return us === null ? null : `${format.number(us / 1000, us < 10_000 ? 2 : 1)}\u00a0ms`;
}

const middle = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)];

/* One point of several: the losses of all; of the round trips the least, the most, and the middle of the others. */
function joined(points) {
	const answered = points.filter((point) => point[MEDIAN] !== null);
	const at = (i) => answered.map((point) => point[i]);
	const sum = (i) => points.reduce((all, point) => all + point[i], 0);
	return points[0].map((_, i) => {
		if (i === INDEX)
			return points[0][INDEX];
		if (i === SENT || i === LOST)
			return sum(i);
		if (answered.length === 0)
			return null;
		return i === LEAST ? Math.min(...at(i)) : i === MOST ? Math.max(...at(i)) : middle(at(i));
	});
}

/** @points, so few that a chart can show them. */
export function thinned({ points, steps }) {
	const width = Math.ceil(steps / COLUMNS_MAX);
	if (width <= 1)
		return points;
	const groups = new Map();
	for (const point of points) {
		const group = Math.floor(point[INDEX] / width);
		groups.set(group, [...(groups.get(group) ?? []), point]);
	}
	return [...groups.values()].map(joined);
}

/**
 * Lines of a chart, one upon the other: {smoke6: [[step, us], ...], ..., smoke0, median}, the slowest first. Each is
 * drawn over what it is a part of, so that smoke is thickest where most answers are.
 */
export function smokeLines(history) {
	const answered = thinned(history).filter((point) => point[MEDIAN] !== null);
	const line = (i) => answered.map((point) => [point[INDEX], point[i]]);
	const smoke = [10, 9, 8, 6, 5, 4].map((i) => [`smoke${i - LEAST}`, line(i)]);
	return Object.fromEntries([...smoke, ["median", line(MEDIAN)]]);
}

/** Where the chart ends, microseconds: one answer in a hundred that took much longer does not make it flat. */
export function topOf(history) {
	const most = thinned(history).map((point) => point[MOST]).filter((us) => us !== null).sort((a, b) => a - b);
	if (most.length === 0)
		return 1000;
	const wanted = most[Math.floor(0.99 * (most.length - 1))] * 1.1;
	const power = 10 ** Math.floor(Math.log10(wanted));
	return [1, 2, 4, 6, 10].map((step) => step * power).find((top) => top >= wanted);
}

/** The share that was lost, in percent. */
export function lossLine(history) {
	return { lost: thinned(history).map((point) => [point[INDEX], 100 * point[LOST] / point[SENT]]) };
}

/** A function from a step to its time, as precise as is worth it. */
export function times({ begin, step, steps }, language) {
	const form = step * steps <= 2 * 86400 ? { hour: "2-digit", minute: "2-digit" }
		: step * steps <= 60 * 86400 ? { day: "numeric", month: "short" } : { month: "short", year: "numeric" };
	const date = new Intl.DateTimeFormat(language, form);
	return (i) => date.format((begin + i * step) * 1000);
}
