// The check of a delegation while it runs and when it has ended: 25 checks, what was seen, what to do.
// SPDX-License-Identifier: MIT
//
// For tests: .check[data-state] is "running", "passed" or "failed", with data-errors and data-warnings; in it
// [data-check][data-result], as verdict.js has them, and [data-finding][data-severity], whose check is its id.

import { make } from "/shared/dom.js";
import { sleep } from "/shared/ask.js";
import { call } from "./api.js";
import { groupsOf, RESULTS, summaryOf } from "./verdict.js";

const POLL_MS = 400;
const START_TRIES = 20;
const START_WAIT_MS = 1000;
const MOST_SEEN = 8;
const MOST_ZONES = 4;

const pathOf = (prefix) => `checks/${prefix}`;

/* While the prefix is being checked for somebody else, wait for that. */
async function start(prefix, wish) {
	for (let tries = 1; ; tries++)
		try {
			return await call("POST", pathOf(prefix), { body: wish });
		} catch (problem) {
			if (problem.kind !== "in-progress" || tries === START_TRIES)
				throw problem;
			await sleep(START_WAIT_MS);
		}
}

/** Call @show with each state of the check of @prefix, from @first on, until it has ended. Return: the last one. Throws a Problem. */
export async function follow(prefix, show, first = null) {
	let state = first ?? await call("GET", pathOf(prefix));
	while (state.running) {
		show(state);
		await sleep(POLL_MS);
		state = await call("GET", pathOf(prefix));
	}
	show(state);
	return state;
}

/** Check @wish for @prefix, and follow() it. */
export const check = async (prefix, wish, show) => follow(prefix, show, await start(prefix, wish));

function seenRow({ t }, { server, address, query, answer }) {
	const cell = (text) => make("td", {}, text ? make("code", {}, text) : "\u2013");
	return make("tr", {}, cell([server, address].filter(Boolean).join(" ")), cell(query), make("td", {}, answer ?? t("seenNothing")));
}

function seenTable(page, label, seen) {
	const { t, format } = page;
	if (seen.length === 0)
		return null;
	const head = ["seenServer", "seenQuery", "seenAnswer"].map((key) => make("th", { scope: "col" }, t(key)));
	return make("div", { class: "scroll", role: "region", "aria-label": label, tabindex: "0" },
		make("table", {}, make("thead", {}, make("tr", {}, ...head)),
			make("tbody", {}, ...seen.slice(0, MOST_SEEN).map((each) => seenRow(page, each)))),
		seen.length > MOST_SEEN ? make("p", { class: "soft" }, t("more", { n: format.number(seen.length - MOST_SEEN) })) : null);
}

function findingOf(page, { id, severity, what, remedy, zones, seen }, several) {
	const { t } = page;
	return make("li", { class: "finding", "data-finding": id, "data-severity": severity },
		make("p", {}, make("strong", {}, what)),
		several ? make("p", { class: "soft" }, make("code", {}, zones.slice(0, MOST_ZONES).join(", ")), zones.length > MOST_ZONES ? " \u2026" : "") : null,
		make("p", {}, make("span", { class: "soft" }, t("remedy")), " ", remedy),
		seenTable(page, `${t("seen")}: ${what}`, seen));
}

/* What there is to do, the worst first. */
function findingsOf(page, groups, several) {
	const findings = groups.flatMap(({ rows }) => rows.flatMap(({ id, findings: found }) => found.map((finding) => ({ id, ...finding }))))
		.toSorted((a, b) => RESULTS.indexOf(b.severity) - RESULTS.indexOf(a.severity));
	return findings.length === 0 ? null
		: make("ul", { class: "findings plain" }, ...findings.map((finding) => findingOf(page, finding, several)));
}

function rowOf({ t }, { id, result, why }) {
	return make("li", {}, make("details", { "data-check": id, "data-result": result },
		make("summary", {}, make("span", { class: "mark", "aria-hidden": "true" }), make("span", {}, t(`check_${id}`)), " ",
			make("span", { class: "soft" }, t(`result_${result}`))),
		make("p", { class: "soft" }, t(`about_${id}`), why === null ? "" : ` ${t("whyUntested", { why })}`)));
}

/* One sentence for all of it. */
function headline({ t, format }, running, { passed, errors, warnings, notices }) {
	if (running)
		return t("checkRunning");
	if (!passed)
		return errors === 0 ? t("checkNone") : t(errors === 1 ? "checkError" : "checkErrors", { n: format.number(errors) });
	if (warnings + notices === 0)
		return t("checkPassed");
	return t(warnings + notices === 1 ? "checkPassedOne" : "checkPassedBut", { n: format.number(warnings + notices) });
}

/* How far it is, of what the API tells; checks of several zones and servers come in any order. */
function progressOf({ running, done = null, total = null }) {
	const bar = make("p", { class: "progress", "aria-hidden": "true" }, make("i"));
	bar.hidden = !running;
	bar.firstChild.classList.toggle("unknown", !total);
	if (total)
		bar.firstChild.style.width = `${Math.round(100 * done / total)}%`;
	return bar;
}

/** What a check says, or that it runs: {running, verdicts} of the API. */
export function checkPart(page, state, title = "checkTitle") {
	const { t } = page;
	const summary = summaryOf(state.verdicts);
	const outcome = state.running ? "running" : summary.passed ? "passed" : "failed";
	const groups = groupsOf(state.verdicts);
	return make("section", { class: "check sheet", "data-state": outcome, "data-errors": summary.errors, "data-warnings": summary.warnings },
		make("h3", {}, t(title)),
		make("p", { class: "headline", role: "status" }, headline(page, state.running, summary)),
		state.checked_at ? make("p", { class: "soft" }, t("checkedAt", { moment: page.format.moment(Date.parse(state.checked_at)) })) : null,
		progressOf(state),
		findingsOf(page, groups, state.verdicts.length > 1),
		make("div", { class: "checks" }, ...groups.map(({ group, rows }) => make("div", { class: "group" },
			make("h4", {}, t(`group_${group}`)), make("ul", { class: "plain" }, ...rows.map((row) => rowOf(page, row)))))));
}
