// What was downloaded of the mirrors: a chart by project, the families, the networks, and all of it as tables.
// SPDX-License-Identifier: MIT
//
// For tests: #traffic carries data-state "loading", "known" or "unknown", and data-span of what it shows.

import { Chart } from "/shared/chart.js";
import { make } from "/shared/dom.js";
import { byteAxes, largestProjects, percents, stacked, times } from "./shares.js";

const MOST_PROJECTS = 7; /* colours that can be told from each other */
const REFRESH_MS = 60_000;
const SPANS = ["day", "month", "year"];
const FAMILIES = { ipv4: "IPv4", ipv6: "IPv6" };

const find = (selector) => document.querySelector(selector);

let page = null;    /* the frame, in the current language */
let traffic = null; /* as mirrord says; null: it does not */
let span = "day";
let timer = null;
let chart = null;

const bytes = (count) => page.format.joined(page.format.bytes(count));
const nameOf = ({ name }) => name ?? page.t("otherProjects");

function table(caption, head, rows) {
	return make("div", { class: "scroll", role: "region", "aria-label": caption, tabindex: "0" },
		make("table", {}, make("caption", {}, caption),
			make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { scope: "col" }, text)))),
			make("tbody", {}, ...rows.map(([first, ...cells]) =>
				make("tr", {}, make("th", { scope: "row" }, first), ...cells.map((text) => make("td", {}, text)))))));
}

/* Rows of {requests, bytes}, each with its percent. */
function countsTable(caption, what, counts, name) {
	const { format, t } = page;
	return table(caption, [what, t("sent"), t("share"), t("requests")], percents(counts).map((each) =>
		[name(each), bytes(each.bytes), format.percent(each.percent), format.number(each.requests)]));
}

function networkName({ asn, name }) {
	return asn === null ? page.t("otherNetworks") : `AS${asn} ${name ?? ""}`.trim();
}

function showChart(parts) {
	const { format, language } = page;
	chart ??= new Chart(find("#traffic-chart"));
	chart.show(stacked(parts), { ...byteAxes(format), formatX: times(traffic, language) });
	find("#traffic-legend").replaceChildren(...parts.map((part, i) =>
		make("li", { class: `part${i}` }, `${nameOf(part)} ${bytes(part.bytes)}`)));
}

function showTables(parts) {
	const { t, language } = page;
	const time = times(traffic, language);
	const steps = parts[0].steps.map((_, i) => [time(i), ...parts.map((part) => bytes(part.steps[i]))]);
	find("#traffic-tables").replaceChildren(
		countsTable(t("byProject"), t("project"), traffic.projects, nameOf),
		table(t(`step_${span}`), [t("begin"), ...parts.map(nameOf)], steps.reverse()));
}

function showNothing(state, text) {
	find("#traffic").dataset.state = state;
	find("#traffic-none").textContent = text;
	find("#traffic-none").hidden = text === "";
	find("#traffic-some").hidden = text !== "";
}

function show() {
	const { t } = page;
	find("#traffic").dataset.span = span;
	for (const button of document.querySelectorAll("#traffic-spans button"))
		button.setAttribute("aria-pressed", String(button.dataset.span === span));
	if (traffic === null || traffic.projects.length === 0) {
		showNothing(traffic === null ? "unknown" : "known", t(traffic === null ? "trafficUnknown" : "trafficNone"));
		return;
	}
	showNothing("known", "");
	const parts = largestProjects(traffic, MOST_PROJECTS);
	find("#traffic-chart").setAttribute("aria-label", t("trafficChart", { step: t(`step_${span}`) }));
	find("#traffic-step").textContent = t(`step_${span}`);
	showChart(parts);
	const networks = traffic.networks ?? [];
	find("#traffic-shares").replaceChildren(
		countsTable(t("byFamily"), t("family"), traffic.families, ({ family }) => FAMILIES[family]),
		networks.length > 0 ? countsTable(t("byNetwork"), t("network"), networks, networkName) : "");
	showTables(parts);
}

async function ask(wanted) {
	const reply = await fetch(`/api/v1/traffic?span=${wanted}`, { cache: "no-store", signal: AbortSignal.timeout(REFRESH_MS) });
	return reply.ok ? await reply.json() : null;
}

/* Who chooses twice sees what was chosen last. */
async function refresh() {
	const wanted = span;
	clearTimeout(timer);
	const answer = await ask(wanted).catch(() => null);
	if (wanted !== span)
		return;
	clearTimeout(timer);
	timer = setTimeout(refresh, REFRESH_MS);
	traffic = answer;
	show();
}

function choose(chosen) {
	span = chosen;
	refresh();
}

/** Show it in the language of @opened, from now on. */
export function showTraffic(opened) {
	const isFirst = page === null;
	page = opened;
	find("#traffic").hidden = false;
	find("#traffic-spans").replaceChildren(...SPANS.map((each) => {
		const button = make("button", { type: "button", "data-span": each, "aria-pressed": String(each === span) }, page.t(`span_${each}`));
		button.addEventListener("click", () => choose(each));
		return button;
	}));
	if (isFirst)
		refresh();
	else if (find("#traffic").dataset.state !== "loading")
		show();
}
