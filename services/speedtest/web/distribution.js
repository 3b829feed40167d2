// How samples are spread. Pure.
// SPDX-License-Identifier: MIT

/** The value that @share (0 to 1) of the ascending @values are at or below (nearest rank). */
function quantile(values, share) {
	return values[Math.max(0, Math.ceil(share * values.length) - 1)];
}

/** {count, min, median, p95, p99, max} of @samples; null when there are none. */
export function spreadOf(samples) {
	if (samples.length === 0)
		return null;
	const sorted = samples.toSorted((a, b) => a - b);
	const at = (share) => quantile(sorted, share);
	return { count: sorted.length, min: sorted[0], median: at(0.5), p95: at(0.95), p99: at(0.99), max: sorted.at(-1) };
}

/** The cumulative distribution as a line: [[value, percent of the samples at or below it], ...]. */
export function cumulative(samples) {
	const sorted = samples.toSorted((a, b) => a - b);
	return sorted.flatMap((value, i) => [[value, 100 * i / sorted.length], [value, 100 * (i + 1) / sorted.length]]);
}
