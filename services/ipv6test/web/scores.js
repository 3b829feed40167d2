// Readiness for IPv4 and IPv6, 0 to 10, as the field counts it (falling-sky, test-ipv6.com). Pure.
// SPDX-License-Identifier: MIT
//
// Each fact that holds has a pair of scores; the lowest of each counts. A score is null when what it
// needs was not tested.

import { SKIPPED } from "./observations.js";

/** Token -> [IPv4, IPv6]. The last is ours: the field does not test large packets over IPv4. */
const TOKENS = {
	dualStack: [10, 10],
	dualStackSlow: [7, 7],
	ipv4Only: [10, 0],
	ipv4OnlySlowNames: [5, 0],
	ipv6Only: [0, 10],
	ipv4Slow: [5, 10],
	ipv6Slow: [10, 5],
	ipv6TimesOut: [10, 0],
	noIpv6Names: [10, 0],
	broken: [0, 0],
	ipv6Mtu: [1, 1],
	v6ns: [10, 9],
	sixToFour: [7, 7],
	teredo: [7, 7],
	teredoAvoided: [10, 7],
	nat64: [7, 10],
	ipv4Mtu: [1, 10],
};

/** The state of test @id, "skipped" when it was not made. */
export const stateOf = ({ tests }, id) => (tests[id] ?? SKIPPED).state;

export const works = (observations, id) => ["ok", "slow"].includes(stateOf(observations, id));
export const fails = (observations, id) => ["failed", "timeout"].includes(stateOf(observations, id));
const wasTested = (observations, id) => stateOf(observations, id) !== "skipped";

/* A pattern of the states of a, aaaa and ds: o(k), s(low), f(ailed), t(imeout); of ds also by which family. */
const PRIMARY = [
	[/^[os][os]o[46]$/, "dualStack"],
	[/^[os][os]s[46]$/, "dualStackSlow"],
	[/^[os][os][ft]/, "broken"],
	[/^[os][ft]o/, "ipv4Only"],
	[/^[os][ft]s/, "ipv4OnlySlowNames"],
	[/^[os][ft][ft]/, "broken"],
	[/^[os]t[os]/, "ipv6TimesOut"],
	[/^[ft][os][os]/, "ipv6Only"],
	[/^[ft][os][ft]/, "broken"],
	[/^s[osft]/, "ipv4Slow"],
	[/^[os]s/, "ipv6Slow"],
];

/** "ooo6" when all is well, "x" for what was not tested. */
function patternOf(observations) {
	const letter = (id) => ({ skipped: "x" })[stateOf(observations, id)] ?? stateOf(observations, id)[0];
	const family = observations.tests.ds?.family;
	return ["a", "aaaa", "ds"].map(letter).join("") + (family ? family.slice(-1) : "");
}

/** The message of packets that are too big does not arrive; on a slow line it would be too early to say so. */
export const losesTooBig = (observations) =>
	fails(observations, "mtu") && ["aaaa", "up6"].every((id) => stateOf(observations, id) === "ok");

function tunnelToken({ families, tests }) {
	const subtype = families.ipv6?.subtype;
	if (subtype === "Teredo")
		return tests.ds?.family === "ipv4" ? "teredoAvoided" : "teredo";
	return subtype === "6to4" ? "sixToFour" : null;
}

/** The tokens that hold. */
function tokensOf(observations) {
	const pattern = patternOf(observations);
	const tokens = PRIMARY.filter(([expression]) => expression.test(pattern)).map(([, token]) => token);
	const add = (token, holds) => holds && tokens.push(token);
	const ipv6 = works(observations, "aaaa");
	add("noIpv6Names", fails(observations, "aaaa") && works(observations, "literal6"));
	add("ipv6Mtu", ipv6 && (["up6", "down6"].some((id) => fails(observations, id)) || losesTooBig(observations)));
	add("ipv4Mtu", works(observations, "a") && ["up4", "down4"].some((id) => fails(observations, id)));
	add("v6ns", works(observations, "ds") && fails(observations, "v6ns"));
	add("nat64", ipv6 && works(observations, "a") && fails(observations, "literal4"));
	const tunnel = tunnelToken(observations);
	add(tunnel, tunnel !== null && ipv6);
	return tokens;
}

/* Without these there is no score: the names, and large packets where the names work. */
function isComplete(observations) {
	const needed = ["a", "aaaa", "ds",
		...works(observations, "a") ? ["up4", "down4"] : [],
		...works(observations, "aaaa") ? ["up6", "down6"] : [],
		...works(observations, "ds") ? ["v6ns"] : []];
	const isBlocked = fails(observations, "a") && fails(observations, "aaaa");
	return !isBlocked && needed.every((id) => wasTested(observations, id));
}

/** {ipv4, ipv6}, each 0 to 10 or null. */
export function scoresOf(observations) {
	if (!isComplete(observations))
		return { ipv4: null, ipv6: null };
	const pairs = tokensOf(observations).map((token) => TOKENS[token]);
	return { ipv4: Math.min(...pairs.map(([score]) => score)), ipv6: Math.min(...pairs.map(([, score]) => score)) };
}
