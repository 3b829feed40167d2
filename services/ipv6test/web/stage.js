// The verdict in plain words, scores, the path as a picture, and the visitor's addresses.
// SPDX-License-Identifier: MIT

import { make, makeSvg } from "/shared/dom.js";
import { FAMILIES } from "./observations.js";
import { laneOf } from "./rows.js";
import { isRunning, progress } from "./state.js";

export const FAMILY_NAMES = { ipv4: "IPv4", ipv6: "IPv6" };
const STATIONS = ["device", "home-router", "provider", "us"];
const MOST_RESOLVERS = 2;

const find = (selector) => document.querySelector(selector);

/* What is in @element already is left alone: a screen reader announces what changes. */
function say(element, text) {
	if (element.textContent !== text)
		element.textContent = text;
}

/* {headline, detail} of what is known. */
function words({ t }, { state, phase, code, verdict }) {
	if (state === "failed")
		return { headline: t("failedTitle"), detail: t("failedDetail") };
	if (state === "missing")
		return { headline: t("missingTitle", { code }), detail: t("missingDetail") };
	if (state === "busy")
		return { headline: t("busyTitle"), detail: t("busyDetail") };
	if (verdict !== null) {
		const [{ id }] = verdict.findings;
		return { headline: t(`title_${id}`), detail: t(`detail_${id}`) };
	}
	return { headline: t("running"), detail: phase === null ? "" : t(`phase_${phase}`) };
}

function scoreRing({ t, format }, family, score) {
	const label = score === null ? t("scoreUnknown", { family: FAMILY_NAMES[family] })
		: t("score", { family: FAMILY_NAMES[family], score });
	const level = score === null ? "none" : score >= 9 ? "good" : score >= 5 ? "fair" : "bad";
	return make("li", { "data-family": family, "data-score": String(score ?? ""), "data-mark": level },
		makeSvg("svg", { class: "ring", viewBox: "0 0 100 100", role: "img", "aria-label": label },
			makeSvg("circle", { cx: 50, cy: 50, r: 46 }),
			makeSvg("circle", { class: "value", cx: 50, cy: 50, r: 46, pathLength: 10, "stroke-dasharray": `${score ?? 0} 10` })),
		make("span", { class: "number", "aria-hidden": "true" }, score === null ? "\u2013" : format.number(score)),
		make("span", { class: "of", "aria-hidden": "true" }, FAMILY_NAMES[family]));
}

/* Where what does not work probably breaks; null when all does, or it is not known. */
function faultOf(verdict) {
	const [headline, ...others] = verdict?.findings ?? [];
	return [headline, ...others.filter(({ severity }) => severity === "problem")]
		.find((finding) => finding?.where)?.where ?? null;
}

/* The way to us as two lanes, each broken where its fault probably is. */
function showPath({ t }, { observations, verdict }) {
	const fault = faultOf(verdict);
	const lanes = FAMILIES.map((family) => [family, laneOf(observations, family)]);
	const marked = (station) => station === fault ? "fault" : null;
	find("#path").setAttribute("aria-label", `${t("path")}: ${lanes
		.map(([family, lane]) => t(`lane_${lane}`, { family: FAMILY_NAMES[family] })).join(", ")}.`);
	find("#path").replaceChildren(
		make("div", { class: "stations" }, ...STATIONS.map((station) => make("span", { class: marked(station) }, t(`station_${station}`)))),
		...lanes.map(([family, lane]) => make("div", { class: "lane", "data-family": family, "data-lane": lane,
			"data-fault": lane === "works" ? null : fault }, make("b", {}, FAMILY_NAMES[family]), make("i"))));
}

/** Where @finding probably comes from, in words; null when it has no place. */
export function causeOf({ t }, { where, confidence }) {
	return where === null ? null
		: make("p", { class: "soft" }, t(`cause_${confidence}`, { where: t(`where_${where}`) }));
}

/* The result's age and code, or what to do, or nothing. */
function advice(page, { state, code, observations, verdict }) {
	const { t, format } = page;
	const parts = [];
	if (state === "stored")
		parts.push(make("p", { class: "note" }, t("storedNote", { code, moment: format.moment(Date.parse(observations.at)) })));
	const first = verdict?.findings.find(({ id }) => id === verdict.next);
	if (first)
		parts.push(make("div", { class: "next" },
			make("p", {}, make("strong", {}, t("nextStep"))),
			first === verdict.findings[0] ? null : make("p", {}, t(`title_${first.id}`)),
			make("p", {}, t(`advice_${first.id}`)),
			causeOf(page, first)));
	return parts;
}

function addressOf({ t }, { state, observations }, family) {
	const facts = observations?.families[family] ?? null;
	if (!facts?.address)
		return [t(isRunning({ state }) && laneOf(observations, family) !== "fails" ? "addressAsked" : "addressNone")];
	const [origin] = facts.asns;
	return [make("code", {}, facts.address),
		make("p", { class: "soft" }, origin ? t("as", { asn: origin.asn, name: origin.name ?? "" }) : "")];
}

function resolversOf({ t, format }, { state, observations }) {
	const known = observations?.resolvers ?? [];
	if (known.length === 0)
		return [t(isRunning({ state }) ? "addressAsked" : "resolverNone")];
	return [...known.slice(0, MOST_RESOLVERS).map(({ address }) => make("p", {}, make("code", {}, address))),
		known.length > MOST_RESOLVERS
			? make("p", { class: "soft" }, t("resolverMore", { n: format.number(known.length - MOST_RESOLVERS) })) : ""];
}

export function showStage(page, state) {
	const { verdict } = state;
	const main = find("#content");
	main.dataset.state = state.state;
	main.dataset.phase = state.phase ?? "";
	main.dataset.headline = verdict?.findings[0].id ?? "";
	main.dataset.next = verdict?.next ?? "";
	main.dataset.severity = verdict?.findings[0].severity ?? "";

	const { headline, detail } = words(page, state);
	say(find("#headline"), headline);
	say(find("#summary"), detail);
	find("#advice").replaceChildren(...advice(page, state));
	find("#scores").replaceChildren(...FAMILIES.map((family) => scoreRing(page, family, verdict?.scores[family] ?? null)));
	find("#bar").style.width = `${Math.round(100 * progress(state))}%`;
	find("#start").hidden = isRunning(state) || state.state === "idle";
	find("#start").textContent = page.t(state.code === null ? "again" : "testYours");
	showPath(page, state);
	for (const family of FAMILIES) {
		find(`#label-${family}`).textContent = page.t("yourAddress", { family: FAMILY_NAMES[family] });
		find(`#address-${family}`).replaceChildren(...addressOf(page, state, family));
	}
	find("#resolvers").replaceChildren(...resolversOf(page, state));
}
