// The POPs where a visitor can measure, and which is nearest.
// SPDX-License-Identifier: MIT

import { Failure, askJson, timed } from "/shared/ask.js";

const REQUESTS = 3;
const LIMIT_MS = 2000; /* for all answers of a POP */

/** This POP and its neighbours: [{name, title, url, pop}], this one first; pop is null when still unknown. */
export function candidates(pop, page) {
	const at = ({ name, title }, url, known) => ({ name, title, url: new URL(url, page).origin, pop: known });
	return [at(pop.site, page, pop), ...(pop.neighbours ?? []).map((other) => at(other, other.speedtest, null))];
}

/* The candidate with its latency, the lowest of a few, and its own /pop.json; null without answers in time. */
async function probed({ pop, url, ...candidate }) {
	const end = performance.now() + LIMIT_MS;
	const leftMs = () => Math.max(0, Math.ceil(end - performance.now()));
	const samples = [];
	try {
		const known = pop ?? await askJson(`${url}/pop.json`, leftMs());
		while (samples.length < REQUESTS)
			samples.push((await timed(`${url}/empty`, leftMs())).latencyMs);
		return { ...candidate, url, pop: known, latencyMs: Math.min(...samples) };
	} catch (error) {
		if (!(error instanceof Failure))
			throw error;
		return null;
	}
}

/**
 * The POP named @chosen, else (null) the nearest: {name, title, url, pop, latencyMs}.
 * Without a choice and without an answer in time it is this POP, its latency null.
 */
export async function pickServer(pop, page, chosen) {
	const all = candidates(pop, page);
	const wanted = chosen === null ? all : all.filter(({ name }) => name === chosen);
	const found = (await Promise.all(wanted.map(probed))).filter((server) => server !== null);
	if (found.length > 0)
		return found.reduce((best, server) => server.latencyMs < best.latencyMs ? server : best);
	if (chosen !== null && chosen !== pop.site.name)
		throw new Failure("lost", { server: chosen });
	return { ...all[0], latencyMs: null };
}
