// The visitor's own past results. They stay in this browser.
// SPDX-License-Identifier: MIT
//
// entry = {atMs, server, ipv4, ipv6, lossPercent}: atMs since 1970, server is the title of the POP,
// ipv4 and ipv6 are null or {downloadBps, uploadBps, latencyMs, addedMs}; a figure not known is null.

import { factsOf } from "./quality.js";
import { FAMILIES } from "./results.js";

export const ENTRIES_MAX = 100;
const TITLE_MAX = 200;
const KEY = "fontaine.speedtest.history";

const figure = (value) => Number.isFinite(value) && value >= 0 ? value : null;

function familyEntry(values) {
	const figures = {
		downloadBps: figure(values?.downloadBps),
		uploadBps: figure(values?.uploadBps),
		latencyMs: figure(values?.latencyMs),
		addedMs: figure(values?.addedMs),
	};
	return Object.values(figures).some((value) => value !== null) ? figures : null;
}

/* An entry of what may be anything; null when nothing in it is one. */
function entryFrom(value) {
	const [ipv4, ipv6] = FAMILIES.map((family) => familyEntry(value?.[family]));
	if (figure(value?.atMs) === null || ipv4 === null && ipv6 === null)
		return null;
	const server = typeof value.server === "string" ? value.server.slice(0, TITLE_MAX) : "";
	return { atMs: value.atMs, server, ipv4, ipv6, lossPercent: figure(value.lossPercent) };
}

/** The entry of a run's @results (results.js) at @atMs; null when nothing was measured. */
export function entryOf(results, atMs) {
	const family = (measured) => {
		const { latencyMs, addedMs } = factsOf(measured, null);
		return { latencyMs, addedMs, downloadBps: measured?.download?.bitsPerSecond, uploadBps: measured?.upload?.bitsPerSecond };
	};
	return entryFrom({ atMs, server: results.server?.title, lossPercent: results.loss?.percent,
		ipv4: family(results.ipv4), ipv6: family(results.ipv6) });
}

/** The entries that @text holds, newest first; what is no entry is left out. @text: anything, or null. */
export function parseHistory(text) {
	try {
		const values = JSON.parse(text);
		return Array.isArray(values) ? values.map(entryFrom).filter((entry) => entry !== null).slice(0, ENTRIES_MAX) : [];
	} catch {
		return [];
	}
}

/** @entries with @entry as the newest; the oldest make way. */
export function withEntry(entries, entry) {
	return [entry, ...entries].slice(0, ENTRIES_MAX);
}

/* A browser may refuse the storage, or have no room: there is no history then. */
function tolerant(access, otherwise) {
	try {
		return access();
	} catch {
		return otherwise;
	}
}

export function loadHistory() {
	return tolerant(() => parseHistory(localStorage.getItem(KEY)), []);
}

/** Add a run's @results. Return: the history with it. */
export function remember(results, atMs = Date.now()) {
	const entry = entryOf(results, atMs);
	if (entry === null)
		return loadHistory();
	const entries = withEntry(loadHistory(), entry);
	tolerant(() => localStorage.setItem(KEY, JSON.stringify(entries)));
	return entries;
}

export function forgetHistory() {
	tolerant(() => localStorage.removeItem(KEY));
}
