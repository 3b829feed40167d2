// Results as files.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { toCsv, toJson } from "../../../services/speedtest/web/export.js";
import { NO_RESULTS } from "../../../services/speedtest/web/results.js";

const AT = new Date("2026-11-21T08:00:00Z");
const DOWNLOAD = { bitsPerSecond: 94123456.7, bytes: 58827160, ms: 5000.2, totalBytes: 70000000, streams: 5,
	latencyMs: 42.1, latencySamples: [41, 43.2], addedMs: 30.1234567, rpm: 1425.2, tcp: null, limitedBy: "network",
	series: [{ second: 0.25, bitsPerSecond: 9e7, latencyMs: null }], confidence: "high" };
const RESULTS = {
	server: { name: "lyon", title: "Lyon, \"3\"", url: "http://lyon.example", latencyMs: 11 },
	ipv4: { reason: "none" },
	ipv6: { address: "2001:db8::1", latency: { medianMs: 12, minMs: 11, jitterMs: 0.5, samples: [12] }, download: DOWNLOAD,
		single: { upload: { ...DOWNLOAD, streams: 1, latencyMs: null, addedMs: null, rpm: null, limitedBy: null } } },
	loss: { sent: 1000, received: 998, lost: 2, percent: 0.2 },
};

test("JSON has all that is known", () => {
	const { measuredAt, ...results } = JSON.parse(toJson(RESULTS, AT));
	assert.equal(measuredAt, "2026-11-21T08:00:00.000Z");
	assert.deepEqual(results, RESULTS);
});

test("CSV has a line for each direction", () => {
	const [header, ...lines] = toCsv(RESULTS, AT).split("\r\n");
	assert.equal(header, "measured_at,server,family,address,direction,streams,bits_per_second,measured_bytes,measured_ms,"
		+ "total_bytes,idle_latency_ms,jitter_ms,loaded_latency_ms,added_latency_ms,grade,round_trips_per_minute,"
		+ "packet_loss_percent,limited_by,confidence");
	assert.deepEqual(lines, [
		'2026-11-21T08:00:00.000Z,"Lyon, ""3""",ipv6,2001:db8::1,download,5,94123457,58827160,5000,70000000,12,0.5,'
			+ "42.1,30.123,B,1425,0.2,network,high",
		'2026-11-21T08:00:00.000Z,"Lyon, ""3""",ipv6,2001:db8::1,upload,1,94123457,58827160,5000,70000000,12,0.5,'
			+ ",,,,0.2,,high",
		"",
	]);
});

test("what was not measured leaves only the header", () => {
	assert.equal(toCsv(NO_RESULTS, AT).split("\r\n").length, 2);
});
