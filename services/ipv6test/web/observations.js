// The shape of a run's observations, and how single results fill it. Pure.
// SPDX-License-Identifier: MIT
//
// observations = {
//   version: 1,
//   at: "2026-01-31T12:00:00.000Z",        when the run began, by the visitor's clock
//   durationMs,                            of the run so far
//   scheme: "http" | "https",              that of the page and of all its tests
//   names: "public" | "local",             local: browsers answer such names themselves
//   tests: {<id of TESTS>: test},          those that have ended
//   families: {ipv4: family, ipv6: family},null: the family gave no answer
//   asked: {<test zone>: ["A", "AAAA"]},   types that any resolver asked us for, by test zone
//   resolvers: [resolver],                 at most MOST_RESOLVERS, each address once
// }
// test = {
//   state: "ok" | "slow" | "failed" | "timeout" | "skipped",
//     as it happened: "failed" is what "bogus" should be. "slow" is above SLOW_MS, "timeout" had no
//     answer until its limit; "skipped" was not tested, and proves nothing
//   reason: null, or why it was skipped: "local", "not-offered", "needs" (what it needs has failed), "busy"
//   ms,                                    all of it; null when skipped, as are those below when not known
//   dnsMs, connectMs,                      look-up, and connection with TLS (Resource Timing)
//   family: "ipv4" | "ipv6" | null,        by which it reached us, as the server saw it
//   protocol: "http/1.1" | "h2" | "h3" | null
// }
// family = {
//   address,                               the visitor's, as the server saw it; cut when it is stored
//   subtype: "" | "6to4" | "Teredo",
//   via: null | text,                      the proxy that names itself
//   asns: [{asn, name}],                   origin of its prefix; name may be null
//   prefix: null | text, rpki: "valid" | "invalid" | "not-found" | "unknown",
//   ptr: null | text, ptrConfirmed: bool | null,   ptr is null in what is shared: it often spells the address
//   macDerived: bool,                      the address has that of the device's network card in it (RFC 4291, appendix A)
//   tcp: null | {rtt_us, min_rtt_us, snd_mss, rcv_mss, advmss, pmtu, retransmits},   as the server saw it last
//   latencyMs: null | ms, samplesMs: [ms], median of, and all of, small requests on an open connection
//   downloadBps, uploadBps: null | bits per second
// }
// resolver = {
//   address,                               cut when it is stored
//   family: "ipv4" | "ipv6",               of that address
//   transports: ["udp", "tcp"],            by which it asked
//   edns, dnssecOk, mixedCase, minimised: bool,    in any of its questions
//   buffer: bytes | null,                  the largest it offered for an answer over UDP
//   ecs: bits | null,                      how much of the visitor's address it passed on (RFC 7871)
//   validates: bool | null,                null: not known
//   tests: [<test zone>],                  those it asked about
// }
// What is stored, POST /results: {observations, verdict}, verdict as of verdict.js.

/** What is tested. */
export const TESTS = [
	"page",                         /* this page's own connection */
	"a", "aaaa", "ds",              /* names with an IPv4 address, an IPv6 address, both */
	"literal4", "literal6",         /* addresses without a name */
	"he", "late",                   /* both addresses, the IPv6 one silent; its DNS answer a second late */
	"v4ns", "v6ns",                 /* names whose name servers have one family only */
	"tcp", "qmin",                  /* a name that has to be asked over TCP; one asked label by label */
	"alg8", "alg13", "alg15",       /* names well signed, by algorithm */
	"bogus", "expired", "nosig",    /* badly signed, which a validating resolver keeps from the visitor */
	"up4", "down4", "up6", "down6", /* large packets, to us and to the visitor */
	"mtu",                          /* large packets to a place that only takes small ones and says so */
	"http3",
];

export const FAMILIES = ["ipv4", "ipv6"];
export const SLOW_MS = 5000;
const MOST_RESOLVERS = 32;

export const SKIPPED = { state: "skipped", reason: null, ms: null, dnsMs: null, connectMs: null, family: null, protocol: null };

/** A test that was not made, and why. */
export const skipped = (reason) => ({ ...SKIPPED, reason });

const NO_FAMILY = {
	address: null, subtype: "", via: null, asns: [], prefix: null, rpki: "unknown", ptr: null, ptrConfirmed: null,
	macDerived: false, tcp: null, latencyMs: null, samplesMs: [], downloadBps: null, uploadBps: null,
};

/** Of a run that begins at @at, a Date. @scheme and @names as above. */
export function newObservations(at, scheme, names) {
	return {
		version: 1, at: at.toISOString(), durationMs: 0, scheme, names,
		tests: {}, families: { ipv4: null, ipv6: null }, asked: {}, resolvers: [],
	};
}

export function withTest(observations, id, result) {
	return { ...observations, tests: { ...observations.tests, [id]: { ...SKIPPED, ...result } } };
}

/** With @facts about the visitor's @family. */
export function withFamily(observations, family, facts) {
	const { families } = observations;
	return { ...observations, families: { ...families, [family]: { ...NO_FAMILY, ...families[family], ...facts } } };
}

const BAD_NAMES = ["bogus", "expired", "nosig"];

/* In milliseconds; @ms may be null. */
const orLater = (ms) => ms ?? Infinity;

/*
 * Of those that asked for the same records of a badly signed name: the last one before it loaded does not
 * validate, and those before it do, for the device went on to the next. When it did not load, all of them do.
 * One resolver may ask for each type of record from another address.
 */
function validatesOf(address, queries, tests) {
	const verdicts = queries.filter(({ resolver, test }) => resolver.address === address && BAD_NAMES.includes(test)
		&& (tests[test] ?? SKIPPED).state !== "skipped").map((own) => {
		const asking = queries.filter(({ test, type }) => test === own.test && type === own.type)
			.toSorted((a, b) => orLater(a.first_ms) - orLater(b.first_ms));
		const loaded = ["ok", "slow"].includes(tests[own.test].state);
		return !loaded || asking.at(-1).resolver.address !== address;
	});
	return verdicts.length > 0 ? verdicts.every(Boolean) : null;
}

const unique = (values) => [...new Set(values)];
const bitsOf = (prefix) => Number(prefix.split("/")[1] ?? 0);

function resolverOf(address, queries, tests) {
	const own = queries.filter(({ resolver }) => resolver.address === address);
	const buffers = own.map(({ buffer }) => buffer).filter((buffer) => buffer > 0);
	const prefixes = own.map(({ ecs }) => ecs).filter((ecs) => typeof ecs === "string");
	return {
		address,
		family: own[0].resolver.family,
		transports: unique(own.map(({ transport }) => transport)).toSorted().toReversed(),
		edns: own.some((query) => query.edns),
		dnssecOk: own.some((query) => query.do),
		mixedCase: own.some((query) => query.mixed_case),
		minimised: own.some((query) => query.minimised),
		buffer: buffers.length > 0 ? Math.max(...buffers) : null,
		ecs: prefixes.length > 0 ? Math.max(...prefixes.map(bitsOf)) : null,
		validates: validatesOf(address, queries, tests),
		tests: unique(own.map(({ test }) => test)),
	};
}

/** With what the server says was asked for this run, @queries of /seen.json; once the tests have ended. */
export function withQueries(observations, queries) {
	const addresses = unique(queries.map(({ resolver }) => resolver.address)).slice(0, MOST_RESOLVERS);
	const zones = unique(queries.map(({ test }) => test));
	return {
		...observations,
		asked: Object.fromEntries(zones.map((zone) =>
			[zone, unique(queries.filter(({ test }) => test === zone).map(({ type }) => type)).toSorted()])),
		resolvers: addresses.map((address) => resolverOf(address, queries, observations.tests)),
	};
}

/** What may leave the visitor's hands: all but the names of their addresses. */
export function shareable(observations) {
	const families = Object.entries(observations.families)
		.map(([family, facts]) => [family, facts && { ...facts, ptr: null }]);
	return { ...observations, families: Object.fromEntries(families) };
}
