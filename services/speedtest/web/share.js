// Sharing a result: stored at the POP when the visitor agrees, then a link, a picture, and a link to delete both.
// SPDX-License-Identifier: MIT

import { make } from "/shared/dom.js";
import { linkField } from "/shared/link.js";
import { leadingFamily } from "./session.js";

const ANSWER_MS = 10_000;

const find = (selector) => document.querySelector(selector);

let page;            /* the frame, in the current language */
let results = null;  /* those that can be shared */
let stored = null;   /* {url, delete_url}, once they are */
let problem = null;  /* the key of the text that says why they are not */

async function store() {
	const reply = await fetch("/results", {
		method: "POST", body: JSON.stringify(results), signal: AbortSignal.timeout(ANSWER_MS),
		headers: { "Content-Type": "application/json" },
	});
	if (!reply.ok)
		throw new Error(`HTTP ${reply.status}`);
	return reply.json();
}

async function keep() {
	const shared = results;
	find("#share button").disabled = true;
	try {
		const answer = await store();
		if (shared !== results)
			return; /* another test has begun meanwhile */
		[stored, problem] = [answer, null];
	} catch {
		problem = "shareFailed";
	}
	show();
}

async function agree() {
	await keep();
	find("#share input, #share button")?.focus(); /* where the answer is */
}

const link = (name, url, note = null) => linkField(page, { id: `share-${name}`, label: `share_${name}`, url, note });

function offer() {
	const button = make("button", { type: "button", class: "button" }, page.t("shareAgree"));
	button.addEventListener("click", agree);
	return [
		make("p", {}, page.t("shareWhat", { days: page.format.days(page.pop.speedtest.keep_days) })),
		problem === null ? null : make("p", { class: "problem", role: "alert" }, page.t(problem)),
		make("p", {}, button),
	].filter((part) => part !== null);
}

function links() {
	const { url, delete_url: deletion } = stored;
	const picture = `${url}.png`;
	return [
		make("p", {}, page.t("shareStored", { days: page.format.days(page.pop.speedtest.keep_days) })),
		make("div", { class: "shared" },
			make("div", {},
				link("url", url), link("picture", picture), link("delete", deletion, page.t("shareKeep"))),
			make("a", { href: url }, make("img", { src: picture, alt: page.t("sharePicture"), width: 1200, height: 630 }))),
	];
}

function show() {
	const canShare = results !== null && ["agreed", "always"].includes(page.pop.speedtest?.store);
	find("#share").hidden = !canShare;
	if (canShare)
		find("#share-content").replaceChildren(...stored === null ? offer() : links());
}

/** Show the section for the results of a session that has ended; a POP that keeps all gets them at once. */
export function showShare(shownPage, session) {
	const isNew = session.state === "done" && results !== session.results;
	page = shownPage;
	if (session.state !== "done" || leadingFamily(session.results) === null)
		results = null;
	else if (isNew)
		[results, stored, problem] = [session.results, null, null];
	show();
	if (isNew && results !== null && page.pop.speedtest?.store === "always")
		keep();
}
