// What a member has here, or all members: prefixes, delegations, hosted names. Read from the API.
// SPDX-License-Identifier: MIT

import { listAll } from "./api.js";
import { isMade } from "./made.js";
import { compare, parsePrefix } from "./prefix.js";

const inOrder = (things) => things.toSorted((a, b) => compare(a.place, b.place));
const placed = (things, of) => inOrder(things.map((each) => ({ ...each, place: parsePrefix(of(each)) })));

/**
 * {prefixes, delegations, made, ptrs}, each thing with its "place" (prefix.js), in order; made: delegations to @domain's
 * POP itself, for names made of addresses. @asn: of one member; null: of all.
 */
export async function load(asn, domain) {
	const [prefixes, delegations, ptrs] = await Promise.all(["prefixes", "delegations", "ptrs"].map((path) => listAll(path, { asn })));
	const all = placed(delegations, ({ prefix }) => prefix);
	return {
		prefixes: placed(prefixes, ({ prefix }) => prefix),
		delegations: all.filter((each) => !isMade(each, domain)),
		made: all.filter((each) => isMade(each, domain)),
		ptrs: placed(ptrs, ({ address }) => address),
	};
}
