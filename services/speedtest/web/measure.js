// The measurements, over fetch(). Each reports as it goes and resolves to its result.
// SPDX-License-Identifier: MIT

import { Meter } from "./meter.js";
import { jitter, median } from "./stats.js";

const DIRECTION_MS = 8000;
const RAMP_MS = 1500;
const READING_GAP_MS = 100;
const IDLE_PINGS = 20;
const IDLE_GAP_MS = 50;
const ANSWER_MS = 5000;  /* nothing for so long: the server or the way to it is gone */
const SETTLE_MS = 2000;  /* what is under way when an upload is cut arrives within this */

/* Browsers open at most six connections to a host: one is left for the readings. */
const STREAMS = 5;
const DOWNLOAD_MIB = 1024; /* per request, the most that the server gives; cut when time is up */
const UPLOAD_MIB = 32;     /* per request */

/** Why a test cannot go on: details.reason is "busy", "lost", "silent" or "refused". */
export class Failure extends Error {
	constructor(reason, details = {}) {
		super(reason);
		this.details = { reason, ...details };
	}
}

const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

async function fromNetwork(promise) {
	try {
		return await promise;
	} catch (error) {
		throw new Failure(error.name === "TimeoutError" ? "silent" : "lost");
	}
}

async function ask(url, options) {
	const reply = await fromNetwork(fetch(url, { cache: "no-store", ...options }));
	if (reply.status === 503 || reply.status === 429)
		throw new Failure("busy", { retryAfterS: Number(reply.headers.get("Retry-After")) || null });
	if (!reply.ok)
		throw new Failure("refused", { status: reply.status });
	return reply;
}

/* The browser's network code times a request better than a script that waits for its turn. */
function requestMs(url) {
	const [timing] = performance.getEntriesByName(new URL(url, location).href);
	performance.clearResourceTimings();
	return timing?.responseStart > 0 ? timing.responseStart - timing.requestStart : null;
}

let asked = 0; /* makes each URL unique, to find its timing */

/** Ask for a short answer: {text, latencyMs}. */
async function timed(path) {
	const url = `${path}${path.includes("?") ? "&" : "?"}n=${++asked}`;
	const sentMs = performance.now();
	const reply = await ask(url, { signal: AbortSignal.timeout(ANSWER_MS) });
	const text = await fromNetwork(reply.text());
	const waitedMs = performance.now() - sentMs;
	return { text, latencyMs: requestMs(url) ?? waitedMs };
}

/** Latency with nothing else under way. */
export async function measureLatency(report) {
	await timed("/empty"); /* opens the connection */
	const samples = [];
	while (samples.length < IDLE_PINGS) {
		const { latencyMs } = await timed("/empty");
		samples.push(latencyMs);
		report({ type: "ping", ms: latencyMs });
		await sleep(IDLE_GAP_MS);
	}
	return { medianMs: median(samples), minMs: Math.min(...samples), jitterMs: jitter(samples), samples: samples.length };
}

/*
 * Follow the receiver's count until time is up. @read asks the server once and resolves to
 * {ms, bytes, latencyMs}: how long it takes is the latency under load.
 */
async function follow(read, report) {
	const meter = new Meter(RAMP_MS);
	const latencies = [];
	let moved = { ms: 0, bytes: 0 };

	while (meter.elapsedMs < DIRECTION_MS) {
		const { ms, bytes, latencyMs } = await read();
		meter.add(ms, bytes);
		if (bytes > moved.bytes || moved.ms === 0)
			moved = { ms, bytes };
		if (ms - moved.ms > ANSWER_MS)
			throw new Failure("silent");
		if (!meter.ramping)
			latencies.push(latencyMs);
		report({ type: "rate", bitsPerSecond: meter.live(), bytes, second: meter.elapsedMs / 1000 });
		await sleep(READING_GAP_MS);
	}
	return { ...meter.measured(), latencyMs: median(latencies), latencySamples: latencies.length };
}

/* Run streams, which only end by failing or by the signal, for as long as @watch takes. */
async function loaded(stream, watch) {
	const stop = new AbortController();
	const streams = Array.from({ length: STREAMS }, () => stream(stop.signal));
	try {
		return await Promise.race([watch(), ...streams]);
	} finally {
		stop.abort();
	}
}

/** The browser counts what it receives. */
export async function measureDownload(report) {
	let bytes = 0;
	const receive = async (signal) => {
		for (;;) {
			const reply = await ask(`/garbage?ckSize=${DOWNLOAD_MIB}`, { signal });
			const reader = reply.body.getReader();
			for (let part = await fromNetwork(reader.read()); !part.done; part = await fromNetwork(reader.read()))
				bytes += part.value.byteLength;
		}
	};
	const read = async () => {
		const { latencyMs } = await timed("/empty");
		return { ms: performance.now(), bytes, latencyMs };
	};

	const result = await loaded(receive, () => follow(read, report));
	return { ...result, totalBytes: bytes };
}

function randomBody() {
	const mib = new Uint8Array(1 << 20);
	for (let at = 0; at < mib.length; at += 65536) /* the most that one call gives */
		crypto.getRandomValues(mib.subarray(at, at + 65536));
	return new Blob(Array(UPLOAD_MIB).fill(mib), { type: "application/octet-stream" });
}

function randomId() {
	return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The server counts what it receives, by its own clock. */
export async function measureUpload(report) {
	const id = randomId();
	const body = randomBody();
	const send = async (signal) => {
		for (;;)
			await ask(`/empty?test=${id}`, { method: "POST", body, signal });
	};
	const read = async () => {
		const { text, latencyMs } = await timed(`/received?test=${id}`);
		return { ...JSON.parse(text), latencyMs };
	};

	await ask(`/empty?test=${id}`, { method: "POST" }); /* opens the count, at 0 */
	const result = await loaded(send, () => follow(read, report));
	return { ...result, totalBytes: await settled(read) };
}

/* The server's count once nothing arrives any more. */
async function settled(read) {
	const first = await read();
	for (let last = first, before = null; ; before = last, last = await read()) {
		if (last.bytes === before?.bytes || last.ms - first.ms > SETTLE_MS)
			return last.bytes;
		await sleep(READING_GAP_MS);
	}
}
