// The time page: how far the visitor's clock is off, and how to set it by this server.
// SPDX-License-Identifier: MIT
//
// For tests: #clock has data-state "measuring", "right", "ahead", "behind" or "unknown", and data-offset-ms and
// data-error-ms as soon as they are known; #statistics has a dd for each figure of /time/server.json, named by
// data-figure; #settings has code elements.

import { make } from "/shared/dom.js";
import { openPage } from "/shared/page.js";
import { addressesOf } from "/shared/pop.js";
import { bestOffset, chronyLine, clockState } from "./offset.js";
import { figures } from "./server.js";
import * as texts from "./text.js";

const EXCHANGES = 8;
const AGAIN_MS = 5_000;
const LIMIT_MS = 5_000;

const find = (selector) => document.querySelector(selector);

let page;           /* the frame, in the current language */
let offset = null;  /* as bestOffset() has it */
let failed = false;
let told = null;    /* by /time/server.json */

async function exchange() {
	const sentMs = Date.now(), started = performance.now();
	const reply = await fetch("/time/now", { cache: "no-store", signal: AbortSignal.timeout(LIMIT_MS) });
	const tookMs = performance.now() - started; /* the head of the answer is here */
	return { sentMs, tookMs, serverMs: Number(await reply.text()) * 1000 };
}

async function measure() {
	const exchanges = [];
	while (exchanges.length < EXCHANGES) /* the first one opens the connection, and takes longer */
		exchanges.push(await exchange());
	return bestOffset(exchanges);
}

function span(ms) {
	const [value, unit] = Math.abs(ms) < 1000 ? [page.format.milliseconds(Math.abs(ms)), "ms"]
		: [page.format.number(Math.abs(ms) / 1000, 1), "s"];
	return `${value}\u00a0${unit}`;
}

function showClock() {
	const clock = find("#clock");
	const state = offset === null ? (failed ? "unknown" : "measuring") : clockState(offset);
	clock.dataset.state = state;
	find("#verdict").textContent = page.t(state, offset && { offset: span(offset.offsetMs) });
	find("#error").textContent = offset === null ? "" : page.t("error", { error: span(offset.errorMs) });
	if (offset === null)
		return;
	clock.dataset.offsetMs = offset.offsetMs;
	clock.dataset.errorMs = offset.errorMs;
}

function line(label, ...codes) {
	return make("div", {}, make("dt", {}, page.t(label)), make("dd", {}, ...codes));
}

function showSettings() {
	const { pop } = page;
	const addresses = addressesOf(pop.endpoints, "ntp").map(({ address, port }) =>
		make("li", {}, make("code", {}, address), ...(port === null ? [] : [` ${page.t("port")} `, make("code", {}, port)])));
	document.title = page.t("title");
	find("#settings").replaceChildren(
		line("name", make("code", {}, `ntp.${pop.site.domain}`)),
		line("addresses", make("ul", { class: "plain" }, ...addresses)),
		line("chrony", make("code", {}, chronyLine(pop))));
}

async function showServer() {
	const { services } = await (await fetch("/status.json", { cache: "no-store" })).json();
	const { figure, up } = services.ntp;
	find("#server").textContent = up ? page.t("stratum", { stratum: figure.value }) : page.t("down");
}

function showStatistics() {
	const list = told === null ? [] : figures(told, page);
	find("#statistics").replaceChildren(...list.map(({ name, text }) =>
		make("div", {}, make("dt", {}, page.t(name)), make("dd", { "data-figure": name }, text))));
}

async function askServer() {
	const reply = await fetch("/time/server.json", { cache: "no-store", signal: AbortSignal.timeout(LIMIT_MS) });
	told = reply.ok ? await reply.json() : null;
	showStatistics();
}

async function refresh() {
	try {
		offset = await measure();
		failed = false;
	} catch {
		offset = null;
		failed = true;
	}
	showClock();
	await Promise.allSettled([showServer(), askServer()]);
	setTimeout(refresh, AGAIN_MS);
}

await openPage(texts, (opened) => {
	page = opened;
	showClock();
	showStatistics();
	showSettings();
});
refresh();
