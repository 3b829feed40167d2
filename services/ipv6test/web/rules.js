// The rules of the verdict: what has to hold for each finding of verdict.js. Pure.
// SPDX-License-Identifier: MIT

import { isEmbedded } from "./address.js";
import { FAMILIES } from "./observations.js";
import { fails, losesTooBig, stateOf, works } from "./scores.js";

const FALLBACK_MS = 1000;    /* RFC 8305, 5 wants 250 ms */
const LATER_MS = 50;         /* IPv6 answers much later: by as much, */
const LATER_TIMES = 2;       /* and by this factor */
const SLOWER_TIMES = 2;      /* a transfer over IPv6 takes so many times as long */
const SMALL_MTU = 1480;      /* of IPv6 in IPv4, or less */

const [A, AAAA, DS] = ["a", "aaaa", "ds"];
const DNSSEC_BAD = ["bogus", "expired", "nosig"];
const ALL_NAMES = [A, AAAA, DS];

const all = (ids, test) => (o) => ids.every((id) => test(o, id));
const some = (ids, test) => (o) => ids.some((id) => test(o, id));
const both = (...tests) => (o, holding) => tests.every((test) => test(o, holding));
const not = (test) => (o, holding) => !test(o, holding);

const worked = (...ids) => all(ids, works);
const failed = (...ids) => all(ids, fails);
const anyFailed = (...ids) => some(ids, fails);
const is = (id, state) => (o) => stateOf(o, id) === state;

const isLocal = ({ names }) => names === "local";
const hasProblem = (o, holding) => holding.some(({ severity }) => severity === "problem");
const isNamed = (o, holding) => holding.some(({ isHeadline }) => isHeadline);
const wasAsked = (zone, type) => ({ asked }) => (asked[zone] ?? []).includes(type);
const of = (family, test) => (o) => o.families[family] !== null && test(o.families[family], o);
const ofAny = (test) => (o) => FAMILIES.some((family) => of(family, test)(o));
const ofBoth = (test) => ({ families: { ipv4, ipv6 } }) => ipv4 !== null && ipv6 !== null && test(ipv4, ipv6);
const known = (...values) => values.every((value) => typeof value === "number");

/* One row: its id is explained in verdict.js. */
const row = (id, severity, confidence, where, ...tests) => ({ id, severity, confidence, where, holds: both(...tests) });
const headline = (...columns) => ({ ...row(...columns), isHeadline: true });

const fallsBackLate = ({ tests: { he } }) => (he.connectMs ?? he.ms) > FALLBACK_MS;
const nat64 = both(worked(A, AAAA), failed("literal4"));
const noIpv6 = both(worked(A), failed(AAAA), not(worked("literal6")));
const believesInIpv6 = wasAsked(DS, "AAAA");
const dualStackWorks = both(worked(...ALL_NAMES), not(nat64));
const largePacketsPass = worked("up4", "down4", "up6", "down6");
const blocked = both(failed(...ALL_NAMES), some(["literal4", "literal6"], works));

/* The page came over @family, and all other tests of it failed. */
function unreachable(family, literal, name) {
	return both(worked("page"), ({ tests }) => tests.page.family === family, failed(literal, name));
}

const PROBLEMS = [
	row("ipv6-broken", "problem", "high", "provider", noIpv6, is(AAAA, "timeout")),
	row("ipv6-refused", "problem", "medium", "home-router", noIpv6, is(AAAA, "failed"), believesInIpv6),
	row("ipv6-slow", "problem", "medium", "provider", is(AAAA, "slow")),
	row("ipv4-broken", "problem", "high", "provider", is(A, "timeout"), worked(AAAA), not(worked("literal4"))),
	row("ipv4-slow", "problem", "medium", "provider", is(A, "slow")),
	row("aaaa-missing", "problem", "high", "resolver", failed(AAAA), worked("literal6"), some([A, DS], works)),
	row("a-missing", "problem", "high", "resolver", failed(A), worked("literal4"), some([AAAA, DS], works)),
	row("dual-stack-broken", "problem", "medium", "device", failed(DS), some([A, AAAA], works)),
	row("mtu-ipv6-to-us", "problem", "high", "provider", failed("up6")),
	row("mtu-ipv6-to-you", "problem", "high", "provider", failed("down6")),
	row("mtu-ipv4-to-us", "problem", "high", "provider", failed("up4")),
	row("mtu-ipv4-to-you", "problem", "high", "provider", failed("down4")),
	row("mtu-ipv6-icmp", "problem", "medium", "home-router", losesTooBig),
	row("no-fallback", "problem", "medium", "device", failed("he"), dualStackWorks),
	row("dns-no-tcp", "problem", "medium", "resolver", failed("tcp"), worked(DS)),
	row("dnssec-broken", "problem", "high", "resolver", anyFailed("alg8", "alg13"), worked(DS)),
	row("test-unreachable", "problem", "low", "us",
		(o) => unreachable("ipv4", "literal4", A)(o) || unreachable("ipv6", "literal6", AAAA)(o)),
];

const HEADLINES = [
	headline("names-local", "info", "high", null, isLocal),
	headline("nothing-works", "problem", "medium", "provider",
		failed(...ALL_NAMES, "literal4", "literal6")),
	headline("names-blocked", "problem", "medium", "device", blocked, (o) => ALL_NAMES.some((zone) => zone in o.asked)),
	headline("dns-broken", "problem", "medium", "resolver", blocked, not(isNamed)),
	headline("healthy-dual-stack", "good", "high", null, dualStackWorks, largePacketsPass, not(hasProblem)),
	headline("dual-stack", "info", "high", null, dualStackWorks, hasProblem),
	headline("ipv6-only-nat64", "info", "high", null, nat64),
	headline("ipv4-only", "warning", "high", "provider", noIpv6, is(AAAA, "failed"), not(believesInIpv6)),
	headline("ipv6-only", "warning", "high", "provider", is(A, "failed"), worked(AAAA), not(worked("literal4"))),
	headline("incomplete", "info", "high", null, not(isNamed), not(hasProblem)),
];

const NAMES = [
	row("dual-stack-slow", "warning", "medium", "provider", is(DS, "slow")),
	row("avoids-ipv6", "info", "high", "device", dualStackWorks, ({ tests }) => tests.ds.family === "ipv4"),
	row("fallback-slow", "warning", "high", "device", worked("he"), fallsBackLate),
	row("fallback-works", "good", "high", null, worked("he"), not(fallsBackLate)),
	row("late-aaaa-waits", "info", "medium", "device", worked("late"), ({ tests }) => tests.late.family === "ipv6"),
];

const RESOLVERS = [
	row("resolver-no-ipv6", "warning", "high", "resolver", worked(DS), failed("v6ns")),
	row("resolver-no-ipv4", "warning", "high", "resolver", worked(DS), failed("v4ns")),
	row("dnssec-no-ed25519", "info", "medium", "resolver", failed("alg15"), worked(DS, "alg8", "alg13")),
	row("resolvers-mixed", "warning", "medium", "resolver", some(DNSSEC_BAD, works),
		({ resolvers }) => resolvers.some(({ validates }) => validates) && resolvers.some(({ validates }) => validates === false)),
	row("resolver-not-validating", "warning", "high", "resolver", worked(DS), some(DNSSEC_BAD, works),
		(o, holding) => !holding.some(({ id }) => id === "resolvers-mixed")),
	row("resolver-validating", "good", "high", null, worked("alg8", "alg13"), failed(...DNSSEC_BAD)),
	row("resolver-passes-address", "info", "high", "resolver", ({ resolvers }) => resolvers.some(({ ecs }) => ecs !== null)),
];

const subtype = (name) => of("ipv6", (family) => family.subtype === name);
const sameOrigin = (one, other) => one.asns.some(({ asn }) => other.asns.some((each) => each.asn === asn));
const hasOrigins = (...families) => families.every(({ asns }) => asns.length > 0);
const isNative = both(not(subtype("6to4")), not(subtype("Teredo")));

/* A segment of IPv4 that has no more room than one of IPv6, whose header is 20 bytes longer. */
const sameRoom = (one, other) => known(one.tcp?.snd_mss, other.tcp?.snd_mss) && one.tcp.snd_mss <= other.tcp.snd_mss;

const PATHS = [
	row("tunnel-6to4", "warning", "high", "device", subtype("6to4")),
	row("tunnel-teredo", "warning", "high", "device", subtype("Teredo")),
	row("tunnel-6rd", "info", "low", "home-router", isNative, ofBoth((ipv4, ipv6) => isEmbedded(ipv4.address, ipv6.address))),
	row("tunnel-likely", "info", "low", null, isNative, ofBoth((ipv4, ipv6) =>
		hasOrigins(ipv4, ipv6) && !sameOrigin(ipv4, ipv6) && known(ipv6.tcp?.pmtu) && ipv6.tcp.pmtu <= SMALL_MTU)),
	row("ipv4-over-ipv6", "info", "low", "provider", dualStackWorks, ofBoth(sameRoom)),
	row("proxy", "info", "high", null, ofAny(({ via }) => via !== null)),
	row("ipv6-latency", "warning", "medium", "provider", ofBoth((ipv4, ipv6) =>
		known(ipv4.latencyMs, ipv6.latencyMs) && ipv6.latencyMs > ipv4.latencyMs + LATER_MS
		&& ipv6.latencyMs > LATER_TIMES * ipv4.latencyMs)),
	row("ipv6-throughput", "warning", "low", "provider", not(anyFailed("up6", "down6")), ofBoth((ipv4, ipv6) =>
		["downloadBps", "uploadBps"].some((way) => known(ipv4[way], ipv6[way]) && SLOWER_TIMES * ipv6[way] < ipv4[way]))),
	row("http3-blocked", "info", "low", "provider", worked("http3"), ({ tests }) => tests.http3.protocol !== "h3"),
	row("http3-works", "good", "high", null, worked("http3"), ({ tests }) => tests.http3.protocol === "h3"),
];

const ADDRESSES = [
	row("mac-derived", "warning", "high", "device", of("ipv6", ({ macDerived }) => macDerived)),
	row("rpki-invalid", "warning", "high", "provider", ofAny(({ rpki }) => rpki === "invalid")),
	row("rpki-valid", "good", "high", null, ofAny(({ rpki }) => rpki === "valid"), not(ofAny(({ rpki }) => rpki !== "valid"))),
	row("no-ptr", "info", "medium", "provider", ofAny(({ ptr, ptrConfirmed }) => ptr === null && ptrConfirmed === false)),
	row("ptr-unconfirmed", "info", "medium", "provider", ofAny(({ ptr, ptrConfirmed }) => ptr !== null && ptrConfirmed === false)),
];

/** In the order in which they are asked: @holds(observations, rules that hold so far). */
export const RULES = [...PROBLEMS, ...HEADLINES, ...NAMES, ...RESOLVERS, ...PATHS, ...ADDRESSES];
