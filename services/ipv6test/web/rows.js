// What was tested, as the page shows it. Pure.
// SPDX-License-Identifier: MIT

import { FAMILY_TESTS, isAnswered } from "./plan.js";

/** In the order of the page. */
export const GROUPS = {
	names: ["a", "aaaa", "ds", "literal4", "literal6", "http3"],
	devices: ["he", "late"],
	large: ["up4", "down4", "up6", "down6", "mtu"],
	dns: ["v4ns", "v6ns", "tcp", "qmin"],
	signed: ["alg8", "alg13", "alg15", "bogus", "expired", "nosig"],
};

const BADLY_SIGNED = ["bogus", "expired", "nosig"];
const LARGE = { ipv4: ["up4", "down4"], ipv6: ["up6", "down6"] };

const MARKS = { ok: "good", slow: "fair", failed: "bad", timeout: "bad", skipped: "none" };

/** A test for the eye: {id, mark: "waiting", "good", "fair", "bad" or "none", text: a key}. */
export function rowOf(observations, id) {
	const test = observations?.tests[id];
	if (!test)
		return { id, mark: "waiting", text: "result_waiting" };
	if (test.state === "skipped")
		return { id, mark: "none", text: test.reason === null ? "result_skipped" : `reason_${test.reason}` };
	if (BADLY_SIGNED.includes(id))
		return isAnswered(test) ? { id, mark: "bad", text: "result_loaded" } : { id, mark: "good", text: "result_kept" };
	if (id === "http3" && isAnswered(test) && test.protocol !== "h3")
		return { id, mark: "fair", text: "result_older" };
	return { id, mark: MARKS[test.state], text: `result_${test.state}` };
}

/** How @family does as a whole: "works", "partly", "fails" or "unknown". */
export function laneOf(observations, family) {
	const states = (ids) => ids.map((id) => observations?.tests[id]).filter((test) => test && test.state !== "skipped");
	const reached = states(FAMILY_TESTS[family]);
	const tested = [...reached, ...states(LARGE[family])];
	if (reached.length === 0)
		return "unknown";
	if (!reached.some(isAnswered))
		return "fails";
	return tested.every(({ state }) => state === "ok") ? "works" : "partly";
}

/** "AB12-CD34" of what a person typed: Crockford's base32, in which O is 0 and I and L are 1. null: no code. */
export function codeOf(text) {
	const plain = text.toUpperCase().replace(/[\s-]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
	return /^[0-9A-HJKMNP-TV-Z]{8}$/.test(plain) ? `${plain.slice(0, 4)}-${plain.slice(4)}` : null;
}

/** What the @path of a page has for a code, "/r/ab12-cd34"; null when it shows no stored result. */
export function typedInPath(path) {
	const match = /^\/r\/([^/]+)$/.exec(path);
	return match && decodeURIComponent(match[1]);
}

/** The first @most networks of /readiness.json, and what is left of all others together. */
export function largestNetworks(asns, most) {
	const named = asns.filter(({ asn }) => asn !== null);
	const rest = [...named.slice(most), ...asns.filter(({ asn }) => asn === null)];
	const sum = (key) => rest.reduce((total, each) => total + each[key], 0);
	const others = { asn: null, name: null, tests: sum("tests"), ipv6_ready: sum("ipv6_ready") };
	return [...named.slice(0, most), ...rest.length > 0 ? [others] : []];
}

/** Of /readiness.json: the share of tests with IPv6 by day, in percent; days without a test are left out. */
export function sharesByDay(days) {
	return days.filter(({ tests }) => tests > 0).map(({ day, tests, ipv6_ready: ready }) => ({ day, percent: 100 * ready / tests }));
}
