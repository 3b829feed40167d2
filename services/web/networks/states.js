// How networks' sessions and ports are, as the POP knows it from its route servers and switches. No DOM in here.
// SPDX-License-Identifier: MIT

const ORDER = ["down", "flapping", "unknown", "up"]; /* what needs somebody comes first */

/** Of @states, the API's list: AS number -> [{kind, state, count}], what needs somebody first. */
export function byNetwork(states) {
	const networks = new Map();
	for (const { asn, kind, state } of states) {
		const counts = networks.get(asn) ?? networks.set(asn, new Map()).get(asn);
		const key = `${ORDER.indexOf(state)} ${kind}`;
		counts.set(key, { kind, state, count: (counts.get(key)?.count ?? 0) + 1 });
	}
	const inOrder = (counts) => [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
	return new Map([...networks].map(([asn, counts]) => [asn, inOrder(counts)]));
}

/** By what the column is sorted: networks of which something is down come last, and first when it is turned round. */
export function rank(entries) {
	return entries === undefined ? null : ORDER.length - ORDER.indexOf(entries[0].state);
}
