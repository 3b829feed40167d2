// The visitor's own results, this one and earlier ones, from this browser alone: a list, a trend, and a way to forget them.
// SPDX-License-Identifier: MIT

import { Chart } from "/shared/chart.js";
import { make, makeSvg } from "/shared/dom.js";
import { rateAxes } from "./axes.js";
import { forgetHistory, loadHistory, remember } from "./history.js";
import { gradeOf } from "./quality.js";
import { DIRECTIONS, FAMILIES } from "./results.js";
import { isRunning } from "./session.js";

const find = (selector) => document.querySelector(selector);

let kept = null; /* the results that were remembered last */

/** The figures of an entry (history.js) that speak for it: those of the family with the faster download. */
function leadingFigures(entry) {
	const known = FAMILIES.map((family) => entry[family]).filter((figures) => figures !== null);
	return known.toSorted((a, b) => (b.downloadBps ?? 0) - (a.downloadBps ?? 0))[0];
}

/* Rates from the oldest to the newest test; without words, for the table has them. */
function trend(page, entries) {
	const svg = makeSvg("svg", { class: "chart low", role: "img", "aria-label": page.t("trend") });
	const line = (name) => entries.toReversed().map((entry) => leadingFigures(entry)[`${name}Bps`])
		.map((bps, i) => [i, bps]).filter(([, bps]) => bps !== null);
	new Chart(svg).show(Object.fromEntries(DIRECTIONS.map((direction) => [direction, line(direction)])), rateAxes(page));
	return svg;
}

function row({ format, t }, entry) {
	const { downloadBps, uploadBps, latencyMs, addedMs } = leadingFigures(entry);
	const rate = (bitsPerSecond) => format.joined(format.rate(bitsPerSecond));
	const cell = (value, text) => make("td", {}, value === null ? "\u2013" : text(value));
	return make("tr", {},
		make("th", { scope: "row" }, format.moment(entry.atMs)),
		cell(downloadBps, rate),
		cell(uploadBps, rate),
		cell(latencyMs, (ms) => `${format.milliseconds(ms)}\u00a0${t("milliseconds")}`),
		cell(addedMs, (ms) => gradeOf(ms)),
		cell(entry.lossPercent, format.percent),
		make("td", {}, entry.server));
}

function list(page, entries) {
	const { t } = page;
	const columns = ["when", "download", "upload", "idle", "grade", "loss", "measuredWith"];
	return make("div", { class: "scroll", role: "region", "aria-label": t("past"), tabindex: "0" },
		make("table", {},
			make("thead", {}, make("tr", {}, ...columns.map((name) => make("th", { scope: "col" }, t(name))))),
			make("tbody", {}, ...entries.map((entry) => row(page, entry)))));
}

function forgetButton(page, session) {
	const button = make("button", { type: "button", class: "quiet" }, page.t("forget"));
	button.addEventListener("click", () => {
		forgetHistory();
		showPast(page, session);
		find("#start").focus();
	});
	return button;
}

/** Show the earlier results while no test runs; those of a session that has just ended are added. */
export function showPast(page, session) {
	if (session.state === "done" && session.results !== kept) {
		kept = session.results;
		remember(kept);
	}
	const entries = isRunning(session) ? [] : loadHistory();
	find("#past").hidden = entries.length === 0;
	find("#past-content").replaceChildren(...entries.length === 0 ? [] : [
		make("p", {}, page.t("pastWhere")),
		entries.length > 1 ? trend(page, entries) : "",
		list(page, entries),
		make("p", {}, forgetButton(page, session)),
	]);
}
