// The expert view: every test, both families side by side, resolvers, series; and all of it as a file.
// SPDX-License-Identifier: MIT

import { Chart } from "/shared/chart.js";
import { make, makeSvg } from "/shared/dom.js";
import { fileName, saveButton } from "/shared/save.js";
import { FAMILIES, TESTS } from "./observations.js";
import { FAMILY_NAMES } from "./stage.js";
import { isRunning } from "./state.js";

const NONE = "\u2013";

let page; /* the frame, in the current language */

const text = (value) => value === null || value === undefined || value === "" ? NONE : String(value);
const yesNo = (value) => value === null || value === undefined ? NONE : page.t(value ? "yes" : "no");
const number = (value, write = page.format.number) => typeof value === "number" ? write(value) : NONE;
const inMs = (ms) => page.t("ms", { ms: page.format.milliseconds(ms) });
const code = (value) => value ? make("code", {}, value) : NONE;

/* A table that scrolls by itself where it is wider than the screen; @rows: [[header, cells]]. */
function table(label, columns, rows) {
	const head = make("tr", {}, ...columns.map((column) => column === null ? make("td") : make("th", { scope: "col" }, column)));
	const body = rows.map(([name, cells]) => make("tr", {},
		make("th", { scope: "row" }, name), ...cells.map((cell) => make("td", {}, cell))));
	return make("div", { class: "scroll", role: "region", "aria-label": label, tabindex: "0" },
		make("table", {}, make("caption", {}, label), make("thead", {}, head), make("tbody", {}, ...body)));
}

const columnsOf = (...names) => names.map((name) => page.t(`column_${name}`));

function testsTable({ tests }) {
	const rows = TESTS.filter((id) => id in tests).map((id) => {
		const { state, ms, dnsMs, connectMs, family, protocol } = tests[id];
		return [id, [page.t(`result_${state}`), ...[ms, dnsMs, connectMs].map((value) => number(value, page.format.milliseconds)),
			family === null ? NONE : FAMILY_NAMES[family], text(protocol)]];
	});
	return table(page.t("expertTests"), columnsOf("test", "state", "ms", "dns", "connect", "family", "protocol"), rows);
}

/* What is known of a family: a cell by row. */
function factsOf(facts) {
	const { format, t } = page;
	const { tcp } = facts;
	const rate = (bitsPerSecond) => format.joined(format.rate(bitsPerSecond));
	return {
		address: code(facts.address),
		prefix: code(facts.prefix),
		origin: text(facts.asns.map(({ asn, name }) => t("as", { asn, name: name ?? "" }).trim()).join(", ")),
		rpki: text(facts.rpki),
		ptr: code(facts.ptr),
		ptrConfirmed: yesNo(facts.ptrConfirmed),
		subtype: text(facts.subtype),
		via: text(facts.via),
		latency: number(facts.latencyMs, inMs),
		serverRtt: number(tcp?.rtt_us, (us) => inMs(us / 1000)),
		mss: number(tcp?.snd_mss),
		received: number(tcp?.rcv_mss),
		pmtu: number(tcp?.pmtu),
		retransmits: number(tcp?.retransmits),
		download: number(facts.downloadBps, rate),
		upload: number(facts.uploadBps, rate),
	};
}

function familiesTable({ families }) {
	const known = FAMILIES.filter((family) => families[family] !== null);
	if (known.length === 0)
		return null;
	const columns = known.map((family) => factsOf(families[family]));
	const samples = Math.max(...known.map((family) => families[family].samplesMs.length));
	return table(page.t("expertFamilies"), [null, ...known.map((family) => FAMILY_NAMES[family])],
		Object.keys(columns[0]).map((name) =>
			[page.t(`fact_${name}`, { n: samples }), columns.map((column) => column[name])]));
}

function resolversTable({ resolvers }) {
	if (resolvers.length === 0)
		return null;
	const columns = columnsOf("address", "transports", "edns", "do", "buffer", "ecs", "mixedCase", "minimised", "validates");
	return table(page.t("expertResolvers"), columns, resolvers.map((each) => [make("code", {}, each.address), [
		each.transports.join(", ").toUpperCase(), yesNo(each.edns), yesNo(each.dnssecOk), number(each.buffer),
		each.ecs === null ? NONE : `/${each.ecs}`, yesNo(each.mixedCase), yesNo(each.minimised), yesNo(each.validates)]]));
}

function findingsTable({ findings }) {
	const { t } = page;
	return table(t("expertVerdict"), columnsOf("finding", "severity", "confidence", "where"),
		findings.map(({ id, severity, confidence, where }) => [id, [severity, confidence, text(where)]]));
}

function latencyChart({ families }) {
	const series = Object.fromEntries(FAMILIES.filter((family) => families[family]?.samplesMs.length > 1)
		.map((family) => [family, families[family].samplesMs.map((ms, i) => [i + 1, ms])]));
	if (Object.keys(series).length === 0)
		return null;
	const svg = makeSvg("svg", { class: "chart", role: "img", "aria-label": page.t("expertLatency") });
	new Chart(svg).show(series, { formatX: page.format.short, formatY: page.format.short, unit: () => "ms" });
	return make("figure", { class: "latencies" }, make("figcaption", {}, page.t("expertLatency")),
		make("p", { class: "legend" }, ...Object.keys(series).map((family) => make("span", { class: family }, FAMILY_NAMES[family]))),
		svg);
}

function file({ observations, verdict }) {
	return saveButton(page.t("save_json"), fileName(page.pop, new Date(observations.at), "json"), "application/json",
		() => `${JSON.stringify({ observations, verdict }, null, "\t")}\n`);
}

/** Show all that was observed, once the run has ended. */
export function showExpert(shownPage, state) {
	page = shownPage;
	const { observations, verdict } = state;
	const expert = document.querySelector("#expert");
	expert.hidden = isRunning(state) || verdict === null;
	if (expert.hidden)
		return;
	document.querySelector("#expert-content").replaceChildren(...[
		make("p", { class: "files" }, file(state)),
		testsTable(observations), familiesTable(observations), latencyChart(observations),
		resolversTable(observations), findingsTable(verdict),
	].filter((part) => part !== null));
}
