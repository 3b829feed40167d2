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

/** The mean difference between one value and the next: what RFC 3550, 6.4.1 smooths, not smoothed. */
export function jitter(values) {
	if (values.length < 2)
		return null;
	const steps = values.slice(1).map((value, i) => Math.abs(value - values[i]));
	return steps.reduce((sum, step) => sum + step, 0) / steps.length;
}
