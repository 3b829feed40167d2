// Between whom a test runs, and what it takes: shown below the figures.
// SPDX-License-Identifier: MIT

import { make } from "/shared/dom.js";
import { reachFamilies } from "./families.js";
import { FAMILIES } from "./results.js";
import { candidates } from "./servers.js";
import { bytesMoved } from "./session.js";
import { FAMILY_NAMES } from "./summary.js";

const NEAREST = ""; /* no name of a POP */
const LOADED_SECONDS = 40; /* of a run over both families */
const EXAMPLES_BPS = [100e6, 1e9];

const find = (selector) => document.querySelector(selector);

let addresses = null; /* {ipv4, ipv6} of {address} or {reason}, once known */
let chosen = NEAREST;

/** The name of the POP that the visitor has chosen, null for the nearest. */
export function chosenServer() {
	return chosen === NEAREST ? null : chosen;
}

/** Ask the POP for the visitor's addresses. */
export async function askAddresses(pop) {
	addresses = await reachFamilies({ pop, url: location.origin }, location.protocol.slice(0, -1));
}

function showAddresses({ t }) {
	const line = (family) => {
		const address = addresses?.[family].address;
		return make("p", { "data-family": family },
			make("span", { class: "soft" }, FAMILY_NAMES[family]), " ",
			address ? make("code", {}, address) : t(addresses === null ? "addressAsked" : "addressNone"));
	};
	find("#addresses").replaceChildren(...FAMILIES.map(line));
}

function serverChoice(page) {
	const { pop, t } = page;
	const known = candidates(pop, location);
	const option = (value, text) => {
		const element = make("option", { value }, text);
		element.selected = value === chosen;
		return element;
	};
	const select = make("select", { id: "server" },
		option(NEAREST, t("nearest", { n: page.format.number(known.length) })),
		...known.map(({ name, title }) => option(name, title)));
	select.addEventListener("change", () => { chosen = select.value; });
	return select;
}

function showPlace(page, { state, results }) {
	const { format, pop, t } = page;
	const { city, country, title } = pop.site;
	const here = city ? t("place", { city, country: format.country(country) }) : "";
	if ((pop.neighbours ?? []).length === 0) {
		find("#place").replaceChildren(make("p", { id: "server" }, title), make("p", { class: "soft" }, here));
		return;
	}
	const { server } = results;
	const ms = server?.latencyMs ?? null;
	const choice = serverChoice(page);
	choice.disabled = state === "running";
	find("#place").replaceChildren(choice, make("p", { class: "soft" },
		ms === null ? server?.title ?? "" : t("measuredAt", { title: server.title, ms: format.milliseconds(ms) })));
}

/** What a run moves at @bitsPerSecond in both directions. */
const cost = (bitsPerSecond) => bitsPerSecond / 8 * LOADED_SECONDS;

/** Show the bytes so far, also while they change many times a second. */
export function showData({ format, t }, session) {
	const element = find("#data");
	const bytes = bytesMoved(session);
	const amount = (count) => format.joined(format.bytes(count));
	find("#data-label").textContent = t(session.state === "idle" ? "takes" : "used");
	element.dataset.bytes = bytes;
	element.replaceChildren(...session.state === "idle"
		? EXAMPLES_BPS.map((bps) => make("p", {}, t("cost", { bytes: amount(cost(bps)), rate: format.short(bps / 1e6) })))
		: [make("p", {}, amount(bytes))]);
}

export function showFacts(page, session) {
	showAddresses(page);
	showPlace(page, session);
	showData(page, session);
}
