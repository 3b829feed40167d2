// What each test asks for, and what has to work before it is worth a question. Pure.
// SPDX-License-Identifier: MIT
//
// All begin at once but those that need another. A healthy line takes about 2 s for all, the late DNS
// answer being the longest, then 1 s for latencies and 8 s for throughput. Where nothing answers it is
// 15 s for the names, 5 s for what depends on them, at most 10 s where they were slow, and 4 s for
// latencies; throughput is left out when half a minute has gone.

const LARGE_BYTES = 8192; /* five or six packets of 1500 bytes */
const LIMIT_MS = 5000;
const PATIENT_MS = 15_000; /* where what is slow has to be told from what is broken (falling-sky) */

const MOST_MS = 10_000;    /* for a test that depends on one that was slow */

const NEEDS_NAMES = { needs: ["ds"] };
const NEEDS_BOTH = { needs: ["a", "aaaa", "literal4"] }; /* by NAT64, a name with both addresses has IPv6 only */

/** Before throughput begins in a direction, the run is not older than this. */
export const LATE_MS = 30_000;

export const FAMILY_TESTS = { ipv4: ["a", "literal4"], ipv6: ["aaaa", "literal6"] };

/* family: the test asks where that family was reached, by name or by address. */
const UP = { path: "/ip/?", bytes: LARGE_BYTES };
const DOWN = { path: `/ip/?size=${LARGE_BYTES}` };

/**
 * id -> {needs, limitMs, path, bytes (of its body, 0: none), family, tries, onlyAsked: with this
 * scheme only its resolver is tested}.
 */
export const PLAN = Object.fromEntries(Object.entries({
	page: {},
	a: { limitMs: PATIENT_MS },
	aaaa: { limitMs: PATIENT_MS },
	ds: { limitMs: PATIENT_MS },
	literal4: { limitMs: PATIENT_MS },
	literal6: { limitMs: PATIENT_MS },
	he: NEEDS_BOTH,
	late: { ...NEEDS_BOTH, limitMs: MOST_MS }, /* a resolver may ask more than once, and each answer is late */
	v4ns: NEEDS_NAMES,
	v6ns: NEEDS_NAMES,
	tcp: NEEDS_NAMES,
	qmin: { ...NEEDS_NAMES, onlyAsked: "https" }, /* no certificate is good for a name with one label more */
	alg8: NEEDS_NAMES,
	alg13: NEEDS_NAMES,
	alg15: NEEDS_NAMES,
	bogus: NEEDS_NAMES,
	expired: NEEDS_NAMES,
	nosig: NEEDS_NAMES,
	up4: { ...UP, family: "ipv4" },
	down4: { ...DOWN, family: "ipv4" },
	up6: { ...UP, family: "ipv6" },
	down6: { ...DOWN, family: "ipv6" },
	mtu: { ...UP, needs: ["aaaa", "up6"] },
	http3: { path: "?", tries: 4 }, /* the first answer tells the browser that there is HTTP/3 (RFC 7838) */
}).map(([id, test]) => [id, { needs: [], limitMs: LIMIT_MS, path: null, bytes: 0, family: null, tries: 1, onlyAsked: null, ...test }]));

/** A test that has had its answer. */
export const isAnswered = ({ state }) => state === "ok" || state === "slow";

/** How long a test may take that depends on those with these @results: slow ones cost it time as well. */
export function limitAfter(limitMs, results) {
	const slowest = Math.max(0, ...results.map(({ ms }) => ms ?? 0));
	return Math.max(limitMs, Math.min(MOST_MS, 2 * slowest));
}
