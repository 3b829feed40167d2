// What becomes of the addresses of a prefix: cells of a picture, and parts in order. Pure.
// SPDX-License-Identifier: MIT

import { contains, overlaps, sizeOf, split } from "./prefix.js";

/** How a delegation shows: as its state has it, and "delegated" when that is good. */
export const useOf = ({ state }) => state === "live" ? "delegated" : state;

/** Of things with a "place", their prefix or address, those that @prefix has something to do with. */
export const inside = (prefix, things) => things.filter(({ place }) => overlaps(prefix, place));

/** The delegation of @prefix itself or of what is around it; undefined: none. */
export const delegationOver = (prefix, delegations) => delegations.find(({ place }) => contains(place, prefix));

/* What one part is used for, and by how many delegations or names. */
function cellOf(place, { delegations, made, ptrs }) {
	const over = delegationOver(place, delegations);
	if (over)
		return { place, use: useOf(over), count: 1 };
	const within = delegations.filter((each) => contains(place, each.place));
	const named = ptrs.filter((each) => contains(place, each.place));
	const worst = ["broken", "pending", "delegated"].find((use) => within.some((each) => useOf(each) === use));
	const other = named.length > 0 ? "hosted" : inside(place, made).length > 0 ? "made" : "free";
	return { place, use: worst ?? other, count: within.length + named.length };
}

/* Of all that there is what @prefix has to do with. */
const nearOf = (prefix, { delegations, made, ptrs }) =>
	({ delegations: inside(prefix, delegations), made: inside(prefix, made), ptrs: inside(prefix, ptrs) });

/** @prefix in 2^@bits parts, or as many as it has addresses: [{place, use, count}]. @things: as load() gives them (data.js). */
export function cellsOf(prefix, things, bits) {
	const near = nearOf(prefix, things);
	return split(prefix, bits).map((place) => cellOf(place, near));
}

/* Percent of @whole that lies before @address. */
const positionIn = (whole, address) => Number(1000000n * (address - whole.first) / sizeOf(whole)) / 10000;

/** What the cells say together, neighbours of one use as one: [{use, from, to, count}], in percent of the whole. */
export function bandOf(prefix, cells) {
	return cells.reduce((parts, { place, use, count }) => {
		const to = positionIn(prefix, place.first + sizeOf(place));
		const last = parts.at(-1);
		if (last?.use === use)
			return [...parts.slice(0, -1), { ...last, to, count: last.count + count }];
		return [...parts, { use, from: last?.to ?? 0, to, count }];
	}, []);
}

/** {delegations, broken, made, names, share}: how many there are in @prefix; share: percent of it that is delegated. */
export function countsOf(prefix, things) {
	const { delegations, made, ptrs } = nearOf(prefix, things);
	const covered = delegations.reduce((sum, { place }) => sum + (contains(place, prefix) ? sizeOf(prefix) : sizeOf(place)), 0n);
	return { delegations: delegations.length, broken: delegations.filter(({ state }) => state === "broken").length,
		made: made.length, names: ptrs.length, share: Number(10000n * covered / sizeOf(prefix)) / 100 };
}

/** Of @prefixes in order those to be shown apart: no prefix that another one of the same member holds. */
export function largest(prefixes) {
	const last = new Map(); /* by member: what follows can only be in there */
	return prefixes.filter((each) => {
		const before = last.get(each.asn);
		if (before !== undefined && contains(before.place, each.place))
			return false;
		last.set(each.asn, each);
		return true;
	});
}

function grouped(things) {
	const groups = new Map();
	for (const each of things) {
		if (!groups.has(each.asn))
			groups.set(each.asn, []);
		groups.get(each.asn).push(each);
	}
	return groups;
}

/** The same things by member: asn -> {delegations, made, ptrs}; of one without any, empty. */
export function byMember({ delegations, made, ptrs }) {
	const kinds = Object.entries({ delegations, made, ptrs }).map(([kind, things]) => [kind, grouped(things)]);
	return (asn) => Object.fromEntries(kinds.map(([kind, groups]) => [kind, groups.get(asn) ?? []]));
}
