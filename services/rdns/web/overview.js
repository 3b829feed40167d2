// All prefixes at a glance: what is delegated, hosted and free, and what is broken.
// SPDX-License-Identifier: MIT
//
// For tests: .prefix[data-prefix] with data-delegations, data-broken and data-names; #broken [data-prefix].

import { make } from "/shared/dom.js";
import { bandOf, byMember, cellsOf, countsOf, largest } from "./map.js";
import { isAddress } from "./prefix.js";
import { memberHref, prefixHref } from "./route.js";

const BAND_BITS = 8;
const MOST_BANDS = 200;

/* Widths come from the picture: styles in markup are not allowed, those set by a script are. */
function part({ use, from, to }) {
	const element = make("i", { "data-use": use });
	element.style.flexGrow = String(to - from);
	return element;
}

/** What a prefix's addresses are used for, as words: "3 delegations, 12 names, ..." */
export function countsText({ t, format }, { delegations, broken, made, names, share }) {
	const closer = [broken > 0 ? t("countBroken", { n: format.number(broken) }) : null,
		share < 100 ? t("countShare", { share: format.percent(share) }) : null].filter((text) => text !== null);
	const delegated = t(delegations === 1 ? "countDelegation" : "countDelegations", { n: format.number(delegations) });
	const parts = [
		delegations === 0 ? null : closer.length === 0 ? delegated : `${delegated} (${closer.join(", ")})`,
		names > 0 ? t(names === 1 ? "countName" : "countNames", { n: format.number(names) }) : null,
		made > 0 ? t("countMade") : null,
	].filter((text) => text !== null);
	return parts.length === 0 ? t("countNone") : format.list(parts);
}

function prefixCard(page, { prefix, place, asn, name }, things, withMember) {
	const { t } = page;
	const counts = countsOf(place, things);
	const text = countsText(page, counts);
	const band = bandOf(place, cellsOf(place, things, BAND_BITS));
	return make("li", { class: "prefix", "data-prefix": prefix, "data-delegations": counts.delegations, "data-broken": counts.broken,
		"data-names": counts.names },
	make("a", { href: prefixHref(place) }, make("code", {}, prefix)),
	withMember ? make("a", { class: "soft", href: memberHref(asn) }, t("as", { asn, name })) : null,
	make("div", { class: "band", "aria-hidden": "true" }, ...band.map(part)),
	make("p", { class: "soft" }, text));
}

/** What the colours and patterns of pictures mean. */
export function legend({ t }, { delegations, made }) {
	const states = ["pending", "broken"].filter((state) => delegations.some((each) => each.state === state));
	return make("p", { class: "legend", "aria-hidden": "true" },
		...["delegated", ...states, "hosted", ...made.length > 0 ? ["made"] : [], "free"].map((use) => make("span", { "data-use": use }, t(`use_${use}`))));
}

function brokenPart({ t }, delegations) {
	const broken = delegations.filter(({ state }) => state === "broken");
	if (broken.length === 0)
		return null;
	return make("section", { id: "broken", class: "sheet alarm" },
		make("h2", {}, t("brokenTitle")), make("p", {}, t("brokenText")),
		make("ul", { class: "plain" }, ...broken.slice(0, MOST_BANDS).map(({ prefix, place, nameservers }) =>
			make("li", { "data-prefix": prefix }, make("a", { href: prefixHref(place) }, make("code", {}, prefix)), " ",
				make("span", { class: "soft" }, nameservers.map(({ name }) => name).join(", "))))));
}

/* Prefixes of a network and addresses of the exchange's own, apart. */
function listOf(page, key, prefixes, thingsOf, withMember) {
	if (prefixes.length === 0)
		return null;
	const shown = prefixes.slice(0, MOST_BANDS);
	return make("section", { class: "part" }, make("h2", {}, page.t(key)),
		make("ul", { class: "prefixes plain" }, ...shown.map((each) => prefixCard(page, each, thingsOf(each.asn), withMember))),
		prefixes.length > shown.length ? make("p", { class: "soft" }, page.t("more", { n: page.format.number(prefixes.length - shown.length) })) : null);
}

export function showOverview({ page, session }, { asn }, data) {
	const { t } = page;
	const mine = largest(data.prefixes);
	const thingsOf = byMember(data);
	const name = asn === null ? null : data.prefixes.find((each) => each.asn === asn)?.name ?? "";
	const withMember = session.role === "operator" && asn === null;
	return [
		make("h1", {}, name === null ? t(withMember ? "allPrefixes" : "myPrefixes") : t("as", { asn, name })),
		session.frozen ? make("p", { class: "sheet alarm" }, t("frozenText")) : null,
		brokenPart(page, data.delegations),
		mine.length === 0 ? make("p", { class: "sheet" }, t("noPrefixes")) : legend(page, data),
		listOf(page, "networks", mine.filter(({ place }) => !isAddress(place)), thingsOf, withMember),
		listOf(page, "addresses", mine.filter(({ place }) => isAddress(place)), thingsOf, withMember),
	].filter((each) => each !== null);
}
