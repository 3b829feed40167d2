// What a member has here, or all members: prefixes, delegations, hosted names. Read from the API.
// SPDX-License-Identifier: MIT

import { listAll } from "./api.js";
import { compare, parsePrefix } from "./prefix.js";

const inOrder = (things) => things.toSorted((a, b) => compare(a.place, b.place));
const placed = (things, of) => inOrder(things.map((each) => ({ ...each, place: parsePrefix(of(each)) })));

/** {prefixes, delegations, ptrs}, each thing with its "place" (prefix.js), in order. @asn: of one member; null: of all. */
export async function load(asn) {
	const [prefixes, delegations, ptrs] = await Promise.all(["prefixes", "delegations", "ptrs"].map((path) => listAll(path, { asn })));
	return {
		prefixes: placed(prefixes, ({ prefix }) => prefix),
		delegations: placed(delegations, ({ prefix }) => prefix),
		ptrs: placed(ptrs, ({ address }) => address),
	};
}
