// What forms are made of, and other small parts of views.
// SPDX-License-Identifier: MIT

import { make } from "/shared/dom.js";

let made = 0; /* makes each id unique */

/** What something is, beside its name. @use: as pictures have it (rdns.css). */
export const badge = (use, text) => make("span", { class: "badge", "data-use": use }, text);

/** A field with its label above, and a text below that says what it is for. */
export function fieldRow(label, attributes, what = null) {
	const id = `field-${++made}`;
	return make("div", { class: "field" },
		make("label", { for: id }, label),
		make("input", { id, autocomplete: "off", spellcheck: "false", autocapitalize: "off", ...attributes,
			"aria-describedby": what === null ? null : `${id}-what` }),
		what === null ? null : make("p", { class: "soft", id: `${id}-what` }, what));
}

/** Where a form says what is wrong: @index null: of all lines of the field. */
export function problemLine(field, index) {
	return make("p", { class: "problem", role: "alert", "data-field": String(field), "data-index": index === null ? "" : String(index) });
}

/** One of several: @options [[value, what says so, ...]]. */
export function choice(name, legend, what, options, chosen) {
	return make("fieldset", { class: "choice stack" }, make("legend", {}, legend),
		make("p", { class: "soft" }, what),
		...options.map(([value, ...says]) => make("label", {},
			make("input", { type: "radio", name, value, ...value === chosen ? { checked: "" } : {} }), " ", ...says)));
}

/** A button that asks once more before it calls @act. @label, @text: keys of texts. */
export function askAgain({ t }, id, label, text, act) {
	const first = make("button", { id, type: "button", class: "quiet danger" }, t(label));
	const yes = make("button", { id: `${id}-yes`, type: "button", class: "quiet danger" }, t("yesDo"));
	const no = make("button", { type: "button", class: "quiet" }, t("noKeep"));
	const sure = make("div", { class: "sure stack" }, make("p", {}, t(text)), make("p", { class: "actions" }, yes, " ", no));
	sure.hidden = true;
	const turn = (isAsking) => {
		sure.hidden = !isAsking;
		first.hidden = isAsking;
		(isAsking ? no : first).focus();
	};
	first.addEventListener("click", () => turn(true));
	no.addEventListener("click", () => turn(false));
	yes.addEventListener("click", act);
	return make("div", { class: "ask-again" }, first, sure);
}
