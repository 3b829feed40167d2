// Statistics on lists of numbers.
// SPDX-License-Identifier: MIT

/** The middle of @values, null when there are none. */
export function median(values) {
	if (values.length === 0)
		return null;
	const sorted = [...values].sort((a, b) => a - b);
	const half = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** The arithmetic mean of @values, null when there are none. */
export function mean(values) {
	return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
}

/** The mean difference between one value and the next: what RFC 3550, 6.4.1 smooths, not smoothed. */
export function jitter(values) {
	return mean(values.slice(1).map((value, i) => Math.abs(value - values[i])));
}

/** The coefficient of variation: standard deviation by mean. null below two values, or when all are 0. */
export function variation(values) {
	const middle = mean(values);
	if (values.length < 2 || middle === 0)
		return null;
	const squares = values.map((value) => (value - middle) ** 2);
	return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / (values.length - 1)) / middle;
}
