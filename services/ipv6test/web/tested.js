// What was tested, row by row as results come in, and what they mean.
// SPDX-License-Identifier: MIT

import { make } from "/shared/dom.js";
import { GROUPS, rowOf } from "./rows.js";
import { causeOf, FAMILY_NAMES } from "./stage.js";
import { isRunning } from "./state.js";

const find = (selector) => document.querySelector(selector);

/* Names with both addresses: by which one they came is worth a word. */
const CHOICES = ["ds", "he", "late"];

function resultText({ t, format }, observations, { id, mark, text }) {
	const test = observations?.tests[id];
	const parts = [t(text)];
	if (test?.family && CHOICES.includes(id))
		parts.push(t("overFamily", { family: FAMILY_NAMES[test.family] }));
	if (mark === "good" && test?.ms)
		parts.push(t("ms", { ms: format.number(test.ms) }));
	return parts.join(" \u00b7 ");
}

function testRow(page, observations, id) {
	const row = rowOf(observations, id);
	return make("li", { "data-test": id, "data-mark": row.mark, class: "marked" },
		make("span", {}, page.t(`test_${id}`)),
		make("span", { class: "result" }, resultText(page, observations, row)));
}

export function showTested(page, { observations }) {
	find("#tested").replaceChildren(...Object.entries(GROUPS).map(([group, ids]) => make("section", {},
		make("h3", {}, page.t(`group_${group}`)),
		make("ul", { class: "tests plain" }, ...ids.map((id) => testRow(page, observations, id))))));
}

function finding(page, found, isFirst) {
	const { t } = page;
	const { id, severity } = found;
	const advice = t(`advice_${id}`);
	return make("li", { "data-finding": id, "data-severity": severity },
		make("p", { class: "severity" }, t(`severity_${severity}`)),
		make("h3", {}, t(`title_${id}`)),
		make("p", {}, t(`detail_${id}`)),
		advice === null || isFirst ? null : make("p", { class: "do" }, make("strong", {}, `${t("nextStep")}: `), advice),
		isFirst || advice === null ? null : causeOf(page, found));
}

/** All but the headline, whose words and advice are on the stage. */
export function showFindings(page, state) {
	const { verdict } = state;
	const others = verdict?.findings.slice(1) ?? [];
	const wait = isRunning(state) ? "findingsWait" : "findingsNone";
	const isEmpty = verdict === null && !isRunning(state);
	find("#findings").replaceChildren(...others.length > 0
		? others.map((each) => finding(page, each, each.id === verdict.next))
		: isEmpty ? [] : [make("li", {}, make("p", { class: "soft" }, page.t(wait)))]);
}
