// What addresses of an IPv6 prefix answer that have no name here: nothing, or a name made of the address.
// SPDX-License-Identifier: MIT
//
// For tests: #unnamed is the form, with [name=unnamed] "none" or "made", data-chosen what is so now, and #choose.

import { make } from "/shared/dom.js";
import { call, Problem } from "./api.js";
import { badge, choice } from "./fields.js";
import { exampleName, madeWish } from "./made.js";
import { isAddress, prefixText } from "./prefix.js";
import { prefixHref } from "./route.js";

async function choose(desk, { place, made }, form, wanted) {
	const { t, pop } = desk.page;
	const path = `delegations/${prefixText(place)}`;
	desk.notify(null);
	try {
		if (wanted === "made")
			await call("PUT", path, { body: madeWish(pop.site.domain), etag: null });
		else
			await call("DELETE", path, { etag: made.etag });
		desk.notify("good", t(`unnamedNow_${wanted}`, { prefix: prefixText(place) }));
		await desk.changed();
	} catch (problem) {
		if (!(problem instanceof Problem))
			throw problem;
		form.querySelector(".problem").textContent = desk.problemText(problem);
	}
}

/* null: it is so in DNS. */
const stateOf = ({ t }, state) => state === "live" ? null : make("p", {}, badge(state, t(`state_${state}`)), " ", t(`stateText_${state}`));

function unnamedForm(desk, subject) {
	const { t, pop } = desk.page;
	const chosen = subject.made === undefined ? "none" : "made";
	const example = make("code", {}, exampleName(subject.place, pop.site.domain));
	const button = make("button", { id: "choose", class: "quiet" }, t("unnamedChoose"));
	const form = make("form", { id: "unnamed", class: "stack", "data-chosen": chosen },
		choice("unnamed", t("unnamed"), t("unnamedWhat"), [["none", t("unnamed_none")], ["made", t("unnamed_made"), " ", example]], chosen),
		stateOf(desk.page, subject.made?.state ?? "live"), make("p", { class: "actions" }, button), make("p", { class: "problem", role: "alert" }));
	const judge = () => { button.hidden = form.unnamed.value === chosen; };
	form.addEventListener("input", judge);
	judge();
	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		button.disabled = true;
		await choose(desk, subject, form, form.unnamed.value);
		button.disabled = false;
	});
	return form;
}

/* What is chosen for the prefix around @place, as a sentence. */
function madeNote({ t, pop }, place, { place: whole, prefix, state }) {
	const around = prefix === prefixText(place) ? [] : [" (", make("a", { href: prefixHref(whole) }, make("code", {}, prefix)), ")"];
	return make("div", {}, make("p", {}, t(isAddress(place) ? "madeAddress" : "madeOthers"), " ",
		make("code", {}, exampleName(place, pop.site.domain)), ...around), stateOf({ t }, state));
}

/** The choice for @subject (delegate.js), or what was chosen around it; null: neither. */
export function showUnnamed(desk, subject) {
	const { place, names, madeAround, made, within, mayChange } = subject;
	const isFree = madeAround === undefined && within.length === 0;
	if (place.family === 6 && !isAddress(place) && mayChange && (made !== undefined || isFree))
		return unnamedForm(desk, subject);
	return madeAround === undefined || (isAddress(place) && names.length > 0) ? null : madeNote(desk.page, place, madeAround);
}
