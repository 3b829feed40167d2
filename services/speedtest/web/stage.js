// The stage: button, state in words, main figures, charts.
// SPDX-License-Identifier: MIT

import { Chart } from "/shared/chart.js";
import { make, makeSvg } from "/shared/dom.js";
import { latencyAxes, rateAxes, secondsAxis } from "./axes.js";
import { gradeOf } from "./quality.js";
import { DIRECTIONS, FAMILIES } from "./results.js";
import { isRunning, leadingFamily, progress, shownFamily, stepsOf } from "./session.js";
import { FAMILY_NAMES, qualityOfResults, summary } from "./summary.js";

const CHART_SECONDS = 8;
const CLASSES = ["bad", "poor", "average", "good", "great"];

const find = (selector) => document.querySelector(selector);

let page; /* the frame, in the current language */
let charts = null;

/** Show @value @unit in @element, a dash when it is not known, and give tests the @data behind it. */
function showFigure(element, value, unit, data = {}) {
	for (const name of Object.keys(element.dataset))
		delete element.dataset[name];
	if (value === null) {
		element.replaceChildren(make("span", { class: "unit" }, "\u2013"));
		return;
	}
	element.replaceChildren(value, " ", make("span", { class: "unit" }, unit));
	Object.assign(element.dataset, data);
}

/* "IPv4 941 Mbit/s · IPv6 938 Mbit/s": what each family has, as long as there are two. */
function byFamily(results, direction) {
	const text = (measured) => measured?.[direction] ? page.format.joined(page.format.rate(measured[direction].bitsPerSecond)) : null;
	const known = FAMILIES.map((family) => [FAMILY_NAMES[family], text(results[family])]).filter(([, value]) => value);
	return known.length > 1 ? known.map((pair) => pair.join("\u00a0")).join(" \u00b7 ") : "";
}

function showDirection(session, shown, direction) {
	const { format, t } = page;
	const holder = find(`[data-figure=${direction}]`);
	const single = session.phase === "single" && session.direction === direction;
	const isLive = session.direction === direction && session.live !== null;
	const result = session.results[shown]?.[direction];
	const rate = isLive ? session.live : result?.bitsPerSecond ?? null;

	holder.toggleAttribute("data-live", session.direction === direction);
	holder.querySelector("dt").textContent = t(single ? `${direction}Single` : direction);
	const { value, unit } = rate === null ? { value: null } : format.rate(rate);
	showFigure(find(`#${direction}`), value, unit, isLive ? {} : {
		bitsPerSecond: result?.bitsPerSecond,
		bytes: result?.bytes,
		ms: result?.ms,
		totalBytes: result?.totalBytes,
	});
	holder.querySelector(".more").textContent = byFamily(session.results, direction);
}

function showLatency(session, shown) {
	const { format, t } = page;
	const holder = find("[data-figure=idle]");
	const isLive = session.phase === "latency" && session.live !== null;
	const { latency, download, upload } = session.results[shown] ?? {};
	const ms = isLive ? session.live : latency?.medianMs ?? null;

	holder.toggleAttribute("data-live", session.phase === "latency");
	holder.querySelector("dt").textContent = t("idle");
	showFigure(find("#idle"), ms === null ? null : format.milliseconds(ms), t("milliseconds"),
		isLive ? {} : { ms: latency?.medianMs, minMs: latency?.minMs });
	const known = typeof download?.latencyMs === "number" && typeof upload?.latencyMs === "number";
	holder.querySelector(".more").textContent = known ? t("underLoad", {
		downloading: format.milliseconds(download.latencyMs),
		uploading: format.milliseconds(upload.latencyMs),
	}) : "";
}

/* A bar for each step of a family, filled as far as it has got. */
function track(session, family) {
	const bars = stepsOf(session, family).map(({ phase, direction, seconds, done }) => {
		const bar = make("i", { class: `${direction ?? ""} ${phase}` }, make("b"));
		bar.style.flexGrow = seconds;
		bar.firstChild.style.width = `${100 * done}%`;
		return bar;
	});
	return make("div", {}, make("span", {}, FAMILY_NAMES[family]), ...bars);
}

function showTrack(session) {
	const families = FAMILIES.filter((family) => !session.results[family]?.reason);
	find("#track").replaceChildren(...isRunning(session) ? families.map((family) => track(session, family)) : []);
}

/** Show the figures, also while they change many times a second. */
export function showFigures(shownPage, session) {
	page = shownPage;
	const shown = shownFamily(session);
	find(".figures").hidden = shown === null && !isRunning(session);
	for (const direction of DIRECTIONS)
		showDirection(session, shown, direction);
	showLatency(session, shown);
	find("#ring").style.strokeDasharray = `${progress(session)} 1`;
	showTrack(session);
}

const rates = (points) => points.map(({ second, bitsPerSecond }) => [second, bitsPerSecond]);
const latencies = (points) => points.filter(({ latencyMs }) => latencyMs !== null)
	.map(({ second, latencyMs }) => [second, latencyMs]);

/** {download: [[second, value], ...], upload} of what @read makes of points. */
function seriesOf(points, read) {
	return Object.fromEntries(DIRECTIONS.filter((direction) => points[direction])
		.map((direction) => [direction, read(points[direction])]));
}

/* What the charts show: the family that is being measured, else the leading one. */
function pointsOf({ state, results, points }) {
	const measured = results[leadingFamily(results)];
	if (state !== "done" || !measured)
		return points;
	return { download: measured.download.series, upload: measured.upload.series };
}

export function showCharts(shownPage, session) {
	page = shownPage;
	charts ??= { rates: new Chart(find("#rates")), latencies: new Chart(find("#latencies")) };
	const points = pointsOf(session);
	find(".charts").hidden = !isRunning(session) && Object.keys(points).length === 0;
	const span = isRunning(session) ? CHART_SECONDS : null;
	charts.rates.show(seriesOf(points, rates), { ...rateAxes(page), span });
	charts.latencies.show(seriesOf(points, latencies), { ...latencyAxes(page), ...secondsAxis(page), span });
}

/* Five steps of which @n are filled. */
function steps(n) {
	const bars = Array.from({ length: CLASSES.length }, (_, i) =>
		makeSvg("rect", { x: i * 13, width: 10, height: 10, rx: 2, class: i < n ? "filled" : null }));
	return makeSvg("svg", { viewBox: "0 0 62 10", "aria-hidden": "true" }, ...bars);
}

function use(name, verdict) {
	const place = CLASSES.indexOf(verdict.class);
	return make("li", { "data-use": name, "data-class": verdict.class },
		make("span", { class: "use" }, page.t(`use_${name}`)),
		steps(place + 1),
		make("span", { class: "class" }, page.t(`class_${verdict.class}`)));
}

function gradeUnderLoad({ addedMs }) {
	const grade = gradeOf(addedMs);
	return grade === null ? null : make("li", { "data-grade": grade },
		make("span", { class: "use" }, page.t("grade")),
		make("strong", {}, grade),
		make("span", { class: "class" }, page.t("added", { ms: page.format.milliseconds(addedMs) })));
}

function showUses({ state, results }) {
	const { facts, quality } = qualityOfResults(results);
	const known = Object.entries(quality).filter(([, verdict]) => verdict !== null);
	find("#uses").replaceChildren(...state !== "done" ? [] :
		[...known.map(([name, verdict]) => use(name, verdict)), gradeUnderLoad(facts)].filter(Boolean));
}

/** Show what changes with the state of the session, and with the language. */
export function showState(shownPage, session) {
	page = shownPage;
	const { phase, state } = session;
	const { headline, detail } = summary(session, page.t, page.format);
	const keepsAll = page.pop.speedtest?.store === "always";
	const days = keepsAll ? page.format.days(page.pop.speedtest.keep_days) : null;
	const content = find("#content");
	content.dataset.state = state;
	content.dataset.phase = phase ?? "";
	find("#start").textContent = page.t(isRunning(session) ? "stop" : state === "idle" ? "start" : "again");
	find("#headline").textContent = headline;
	find("#summary").textContent = keepsAll && state === "idle" ? `${detail} ${page.t("keptAlways", { days })}` : detail;
	showUses(session);
}
