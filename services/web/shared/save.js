// A file made in the page, for the visitor to keep.
// SPDX-License-Identifier: MIT

import { make } from "./dom.js";

/** A name with the POP's and the moment @at, a Date: "fontaine-lyon-2026-01-31T1200.json". */
export function fileName(pop, at, extension) {
	return `fontaine-${pop.site.name ?? "test"}-${at.toISOString().slice(0, 16).replaceAll(":", "")}.${extension}`;
}

/** A button that saves what @write() returns, of media type @type. */
export function saveButton(label, name, type, write) {
	const button = make("button", { type: "button", class: "quiet" }, label);
	button.addEventListener("click", () => {
		const url = URL.createObjectURL(new Blob([write()], { type }));
		make("a", { href: url, download: name }).click();
		URL.revokeObjectURL(url);
	});
	return button;
}
