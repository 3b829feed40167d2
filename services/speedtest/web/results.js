// The shape of a run's results, and how the engine's messages fill it.
// SPDX-License-Identifier: MIT
//
// results = {server, ipv4, ipv6, loss}; what is not known yet is null or absent.
//   server = {name, title, url, latencyMs}
//   ipv4, ipv6 = {address, latency, download, upload, single: {download, upload}};
//     with {reason} when the family cannot be reached, or not any more: "none" (the POP has no
//     such address), "lost", "silent" or "refused"
//   latency = {medianMs, minMs, jitterMs, samples: [ms]}
//   download, upload = {bitsPerSecond, bytes, ms, totalBytes, streams, latencyMs, latencySamples: [ms],
//     addedMs, rpm, series: [{second, bitsPerSecond, latencyMs}], tcp, limitedBy, confidence};
//     bytes and ms are of the measured window, totalBytes of all that arrived
//   loss = {sent, received, lost, percent} or {reason}

export const FAMILIES = ["ipv4", "ipv6"];
export const DIRECTIONS = ["download", "upload"];

export const NO_RESULTS = { server: null, ipv4: null, ipv6: null, loss: null };

function inFamily(known, { phase, direction, result }) {
	switch (phase) {
	case "server":
		return { ...known, ...result };
	case "single":
		return { ...known, single: { ...known?.single, [direction]: result } };
	default:
		return { ...known, [phase]: result };
	}
}

/** @results with what a message {type: "result", phase, family, direction, result} adds. */
export function withResult(results, message) {
	const { family, phase, result } = message;
	if (family === null)
		return { ...results, [phase]: result };
	return { ...results, [family]: inFamily(results[family], message) };
}

/** Every measured direction: [{family, direction, streams: "multi" or "single", result}]. */
export function directionsOf(results) {
	return FAMILIES.flatMap((family) => [["multi", results[family]], ["single", results[family]?.single]]
		.flatMap(([streams, of]) => DIRECTIONS
			.filter((direction) => of?.[direction])
			.map((direction) => ({ family, direction, streams, result: of[direction] }))));
}
