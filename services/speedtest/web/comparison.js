// IPv4 beside IPv6: all figures of both, row by row.
// SPDX-License-Identifier: MIT

import { make } from "/shared/dom.js";
import { LEVELS } from "./confidence.js";
import { gradeOf } from "./quality.js";
import { FAMILIES } from "./results.js";
import { isRunning } from "./session.js";
import { FAMILY_NAMES } from "./summary.js";

/*
 * A row: its label, and what to show of a family: {value, unit, data}, or null when it is not
 * known. The figure's number goes into data-value, unrounded, for tests.
 */
function row(label, read) {
	return { label, read };
}

const isKnown = (value) => value !== undefined && value !== null;

function milliseconds({ format, t }, ms, note = null) {
	return isKnown(ms) ? { value: format.milliseconds(ms), unit: t("milliseconds"), data: ms, note } : null;
}

function rate({ format }, direction) {
	return direction ? { ...format.rate(direction.bitsPerSecond), data: direction.bitsPerSecond } : null;
}

function words(text, data) {
	return { value: text, unit: null, data };
}

function confidence({ t }, level) {
	const place = LEVELS.indexOf(level) + 1;
	return { ...words(t(`confidence_${level}`), level), dots: "\u25cf".repeat(place) + "\u25cb".repeat(LEVELS.length - place) };
}

function directionRows(page, direction) {
	const { format, t } = page;
	const of = (measured) => measured?.[direction];
	return [
		row("severalStreams", (measured) => rate(page, of(measured))),
		row("oneStream", (measured) => rate(page, of(measured?.single))),
		row("latencyMeanwhile", (measured) => milliseconds(page, of(measured)?.latencyMs, gradeOf(of(measured)?.addedMs ?? null))),
		row("responsiveness", (measured) => isKnown(of(measured)?.rpm)
			? { value: format.number(of(measured).rpm), unit: t("rpm"), data: of(measured).rpm } : null),
		row("limitedBy", (measured) => of(measured)?.limitedBy
			? words(t(`limit_${direction}_${of(measured).limitedBy}`), of(measured).limitedBy) : null),
		row("confidence", (measured) => of(measured) ? confidence(page, of(measured).confidence) : null),
	];
}

function groups(page) {
	return [
		["atRest", [
			row("idle", (measured) => milliseconds(page, measured?.latency?.medianMs)),
			row("jitter", (measured) => milliseconds(page, measured?.latency?.jitterMs)),
		]],
		["download", directionRows(page, "download")],
		["upload", directionRows(page, "upload")],
	];
}

function cell(figure) {
	if (figure === null)
		return make("td", {}, make("span", { class: "unit" }, "\u2013"));
	const { value, unit, data, note = null, dots = null } = figure;
	return make("td", { "data-value": data },
		make("span", { class: unit ? "number" : null }, value),
		unit ? " " : null, unit ? make("span", { class: "unit" }, unit) : null,
		note ? make("span", { class: "grade", "data-grade": note }, note) : null,
		dots ? make("span", { class: "dots", "aria-hidden": "true" }, dots) : null);
}

function tableRow({ t }, name, { label, read }, results) {
	const figures = FAMILIES.map((family) => read(results[family]));
	if (figures.every((figure) => figure === null))
		return null;
	return make("tr", { "data-row": `${name}-${label}` },
		make("th", { scope: "row" }, t(label)),
		...figures.map(cell));
}

/* Why a family has no figures, or no more of them. */
function reasonRow({ t }, results) {
	if (!FAMILIES.some((family) => results[family]?.reason))
		return null;
	return make("tr", { "data-row": "reason" }, make("th", { scope: "row" }, t("state")),
		...FAMILIES.map((family) =>
			make("td", {}, t(results[family]?.reason ? `unreachable_${results[family].reason}` : "reached"))));
}

function lossRow({ format, t }, loss) {
	if (!loss)
		return null;
	const known = isKnown(loss.percent);
	return make("tr", { "data-row": "loss" }, make("th", { scope: "row" }, t("loss")),
		make("td", { colspan: FAMILIES.length, "data-value": known ? loss.percent : null },
			...known
				? [make("span", { class: "number" }, format.percent(loss.percent)), " ", make("span", { class: "unit" },
					t("lossOf", { lost: format.number(loss.lost), sent: format.number(loss.sent) }))]
				: [t("lossUnknown")]));
}

/** Show the table of what is known, once the run has ended. */
export function showComparison(page, session) {
	const { t } = page;
	const { results } = session;
	const known = !isRunning(session) && FAMILIES.some((family) => results[family]);
	document.querySelector("#families").hidden = !known;
	if (!known)
		return;
	const head = make("thead", {}, make("tr", {},
		make("td"), ...FAMILIES.map((family) => make("th", { scope: "col" }, FAMILY_NAMES[family]))));
	const bodies = groups(page).map(([name, rows]) => {
		const shown = rows.map((each) => tableRow(page, name, each, results)).filter((each) => each !== null);
		if (name === "atRest")
			shown.push(...[lossRow(page, results.loss), reasonRow(page, results)].filter((each) => each !== null));
		return shown.length === 0 ? null : make("tbody", {},
			make("tr", { class: "group" }, make("th", { scope: "rowgroup", colspan: FAMILIES.length + 1 }, t(name))),
			...shown);
	});
	document.querySelector("#families table").replaceChildren(head, ...bodies.filter((each) => each !== null));
}
