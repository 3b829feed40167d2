// The mirrors of a POP: a list that nginx writes into the page, for browsers without scripts too.
// SPDX-License-Identifier: MIT
//
// For tests: each #projects > [data-project] has a link to its folder.

import { openPage } from "/shared/page.js";
import * as texts from "./text.js";

await openPage(texts, (page) => {
	document.title = `${page.t("title")} \u00b7 ${page.pop.site.title}`;
});
