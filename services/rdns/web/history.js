// Who changed what, the newest first.
// SPDX-License-Identifier: MIT
//
// For tests: #history [data-seq] with data-what, data-subject and data-change; #older shows more.

import { make } from "/shared/dom.js";
import { list, Problem } from "./api.js";
import { differenceList } from "./delegate.js";
import { badge } from "./fields.js";
import { isMade } from "./made.js";
import { parsePrefix } from "./prefix.js";
import { historyHref, prefixHref } from "./route.js";

const PAGE_LINES = 50;

/* What kind of change it was, as a key of texts. */
function verbOf({ before, after, undoes }) {
	if (undoes !== null)
		return "undone";
	return before === null ? "made" : after === null ? "ended" : "changed";
}

/* What it was about, as a key of texts. */
function subjectOf({ what, before, after }, place, domain) {
	const isAboutMade = what === "delegation" && [before, after].every((each) => each === null || isMade({ ...each, place }, domain));
	return isAboutMade ? "made" : what;
}

function entry(page, each) {
	const { t, format, pop } = page;
	const place = parsePrefix(each.subject);
	const about = subjectOf(each, place, pop.site.domain);
	const subject = make("code", {}, each.subject);
	return make("li", { "data-seq": each.seq, "data-what": each.what, "data-subject": each.subject, "data-change": each.change },
		make("div", {},
			make("strong", {}, t(`what_${about}_${verbOf(each)}`) ?? t(`what_${about}`)), " ",
			place === null ? subject : make("a", { href: prefixHref(place) }, subject), " ",
			each.change === null || each.change === "verified" ? "" : badge(each.change === "rolled back" ? "broken" : "pending", t(`change_${each.change.replace(" ", "_")}`))),
		make("p", { class: "soft" }, make("time", { datetime: each.at }, format.moment(Date.parse(each.at))), ` \u00b7 ${each.who} \u00b7 `,
			t("changeNumber", { n: each.seq }), each.undoes === null ? "" : ` \u00b7 ${t("undoes", { n: each.undoes })}`),
		about === "token" || about === "made" ? null : differenceList(page, each.before, each.after));
}

export async function showHistory(desk, { asn, subject }) {
	const { page } = desk;
	const { t } = page;
	const entries = make("ol", { id: "history", class: "plain entries" });
	const older = make("button", { id: "older", type: "button", class: "quiet" }, t("older"));
	let before = null;
	const add = async () => {
		const { items, next } = await list("audit", { limit: PAGE_LINES, asn, subject, before });
		entries.append(...items.map((each) => entry(page, each)));
		before = next;
		older.hidden = next === null;
	};
	older.addEventListener("click", async () => {
		try {
			await add();
		} catch (problem) {
			if (!(problem instanceof Problem))
				throw problem;
			desk.notify("bad", desk.problemText(problem));
		}
	});
	await add();
	return [
		make("h1", {}, t("view_history")),
		subject === null ? make("p", { class: "soft" }, t("historyText"))
			: make("p", {}, t("historyOf"), " ", make("code", {}, subject), " \u00b7 ", make("a", { href: historyHref() }, t("historyAll"))),
		entries.children.length === 0 ? make("p", { class: "sheet" }, t("historyNone")) : entries,
		make("p", { class: "actions" }, older),
	];
}
