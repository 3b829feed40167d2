// The page of the speed test: shows a session, and starts and stops its engine.
// SPDX-License-Identifier: MIT
//
// For tests. <main data-state> is the state of the session (session.js), data-phase what it
// measures. When a value is known, its element carries it unrounded: #download and #upload
// data-bits-per-second, data-bytes and data-ms (of the measured window), data-total-bytes; #idle
// data-ms and data-min-ms; #data data-bytes; a cell of #families data-value, its row
// data-row ("download-oneStream"). The document gets a "speedtest" event at each change of state
// and of phase; its detail is the session.

import { openPage } from "/shared/page.js";
import { showComparison } from "./comparison.js";
import { showExpert } from "./expert.js";
import { askAddresses, chosenServer, showData, showFacts } from "./facts.js";
import { showPast } from "./past.js";
import { startRun } from "./run.js";
import { isRunning, newSession, step } from "./session.js";
import { showShare } from "./share.js";
import { showCharts, showFigures, showState } from "./stage.js";
import * as texts from "./text.js";

let page;            /* the frame, in the current language */
let session = newSession();
let stop = () => {}; /* ends the running test */

function showAll() {
	document.title = `${page.t("heading")} \u2013 ${page.pop.site.title}`;
	showState(page, session);
	showFigures(page, session);
	showCharts(page, session);
	showFacts(page, session);
	showComparison(page, session);
	showExpert(page, session);
	showShare(page, session);
	showPast(page, session);
}

/* Many times a second: only what moves. */
function showLive({ type }) {
	showFigures(page, session);
	if (type === "rate") {
		showCharts(page, session);
		showData(page, session);
	}
}

function advance(message) {
	const { state } = session;
	session = step(session, message);
	if (message.type === "ping" || message.type === "rate") {
		showLive(message);
		return;
	}
	if (!isRunning(session))
		stop();
	showAll();
	if (message.type === "phase" || session.state !== state)
		document.dispatchEvent(new CustomEvent("speedtest", { detail: session }));
}

function startOrStop() {
	if (isRunning(session)) {
		advance({ type: "stopped" });
		return;
	}
	advance({ type: "start" });
	stop = startRun({ pop: page.pop, server: chosenServer() }, advance);
}

await openPage(texts, (opened) => {
	page = opened;
	showAll();
});
document.querySelector("#start").addEventListener("click", startOrStop);
await askAddresses(page.pop);
showFacts(page, session);
