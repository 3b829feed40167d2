// One prefix or address: its picture, and what can be done with it.
// SPDX-License-Identifier: MIT
//
// For tests: #map [data-cell] with data-use; #part to go to a part; #parts [data-prefix] what is delegated inside.

import { make, makeSvg } from "/shared/dom.js";
import { showBulk } from "./bulk.js";
import { showDelegation } from "./delegate.js";
import { badge } from "./fields.js";
import { cellsOf, countsOf, delegationOver, inside, useOf } from "./map.js";
import { showNames } from "./names-view.js";
import { countsText, legend } from "./overview.js";
import { addressText, compare, contains, isAddress, lastOf, parsePrefix, prefixText, zonesOf } from "./prefix.js";
import { historyHref, prefixHref } from "./route.js";

const MAP_BITS = 8;
const COLUMNS = { wide: 32, narrow: 16 };
const MOST_PARTS = 100;

const same = (a, b) => a.family === b.family && compare(a, b) === 0;
const shortText = (place) => isAddress(place) ? addressText(place) : prefixText(place);

/* The picture: a cell for each part, row by row; a click leads there. The list and the field below do so too. */
function map({ t, format }, place, things) {
	const cells = cellsOf(place, things, MAP_BITS);
	if (cells.length === 1)
		return null;
	const columns = Math.min(cells.length, COLUMNS[matchMedia("(max-width: 46rem)").matches ? "narrow" : "wide"]);
	const svg = makeSvg("svg", { id: "map", class: "map", viewBox: `0 0 ${columns} ${cells.length / columns}`, role: "img",
		"aria-label": t("mapLabel", { prefix: prefixText(place), counts: countsText({ t, format }, countsOf(place, things)) }) },
	...cells.map((cell, i) => makeSvg("rect", { "data-cell": shortText(cell.place), "data-use": cell.use,
		x: i % columns + 0.06, y: Math.floor(i / columns) + 0.06, width: 0.88, height: 0.88, rx: 0.14 },
	makeSvg("title", {}, `${shortText(cell.place)}: ${t(`use_${cell.use}`)}`))));
	svg.addEventListener("click", ({ target }) => {
		const cell = target.closest("[data-cell]");
		if (cell !== null)
			location.hash = prefixHref(parsePrefix(cell.dataset.cell));
	});
	return svg;
}

/* From the member's own prefix down to this one. */
function path({ t }, place, prefixes) {
	const above = prefixes.filter((each) => contains(each.place, place) && !same(each.place, place)).slice(0, 2);
	return make("p", { class: "path-to", role: "navigation", "aria-label": t("pathTo") },
		make("a", { href: "#/" }, t("view_overview")),
		...above.flatMap((each) => [" \u203a ", make("a", { href: prefixHref(each.place) }, make("code", {}, each.prefix))]));
}

function goToPart({ t }, place) {
	const problem = make("p", { class: "problem", role: "alert" });
	const example = shortText({ ...place, length: Math.min(place.length + (place.family === 4 ? 2 : 16), place.family === 4 ? 32 : 128) });
	const form = make("form", { class: "link" },
		make("label", { for: "part" }, t("goToPart")),
		make("input", { id: "part", type: "text", required: "", autocomplete: "off", spellcheck: "false", placeholder: example }),
		make("button", { class: "quiet" }, t("go")), problem);
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		const wanted = parsePrefix(form.querySelector("input").value);
		problem.textContent = wanted === null ? t("wrongPrefix") : contains(place, wanted) ? "" : t("notInside", { prefix: prefixText(place) });
		if (problem.textContent === "")
			location.hash = prefixHref(wanted);
	});
	return form;
}

/* What is delegated inside, each by itself. */
function parts({ t, format }, within, made) {
	if (within.length === 0)
		return null;
	const shown = within.slice(0, MOST_PARTS);
	return make("ul", { id: "parts", class: "plain" },
		...shown.map((each) => make("li", { "data-prefix": each.prefix },
			make("a", { href: prefixHref(each.place) }, make("code", {}, each.prefix)), " ",
			...made.includes(each) ? [badge("made", t("use_made"))]
				: [badge(useOf(each), t(`state_${each.state}`)), " ", make("span", { class: "soft" }, each.nameservers.map(({ name }) => name).join(", "))])),
		within.length > shown.length ? make("li", { class: "soft" }, t("more", { n: format.number(within.length - shown.length) })) : null);
}

function heading({ t }, place, form) {
	const zones = zonesOf(place, form ?? "range");
	const title = isAddress(place) ? addressText(place) : prefixText(place);
	return make("div", { class: "place-head" },
		make("h1", {}, make("code", {}, title)),
		make("p", { class: "soft" }, isAddress(place) ? null : `${addressText(place)} \u2013 ${addressText(lastOf(place))}`),
		make("p", { class: "soft zones" }, t(zones.length === 1 ? "zone" : "zones", { n: zones.length }), " ",
			make("code", {}, zones.length < 3 ? zones.join(", ") : `${zones[0]} \u2026 ${zones.at(-1)}`)),
		make("p", {}, make("a", { href: historyHref(title) }, t("historyOfThis"))));
}

function overNote({ t }, over) {
	return make("p", { class: "sheet" }, t("insideOf", { prefix: over.prefix }), " ",
		make("a", { href: prefixHref(over.place) }, make("code", {}, over.prefix)));
}

/* What can be done with it; an address is likelier to get a name. */
async function ways(desk, subject) {
	const delegation = await showDelegation(desk, subject);
	if (subject.delegation !== null)
		return [delegation];
	const names = [showNames(desk, subject), showBulk(desk, subject)];
	return isAddress(subject.place) ? [...names, delegation] : [delegation, ...names];
}

export async function showPrefix(desk, { place }, data) {
	const { page } = desk;
	const { delegations, made, ptrs, prefixes } = data;
	const over = delegationOver(place, delegations);
	const here = over && same(over.place, place) ? over : null;
	const near = { delegations: inside(place, delegations), made: inside(place, made) };
	const within = [...near.delegations, ...near.made].filter((each) => !contains(each.place, place));
	const madeAround = delegationOver(place, made);
	const names = inside(place, ptrs);
	const owner = prefixes.find((each) => contains(each.place, place));
	const mayChange = !desk.session.frozen && (owner !== undefined || over !== undefined || madeAround !== undefined || names.length > 0);
	const drawn = here === null ? map(page, place, data) : null;
	const picture = [drawn, drawn === null ? null : legend(page, near), isAddress(place) ? null : goToPart(page, place),
		parts(page, within, made)].filter((each) => each !== null);
	const subject = { place, delegation: here, names, within, mayChange, madeAround,
		made: madeAround && same(madeAround.place, place) ? madeAround : undefined };
	return [
		path(page, place, prefixes),
		heading(page, place, here?.form),
		picture.length > 0 ? make("section", { class: "stack" }, ...picture) : null,
		owner === undefined ? make("p", { class: "sheet alarm" }, page.t("notYours")) : null,
		...over && here === null ? [overNote(page, over)] : await ways(desk, subject),
	].filter((each) => each !== null);
}
