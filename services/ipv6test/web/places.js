// Where each test asks, as /session.json names it. Pure.
// SPDX-License-Identifier: MIT

import { FAMILIES } from "./observations.js";
import { laneOf } from "./rows.js";

const USUAL_PORTS = { http: 80, https: 443 };

/* Tests that share the zone of another; all others are called like theirs. */
const BY_ADDRESS = { literal4: "ipv4", literal6: "ipv6" };

/**
 * {name(test), literal(family)}: URLs without a path for a page of @scheme, null for what the POP does
 * not have.
 */
export function placesOf(session, scheme) {
	const number = session[`${scheme}_port`];
	const port = number === USUAL_PORTS[scheme] ? "" : `:${number}`;
	const url = (host) => `${scheme}://${host}${port}`;
	return {
		/* A resolver that minimises its questions (RFC 9156) shows itself by a name with one label more. */
		name: (test) => session.tests.includes(test)
			? url(`${test === "qmin" ? "x." : ""}${session.nonce}.${test}.${session.zone}`) : null,
		literal: (family) => {
			const address = session.literals[family];
			return address === null ? null : url(family === "ipv6" ? `[${address}]` : address);
		},
	};
}

/** The place of test @id: {url} of places above, or why it cannot be tested: {reason}. */
export function placeOf(places, session, id) {
	if (id in BY_ADDRESS) {
		const url = places.literal(BY_ADDRESS[id]);
		return url === null ? { reason: "not-offered" } : { url };
	}
	if (session.names === "local")
		return { reason: "local" };
	const url = id === "http3" ? session.http3 : places.name(id);
	return url === null ? { reason: "not-offered" } : { url };
}

const UPLOADS = { ipv4: "up4", ipv6: "up6" };

/**
 * Where a page of @origin sends what is large: where the family that it came by loses large packets, by the
 * other one, if that works.
 */
export function uploadOrigin(origin, session, observations) {
	const { tests, scheme } = observations;
	const own = tests.page?.family;
	const other = FAMILIES.find((family) => family !== own);
	const isLost = own && tests[UPLOADS[own]]?.state === "timeout";
	return (isLost && laneOf(observations, other) === "works" && placesOf(session, scheme).literal(other)) || origin;
}
