// Where in the page we are: what its address says after "#". Pure.
// SPDX-License-Identifier: MIT

import { parsePrefix, prefixText } from "./prefix.js";

/** {view: "overview", "prefix", "history" or "members", place, asn, subject}: what is not said is null. */
export function routeOf(hash) {
	const [view, ...rest] = hash.replace(/^#\/?/, "").split("/");
	const none = { view: "overview", place: null, asn: null, subject: null };
	const argument = rest.join("/");
	if (view === "prefix" && parsePrefix(argument) !== null)
		return { ...none, view, place: parsePrefix(argument) };
	if (view === "history")
		return { ...none, view, subject: parsePrefix(argument) === null ? null : argument };
	if (view === "members")
		return /^\d{1,10}$/.test(argument) ? { ...none, asn: Number(argument) } : { ...none, view };
	return none;
}

export const prefixHref = (place) => `#/prefix/${prefixText(place)}`;
export const historyHref = (subject = null) => subject === null ? "#/history" : `#/history/${subject}`;
export const memberHref = (asn) => `#/members/${asn}`;
