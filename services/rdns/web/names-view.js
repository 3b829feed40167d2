// Names that are hosted here, address by address.
// SPDX-License-Identifier: MIT
//
// For tests: #names [data-address] with data-state and, once it is known, data-forward "yes", "no" or "unknown";
// #name is the form of one address, with #ptr-address, #ptr-name and #save-name; #remove-name.

import { make } from "/shared/dom.js";
import { call, find, Problem } from "./api.js";
import { askAgain, badge, fieldRow } from "./fields.js";
import { addressText, contains, isAddress, parsePrefix, pointerName, prefixText } from "./prefix.js";
import { prefixHref } from "./route.js";
import { showUnnamed } from "./unnamed.js";
import { isHost } from "./wish.js";

const MOST_SHOWN = 256;
const AT_ONCE = 4;

const pathOf = (address) => `ptrs/${address}`;

/* "yes", "no" or "unknown": whether the name leads back to the address. It is told, and blocks nothing. */
async function forwardOf(address) {
	try {
		const { confirmed } = await call("GET", `${pathOf(address)}/forward`);
		return confirmed === null ? "unknown" : confirmed ? "yes" : "no";
	} catch (problem) {
		if (!(problem instanceof Problem))
			throw problem;
		return "unknown";
	}
}

/* Ask for all rows, a few at a time. */
function confirm({ t }, rows) {
	const waiting = [...rows];
	const next = async () => {
		for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) {
			const forward = await forwardOf(row.dataset.address);
			row.dataset.forward = forward;
			row.querySelector(".forward").textContent = t(`forward_${forward}`);
		}
	};
	for (let i = 0; i < AT_ONCE; i++)
		next();
}

function row({ t }, { address, name, place, state }) {
	return make("tr", { "data-address": address, "data-state": state },
		make("th", { scope: "row" }, make("a", { href: prefixHref(place) }, make("code", {}, address))),
		make("td", {}, make("code", {}, name), state === "live" ? null : badge(state, t(`state_${state}`))),
		make("td", { class: "forward" }, "\u2026"));
}

function table(page, names) {
	const { t, format } = page;
	const rows = names.slice(0, MOST_SHOWN).map((each) => row(page, each));
	confirm(page, rows);
	return make("div", { class: "stack" },
		make("div", { id: "names", class: "scroll", role: "region", "aria-label": t("namesTitle"), tabindex: "0" },
			make("table", {}, make("thead", {}, make("tr", {}, ...["address", "name", "forward"].map((key) => make("th", { scope: "col" }, t(`column_${key}`))))),
				make("tbody", {}, ...rows))),
		names.length > rows.length ? make("p", { class: "soft" }, t("more", { n: format.number(names.length - rows.length) })) : null,
		make("p", { class: "soft" }, t("forwardWhat")));
}

/* Somebody else was first: what the address is called now; again, of that version. */
async function conflict(desk, form, address, name) {
	const { t } = desk.page;
	const current = await find(pathOf(address));
	const overwrite = make("button", { id: "overwrite-name", type: "button", class: "quiet" }, t("conflictOverwrite"));
	overwrite.addEventListener("click", () => put(desk, form, address, name, current?.etag ?? null));
	form.querySelector(".problem").replaceChildren(
		t(current === null ? "conflictNameGone" : "conflictName", { name: current?.name }), " ", overwrite);
}

async function put(desk, form, address, name, etag) {
	desk.notify(null);
	try {
		const ptr = await call("PUT", pathOf(address), { body: { name }, etag });
		desk.notify("good", desk.page.t("nameLive", ptr));
		await desk.changed();
	} catch (problem) {
		if (!(problem instanceof Problem))
			throw problem;
		if (problem.kind === "stale")
			await conflict(desk, form, address, name);
		else
			form.querySelector(".problem").textContent = desk.problemText(problem);
	}
}

/* What is wrong with what was typed, as a text; "": nothing. */
function wrong({ t }, within, address, name) {
	if (address === null || !isAddress(address))
		return t("wrongAddress");
	if (!contains(within, address))
		return t("notInside", { prefix: prefixText(within) });
	return isHost(name) ? "" : t("wrongHost");
}

/* Where the next name probably goes: the first address that has none. */
function firstFree(place, names) {
	const taken = new Set(names.map((each) => addressText(each.place)));
	for (let first = place.first + (isAddress(place) ? 0n : 1n), tries = 0; tries <= MOST_SHOWN; first += 1n, tries++) {
		const text = addressText({ ...place, first });
		if (!taken.has(text))
			return text;
	}
	return "";
}

function nameForm(desk, { place, names }) {
	const { page } = desk;
	const { t } = page;
	const only = isAddress(place) ? addressText(place) : null;
	const known = only === null ? undefined : names[0];
	const address = fieldRow(t("column_address"), { name: "address", type: "text", value: only ?? firstFree(place, names), ...only === null ? {} : { readonly: "" } });
	const name = fieldRow(t("column_name"), { name: "name", type: "text", value: known?.name ?? "", placeholder: "host.example.net" });
	const save = make("button", { id: "save-name", class: "button" }, t(known ? "changeName" : "giveName"));
	const form = make("form", { id: "name", class: "name-form" }, address, name, make("p", { class: "actions" }, save), make("div", { class: "problem", role: "alert" }));
	const inputs = { address: address.querySelector("input"), name: name.querySelector("input") };
	const hint = make("p", { class: "soft hint" });
	const tell = () => {
		const typed = parsePrefix(inputs.address.value);
		hint.replaceChildren(...typed !== null && isAddress(typed) ? [t("pointerIs"), " ", make("code", {}, pointerName(typed))] : []);
	};
	inputs.address.addEventListener("input", tell);
	tell();
	form.append(hint);
	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		const typed = parsePrefix(inputs.address.value.trim());
		const problem = wrong(page, place, typed, inputs.name.value);
		form.querySelector(".problem").textContent = problem;
		if (problem !== "")
			return;
		save.disabled = true;
		const existing = names.find((each) => each.address === addressText(typed));
		await put(desk, form, addressText(typed), inputs.name.value.trim(), existing?.etag ?? null);
		save.disabled = false;
	});
	return form;
}

async function remove(desk, { address, etag }) {
	try {
		await call("DELETE", pathOf(address), { etag });
		desk.notify("good", desk.page.t("nameRemoved", { address }));
	} catch (problem) {
		if (!(problem instanceof Problem))
			throw problem;
		desk.notify("bad", desk.problemText(problem));
	}
	await desk.changed();
}

/** The part of the page for the names of @subject (delegate.js). */
export function showNames(desk, subject) {
	const { page } = desk;
	const { place, names, mayChange, madeAround } = subject;
	const isNamed = isAddress(place) && names.length > 0;
	return make("section", { class: "part stack" }, make("h2", {}, page.t("namesTitle")),
		make("p", { class: "soft" }, page.t("namesText")),
		mayChange ? nameForm(desk, subject) : null,
		names.length > 0 || madeAround !== undefined ? null : make("p", { class: "soft" }, page.t("namesNone")),
		showUnnamed(desk, subject),
		names.length > 0 ? table(page, names) : null,
		mayChange && isNamed
			? askAgain(page, "remove-name", "removeName", "removeNameText", () => remove(desk, names[0])) : null);
}
