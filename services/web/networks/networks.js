// The networks connected to the exchange point: a table that is searched and sorted where it is read.
// SPDX-License-Identifier: MIT
//
// Where everybody may see it, a column says how sessions and ports are, and is kept up to date.
//
// For tests: #content carries data-state "loading", "known" or "unknown". #query is what is searched for, #found says
// how many that is. Each #columns th has a button that sorts, and aria-sort. Each #networks > [data-asn] is one network.

import { make } from "/shared/dom.js";
import { openPage } from "/shared/page.js";
import { byNetwork } from "./states.js";
import { COLUMNS, matcher, sorted, speed } from "./table.js";
import * as texts from "./text.js";

const find = (selector) => document.querySelector(selector);

const STATES_MS = 15_000;

async function read(url) {
	const reply = await fetch(url, { signal: AbortSignal.timeout(15_000) });
	return reply.ok ? await reply.json() : null;
}

const told = await read("networks.json").catch(() => null);
const networks = told?.networks ?? null; /* null: they cannot be read */

let page;      /* the frame, in the current language */
let states = new Map(); /* AS number -> how its sessions and ports are */
let rows = []; /* [network, its tr], in the order of networks.json */
let order = { column: "name", down: false };

function nameCell({ asn, name, url }) {
	const title = url === null ? name : make("a", { href: url, rel: "noreferrer" }, name);
	return make("th", { scope: "row" }, title, " ", make("span", { class: "asn" }, `AS${asn}`));
}

function addressCell(addresses) {
	return make("td", {}, ...addresses.map((address) => make("code", {}, address)));
}

function prefixText({ ipv4, ipv6 }) {
	const some = [["IPv4", ipv4], ["IPv6", ipv6]].filter(([, count]) => count !== null);
	return some.map(([family, count]) => `${page.format.short(count)}\u00a0${family}`).join(" \u00b7 ");
}

/** "Sessions down: 1", "Sessions up: 2"; empty where nothing is known. */
function stateCell(asn) {
	const parts = (states.get(asn) ?? []).map(({ kind, state, count }) =>
		make("span", { class: state }, page.t(`${kind}_${state}`, { count: page.format.number(count) })));
	return make("td", { class: "states" }, ...parts);
}

function row(network, dates) {
	const { asn, ipv4, ipv6, prefixes, services, since, speed_mbps: mbps } = network;
	const addresses = [...ipv4, ...ipv6];
	return make("tr", { "data-asn": asn },
		nameCell(network),
		addressCell(addresses),
		make("td", { class: "number" }, mbps === null ? "" : speed(mbps, page.format)),
		make("td", {}, prefixText(prefixes)),
		make("td", {}, since === null ? "" : dates.format(new Date(`${since}T00:00Z`))),
		make("td", {}, services.map((service) => page.t(service) ?? service).join(", ")),
		...(page.pop.states ? [stateCell(asn)] : []));
}

function showFound() {
	const matches = matcher(find("#query").value);
	let found = 0;
	for (const [network, element] of rows) {
		element.hidden = !matches(network);
		found += element.hidden ? 0 : 1;
	}
	find("#found").textContent = networks === null ? page.t("unknown")
		: page.t("found", { found: page.format.number(found), all: page.format.number(rows.length) });
}

function showOrder() {
	const elements = new Map(rows);
	find("#networks").replaceChildren(...sorted(networks ?? [], order, page.language).map((network) => elements.get(network)));
	for (const header of document.querySelectorAll("#columns th")) {
		const isIt = header.dataset.column === order.column;
		header.setAttribute("aria-sort", isIt ? (order.down ? "descending" : "ascending") : "none");
	}
}

function sortBy(column) {
	order = { column, down: order.column === column && !order.down };
	showOrder();
}

function columnHeader(column) {
	const button = make("button", { type: "button" }, page.t(`column_${column}`));
	button.addEventListener("click", () => sortBy(column));
	return make("th", { scope: "col", "data-column": column }, button);
}

function show() {
	document.title = `${page.t("title")} \u00b7 ${page.pop.site.title}`;
	find("#columns").replaceChildren(...COLUMNS.concat(page.pop.states ? ["states"] : []).map(columnHeader));
	const dates = new Intl.DateTimeFormat(page.language, { dateStyle: "medium", timeZone: "UTC" });
	rows = (networks ?? []).map((network) => [network, row(network, dates)]);
	showOrder();
	showFound();
}

/** Show how all is now; what cannot be asked is as it was. */
async function followStates() {
	const now = await read("/api/v1/networks/states").catch(() => null);
	if (now !== null) {
		states = byNetwork(now.states);
		for (const [network, element] of rows) {
			network.states = states.get(network.asn);
			element.querySelector(".states").replaceWith(stateCell(network.asn));
		}
		showOrder();
	}
	setTimeout(followStates, STATES_MS);
}

find("#search").addEventListener("submit", (event) => event.preventDefault());
find("#query").addEventListener("input", showFound);

find("#export").hidden = !told?.export;
await openPage(texts, (opened) => {
	page = opened;
	show();
	find("#content").dataset.state = networks === null ? "unknown" : "known";
});
if (page.pop.states)
	await followStates();
