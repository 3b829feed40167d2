// Latency, jitter and loss on the way to other POPs and targets: now, and how it was.
// SPDX-License-Identifier: MIT
//
// For tests: #content carries data-state "loading", "known" or "unknown". Each #targets > [data-target] is a target over
// one family; its button shows the history of that target. #history carries data-state "loading", "known" or
// "unknown", data-target and data-span of what it shows, and #charts a figure for each family.

import { Chart } from "/shared/chart.js";
import { make, makeSvg } from "/shared/dom.js";
import { openPage } from "/shared/page.js";
import { FAMILIES, lossLine, milliseconds, rows, smokeLines, times, topOf } from "./points.js";
import * as texts from "./text.js";

const REFRESH_MS = 60_000;
const SPANS = ["day", "month", "years"];
const COLUMNS = ["target", "family", "median", "jitter", "loss", "address"];

const find = (selector) => document.querySelector(selector);

let page;             /* the frame, in the current language */
let told = null;      /* as /api/v1/latency says; null: it does not */
let histories = null; /* of the chosen target, by family; null: they cannot be read */
let chosen = null;    /* name of a target */
let span = "day";
let timer = null;

async function askJson(url) {
	const reply = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(REFRESH_MS) });
	if (!reply.ok)
		throw new Error(`status ${reply.status}`);
	return reply.json();
}

/* Those that the table has are those that charts are shown of. */
const familiesOf = (name) => rows(told.targets).filter(({ target }) => target.name === name).map(({ family }) => family);

function row({ target, family, figure }) {
	const { format, t } = page;
	const isKnown = figure.time !== null;
	const button = make("button", { type: "button", "aria-pressed": String(target.name === chosen) }, target.title);
	button.addEventListener("click", () => choose({ target: target.name }));
	return make("tr", { "data-target": target.name, "data-family": family },
		make("th", { scope: "row" }, button),
		make("td", {}, FAMILIES[family]),
		make("td", {}, milliseconds(figure.median_us, format) ?? t(isKnown ? "noAnswer" : "notYet")),
		make("td", {}, milliseconds(figure.jitter_us, format) ?? ""),
		make("td", {}, isKnown ? format.percent(100 * figure.lost / figure.sent) : ""),
		make("td", {}, make("code", {}, figure.address)));
}

function showTargets() {
	const { t } = page;
	const all = told === null ? [] : rows(told.targets);
	find("#content").dataset.state = told === null ? "unknown" : "known";
	find("#none").hidden = all.length > 0;
	find("#none").textContent = t(told === null ? "unknown" : "none");
	find("#method").textContent = told === null ? "" : t(`method_${told.method}`);
	find("#columns").replaceChildren(...COLUMNS.map((column) => make("th", { scope: "col" }, t(`column_${column}`))));
	find("#targets").replaceChildren(...all.map(row));
}

function figureOf(family, history) {
	const { format, language, t } = page;
	const smoke = makeSvg("svg", { class: "chart smoke", role: "img", "aria-label": t("chart", { family: FAMILIES[family] }) });
	const loss = makeSvg("svg", { class: "chart low loss", role: "img", "aria-label": t("lossChart", { family: FAMILIES[family] }) });
	const formatX = times(history, language);
	new Chart(smoke).show(smokeLines(history), {
		span: history.steps, top: topOf(history), formatY: (us) => format.short(us / 1000), unit: () => "ms" });
	new Chart(loss).show(lossLine(history), {
		span: history.steps, top: 100, formatX, formatY: (percent) => format.short(percent), unit: () => "%" });
	return make("figure", { "data-family": family }, make("figcaption", {}, t("chart", { family: FAMILIES[family] })),
		smoke, loss);
}

function showHistory() {
	const target = told?.targets.find(({ name }) => name === chosen);
	find("#history").hidden = target === undefined;
	if (target === undefined)
		return;
	find("#history-title").textContent = target.title;
	find("#spans").replaceChildren(...SPANS.map((each) => {
		const button = make("button", { type: "button", "data-span": each, "aria-pressed": String(each === span) }, page.t(`span_${each}`));
		button.addEventListener("click", () => choose({ span: each }));
		return button;
	}));
	Object.assign(find("#history").dataset, { state: histories === null ? "unknown" : "known", target: chosen, span });
	find("#charts").replaceChildren(...(histories === null ? [make("p", {}, page.t("unknown"))]
		: Object.entries(histories).map(([family, history]) => figureOf(family, history))));
}

function show() {
	document.title = `${page.t("title")} \u00b7 ${page.pop.site.title}`;
	const hadFocus = document.activeElement?.closest("[data-target][data-family]")?.dataset;
	showTargets();
	showHistory();
	if (hadFocus)
		find(`[data-target="${hadFocus.target}"][data-family="${hadFocus.family}"] button`)?.focus();
}

async function askHistories() {
	const query = (family) => new URLSearchParams({ target: chosen, family, span });
	const entries = familiesOf(chosen).map(async (family) => [family, await askJson(`/api/v1/latency/history?${query(family)}`)]);
	return Object.fromEntries(await Promise.all(entries));
}

/* Who chooses twice sees what was chosen last. */
async function refresh() {
	clearTimeout(timer);
	told = await askJson("/api/v1/latency").catch(() => null);
	chosen ??= told?.targets[0]?.name ?? null;
	const wanted = [chosen, span];
	const answer = told === null || chosen === null ? null : await askHistories().catch(() => null);
	if (wanted[0] !== chosen || wanted[1] !== span)
		return;
	histories = answer;
	clearTimeout(timer);
	timer = setTimeout(refresh, REFRESH_MS);
	show();
}

function choose(wish) {
	chosen = wish.target ?? chosen;
	span = wish.span ?? span;
	const inSpans = find("#spans").contains(document.activeElement);
	refresh().then(() => inSpans && find(`#spans [data-span=${span}]`).focus());
}

await openPage(texts, (opened) => {
	page = opened;
	if (find("#content").dataset.state !== "loading")
		show();
});
refresh();
