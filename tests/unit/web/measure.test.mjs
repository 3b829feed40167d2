// Loads and latency, measured against a real server on loopback.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { measureDirection, measureLatency } from "../../../services/speedtest/web/measure.js";
import { failure } from "./support/server.mjs";

const ID = "0123456789abcdef0123456789abcdef";
const PLAN = { streams: 2, rampMs: 200, leastMs: 500, mostMs: 800 };
const PIECE = Buffer.alloc(64 * 1024, 7);
const EACH_MS = 5; /* a stream gets or gives a piece: 13 MB/s */

/* A speed test's server that counts. @refuse(path) may give {status, headers} instead, or "cut". */
async function speedtest(refuse = () => null) {
	const count = { received: 1000, told: 0, sent: 0, busy: 0 }; /* an upload of before */
	const feed = (reply) => {
		reply.writeHead(200);
		const timer = setInterval(() => { count.sent += PIECE.length; reply.write(PIECE); }, EACH_MS);
		reply.on("close", () => clearInterval(timer));
	};
	const take = (request, reply) => {
		request.on("data", (piece) => {
			count.received += piece.length;
			request.pause();
			setTimeout(() => request.resume(), EACH_MS);
		});
		request.on("end", () => reply.end());
	};
	const answers = {
		"/empty": (request, reply) => request.method === "GET" ? reply.end() : take(request, reply),
		"/garbage": (request, reply) => feed(reply),
		"/received": (request, reply) => reply.end(JSON.stringify({ bytes: count.told = count.received, ms: Date.now(),
			tcp: { busy_ms: count.busy += 2000, rwnd_limited_ms: 0, sndbuf_limited_ms: 0, sent_bytes: count.sent,
				retransmitted_bytes: 0, min_rtt_ms: 1, rtt_ms: 2 } })),
	};
	const server = createServer((request, reply) => {
		const path = request.url.split("?")[0];
		const refusal = refuse(path);
		if (refusal === "cut")
			request.socket.destroy();
		else if (refusal)
			reply.writeHead(refusal.status, refusal.headers).end();
		else
			answers[path](request, reply);
	});
	await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
	after(() => { server.close(); server.closeAllConnections(); });
	return { count, target: { url: `http://127.0.0.1:${server.address().port}`, id: ID } };
}

async function measure(direction, server) {
	const messages = [];
	const result = await measureDirection(server.target, { ...PLAN, direction }, 0.05, (message) => messages.push(message));
	return { result, messages };
}

function expectLoad({ result, messages }) {
	assert.equal(result.bitsPerSecond, result.bytes * 8000 / result.ms);
	assert.ok(result.ms >= 500, `${result.ms}`);
	assert.ok(result.bytes > 0 && result.bytes <= result.totalBytes);
	assert.equal(result.streams, 2);
	assert.ok(result.latencySamples.length > 1 && result.latencyMs > 0);
	assert.equal(result.addedMs, Math.max(0, result.latencyMs - 0.05));
	assert.ok(result.series.length >= 2);
	assert.ok(messages.length >= 5);
	const seconds = messages.map(({ second }) => second);
	assert.deepEqual(seconds, seconds.toSorted((a, b) => a - b));
}

test("a download is what arrives in the page", async () => {
	const server = await speedtest();
	const measured = await measure("download", server);
	expectLoad(measured);
	const { totalBytes, tcp, limitedBy } = measured.result;
	assert.ok(totalBytes <= server.count.sent && totalBytes > server.count.sent / 2);
	assert.equal(limitedBy, "network");
	assert.ok(tcp.sent_bytes > 0 && tcp.sent_bytes <= server.count.sent);
});

test("an upload is what arrived at the server since it began, by its count and its clock", async () => {
	const server = await speedtest();
	const measured = await measure("upload", server);
	expectLoad(measured);
	assert.equal(measured.result.totalBytes, server.count.told - 1000);
	assert.equal(measured.result.limitedBy, null);
});

for (const direction of ["download", "upload"]) {
	const path = direction === "download" ? "/garbage" : "/empty";
	const full = { status: 503, headers: { "Retry-After": "7" } };

	test(`${direction}: a refusal says when to come back`, async () => {
		const server = await speedtest((asked) => asked === path ? full : null);
		await assert.rejects(measure(direction, server), failure({ reason: "busy", retryAfterS: 7 }));
	});

	test(`${direction}: a test that the server no longer knows is over`, async () => {
		let readings = 0;
		const server = await speedtest((asked) => asked === "/received" && ++readings > 3 ? { status: 404 } : null);
		await assert.rejects(measure(direction, server), failure({ reason: "refused", status: 404 }));
	});

	test(`${direction}: a server that cuts connections is lost`, async () => {
		const server = await speedtest((asked) => asked === path ? "cut" : null);
		await assert.rejects(measure(direction, server), failure({ reason: "lost" }));
	});
}

test("a stream that is refused in mid-run ends the load, not only itself", async () => {
	let streams = 0;
	const server = await speedtest((asked) => asked === "/garbage" && ++streams === 2 ? { status: 429 } : null);
	await assert.rejects(measure("download", server), failure({ reason: "busy", retryAfterS: null }));
});

test("idle latency: twenty samples and what is made of them", async () => {
	const server = await speedtest();
	const pings = [];
	const { medianMs, minMs, jitterMs, samples } = await measureLatency(server.target, ({ ms }) => pings.push(ms));
	assert.equal(samples.length, 20);
	assert.deepEqual(pings, samples);
	assert.ok(minMs > 0 && minMs <= medianMs && medianMs < 50 && jitterMs >= 0);
});
