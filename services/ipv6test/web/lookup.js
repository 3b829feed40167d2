// A help desk's way from a code, as it is read out on the telephone, to the result.
// SPDX-License-Identifier: MIT

import { codeOf } from "./rows.js";

const find = (selector) => document.querySelector(selector);

let page; /* the frame, in the current language */

function look(event) {
	event.preventDefault();
	const typed = find("#code").value;
	const code = codeOf(typed);
	find("#lookup-answer").textContent = code === null ? page.t("missingTitle", { code: typed }) : "";
	if (code !== null)
		location.assign(`/r/${code}`);
}

export function showLookup(shownPage) {
	if (!page)
		find("#lookup").addEventListener("submit", look);
	page = shownPage;
}
