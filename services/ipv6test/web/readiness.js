// How many visitors are ready for IPv6: this one is counted, and the public chart shows all.
// SPDX-License-Identifier: MIT

import { ask, askJson, Failure } from "/shared/ask.js";
import { Chart } from "/shared/chart.js";
import { make, makeSvg } from "/shared/dom.js";
import { largestNetworks, sharesByDay } from "./rows.js";

const DAYS = 90;
const MOST_NETWORKS = 10;

const find = (selector) => document.querySelector(selector);

let known = null; /* /readiness.json, once it is */

/* Statistics are no part of the verdict: a POP without them keeps quiet. */
async function orNull(promise) {
	try {
		return await promise;
	} catch (error) {
		if (!(error instanceof Failure))
			throw error;
		return null;
	}
}

/** Count a run with these @scores, when both are known, and read what all runs are. */
export async function countReady({ ipv4, ipv6 }) {
	if (ipv4 !== null && ipv6 !== null)
		await orNull(ask("/readiness", { method: "POST", body: JSON.stringify({ ipv4, ipv6 }) }));
	known = await orNull(askJson(`/readiness.json?days=${DAYS}`));
}

function chart({ t, format, language }) {
	const days = sharesByDay(known.days);
	if (days.length < 2)
		return "";
	const svg = makeSvg("svg", { class: "chart", role: "img", "aria-label": t("readinessChart") });
	const [from] = days;
	const at = ({ day }) => (Date.parse(day) - Date.parse(from.day)) / 86_400_000;
	const date = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: "UTC" });
	new Chart(svg).show({ ipv6: days.map((each) => [at(each), each.percent]) }, { top: 100, unit: () => "%", formatY: format.short,
		formatX: (value) => date.format(Date.parse(from.day) + value * 86_400_000) });
	return svg;
}

function networks({ t, format }) {
	const row = ({ asn, name, tests, ipv6_ready: ready }) => make("tr", {},
		make("th", { scope: "row" }, asn ? t("as", { asn, name: name ?? "" }) : t("readinessOthers")),
		make("td", {}, format.number(tests)),
		make("td", {}, format.percent(100 * ready / Math.max(1, tests))));
	const head = ["readinessAs", "readinessTests", "readinessShare"].map((key) => make("th", { scope: "col" }, t(key)));
	return make("div", { class: "scroll", role: "region", "aria-label": t("readiness"), tabindex: "0" },
		make("table", {}, make("thead", {}, make("tr", {}, ...head)),
			make("tbody", {}, ...largestNetworks(known.asns, MOST_NETWORKS).map(row))));
}

export function showReadiness(page) {
	find("#readiness").hidden = known === null;
	if (known === null)
		return;
	const tests = known.days.reduce((sum, day) => sum + day.tests, 0);
	find("#readiness-content").replaceChildren(...tests === 0
		? [make("p", {}, page.t("readinessNone"))]
		: [make("p", {}, page.t("readinessWhat", { days: page.format.days(DAYS) })), chart(page),
			known.asns.length > 0 ? networks(page) : ""]);
}
