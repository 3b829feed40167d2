// Sharing a result, when the visitor clicks: a code to read out, a link, and a link to delete it.
// SPDX-License-Identifier: MIT

import { make } from "/shared/dom.js";
import { linkField } from "/shared/link.js";
import { shareable } from "./observations.js";
import { uploadOrigin } from "./places.js";

const ANSWER_MS = 10_000;

const find = (selector) => document.querySelector(selector);

let page;            /* the frame, in the current language */
let shown = null;    /* the state whose result can be shared */
let stored = null;   /* {code, url, delete_url}, once it is */
let problem = false; /* it could not be */

async function store({ session, observations, verdict }) {
	const reply = await fetch(`${uploadOrigin(location.origin, session, observations)}/results`, {
		method: "POST", body: JSON.stringify({ observations: shareable(observations), verdict }),
		headers: { "Content-Type": "application/json" }, signal: AbortSignal.timeout(ANSWER_MS),
	});
	if (!reply.ok)
		throw new Error(`HTTP ${reply.status}`);
	return reply.json();
}

async function agree() {
	const shared = shown;
	find("#share button").disabled = true;
	try {
		const answer = await store(shared);
		if (shared !== shown)
			return; /* another test has begun meanwhile */
		[stored, problem] = [answer, false];
	} catch {
		problem = true;
	}
	show();
	find("#share input, #share button")?.focus(); /* where the answer is */
}

function offer(days) {
	const button = make("button", { type: "button", class: "button" }, page.t("shareAgree"));
	button.addEventListener("click", agree);
	return [
		make("p", {}, page.t("shareWhat", { days })),
		problem ? make("p", { class: "problem", role: "alert" }, page.t("shareFailed")) : "",
		make("p", {}, button),
	];
}

function links(days) {
	const link = (name, url, note = null) => linkField(page, { id: `share-${name}`, label: `share_${name}`, url, note });
	return [
		make("p", {}, page.t("shareStored", { days })),
		make("p", { class: "code", id: "share-code" }, stored.code),
		link("url", stored.url),
		link("delete", stored.delete_url, page.t("shareKeep")),
	];
}

function show() {
	const days = page.format.days(shown?.session.keep_days ?? 0);
	find("#share").hidden = shown === null;
	find("#share-content").replaceChildren(...shown === null ? [] : stored === null ? offer(days) : links(days));
}

/** Show the section for a run that has ended. */
export function showShare(shownPage, state) {
	page = shownPage;
	const canShare = state.state === "done" && state.session.store !== "never";
	if (canShare && shown !== state)
		[stored, problem] = [null, false];
	shown = canShare ? state : null;
	show();
}
