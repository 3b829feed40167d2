// What a run's observations (observations.js) mean: findings, scores, and what to do next. Pure.
// SPDX-License-Identifier: MIT
//
// verdict = {
//   scores: {ipv4, ipv6},      0 to 10, null when what they need was not tested (scores.js)
//   findings: [{id, severity, confidence, where}],   the most important first; the first is the headline
//   next: id | null,           of the finding whose advice comes first
// }
// severity: "problem" (something does not work), "warning" (could be better, or will hurt others),
// "info", "good". confidence: "low", "medium", "high". where the cause probably is: "device",
// "home-router", "provider", "resolver", "us", null.
//
// The ids, in the order of RULES. One of the first group is always the headline, unless a problem of
// another group is:
//
//   names-local         names of this POP are answered by the browser itself: only addresses can be tested
//   nothing-works       no test had an answer
//   names-blocked       addresses work, our names were asked for, and no page of them loads: a filter
//   dns-broken          addresses work, names do not
//   healthy-dual-stack  IPv4 and IPv6 work, with large packets, and nothing is wrong
//   dual-stack          both work, and a problem is named besides
//   ipv4-only           no IPv6, and nothing pretends that there is
//   ipv6-only           no IPv4: names with IPv4 alone cannot be reached
//   ipv6-only-nat64     IPv6, and IPv4 by translation of names (NAT64); IPv4 addresses without a name fail
//   incomplete          none of these: not enough was tested
//
//   ipv6-broken         IPv6 is there and swallows everything: the answer never comes
//   ipv6-refused        IPv6 is there and refuses everything, at once
//   ipv6-slow           IPv6 needs more than 5 s
//   ipv4-broken, ipv4-slow               the same of IPv4
//   aaaa-missing        IPv6 works, names do not lead to it: the resolver hides IPv6 addresses
//   a-missing           the same of IPv4
//   dual-stack-broken   names with both addresses do not load, though one family alone would
//   dual-stack-slow     they need more than 5 s
//   mtu-ipv6-to-us, mtu-ipv6-to-you, mtu-ipv4-to-us, mtu-ipv4-to-you
//                       large packets get lost on the way to the POP, or to the visitor
//   mtu-ipv6-icmp       large packets pass, but the message "packet too big" does not reach the visitor
//   no-fallback         a name whose IPv6 address is silent does not load at all (no Happy Eyeballs)
//   test-unreachable    the page came over a family, in which its tests then failed
//
//   resolver-no-ipv6    cannot ask name servers that have IPv6 only
//   resolver-no-ipv4    cannot ask name servers that have IPv4 only
//   dns-no-tcp          a long answer, which needs TCP, does not arrive
//   dnssec-broken       a well signed name does not load
//   dnssec-no-ed25519   only that with the newest algorithm does not
//   resolver-not-validating, resolvers-mixed, resolver-validating     badly signed names load; by some; by none
//   tunnel-6to4, tunnel-teredo, tunnel-6rd, tunnel-likely
//   ipv4-over-ipv6      IPv4 seems to travel inside IPv6 (464XLAT, DS-Lite, MAP)
//   proxy               one names itself
//   avoids-ipv6         both work, and the browser took IPv4
//   fallback-slow       a silent IPv6 address costs a second or more; fallback-works: less
//   late-aaaa-waits     the browser waits for a late DNS answer instead of going ahead over IPv4
//   ipv6-latency        IPv6 answers much later than IPv4
//   ipv6-throughput     IPv6 is much slower than IPv4
//   mac-derived         the IPv6 address has that of the network card in it
//   rpki-invalid        the visitor's prefix is announced by someone who may not
//   rpki-valid, no-ptr, ptr-unconfirmed, resolver-passes-address, http3-works, http3-blocked

import { RULES } from "./rules.js";
import { scoresOf } from "./scores.js";

const RANKS = ["problem", "warning", "info", "good"];

/* Problems first, the headline before the others of its kind, then what is less important. */
function rankOf({ severity, isHeadline = false }) {
	if (isHeadline)
		return severity === "problem" ? -1 : 0.5;
	return RANKS.indexOf(severity);
}

/** The verdict on @observations, also of a run that has not ended. */
export function verdictOf(observations) {
	const holding = [];
	for (const rule of RULES)
		if (rule.holds(observations, holding))
			holding.push(rule);
	const findings = holding.toSorted((a, b) => rankOf(a) - rankOf(b))
		.map(({ id, severity, confidence, where }) => ({ id, severity, confidence, where }));
	const next = findings.find(({ severity }) => severity === "problem" || severity === "warning")?.id ?? null;
	return { scores: scoresOf(observations), findings, next };
}
