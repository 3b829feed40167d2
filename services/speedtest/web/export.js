// A run's results as files: all of them as JSON, the figures as CSV. Pure.
// SPDX-License-Identifier: MIT

import { gradeOf } from "./quality.js";
import { directionsOf } from "./results.js";

/** Everything, samples and series too: {measuredAt, ...results} (results.js). @measuredAt: a Date. */
export function toJson(results, measuredAt) {
	return `${JSON.stringify({ measuredAt: measuredAt.toISOString(), ...results }, null, "\t")}\n`;
}

/* The columns of the CSV: what each says of a measured direction and of the run. */
const COLUMNS = {
	measured_at: (_, { measuredAt }) => measuredAt.toISOString(),
	server: (_, { results }) => results.server?.title,
	family: ({ family }) => family,
	address: ({ family }, { results }) => results[family].address,
	direction: ({ direction }) => direction,
	streams: ({ result }) => result.streams,
	bits_per_second: ({ result }) => Math.round(result.bitsPerSecond),
	measured_bytes: ({ result }) => result.bytes,
	measured_ms: ({ result }) => Math.round(result.ms),
	total_bytes: ({ result }) => result.totalBytes,
	idle_latency_ms: ({ family }, { results }) => results[family].latency?.medianMs,
	jitter_ms: ({ family }, { results }) => results[family].latency?.jitterMs,
	loaded_latency_ms: ({ result }) => result.latencyMs,
	added_latency_ms: ({ result }) => result.addedMs,
	grade: ({ result }) => gradeOf(result.addedMs),
	round_trips_per_minute: ({ result }) => result.rpm === null ? null : Math.round(result.rpm),
	packet_loss_percent: (_, { results }) => results.loss?.percent,
	limited_by: ({ result }) => result.limitedBy,
	confidence: ({ result }) => result.confidence,
};

/* One field (RFC 4180, 2). Numbers keep a point and no more than three decimals. */
function field(value) {
	if (value === undefined || value === null)
		return "";
	const text = typeof value === "number" ? String(Math.round(value * 1000) / 1000) : value;
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A header, then a line for each measured direction, in the order of the run (RFC 4180). */
export function toCsv(results, measuredAt) {
	const run = { results, measuredAt };
	const lines = directionsOf(results).map((measured) => Object.values(COLUMNS).map((read) => field(read(measured, run))));
	return [Object.keys(COLUMNS), ...lines].map((fields) => `${fields.join(",")}\r\n`).join("");
}
