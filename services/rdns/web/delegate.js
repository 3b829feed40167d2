// A delegation: shown, made, changed and ended. Nothing is sent that the check refuses.
// SPDX-License-Identifier: MIT
//
// For tests: #delegation[data-state] is "none", "pending", "live" or "broken"; #delegate is the form, with
// [name=server], [name=glue], [name=ds], #add-server, #check and #send; #end-delegation; #conflict with #overwrite.

import { make } from "/shared/dom.js";
import { call, find, Problem } from "./api.js";
import { check, checkPart, follow } from "./checking.js";
import { askAgain, badge, choice, fieldRow, problemLine } from "./fields.js";
import { useOf } from "./map.js";
import { FORMS, hasForm, isInside, prefixText, zonesOf } from "./prefix.js";
import { difference, dsText, formOf, wishOf } from "./wish.js";

const pathOf = (place) => `delegations/${prefixText(place)}`;

/* One name server: its name, and its addresses where they are needed. */
function serverRow(page, zones, { name, addresses }, index) {
	const { t } = page;
	const nameRow = fieldRow(t("server", { n: index + 1 }), { name: "server", type: "text", value: name, placeholder: `ns${index + 1}.example.net` });
	const glueRow = fieldRow(t("glue"), { name: "glue", type: "text", value: addresses, placeholder: "192.0.2.53, 2001:db8::53" },
		t("glueWhy"));
	const input = nameRow.querySelector("input");
	const judge = () => { glueRow.hidden = !isInside(input.value, zones()); };
	input.addEventListener("input", judge);
	judge();
	return make("div", { class: "server" }, nameRow, glueRow, problemLine("servers", index));
}

function serversPart(page, zones, servers) {
	const { t } = page;
	const rows = make("div", { class: "stack" }, ...servers.map((server, i) => serverRow(page, zones, server, i)));
	const add = make("button", { id: "add-server", type: "button", class: "quiet", "data-adds": "server" }, t("addServer"));
	add.addEventListener("click", () => {
		rows.append(serverRow(page, zones, { name: "", addresses: "" }, rows.children.length));
		rows.lastChild.querySelector("input").focus();
	});
	return make("fieldset", { class: "stack" }, make("legend", {}, t("servers")), make("p", { class: "soft" }, t("serversWhat")), rows,
		make("p", {}, add), problemLine(null, 0));
}

function dsPart({ t }, ds) {
	const area = make("textarea", { id: "ds", name: "ds", rows: 3, spellcheck: "false", autocomplete: "off",
		placeholder: "12345 13 2 A1B2C3\u2026" });
	area.value = ds;
	return make("fieldset", { class: "stack" }, make("legend", {}, t("ds")),
		make("p", { class: "soft", id: "ds-what" }, t("dsWhat")),
		make("label", { for: "ds", class: "hidden-label" }, t("ds")), area, problemLine("ds", null));
}

/* What was typed, for wish.js. */
function valueOf(form) {
	const names = [...form.querySelectorAll("[name=server]")], glue = [...form.querySelectorAll("[name=glue]")];
	return { form: form.querySelector("[name=form]:checked")?.value ?? "range", ds: form.querySelector("[name=ds]").value,
		servers: names.map((input, i) => ({ name: input.value, addresses: glue[i].value })) };
}

function readForm(form, place) {
	const value = valueOf(form);
	return wishOf(value, place, zonesOf(place, value.form));
}

/* Each problem beside its field, and the first field with one in focus. Return: whether there was any. */
function showProblems({ t }, form, problems) {
	for (const line of form.querySelectorAll("[data-field]")) {
		const mine = problems.filter(({ field, index }) => line.dataset.field === String(field)
			&& (line.dataset.index === "" || line.dataset.index === String(index)));
		line.textContent = mine.map(({ problem, index }) => t(problem, { n: index + 1 })).join(" ");
	}
	const first = problems.find(({ field }) => field !== null);
	if (first)
		form.querySelectorAll(`[name=${first.field === "ds" ? "ds" : "server"}]`)[first.field === "ds" ? 0 : first.index]?.focus();
	return problems.length > 0;
}

/** Both sides of a change: what comes and what goes, one a line. */
export function differenceList({ t }, before, after) {
	const { added, removed } = difference(before, after);
	if (added.length + removed.length === 0)
		return make("p", { class: "soft" }, t("noDifference"));
	const line = (kind, sign) => (text) => make("li", { "data-kind": kind }, make("span", { class: "sign" }, sign), " ", make("code", {}, text));
	return make("ul", { class: "difference plain" }, ...removed.map(line("removed", "\u2212")), ...added.map(line("added", "+")));
}

/* Somebody else was first: what is there now, beside what we want. */
async function showConflict(desk, { place }, form, wish, send) {
	const { t } = desk.page;
	const current = await find(pathOf(place));
	const overwrite = make("button", { id: "overwrite", type: "button", class: "quiet" }, t("conflictOverwrite"));
	const take = make("button", { id: "take-theirs", type: "button", class: "button" }, t("conflictTake"));
	overwrite.addEventListener("click", () => send(current?.etag ?? null));
	take.addEventListener("click", () => desk.changed());
	form.result.replaceChildren(make("section", { id: "conflict", class: "sheet alarm stack" },
		make("h3", {}, t("conflictTitle")),
		make("p", {}, t(current === null ? "conflictGone" : "conflictText")),
		differenceList(desk.page, current, wish),
		make("p", { class: "actions" }, take, " ", overwrite)));
}

/* Say why nothing was changed, above @parts. */
function refuse(form, text, parts = []) {
	form.result.replaceChildren(make("p", { class: "problem", role: "alert" }, text), ...parts);
}

async function put(desk, subject, form, wish, etag) {
	const { page } = desk;
	try {
		await call("PUT", pathOf(subject.place), { body: wish, etag });
		desk.notify("good", page.t("delegatedLive", { prefix: prefixText(subject.place) }));
		await desk.changed();
	} catch (problem) {
		if (!(problem instanceof Problem))
			throw problem;
		if (problem.kind === "stale") {
			await showConflict(desk, subject, form, wish, (current) => put(desk, subject, form, wish, current));
			return;
		}
		refuse(form, desk.problemText(problem), problem.more.checks ? [checkPart(page, { running: false, verdicts: problem.more.checks })] : []);
	}
}

/* What is wrong with what was typed, or what was checked: once more. */
async function answerAgain({ page }, { place }, form) {
	if (showProblems(page, form, readForm(form, place).problems))
		return;
	try {
		document.querySelector("#last-check")?.remove();
		await follow(prefixText(place), (state) => form.result.replaceChildren(checkPart(page, state)));
	} catch (problem) {
		if (!(problem instanceof Problem))
			throw problem;
	}
}

/* Check what was typed; @isToSend: and delegate it when nothing is wrong. */
async function submit(desk, subject, form, isToSend) {
	const { page } = desk;
	const { wish, problems } = readForm(form, subject.place);
	desk.notify(null);
	if (showProblems(page, form, problems))
		return;
	const show = (state) => form.result.replaceChildren(checkPart(page, state));
	try {
		document.querySelector("#last-check")?.remove();
		show({ running: true, verdicts: [] });
		form.result.scrollIntoView({ block: "nearest" });
		const { verdicts } = await check(prefixText(subject.place), wish, show);
		const isPassed = verdicts.length > 0 && verdicts.every(({ passed }) => passed);
		if (isToSend && !isPassed)
			refuse(form, page.t("notDelegated"), [...form.result.children]);
		else if (isToSend)
			await put(desk, subject, form, wish, subject.delegation?.etag ?? null);
	} catch (problem) {
		if (!(problem instanceof Problem))
			throw problem;
		refuse(form, desk.problemText(problem));
	}
}

function delegateForm(desk, subject) {
	const { page } = desk;
	const { t } = page;
	const { place, delegation } = subject;
	const value = formOf(delegation);
	const send = make("button", { id: "send", class: "button" }, t(delegation === null ? "checkAndDelegate" : "checkAndChange"));
	const only = make("button", { id: "check", type: "button", class: "quiet" }, t("checkOnly"));
	const form = make("form", { id: "delegate", class: "stack" });
	const result = make("div", { class: "result-of-check", "aria-live": "polite", "data-answer": "" });
	const zones = () => zonesOf(place, form.querySelector("[name=form]:checked")?.value);
	form.append(
		...hasForm(place) ? [choice("form", t("form"), t("formWhat"), FORMS.map((each) => [each, make("code", {}, zonesOf(place, each)[0])]), value.form)] : [],
		serversPart(page, zones, value.servers), dsPart(page, value.ds), make("p", { class: "actions" }, send, " ", only), result);
	const act = async (work) => {
		send.disabled = only.disabled = true;
		await work;
		send.disabled = only.disabled = false;
	};
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		act(submit(desk, subject, form, true));
	});
	only.addEventListener("click", () => act(submit(desk, subject, form, false)));
	form.addEventListener("again", () => act(answerAgain(desk, subject, form)));
	form.result = result;
	return form;
}

async function end(desk, { place, delegation }) {
	try {
		await call("DELETE", pathOf(place), { etag: delegation.etag });
		desk.notify("good", desk.page.t("delegationEnded", { prefix: prefixText(place) }));
	} catch (problem) {
		if (!(problem instanceof Problem))
			throw problem;
		desk.notify("bad", desk.problemText(problem));
	}
	await desk.changed();
}

function facts({ t }, { nameservers, ds, zones }) {
	const server = ({ name, addresses }) => make("p", {}, make("code", {}, name), ...addresses?.length > 0 ? [" ", make("code", { class: "soft" }, addresses.join(", "))] : []);
	return make("dl", { class: "facts two" },
		make("div", {}, make("dt", {}, t("servers")), make("dd", {}, ...nameservers.map(server))),
		make("div", {}, make("dt", {}, t("ds")), make("dd", {}, ...ds.length === 0 ? [t("dsNone")]
			: ds.map((each) => make("p", {}, make("code", {}, dsText(each, zones.length > 1)))))));
}

/* What each zone asks for by its own records, and what came of that. */
function followed({ t, format }, following) {
	const entry = ({ zone, asks, outcome, refused, since, text, remedy }) =>
		make("li", { class: "finding", "data-asks": asks, "data-outcome": outcome, "data-severity": refused ? "warning" : "notice" },
			make("p", {}, make("strong", {}, t(`asks_${asks}`)), following.length > 2 ? [" ", zone].join("") : "", " ", text),
			remedy === null ? null : make("p", {}, make("span", { class: "soft" }, t("remedy")), " ", remedy),
			make("p", { class: "soft" }, t("asksSince", { moment: format.moment(Date.parse(since)) })));
	return make("section", { id: "following", class: "sheet" }, make("h3", {}, t("followingTitle")),
		make("p", { class: "soft" }, t("followingText")), make("ul", { class: "findings plain" }, ...following.map(entry)));
}

/* What is delegated, with its last check. */
async function present(desk, subject) {
	const { page } = desk;
	const { t } = page;
	const { delegation, place, mayChange } = subject;
	const last = await find(`checks/${prefixText(place)}`);
	return [
		make("p", {}, badge(useOf(delegation), t(`state_${delegation.state}`)),
			" ", t(`stateText_${delegation.state}`)),
		facts(page, delegation),
		mayChange ? make("details", { class: "opens" }, make("summary", {}, t("changeDelegation")), delegateForm(desk, subject)) : "",
		last === null || last.verdicts.length === 0 ? ""
			: make("div", { id: "last-check" }, checkPart(page, last, last.trial ? "lastTrial" : "lastCheck")),
		last?.following?.length > 0 ? followed(page, last.following) : "",
		mayChange ? askAgain(page, "end-delegation", "endDelegation", "endDelegationText", () => end(desk, subject)) : "",
	];
}

/**
 * The part of the page for @subject: {place, delegation or null, names, within, mayChange, made, madeAround}; the last two
 * are undefined, or where names are made of addresses: for this place itself, for it or what is around it.
 */
export async function showDelegation(desk, subject) {
	const { t } = desk.page;
	const { delegation, names, within, mayChange, madeAround } = subject;
	const part = (...children) => make("section", { id: "delegation", class: "part stack", "data-state": delegation?.state ?? "none" }, ...children);
	if (delegation !== null)
		return part(make("h2", {}, t("delegatedTitle")), ...await present(desk, subject));
	if (!mayChange)
		return null;
	if (madeAround !== undefined)
		return part(make("h2", {}, t("delegateTitle")), make("p", { class: "soft" }, t("delegateMade", madeAround)));
	if (names.length + within.length > 0)
		return part(make("h2", {}, t("delegateTitle")), make("p", { class: "soft" }, t(within.length > 0 ? "delegateInside" : "delegateNames")));
	return part(make("h2", {}, t("delegateTitle")), make("p", { class: "soft" }, t("delegateText")), delegateForm(desk, subject));
}
