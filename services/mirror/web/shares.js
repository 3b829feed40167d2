// What /api/v1/traffic says, as a chart and tables show it. No DOM in here.
// SPDX-License-Identifier: MIT

const sum = (numbers) => numbers.reduce((all, each) => all + each, 0);

/**
 * The @most largest projects of @traffic, each {name, requests, bytes, steps}, then what all others had as one whose
 * name is null, if there are any.
 */
export function largestProjects({ projects }, most) {
	if (projects.length <= most)
		return projects;
	const others = projects.slice(most - 1);
	return [...projects.slice(0, most - 1), {
		name: null,
		requests: sum(others.map((each) => each.requests)),
		bytes: sum(others.map((each) => each.bytes)),
		steps: others[0].steps.map((_, i) => sum(others.map((each) => each.steps[i]))),
	}];
}

/**
 * Lines of a chart for @parts, one upon the other: {part0: [[step, bytes], ...]}, the topmost first, so that each is
 * drawn over what it is a part of.
 */
export function stacked(parts) {
	const heights = parts[0].steps.map(() => 0);
	const lines = parts.map(({ steps }, i) =>
		[`part${i}`, steps.map((bytes, step) => [step, heights[step] += bytes])]);
	return Object.fromEntries(lines.reverse());
}

/** Axes of a chart of bytes, all in the unit of where the axis ends. */
export function byteAxes(format) {
	const size = (top) => 1000 ** (top < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(top) / 3)));
	return {
		formatY: (bytes, top) => format.short(bytes / size(top)),
		unit: (top) => format.bytes(top).unit,
	};
}

/** @counts, each with its percent of the bytes of all. */
export function percents(counts) {
	const all = Math.max(1, sum(counts.map(({ bytes }) => bytes)));
	return counts.map((each) => ({ ...each, percent: 100 * each.bytes / all }));
}

/** A function from a step to its time, as precise as is worth it; days and weeks are those of UTC. */
export function times({ begin, step }, language) {
	const form = step < 86400 ? { hour: "2-digit", minute: "2-digit" }
		: { day: "numeric", month: "short", timeZone: "UTC" };
	const date = new Intl.DateTimeFormat(language, form);
	return (i) => date.format((begin + i * step) * 1000);
}
