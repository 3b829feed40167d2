// The expert view: series, spread of all samples and TCP's own figures, by family; and all of it as a file.
// SPDX-License-Identifier: MIT

import { Chart } from "/shared/chart.js";
import { make, makeSvg } from "/shared/dom.js";
import { fileName, saveButton } from "/shared/save.js";
import { latencyAxes, rateAxes, secondsAxis } from "./axes.js";
import { cumulative, spreadOf } from "./distribution.js";
import { toCsv, toJson } from "./export.js";
import { DIRECTIONS, FAMILIES, directionsOf } from "./results.js";
import { isRunning } from "./session.js";
import { FAMILY_NAMES } from "./summary.js";

let page;           /* the frame, in the current language */
let results = null; /* those that are shown, */
let endedAt = null; /* and since when they are known */

function chart(label, series, axes) {
	const svg = makeSvg("svg", { class: "chart", role: "img", "aria-label": page.t(label) });
	new Chart(svg).show(series, axes);
	return make("figure", {}, make("figcaption", {}, page.t(label)), svg);
}

const ofAll = (measured, read) => Object.fromEntries([
	...DIRECTIONS.map((direction) => [direction, measured[direction]]),
	...DIRECTIONS.map((direction) => [`${direction} single`, measured.single?.[direction]]),
].filter(([, result]) => result).map(([name, result]) => [name, read(result)]));

function charts(measured) {
	const { format } = page;
	const inMs = (value) => `${format.short(value)}\u00a0ms`;
	const rates = ofAll(measured, ({ series }) => series.map((point) => [point.second, point.bitsPerSecond]));
	const latencies = ofAll(measured, ({ series }) => series
		.filter(({ latencyMs }) => latencyMs !== null).map((point) => [point.second, point.latencyMs]));
	const spread = { idle: cumulative(measured.latency?.samples ?? []),
		...ofAll(measured, ({ latencySamples }) => cumulative(latencySamples)) };
	return [
		chart("expertRates", rates, { ...rateAxes(page), ...secondsAxis(page) }),
		chart("expertLatencies", latencies, { ...latencyAxes(page), ...secondsAxis(page) }),
		chart("expertSpread", spread, { formatX: inMs, formatY: format.short, unit: () => "%", top: 100 }),
	];
}

/* A table that scrolls by itself where it is wider than the screen. */
function table(family, label, columns, rows) {
	const head = make("tr", {}, make("td"), ...columns.map((text) => make("th", { scope: "col" }, text)));
	const body = rows.map(([name, cells]) => make("tr", {},
		make("th", { scope: "row" }, name), ...cells.map((text) => make("td", {}, text ?? "\u2013"))));
	const name = `${FAMILY_NAMES[family]} \u2013 ${label}`;
	return make("div", { class: "scroll", role: "region", "aria-label": name, tabindex: "0" },
		make("table", {}, make("caption", {}, label), make("thead", {}, head), make("tbody", {}, ...body)));
}

function spreadTable(results, family) {
	const { format, t } = page;
	const measured = results[family];
	const columns = ["count", "min", "median", "p95", "p99", "max"];
	const sources = [["atRest", measured.latency?.samples], ...DIRECTIONS.flatMap((direction) => [
		[direction, measured[direction]?.latencySamples],
		[`${direction}Single`, measured.single?.[direction]?.latencySamples],
	])];
	const rows = sources.filter(([, samples]) => samples?.length > 0).map(([name, samples]) => {
		const { count, ...values } = spreadOf(samples);
		return [t(name), [format.number(count), ...Object.values(values).map((ms) => format.milliseconds(ms))]];
	});
	return table(family, t("spread"), columns.map((name) => t(`spread_${name}`)), rows);
}

const known = (value, text) => typeof value === "number" ? text(value) : null;

/* What the server's TCP says of a transfer, and the transfer itself: a text by row. */
function transferRows({ bytes, ms, streams, tcp, totalBytes }) {
	const { format } = page;
	const amount = (count) => format.joined(format.bytes(count));
	const inMs = (value) => `${format.milliseconds(value)}\u00a0ms`;
	const share = (part, whole) => whole > 0 ? known(part, (value) => format.percent(100 * value / whole)) : null;
	return {
		streams: format.number(streams),
		window: `${format.number(ms / 1000, 1)}\u00a0s`,
		windowBytes: amount(bytes),
		totalBytes: amount(totalBytes),
		minRtt: known(tcp?.min_rtt_ms, inMs),
		rtt: known(tcp?.rtt_ms, inMs),
		resent: share(tcp?.retransmitted_bytes, tcp?.sent_bytes),
		rwndLimited: share(tcp?.rwnd_limited_ms, tcp?.busy_ms),
		sndbufLimited: share(tcp?.sndbuf_limited_ms, tcp?.busy_ms),
	};
}

function transferTable(results, family) {
	const { t } = page;
	const transfers = directionsOf(results).filter((each) => each.family === family);
	const columns = transfers.map(({ result }) => transferRows(result));
	const rows = Object.keys(columns[0] ?? {})
		.map((name) => [t(`tcp_${name}`), columns.map((column) => column[name])])
		.filter(([, cells]) => cells.some((text) => text !== null));
	return rows.length === 0 ? null : table(family, t("transfers"),
		transfers.map(({ direction, streams }) => t(streams === "single" ? `${direction}Single` : direction)), rows);
}

function familyPart(results, family) {
	return make("section", { "data-family": family },
		make("h3", {}, FAMILY_NAMES[family]),
		make("div", { class: "trio" }, ...charts(results[family])),
		spreadTable(results, family),
		transferTable(results, family));
}

function legend() {
	return make("p", { class: "legend" }, ...["idle", "download", "upload", "download single", "upload single"].map((name) =>
		make("span", { class: name }, page.t(`legend_${name.replace(" ", "_")}`))));
}

function files() {
	const file = (name, type, write) => saveButton(page.t(`save_${name}`), fileName(page.pop, endedAt, name), type,
		() => write(results, endedAt));
	return make("p", { class: "files" }, file("json", "application/json", toJson), file("csv", "text/csv", toCsv));
}

/** Show what was measured, once the run has ended. */
export function showExpert(shownPage, session) {
	page = shownPage;
	if (session.results !== results)
		[results, endedAt] = [session.results, new Date()];
	const measured = FAMILIES.filter((family) => results[family]?.latency);
	const expert = document.querySelector("#expert");
	expert.hidden = isRunning(session) || measured.length === 0;
	if (!expert.hidden)
		document.querySelector("#expert-content").replaceChildren(
			files(), legend(), ...measured.map((family) => familyPart(results, family)));
}
