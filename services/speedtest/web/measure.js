// The measurements, over fetch(). Each reports as it goes and resolves to its result (results.js).
// SPDX-License-Identifier: MIT

import { ANSWER_MS, Failure, sleep, timed } from "/shared/ask.js";
import { receive, send } from "/shared/load.js";
import { jitter, median } from "/shared/stats.js";
import { PIECE_MS, confidenceOf, doubtsOf, isSteady } from "./confidence.js";
import { limitOf, tcpBetween } from "./limit.js";
import { Meter } from "./meter.js";
import { roundTripsPerMinute } from "./quality.js";

const IDLE_PINGS = 20;
const IDLE_GAP_MS = 50;
const IDLE_MS = 4000;      /* with answers so slow, fewer pings do */
const TICK_MS = 100;       /* between readings of the page's own count */
const LATE_MS = 25;        /* a timer later than this waited for the processor */
const PROBE_GAP_MS = 100;  /* between an answer under load and the next question */
const SERIES_MS = 250;
const SETTLE_MS = 4000;    /* what is under way when an upload is cut arrives within this, */
const QUIET_MS = 250;      /* and without a pause of this length */

const hundredths = (ms) => Math.round(ms * 100) / 100;

/** Latency with nothing else under way. */
export async function measureLatency({ url }, report) {
	await timed(`${url}/empty`); /* opens the connection */
	const end = performance.now() + IDLE_MS;
	const samples = [];
	while (samples.length < IDLE_PINGS && (samples.length === 0 || performance.now() < end)) {
		const ms = hundredths((await timed(`${url}/empty`)).latencyMs);
		samples.push(ms);
		report({ type: "ping", ms });
		await sleep(IDLE_GAP_MS);
	}
	return { medianMs: median(samples), minMs: Math.min(...samples), jitterMs: jitter(samples), samples };
}

/* The server's side of the test: {bytes, ms, tcp} and how long it took to ask. */
async function received({ url, id }) {
	const { text, latencyMs } = await timed(`${url}/received?test=${id}`);
	return { tcp: null, ...JSON.parse(text), latencyMs };
}

/* One direction under load. */
class Load {
	/** @target: {url, id}; @plan: {direction, streams, rampMs, leastMs, mostMs}. */
	constructor(target, plan, report) {
		Object.assign(this, { target, plan, report });
		this.meter = new Meter(plan.rampMs);
		this.arrived = 0;   /* bytes, by the page's count of a download */
		this.starvedMs = 0;
		this.probes = [];   /* {second, ms} */
	}

	get second() {
		return (performance.now() - this.startMs) / 1000;
	}

	/* Ask the server over and over: how long it takes is the latency under load. */
	async #probe(signal) {
		while (!signal.aborted) {
			const answer = await received(this.target);
			this.tcp = answer.tcp;
			this.probes.push({ second: this.second, ms: hundredths(answer.latencyMs) });
			if (this.plan.direction === "upload")
				this.meter.add(answer.ms, answer.bytes);
			await sleep(PROBE_GAP_MS);
		}
	}

	/* Follow the count until the figure is known. */
	async #watch() {
		let moved = { bytes: 0, ms: performance.now() };
		while (!this.#isDone()) {
			const asleepMs = performance.now();
			await sleep(TICK_MS);
			const now = performance.now();
			this.#count(now, now - asleepMs - TICK_MS);
			if (this.meter.bytes > moved.bytes)
				moved = { bytes: this.meter.bytes, ms: now };
			if (now - moved.ms > ANSWER_MS)
				throw new Failure("silent");
		}
	}

	#count(now, lateMs) {
		if (this.plan.direction === "download")
			this.meter.add(now, this.arrived);
		if (!this.meter.ramping && lateMs > LATE_MS)
			this.starvedMs += lateMs;
		if (this.meter.readings.length > 0)
			this.report({ type: "rate", bitsPerSecond: this.meter.live(), bytes: this.meter.bytes,
				second: this.meter.elapsedMs / 1000, latencyMs: this.probes.at(-1)?.ms ?? null });
	}

	/* Without a byte in the measured window there is no figure: the server is silent, or will be. */
	#isDone() {
		const { leastMs, mostMs } = this.plan;
		const { bytes, ms } = this.meter.measured();
		return bytes > 0 && (ms >= mostMs || ms >= leastMs && isSteady(this.#doubts()));
	}

	#doubts() {
		const { ms } = this.meter.measured();
		return doubtsOf({
			pieces: this.meter.pieces(PIECE_MS),
			readings: this.meter.window().length,
			ms,
			starved: this.starvedMs / ms,
		});
	}

	/* Streams only end by failing or by the signal. */
	async run() {
		const { direction, streams } = this.plan;
		const before = await received(this.target);
		this.startMs = performance.now();
		this.meter.add(direction === "upload" ? before.ms : this.startMs, direction === "upload" ? before.bytes : 0);

		const stop = new AbortController();
		const stream = () => direction === "upload" ? send(this.target, stop.signal)
			: receive(this.target, stop.signal, (n) => { this.arrived += n; });
		try {
			await Promise.race([this.#watch(), this.#probe(stop.signal), ...Array.from({ length: streams }, stream)]);
		} finally {
			stop.abort();
		}
		const total = direction === "upload" ? await settled(this.target) - before.bytes : this.arrived;
		return { total, tcp: tcpBetween(before.tcp, this.tcp) };
	}

	/* The latencies of the measured window. */
	get latencies() {
		return this.probes.filter(({ second }) => second * 1000 >= this.plan.rampMs).map(({ ms }) => ms);
	}

	series() {
		let from = 0;
		return this.meter.series(SERIES_MS).map(({ second, bitsPerSecond }) => {
			const within = this.probes.filter((probe) => probe.second > from && probe.second <= second);
			from = second;
			return { second: hundredths(second), bitsPerSecond: Math.round(bitsPerSecond),
				latencyMs: median(within.map(({ ms }) => ms)) };
		});
	}

	confidence() {
		return confidenceOf(this.#doubts());
	}
}

/* The server's count once nothing arrives any more. */
async function settled(target) {
	const first = await received(target);
	for (let moved = first, last = first; ; last = await received(target)) {
		if (last.bytes > moved.bytes)
			moved = last;
		if (last.ms - moved.ms >= QUIET_MS || last.ms - first.ms >= SETTLE_MS)
			return last.bytes;
		await sleep(TICK_MS);
	}
}

/** Rate and latency of one direction under load; @idleMs is the latency without, or null. */
export async function measureDirection(target, plan, idleMs, report) {
	const load = new Load(target, plan, report);
	const { total, tcp } = await load.run();
	const latencyMs = median(load.latencies);
	return {
		...load.meter.measured(),
		totalBytes: total,
		streams: plan.streams,
		latencyMs,
		latencySamples: load.latencies,
		addedMs: latencyMs === null || idleMs === null ? null : Math.max(0, latencyMs - idleMs),
		rpm: roundTripsPerMinute(latencyMs),
		series: load.series(),
		tcp,
		limitedBy: plan.direction === "download" ? limitOf(tcp) : null,
		confidence: load.confidence(),
	};
}
