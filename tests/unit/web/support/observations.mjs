// Observations of runs, for the verdict.
// SPDX-License-Identifier: MIT

import { newObservations, TESTS, withFamily, withTest } from "../../../../services/ipv6test/web/observations.js";

const ok = (family, more = {}) => ({ state: "ok", ms: 20, dnsMs: 5, connectMs: 5, family, protocol: "http/1.1", ...more });
export const failed = { state: "failed", ms: 10 };
export const timeout = { state: "timeout", ms: 15000 };
export const slow = (family) => ok(family, { state: "slow", ms: 6000 });
export const works = ok;

const OVER_IPV4 = ["a", "literal4", "up4", "down4", "v4ns"];
const BADLY_SIGNED = ["bogus", "expired", "nosig"];

const TCP = { rtt_us: 4000, min_rtt_us: 3000, snd_mss: 1448, rcv_mss: 1448, advmss: 1448, pmtu: 1500, retransmits: 0 };

export const IPV4 = { address: "192.0.2.7", asns: [{ asn: 64500, name: "Example" }], rpki: "valid",
	ptr: "host.example", ptrConfirmed: true, tcp: TCP, latencyMs: 10, downloadBps: 100e6, uploadBps: 50e6 };
export const IPV6 = { ...IPV4, address: "2001:db8::7", tcp: { ...TCP, snd_mss: 1428 } };

function healthyTest(id) {
	if (id === "he")
		return ok("ipv4", { connectMs: 260 });
	if (id === "late" || OVER_IPV4.includes(id))
		return ok("ipv4");
	return BADLY_SIGNED.includes(id) ? failed : ok("ipv6", { protocol: id === "http3" ? "h3" : "http/1.1" });
}

/** A healthy line over which everything was tested, but for @tests, id -> result or null, and @facts. */
export function observed(tests = {}, { families = {}, ...facts } = {}) {
	let observations = newObservations(new Date(0), "http", "public");
	for (const id of TESTS)
		if (tests[id] !== null)
			observations = withTest(observations, id, tests[id] ?? healthyTest(id));
	for (const [family, known] of Object.entries({ ipv4: IPV4, ipv6: IPV6 }))
		if (families[family] !== null)
			observations = withFamily(observations, family, { ...known, ...families[family] });
	return { ...observations, asked: { ds: ["A", "AAAA"] }, ...facts };
}

/** A line without IPv6, as a run over it has it: what needs IPv6 was not made. */
export function onlyIpv4(tests = {}, facts = {}) {
	return observed({ page: ok("ipv4"), aaaa: failed, literal6: failed, ds: ok("ipv4"), he: null, v6ns: ok("ipv4"),
		up6: null, down6: null, mtu: null, ...tests }, { families: { ipv6: null }, asked: { ds: ["A"] }, ...facts });
}

/** One without IPv4. */
export function onlyIpv6(tests = {}, facts = {}) {
	return observed({ a: failed, literal4: failed, he: null, late: ok("ipv6"), v4ns: ok("ipv6"), up4: null, down4: null, ...tests },
		{ families: { ipv4: null }, ...facts });
}

/** The demonstration, where the browser answers names itself. */
export function local() {
	const withoutName = ["page", "literal4", "literal6", "up4", "down4", "up6", "down6"];
	const rest = TESTS.filter((id) => !withoutName.includes(id)).map((id) => [id, { state: "skipped", reason: "local" }]);
	return observed(Object.fromEntries(rest), { names: "local", asked: {} });
}
