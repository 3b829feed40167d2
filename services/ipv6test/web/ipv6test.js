// The page of the IPv6 test: tests at once, or shows the stored result that its address names.
// SPDX-License-Identifier: MIT
//
// For tests. <main data-state> is the state (state.js): "running", "done", "failed", "stored",
// "missing", "busy"; data-phase what is measured; data-headline the id of the first finding once there is a
// verdict, data-next that of the advice. A test's row is #tested [data-test], with data-mark (rows.js),
// a finding #findings [data-finding]. #scores [data-family] carries data-score, "" for none. The
// document gets an "ipv6test" event at each change of state or phase; its detail is the state with
// observations and verdict.

import { askJson, Failure } from "/shared/ask.js";
import { openPage } from "/shared/page.js";
import { showExpert } from "./expert.js";
import { showLookup } from "./lookup.js";
import { countReady, showReadiness } from "./readiness.js";
import { codeOf, typedInPath } from "./rows.js";
import { run } from "./run.js";
import { showShare } from "./share.js";
import { showStage } from "./stage.js";
import { isRunning, newState, step } from "./state.js";
import { showFindings, showTested } from "./tested.js";
import * as texts from "./text.js";

const find = (selector) => document.querySelector(selector);

let page; /* the frame, in the current language */
let state = newState();

function showAll() {
	document.title = `${page.t("heading")} \u2013 ${page.pop.site.title}`;
	showStage(page, state);
	showTested(page, state);
	showFindings(page, state);
	showShare(page, state);
	showExpert(page, state);
	showLookup(page);
	showReadiness(page);
}

function advance(message) {
	const before = state;
	state = step(state, message);
	if (state.state === before.state && state.phase === before.phase) {
		showStage(page, state);
		showTested(page, state);
		return;
	}
	showAll();
	document.dispatchEvent(new CustomEvent("ipv6test", { detail: state }));
}

async function test() {
	const scheme = location.protocol.slice(0, -1);
	advance({ type: "start", at: new Date(), scheme });
	await run({ origin: location.origin, scheme, saveData: navigator.connection?.saveData ?? false }, advance);
	if (state.state === "done")
		await countReady(state.verdict.scores);
	showReadiness(page);
}

/* The message of state.js for the result that is kept under @code, if it is. */
async function stored(code) {
	try {
		return { type: "stored", code, result: await askJson(`/results/${code}.json`) };
	} catch (error) {
		if (!(error instanceof Failure))
			throw error;
		const { reason } = error.details;
		return reason === "refused" || reason === "busy" ? { type: "withheld", code, reason } : { type: "failed" };
	}
}

async function begin() {
	const typed = typedInPath(location.pathname);
	if (typed === null)
		return test();
	const code = codeOf(typed);
	advance(code === null ? { type: "withheld", code: typed, reason: "refused" } : await stored(code));
}

performance.setResourceTimingBufferSize(1000); /* of all requests of a run, to time them by */
await openPage(texts, (opened) => {
	page = opened;
	showAll();
});
find("#start").addEventListener("click", () => {
	if (isRunning(state))
		return;
	if (typedInPath(location.pathname) !== null)
		location.assign("/");
	else
		test();
});
await begin();
