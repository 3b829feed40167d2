// The status page: of each service how it is and how it was each day, and what was when.
// SPDX-License-Identifier: MIT
//
// For tests: #content has data-state "reading", "shown" or "failed". #services > [data-service] has data-state "up",
// "down", "unknown" or "maintenance", data-share in percent, and an svg with a g of each day. Each row of #outages
// has data-service, data-kind "down" or "maintenance", and data-from, Unix seconds.

import { make, makeSvg } from "/shared/dom.js";
import { openPage } from "/shared/page.js";
import { daysOf, maintenanceOf, outagesOf, reasonKey, shareOf } from "./history.js";
import * as texts from "./text.js";

const DAYS = 90;
const REFRESH_MS = 30_000;
const STATES = ["down", "unknown", "maintenance", "up"]; /* of a bar, from its foot */
const HEIGHT = 30; /* of bars, in the units of the drawing; a day is one wide */
const GAP = 0.25;
const LEAST = 3; /* however short it was, it is seen */

const find = (selector) => document.querySelector(selector);

let page;           /* the frame, in the current language */
let told = null;    /* {history, status}, as read */

const services = () => Object.keys(told.status.services);

function shareText(share) {
	if (share === null)
		return page.t("noShare");
	const digits = share > 99.9 && share < 100 ? 3 : 1; /* or what was not up would not show */
	return page.t("share", { share: `${page.format.number(Math.floor(share * 1000) / 1000, digits)}\u00a0%` });
}

function dayText(from) {
	return new Intl.DateTimeFormat(page.language, { dateStyle: "medium", timeZone: "UTC" }).format(from * 1000);
}

/* Parts of a day, one on the other: as high as they were long, and what was up on top. */
function bar(day, i) {
	const all = STATES.reduce((sum, state) => sum + day.seconds[state], 0);
	let y = HEIGHT;
	const states = all === 0 ? ["none"] : STATES.filter((state) => day.seconds[state] > 0);
	const rects = states.map((state, k, { length }) => {
		const height = k === length - 1 ? y : Math.min(y, Math.max(LEAST, HEIGHT * day.seconds[state] / all));
		y -= height;
		return makeSvg("rect", { class: state, x: i, y, width: 1 - GAP, height });
	});
	const text = day.share === null ? page.t("state_none") : shareText(day.share);
	return makeSvg("g", {}, makeSvg("title", {}, page.t("day", { day: dayText(day.from), share: text })), ...rects);
}

function bars(name, days, share) {
	return makeSvg("svg", {
		class: "bars", viewBox: `0 0 ${DAYS - GAP} ${HEIGHT}`, preserveAspectRatio: "none", role: "img",
		"aria-label": page.t("bars", { service: name, share: shareText(share) }),
	}, ...days.map(bar));
}

function stateOf({ drained, up }) {
	if (drained && up !== true)
		return "maintenance";
	return up === null ? "unknown" : up ? "up" : "down";
}

function serviceLine(service) {
	const days = daysOf(told.history, service, DAYS), share = shareOf(days);
	const name = page.t(`${service}_name`) ?? service, state = stateOf(told.status.services[service]);
	return make("article", { "data-service": service, "data-state": state, "data-share": share },
		make("h2", {}, name),
		make("p", { class: "status" }, page.t(`state_${state}`)),
		make("p", { class: "share" }, shareText(share)),
		bars(name, days, share),
		make("p", { class: "axis", "aria-hidden": "true" },
			make("span", {}, page.t("from", { days: page.format.days(DAYS) })), make("span", {}, page.t("today"))));
}

function reasonOf({ kind, reason }) {
	if (kind === "maintenance")
		return [page.t("maintenance")];
	return [page.t(reasonKey(reason)), " ", make("code", { lang: "en" }, reason)];
}

function outageRow(outage) {
	const { t, format } = page;
	const fromMs = outage.from * 1000, length = format.span(outage.to - outage.from);
	return make("tr", {
		id: `${outage.service}-${outage.from}`, "data-service": outage.service, "data-kind": outage.kind,
		"data-from": outage.from,
	},
		make("th", { scope: "row" }, t(`${outage.service}_name`) ?? outage.service),
		make("td", {}, make("time", { datetime: new Date(fromMs).toISOString() }, format.moment(fromMs))),
		make("td", {}, outage.isOver ? length : t("goesOn", { length })),
		make("td", {}, ...reasonOf(outage)));
}

function showOutages() {
	const all = services().flatMap((service) => [
		...outagesOf(told.history, service).filter(({ isMaintenance }) => !isMaintenance).map((each) => ({ ...each, service, kind: "down" })),
		...maintenanceOf(told.history, service).map((each) => ({ ...each, service, kind: "maintenance" })),
	]).sort((a, b) => b.from - a.from);
	const heads = ["service", "began", "length", "reason"]
		.map((key) => make("th", { scope: "col" }, page.t(key)));
	find("#none").hidden = all.length > 0;
	find("#outages").hidden = all.length === 0;
	find("#outages").replaceChildren(make("table", {}, make("thead", {}, make("tr", {}, ...heads)),
		make("tbody", {}, ...all.map(outageRow))));
}

function showLegend() {
	find("#legend").replaceChildren(...[...[...STATES].reverse(), "none"]
		.map((state) => make("span", { class: state }, page.t(`state_${state}`))));
	find("#feed").href = `/status.atom?language=${page.language}`;
}

function show() {
	if (told === null)
		return;
	find("#services").replaceChildren(...services().map(serviceLine));
	showOutages();
}

/* A screen reader announces what changes: leave alone what does not. */
function note(state) {
	const key = { reading: "reading", failed: "unreadable" }[state];
	const text = key ? page.t(key) : "";
	find("#content").dataset.state = state;
	if (find("#note").textContent !== text)
		find("#note").textContent = text;
}

async function read(url) {
	const reply = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(REFRESH_MS) });
	if (!reply.ok)
		throw new Error(`${url}: ${reply.status}`);
	return reply.json();
}

async function refresh() {
	try {
		const [history, status] = await Promise.all([read(`/history.json?days=${DAYS}`), read("/status.json")]);
		told = { history, status };
		show();
		note("shown");
	} catch {
		note("failed");
	}
	setTimeout(refresh, REFRESH_MS);
}

await openPage(texts, (opened) => {
	page = opened;
	document.title = page.t("title");
	find("#lead").textContent = page.t("lead", { days: page.format.days(DAYS) });
	showLegend();
	show();
	note(find("#content").dataset.state);
});
refresh();
