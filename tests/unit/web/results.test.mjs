// The results of a run, as messages fill them.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_RESULTS, directionsOf, withResult } from "../../../services/speedtest/web/results.js";

const message = (phase, result, family = null, direction = null) => ({ phase, family, direction, result });
const after = (...messages) => messages.reduce(withResult, NO_RESULTS);

test("what is of the whole run stands beside the families", () => {
	const results = after(message("server", { name: "lyon" }), message("loss", { percent: 0 }));
	assert.deepEqual(results, { server: { name: "lyon" }, ipv4: null, ipv6: null, loss: { percent: 0 } });
});

test("a family collects what is measured over it", () => {
	const { ipv6 } = after(
		message("server", { address: "2001:db8::1" }, "ipv6"),
		message("latency", { medianMs: 3 }, "ipv6"),
		message("download", { bitsPerSecond: 5 }, "ipv6", "download"),
		message("single", { bitsPerSecond: 4 }, "ipv6", "download"),
		message("single", { bitsPerSecond: 2 }, "ipv6", "upload"));
	assert.deepEqual(ipv6, {
		address: "2001:db8::1",
		latency: { medianMs: 3 },
		download: { bitsPerSecond: 5 },
		single: { download: { bitsPerSecond: 4 }, upload: { bitsPerSecond: 2 } },
	});
});

test("a family that ends early keeps what it has, and why", () => {
	const { ipv4 } = after(
		message("server", { address: "192.0.2.1" }, "ipv4"),
		message("latency", { medianMs: 3 }, "ipv4"),
		message("server", { reason: "lost" }, "ipv4"));
	assert.deepEqual(ipv4, { address: "192.0.2.1", latency: { medianMs: 3 }, reason: "lost" });
});

test("every measured direction is listed once, in the order of the run", () => {
	const results = after(
		message("server", { reason: "none" }, "ipv6"),
		message("single", { totalBytes: 3 }, "ipv4", "upload"),
		message("download", { totalBytes: 1 }, "ipv4", "download"));
	assert.deepEqual(directionsOf(results), [
		{ family: "ipv4", direction: "download", streams: "multi", result: { totalBytes: 1 } },
		{ family: "ipv4", direction: "upload", streams: "single", result: { totalBytes: 3 } },
	]);
	assert.deepEqual(directionsOf(NO_RESULTS), []);
});
