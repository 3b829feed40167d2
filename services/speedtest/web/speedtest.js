// The page of the speed test: shows a session, and starts and stops its engine.
// SPDX-License-Identifier: MIT
//
// For tests. <main data-state> is the state of the session (session.js), its phase while it runs. When
// a value is known, its element carries it unrounded: #download and #upload data-bits-per-second,
// data-bytes and data-ms (of the measured window), data-total-bytes; #idle data-ms and data-min-ms;
// #jitter, #latency-download and #latency-upload data-ms; #used data-bytes. The document gets a
// "speedtest" event at each phase and change of state; its detail is the session.

import { Chart } from "/shared/chart.js";
import { make } from "/shared/dom.js";
import { openPage } from "/shared/page.js";
import { startRun } from "./run.js";
import { bytesMoved, isRunning, newSession, step } from "./session.js";
import { summary } from "./summary.js";
import * as texts from "./text.js";

const find = (selector) => document.querySelector(selector);

let page;           /* the frame, in the current language */
let chart;
let session = newSession();
let endRun = null;  /* ends what is running */
let visitor = null; /* the address that the server sees */

/* Show @value @unit, a dash when it is not known, and give tests the @data behind it. */
function showFigure(selector, value, unit, data) {
	const element = find(selector);
	for (const name of Object.keys(element.dataset))
		delete element.dataset[name];
	if (value === null) {
		element.replaceChildren(make("span", { class: "unit" }, "\u2013"));
		return;
	}
	element.replaceChildren(value, " ", make("span", { class: "unit" }, unit));
	Object.assign(element.dataset, data);
}

/* The family whose figures are shown: the first that was reached. */
function shown({ ipv4, ipv6 }) {
	return (ipv4?.address ? ipv4 : ipv6) ?? {};
}

function showLatency(selector, ms, more = {}) {
	const known = typeof ms === "number";
	showFigure(selector, known ? page.format.milliseconds(ms) : null, page.t("milliseconds"), { ms, ...more });
}

function showDirection(direction, result) {
	showFigure(`#${direction}`, result ? page.format.megabits(result.bitsPerSecond) : null, page.t("megabits"), {
		bitsPerSecond: result?.bitsPerSecond,
		bytes: result?.bytes,
		ms: result?.ms,
		totalBytes: result?.totalBytes,
	});
	showLatency(`#latency-${direction}`, result?.latencyMs);
}

function newChart() {
	return new Chart(find("#chart"), {
		seconds: 8,
		series: ["download", "upload"],
		formatValue: (megabits) => page.format.short(megabits),
		formatTime: (second) => `${page.format.short(second)}\u00a0s`,
		unit: () => page.t("megabits"),
	});
}

function showResults() {
	const { latency, download, upload } = shown(session.results);
	showDirection("download", download);
	showDirection("upload", upload);
	showLatency("#idle", latency?.medianMs, { minMs: latency?.minMs });
	showLatency("#jitter", latency?.jitterMs);

	const bytes = bytesMoved(session);
	const { value, unit } = page.format.bytes(bytes);
	showFigure("#used", bytes > 0 ? value : null, unit, { bytes });
}

function showLive() {
	const { live, phase } = session;
	const { format, t } = page;
	const [value, unit] = phase === "latency" ? [format.milliseconds, "milliseconds"] : [format.megabits, "megabits"];
	find("#live").textContent = live === null ? "" : value(live);
	find("#live-unit").textContent = live === null ? "" : t(unit);
}

function showState() {
	const { phase: current, results, state } = session;
	const { format, t } = page;
	find("#content").dataset.state = current ?? state;
	find("#start").textContent = t(isRunning(session) ? "stop" : state === "idle" ? "start" : "again");
	for (const phase of document.querySelectorAll("#phases li")) {
		phase.toggleAttribute("data-done", phase.dataset.phase in shown(results));
		if (phase.dataset.phase === current)
			phase.setAttribute("aria-current", "step");
		else
			phase.removeAttribute("aria-current");
	}
	find("#summary").textContent = summary(session, t, format);
}

function showRoute() {
	const { format, pop, t } = page;
	const { city, country, title } = pop.site;
	const place = city ? t("place", { title, city, country: format.country(country) }) : title;
	const family = visitor?.includes(":") ? "IPv6" : "IPv4";
	find("#route").textContent = t(visitor === null ? "route" : "routeFrom", { place, visitor, family });
}

function showAll() {
	document.title = `${page.t("heading")} \u2013 ${page.pop.site.title}`;
	showRoute();
	showState();
	showLive();
	showResults();
	chart.draw();
}

function advance(message) {
	const before = session;
	session = step(session, message);
	if (message.type === "rate" && session.phase !== "single" && shown(session.results) === session.results[session.family])
		chart.add(session.direction, message.second, message.bitsPerSecond / 1e6);
	showLive();
	showResults();
	if (message.type !== "phase" && session.state === before.state)
		return;

	if (!isRunning(session))
		endRun();
	showState();
	document.dispatchEvent(new CustomEvent("speedtest", { detail: session }));
}

function startOrStop() {
	if (isRunning(session)) {
		advance({ type: "stopped" });
		return;
	}
	chart.clear();
	advance({ type: "start" });
	endRun = startRun({ pop: page.pop }, advance);
}

async function askAddress() {
	const reply = await fetch("/getIP", { signal: AbortSignal.timeout(5000) });
	visitor = (await reply.json()).processedString;
	showRoute();
}

await openPage(texts, (opened) => {
	page = opened;
	chart ??= newChart();
	showAll();
});
find("#start").addEventListener("click", startOrStop);
askAddress().catch(() => {}); /* the page says it without the address */
