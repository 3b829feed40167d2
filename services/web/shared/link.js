// A link to keep, in a field of its own, with a button that copies it.
// SPDX-License-Identifier: MIT

import { make } from "./dom.js";

const COPIED_MS = 3000;

/* The clipboard is for pages over https only; selecting and copying works everywhere. */
async function copy(field, button, { t }) {
	field.select();
	try {
		await navigator.clipboard.writeText(field.value);
	} catch {
		document.execCommand("copy");
	}
	button.textContent = t("copied");
	setTimeout(() => { button.textContent = t("copy"); }, COPIED_MS);
}

/** @id: of the field; @label: key of its text; @note: a text below, or null. */
export function linkField(page, { id, label, url, note = null }) {
	const field = make("input", { id, type: "text", readonly: "", value: new URL(url, location).href });
	const button = make("button", { type: "button", class: "quiet", "aria-live": "polite" }, page.t("copy"));
	button.setAttribute("aria-describedby", `${id}-label`);
	field.addEventListener("focus", () => field.select());
	button.addEventListener("click", () => copy(field, button, page));
	return make("div", { class: "link" },
		make("label", { for: id, id: `${id}-label` }, page.t(label)),
		field, button,
		note === null ? null : make("p", { class: "soft" }, note));
}
