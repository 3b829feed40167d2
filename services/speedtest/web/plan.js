// What one run measures, in which order and for how long.
// SPDX-License-Identifier: MIT
//
// Per family:                                                   seconds
//   idle latency: 20 requests, 50 ms apart                      1 to 4
//   download, then upload, 5 streams: 1 s ramp, then 5 to 6 s   12 to 14
//   download, then upload, 1 stream: 1 s ramp, then 2.5 s       7
// and once per run the choice of the server (at most 2 s), the packet loss (6 s) and the queue. A
// run of both families takes 45 to 50 s, of one 25 s. The ramp is left out of every rate. A direction
// ends before its 6 s when its rate is steady (confidence.js).
//
// All idle latencies come before the first load, and the queue right before it: a test keeps its
// place by loading without a pause.

import { Failure, askJson } from "/shared/ask.js";
import { newTestId } from "/shared/load.js";
import { reachFamilies } from "./families.js";
import { measureDirection, measureLatency } from "./measure.js";
import { takeTurn } from "./queue.js";
import { DIRECTIONS, FAMILIES } from "./results.js";
import { pickServer } from "./servers.js";

/* Browsers open at most six connections to a host: one is left for the latency under load. */
const MULTI = { streams: 5, rampMs: 1000, leastMs: 5000, mostMs: 6000 };
const SINGLE = { streams: 1, rampMs: 1000, leastMs: 2500, mostMs: 2500 };

/* One run: what its steps share. */
class Run {
	constructor({ pop, page, chosen, measureLoss }, report) {
		Object.assign(this, { pop, page, chosen, measureLoss, report });
		this.id = newTestId();
		this.failure = null; /* the last that a family has ended with */
	}

	/* Report a phase; @measure gives its result, and that is reported too. */
	async phase(phase, { family = null, direction = null }, measure) {
		this.report({ type: "phase", phase, family, direction });
		const result = await measure();
		this.report({ type: "result", phase, family, direction, result });
		return result;
	}

	/* What fails in one family ends that family only; a server that is full, or our mistake, ends the run. */
	async inFamily(family, step) {
		if (!this.targets[family])
			return;
		try {
			await step(this.targets[family], family);
		} catch (error) {
			if (!(error instanceof Failure) || error.details.reason === "busy")
				throw error;
			this.failure = error;
			delete this.targets[family];
			const { reason } = error.details;
			this.report({ type: "result", phase: "server", family, direction: null, result: { reason } });
		}
	}

	async reachServer() {
		this.server = await pickServer(this.pop, this.page, this.chosen);
		const { name, title, url, latencyMs } = this.server;
		return { name, title, url, latencyMs };
	}

	async findFamilies() {
		const found = await reachFamilies(this.server, this.page.protocol.slice(0, -1));
		this.targets = {};
		for (const family of FAMILIES) {
			const { url, ...result } = found[family];
			this.report({ type: "result", phase: "server", family, direction: null, result });
			if (result.address)
				this.targets[family] = { url, id: this.id };
		}
		this.failure = new Failure("lost");
		this.#goOn();
	}

	#goOn() {
		if (Object.keys(this.targets).length === 0)
			throw this.failure;
	}

	async latency(target, family) {
		const { medianMs } = await this.phase("latency", { family }, () => measureLatency(target, this.report));
		target.idleMs = medianMs;
	}

	async loss() {
		try {
			return await this.measureLoss(await askJson(`${this.server.url}/turn`));
		} catch (error) {
			if (!(error instanceof Failure))
				throw error;
			return { reason: error.details.reason };
		}
	}

	async load(target, family) {
		const measure = (phase, plan, direction) => this.phase(phase, { family, direction }, () =>
			measureDirection(target, { ...plan, direction }, target.idleMs, this.report));
		for (const direction of DIRECTIONS)
			await measure(direction, MULTI, direction);
		for (const direction of DIRECTIONS)
			await measure("single", SINGLE, direction);
	}

	async whole() {
		await this.phase("server", {}, () => this.reachServer());
		await this.findFamilies();
		for (const family of FAMILIES)
			await this.inFamily(family, (target) => this.latency(target, family));
		this.#goOn();
		if (this.server.pop.speedtest?.turn)
			await this.phase("loss", {}, () => this.loss());

		this.report({ type: "phase", phase: "queue", family: null, direction: null });
		await takeTurn(this.server.url, this.id, this.report);
		for (const family of FAMILIES)
			await this.inFamily(family, (target) => this.load(target, family));
		this.#goOn();
	}
}

/**
 * Measure once. Reports the messages of session.js and never throws.
 * @pop: this POP's /pop.json; @page: URL of the page; @chosen: name of the POP to measure at, null for the
 * nearest; @measureLoss: resolves to the packet loss by a relay, as the server's /turn names it.
 */
export async function run(options, report) {
	try {
		await new Run(options, report).whole();
		report({ type: "done" });
	} catch (error) {
		if (!(error instanceof Failure))
			console.error(error);
		report({ type: "failed", reason: "engine", ...error.details });
	}
}
