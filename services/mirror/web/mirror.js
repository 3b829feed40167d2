// The mirrors of a POP: a list that nginx writes into the page, for browsers without scripts too; how each is.
// SPDX-License-Identifier: MIT
//
// For tests: #content carries data-state "loading", "known" or "unknown". Each #projects > [data-project] has a link to
// its folder; once it is known, data-state "up", "late", "down" or "unknown", and its words in .status, .size, .when,
// .large and .why. #query is what is searched for. #nearest is shown when another POP is nearer to the visitor.

import { make } from "/shared/dom.js";
import { openPage } from "/shared/page.js";
import { describe, matches, nearestElsewhere } from "./projects.js";
import * as texts from "./text.js";
import { showTraffic } from "./traffic.js";

const REFRESH_MS = 15_000;

const find = (selector) => document.querySelector(selector);
const rows = [...document.querySelectorAll("#projects > [data-project]")];

let page;            /* the frame, in the current language */
let projects = null; /* as mirrord says; null: it does not answer */
let nowMs = 0;       /* by its clock */

/* A screen reader announces what changes: leave alone what does not. */
function say(row, name, text, language = null) {
	let element = row.querySelector(`.${name}`);
	if (element === null)
		row.append(element = make("p", { class: name, lang: language }));
	if (element.textContent !== text)
		element.textContent = text;
	element.hidden = text === "";
}

function showProject(row) {
	const project = projects?.find(({ name }) => name === row.dataset.project);
	const shown = project ? describe(project, nowMs, page.t, page.format)
		: { state: "unknown", text: page.t("unknown"), size: "", when: "", large: "", why: "" };
	row.dataset.state = shown.state;
	say(row, "status", shown.text);
	say(row, "size", shown.size);
	say(row, "when", shown.when);
	say(row, "large", shown.large);
	say(row, "why", shown.why, "en");
}

function showFound() {
	for (const row of rows)
		row.hidden = !matches(row.dataset.project, find("#query").value.trim());
	const found = rows.filter((row) => !row.hidden).length;
	find("#found").textContent = page.t("found", { found: page.format.number(found), all: page.format.number(rows.length) });
}

function show() {
	rows.forEach(showProject);
	showFound();
	find("#content").dataset.state = projects === null ? "unknown" : "known";
}

/* Where rsync answers, by the name that the visitor uses. */
function rsyncAddress() {
	const address = Object.values(page.pop.endpoints.mirror?.rsync ?? {})[0];
	const port = address ? new URL(address.replace(/^rsync:/, "http:")).port : "";
	return `rsync://${location.hostname}${port === "" || port === "873" ? "" : `:${port}`}/…/`;
}

/* The list is in the order that is right for this visitor. */
async function showNearest() {
	const reply = await fetch("/api/v1/pops", { cache: "no-store" }).catch(() => null);
	const nearest = reply?.ok ? nearestElsewhere(await reply.json()) : null;
	if (nearest !== null)
		find("#nearest").replaceChildren(page.t("nearest"), " ", make("a", { href: nearest.url }, nearest.title));
	find("#nearest").hidden = nearest === null;
}

/* Ages are told by the server's clock: the visitor's may be wrong. */
async function ask() {
	const reply = await fetch("/api/v1/mirrors", { cache: "no-store", signal: AbortSignal.timeout(REFRESH_MS) });
	nowMs = Date.parse(reply.headers.get("Date")) || Date.now();
	return reply.ok ? await reply.json() : null;
}

async function refresh() {
	projects = await ask().catch(() => null);
	show();
	setTimeout(refresh, REFRESH_MS);
}

find("#search").addEventListener("submit", (event) => event.preventDefault());
find("#query").addEventListener("input", showFound);

await openPage(texts, (opened) => {
	page = opened;
	document.title = `${page.t("title")} \u00b7 ${page.pop.site.title}`;
	find("#rsync").textContent = rsyncAddress();
	find("#search").hidden = find("#help").hidden = false;
	showNearest();
	if (nowMs > 0)
		show();
	showTraffic(page);
});
refresh();
