// Waiting for a place.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { takeTurn } from "../../../services/speedtest/web/queue.js";
import { failure, serve } from "./support/server.mjs";

const ID = "0123456789abcdef0123456789abcdef";

/* What takeTurn() reports when the queue answers @states, one after the other. */
async function reported(...states) {
	const asked = [];
	const url = await serve({ "/queue": ({ searchParams }) => {
		asked.push(searchParams.get("test"));
		return { json: states.shift() };
	} });
	const messages = [];
	await takeTurn(url, ID, (message) => messages.push(message));
	assert.deepEqual(new Set(asked), new Set([ID]));
	assert.deepEqual(states, []);
	return messages;
}

test("a test that has its turn begins at once", async () => {
	assert.deepEqual(await reported({ state: "running", position: 0, wait_ms: 0 }), []);
});

test("who waits is told the place, until it is their turn", async () => {
	const messages = await reported(
		{ state: "waiting", position: 2, wait_ms: 300 },
		{ state: "waiting", position: 1, wait_ms: 100 },
		{ state: "running" });
	assert.deepEqual(messages, [
		{ type: "queue", position: 2, waitMs: 300 },
		{ type: "queue", position: 1, waitMs: 100 },
	]);
});

test("who is refused learns why and for how long", async () => {
	const refused = reported({ state: "refused", wait_ms: 61200, reason: "daily" });
	await assert.rejects(refused, failure({ reason: "busy", retryAfterS: 62, cause: "daily" }));
	await assert.rejects(reported({ state: "refused" }), failure({ reason: "busy", retryAfterS: null }));
});

test("a server without a queue lets all in", async () => {
	await takeTurn(await serve({}), ID, assert.fail);
});

test("a full queue ends the run", async () => {
	const url = await serve({ "/queue": () => ({ status: 503, headers: { "Retry-After": "30" } }) });
	await assert.rejects(takeTurn(url, ID, assert.fail), failure({ reason: "busy", retryAfterS: 30 }));
});
