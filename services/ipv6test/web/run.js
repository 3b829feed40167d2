// One run of all tests. Reports as it goes.
// SPDX-License-Identifier: MIT
//
// To @report: {type: "session", session}, {type: "phase", phase: "tests", "latency" or "throughput"},
// {type: "test", id, result}, {type: "family", family, facts}, {type: "queries", queries},
// {type: "done", durationMs}, {type: "failed"}: this POP gives no test. Shapes: observations.js.

import { askJson } from "/shared/ask.js";
import { median } from "/shared/stats.js";
import { isMacDerived } from "./address.js";
import { FAMILIES, skipped, TESTS } from "./observations.js";
import { placeOf, placesOf } from "./places.js";
import { FAMILY_TESTS, isAnswered, LATE_MS, PLAN } from "./plan.js";
import { measureRate } from "./rates.js";
import { request } from "./request.js";

const ANSWER_MS = 5000;
const PINGS = 10;
const PINGS_MS = 4000; /* with answers so slow, fewer do */

class Run {
	constructor(page, session, report) {
		Object.assign(this, { page, session, report });
		this.beganMs = performance.now();
		this.places = placesOf(session, page.scheme);
		this.tests = new Map(); /* id -> promise of its result */
	}

	/* The result of test @id, which is made when it is wanted first. */
	test(id) {
		if (!this.tests.has(id))
			this.tests.set(id, this.#make(id).then((result) => {
				this.report({ type: "test", id, result });
				return result;
			}));
		return this.tests.get(id);
	}

	async #works(id) {
		return isAnswered(await this.test(id));
	}

	async #make(id) {
		const { needs, limitMs, path, bytes, tries, onlyAsked } = PLAN[id];
		const place = await this.#place(id);
		if (!place.url)
			return skipped(place.reason);
		const ready = await Promise.all(needs.map((need) => this.#works(need)));
		if (!ready.every(Boolean))
			return skipped("needs");
		const body = bytes > 0 ? new Blob([crypto.getRandomValues(new Uint8Array(bytes))]) : null;
		const url = place.url + (path ?? `${this.#connection()}&test=${id}`);
		let answer;
		for (let i = 0; i < tries && answer?.result.protocol !== "h3"; i++)
			answer = await request(url, { body, limitMs });
		return onlyAsked === this.page.scheme ? skipped("not-offered") : answer.result;
	}

	#connection() {
		return `/connection.json?nonce=${this.session.nonce}`;
	}

	async #place(id) {
		if (id === "page")
			return { url: this.page.origin };
		const { family } = PLAN[id];
		if (family === null)
			return placeOf(this.places, this.session, id);
		const url = await this.base(family);
		return url === null ? { reason: "needs" } : { url };
	}

	/* Where @family was reached: by name, else by address; null when it was not. */
	async base(family) {
		const [name, literal] = FAMILY_TESTS[family];
		if (await this.#works(name))
			return this.places.name(name);
		return await this.#works(literal) ? this.places.literal(family) : null;
	}

	/* Who the visitor is to the world. */
	async who(family) {
		const url = await this.base(family);
		if (url === null)
			return;
		const { json } = await request(`${url}${this.#connection()}`, { limitMs: ANSWER_MS });
		if (json === null)
			return;
		this.report({ type: "family", family, facts: { address: json.ip, subtype: json.subtype ?? "",
			via: json.via || null, tcp: json.tcp ?? null, macDerived: isMacDerived(json.ip) } });
		const { json: who } = await request(`${url}/who.json?`, { limitMs: ANSWER_MS });
		if (who !== null)
			this.report({ type: "family", family, facts: { asns: who.asns, prefix: who.prefix, rpki: who.rpki,
				ptr: who.ptr, ptrConfirmed: who.ptr_confirmed } });
	}

	/* Small requests on an open connection, with nothing else under way. */
	async latency(family) {
		const url = await this.base(family);
		if (url === null)
			return;
		const endMs = performance.now() + PINGS_MS;
		const samplesMs = [];
		let tcp = null;
		for (let i = 0; i <= PINGS && performance.now() < endMs; i++) {
			const { latencyMs, json } = await request(`${url}${this.#connection()}`, { limitMs: PINGS_MS });
			if (json === null)
				break;
			tcp = json.tcp ?? null;
			if (i > 0) /* the first may open the connection */
				samplesMs.push(latencyMs);
		}
		if (samplesMs.length > 0)
			this.report({ type: "family", family, facts: { latencyMs: median(samplesMs), samplesMs, tcp } });
	}

	async throughput(family, way) {
		const url = this.session.speedtest?.[family]?.[this.page.scheme] ?? null;
		if (url === null || await this.base(family) === null || performance.now() - this.beganMs > LATE_MS)
			return;
		const rate = await measureRate(url, way);
		this.report({ type: "family", family, facts: { [`${way}Bps`]: rate } });
	}

	/* What resolvers asked the POP for this run. */
	async queries() {
		const { json } = await request(`${this.page.origin}/seen.json?nonce=${this.session.nonce}`, { limitMs: ANSWER_MS });
		if (json !== null)
			this.report({ type: "queries", queries: json.queries });
	}

	async whole() {
		this.report({ type: "phase", phase: "tests" });
		await Promise.all([...TESTS.map((id) => this.test(id)), ...FAMILIES.map((family) => this.who(family))]);
		this.report({ type: "phase", phase: "latency" });
		await Promise.all([this.queries(), ...FAMILIES.map((family) => this.latency(family))]);
		this.report({ type: "phase", phase: "throughput" });
		for (const family of this.page.saveData ? [] : FAMILIES)
			for (const way of ["download", "upload"])
				await this.throughput(family, way);
	}
}

/** Test once. @page: {origin, scheme, saveData: the visitor pays for data}. Never throws. */
export async function run(page, report) {
	let session;
	try {
		session = await askJson(`${page.origin}/session.json`, ANSWER_MS);
	} catch {
		report({ type: "failed" });
		return;
	}
	report({ type: "session", session });
	const beganMs = performance.now();
	await new Run(page, session, report).whole();
	report({ type: "done", durationMs: Math.round(performance.now() - beganMs) });
}
