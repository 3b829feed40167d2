// One run of all tests. Reports as it goes.
// SPDX-License-Identifier: MIT
//
// To @report: {type: "session", session}, {type: "phase", phase: "tests", "latency" or "throughput"},
// {type: "test", id, result}, {type: "family", family, facts}, {type: "queries", queries},
// {type: "done", durationMs}, {type: "failed"}: this POP gives no test. Shapes: observations.js.

import { askJson, sleep } from "/shared/ask.js";
import { median } from "/shared/stats.js";
import { isMacDerived } from "./address.js";
import { FAMILIES, skipped, TESTS } from "./observations.js";
import { placeOf, placesOf } from "./places.js";
import { FAMILY_TESTS, isAnswered, LATE_MS, limitAfter, PLAN } from "./plan.js";
import { measureRate } from "./rates.js";
import { hundredths, request } from "./request.js";

const ANSWER_MS = 5000;
const AGAIN_MS = 300; /* for a browser to open a connection of the newer kind meanwhile */
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

	async #make(id) {
		const { needs, limitMs, path, bytes, tries, onlyAsked } = PLAN[id];
		const place = await this.#place(id);
		if (!place.url)
			return skipped(place.reason);
		const ready = await Promise.all(needs.map((need) => this.test(need)));
		if (!ready.every(isAnswered))
			return skipped("needs");
		const url = place.url + (path ?? `${this.#connection()}&test=${id}`);
		const options = { limitMs: limitAfter(limitMs, [...ready, place]),
			body: bytes > 0 ? new Blob([crypto.getRandomValues(new Uint8Array(bytes))]) : null };
		let answer = await request(url, options);
		for (let i = 1; i < tries && isAnswered(answer.result) && answer.result.protocol !== "h3"; i++) {
			await sleep(AGAIN_MS);
			answer = await request(url, options);
		}
		if (answer.json !== null)
			this.#meet(id, answer.json);
		return onlyAsked === this.page.scheme ? skipped("not-offered") : answer.result;
	}

	/* The first answer over a family tells who the visitor is there. */
	#meet(id, { ip, subtype, via, tcp }) {
		const family = FAMILIES.find((each) => FAMILY_TESTS[each].includes(id));
		if (family)
			this.report({ type: "family", family,
				facts: { address: ip, subtype, via: via || null, tcp, macDerived: isMacDerived(ip) } });
	}

	#connection() {
		return `/connection.json?nonce=${this.session.nonce}`;
	}

	/* {url, ms: how long that took before} or {reason}. */
	async #place(id) {
		if (id === "page")
			return { url: this.page.origin };
		const { family } = PLAN[id];
		return family === null ? placeOf(this.places, this.session, id) : await this.base(family) ?? { reason: "needs" };
	}

	/* Where @family was reached, {url, ms}: by name, else by address; null when it was not. */
	async base(family) {
		const [name, literal] = FAMILY_TESTS[family];
		const byName = await this.test(name);
		if (isAnswered(byName))
			return { url: this.places.name(name), ms: byName.ms };
		const byAddress = await this.test(literal);
		return isAnswered(byAddress) ? { url: this.places.literal(family), ms: byAddress.ms } : null;
	}

	/* Who the visitor is to the world. */
	async who(family) {
		const base = await this.base(family);
		if (base === null)
			return;
		const { json: who } = await request(`${base.url}/who.json?`, { limitMs: limitAfter(ANSWER_MS, [base]) });
		if (who !== null)
			this.report({ type: "family", family, facts: { asns: who.asns, prefix: who.prefix, rpki: who.rpki,
				ptr: who.ptr, ptrConfirmed: who.ptr_confirmed } });
	}

	/* Small requests on an open connection, with nothing else under way. */
	async latency(family) {
		const base = await this.base(family);
		if (base === null)
			return;
		const endMs = performance.now() + PINGS_MS;
		const samplesMs = [];
		let tcp = null;
		for (let i = 0; i <= PINGS && performance.now() < endMs; i++) {
			const { latencyMs, json } = await request(`${base.url}${this.#connection()}`, { limitMs: PINGS_MS });
			if (json === null)
				break;
			tcp = json.tcp ?? null;
			if (i > 0) /* the first may open the connection */
				samplesMs.push(latencyMs);
		}
		if (samplesMs.length > 0)
			this.report({ type: "family", family, facts: { latencyMs: hundredths(median(samplesMs)), samplesMs, tcp } });
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
