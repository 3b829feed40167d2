// The operator's view: all members, what they have, and what is broken.
// SPDX-License-Identifier: MIT
//
// For tests: #members [data-asn] with data-frozen, data-delegations, data-broken and data-names.

import { make } from "/shared/dom.js";
import { badge } from "./fields.js";
import { memberHref } from "./route.js";

/** One row for each member: {asn, name, prefixes, delegations, broken, names}, by AS number. Who has none any more has vanished. */
export function membersOf({ prefixes, delegations, ptrs }) {
	const rows = new Map();
	const rowOf = (asn) => {
		if (!rows.has(asn))
			rows.set(asn, { asn, name: "", prefixes: 0, delegations: 0, broken: 0, names: 0 });
		return rows.get(asn);
	};
	for (const { asn, name } of prefixes) {
		const row = rowOf(asn);
		Object.assign(row, { name, prefixes: row.prefixes + 1 });
	}
	for (const { asn, state } of delegations) {
		rowOf(asn).delegations += 1;
		rowOf(asn).broken += state === "broken" ? 1 : 0;
	}
	for (const { asn } of ptrs)
		rowOf(asn).names += 1;
	return [...rows.values()].toSorted((a, b) => a.asn - b.asn);
}

function row({ t, format }, { asn, name, prefixes, delegations, broken, names }) {
	const numbers = [prefixes, delegations, broken, names];
	return make("tr", { "data-asn": asn, "data-frozen": String(prefixes === 0), "data-delegations": delegations, "data-broken": broken, "data-names": names },
		make("th", { scope: "row" }, make("a", { href: memberHref(asn) }, t("as", { asn, name })),
			prefixes === 0 ? badge("broken", t("frozen")) : null),
		...numbers.map((n, i) => make("td", { "data-bad": i === 2 && n > 0 ? "" : null }, format.number(n))));
}

export function showMembers({ page }, route, data) {
	const { t } = page;
	const rows = membersOf(data);
	const columns = ["member", "prefixes", "delegations", "broken", "names"].map((key) => make("th", { scope: "col" }, t(`column_${key}`)));
	return [
		make("h1", {}, t("view_members")),
		rows.length === 0 ? make("p", { class: "sheet" }, t("membersNone"))
			: make("div", { id: "members", class: "scroll", role: "region", "aria-label": t("view_members"), tabindex: "0" },
				make("table", { class: "numbers" }, make("thead", {}, make("tr", {}, ...columns)), make("tbody", {}, ...rows.map((each) => row(page, each))))),
	];
}
