// Names of many addresses at once: a CSV, what it would change, and only then the change.
// SPDX-License-Identifier: MIT
//
// For tests: #bulk is the form, with #csv, #csv-file, #csv-all and #preview; #preview-result[data-kinds] has how
// many there are of each kind, "add=2 change=1 ..."; #apply sends it.

import { make } from "/shared/dom.js";
import { fileName, saveButton } from "/shared/save.js";
import { call, Problem } from "./api.js";
import { countKinds, KINDS, readCsv, writeCsv } from "./names.js";
import { isAddress, prefixText } from "./prefix.js";

const MOST_SHOWN = 300;

/* What the API makes of the rows; nothing is changed unless @etag is the preview's. */
const ask = (body, etag) => call("POST", "ptrs", { body: { ...body, dry_run: etag === undefined }, etag });

function changeRow({ t }, { kind, address, before, after, problem }) {
	const cell = (name) => make("td", {}, name === null ? "\u2013" : make("code", {}, name));
	return make("tr", { "data-kind": kind }, make("th", { scope: "row" }, make("code", {}, address)),
		make("td", {}, make("span", { class: "kind" }, t(`kind_${kind}`))), cell(before), cell(after), make("td", {}, problem ?? ""));
}

function counts({ t, format }, kinds) {
	return make("ul", { class: "kinds plain" }, ...KINDS.filter((kind) => kinds[kind] > 0).map((kind) =>
		make("li", { "data-kind": kind }, make("strong", {}, format.number(kinds[kind])), " ", t(`kinds_${kind}`))));
}

function preview(desk, body, { changes, etag }) {
	const { page } = desk;
	const { t, format } = page;
	const kinds = countKinds(changes);
	const shown = changes.filter(({ kind }) => kind !== "same").slice(0, MOST_SHOWN);
	const apply = make("button", { id: "apply", type: "button", class: "button" }, t("bulkApply"));
	apply.disabled = kinds.refused > 0 || kinds.add + kinds.change + kinds.remove === 0;
	apply.addEventListener("click", async () => {
		apply.disabled = true;
		await carryOut(desk, body, etag);
	});
	const columns = ["address", "kind", "before", "after", "problem"].map((key) => make("th", { scope: "col" }, t(`column_${key}`)));
	return make("section", { id: "preview-result", class: "sheet stack", "data-kinds": KINDS.map((kind) => `${kind}=${kinds[kind]}`).join(" ") },
		make("h3", {}, t("previewTitle")), counts(page, kinds),
		kinds.refused > 0 ? make("p", { class: "problem" }, t("bulkRefused")) : null,
		shown.length === 0 ? null : make("div", { class: "scroll", role: "region", "aria-label": t("previewTitle"), tabindex: "0" },
			make("table", {}, make("thead", {}, make("tr", {}, ...columns)), make("tbody", {}, ...shown.map((each) => changeRow(page, each))))),
		make("p", { class: "actions" }, apply, " ", make("span", { class: "soft" }, t("bulkNothingYet"))),
		shown.length === MOST_SHOWN ? make("p", { class: "soft" }, t("bulkFirst", { n: format.number(MOST_SHOWN) })) : null);
}

const say = (output, text) => output.replaceChildren(make("p", { class: "problem" }, text));

async function carryOut(desk, body, etag) {
	const { format, t } = desk.page;
	desk.notify(null);
	try {
		const { changes } = await ask(body, etag);
		const kinds = countKinds(changes);
		desk.notify("good", t("bulkDone", { n: format.number(kinds.add + kinds.change + kinds.remove) }));
		await desk.changed();
	} catch (problem) {
		if (!(problem instanceof Problem))
			throw problem;
		say(document.querySelector("#bulk output"), problem.kind === "stale" ? t("bulkStale") : desk.problemText(problem));
	}
}

function problemList({ t }, problems) {
	return make("ul", { class: "problem" }, ...problems.slice(0, 20).map(({ line, text, problem }) =>
		make("li", {}, t("csvLine", { line }), " ", t(problem), " ", make("code", {}, text.slice(0, 80)))));
}

async function submit(desk, place, form) {
	const { page } = desk;
	const result = form.querySelector("output");
	const { rows, problems } = readCsv(form.csv.value);
	if (problems.length > 0) {
		result.replaceChildren(problemList(page, problems));
		return;
	}
	if (rows.length === 0 && !form.all.checked) {
		say(result, page.t("csvEmpty"));
		return;
	}
	const body = { ptrs: rows, ...form.all.checked ? { within: prefixText(place) } : {} };
	try {
		result.replaceChildren(preview(desk, body, await ask(body)));
	} catch (problem) {
		if (!(problem instanceof Problem))
			throw problem;
		say(result, desk.problemText(problem));
	}
}

function bulkForm(desk, place) {
	const { t } = desk.page;
	const file = make("input", { id: "csv-file", type: "file", accept: ".csv,text/csv,text/plain" });
	const area = make("textarea", { id: "csv", name: "csv", rows: 6, spellcheck: "false", placeholder: "192.0.2.1,router.example.net" });
	file.addEventListener("change", async () => { area.value = await file.files[0]?.text() ?? area.value; });
	const form = make("form", { id: "bulk", class: "stack" },
		make("p", { class: "soft" }, t("bulkText")),
		make("div", { class: "field" }, make("label", { for: "csv-file" }, t("csvFile")), file),
		make("div", { class: "field" }, make("label", { for: "csv" }, t("csv")), area),
		make("label", {}, make("input", { id: "csv-all", name: "all", type: "checkbox" }), " ", t("csvAll", { prefix: prefixText(place) })),
		make("p", { class: "actions" }, make("button", { id: "preview", class: "button" }, t("bulkPreview"))),
		make("output", { class: "stack", "data-answer": "" }));
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		submit(desk, place, form);
	});
	form.addEventListener("again", () => submit(desk, place, form));
	return form;
}

/** The part of the page for many names of @subject (delegate.js); null: it is of one address. */
export function showBulk(desk, { place, names, mayChange }) {
	const { page } = desk;
	if (isAddress(place))
		return null;
	const save = saveButton(page.t("csvSave"), fileName(page.pop, new Date(), "csv"), "text/csv", () => writeCsv(names));
	return make("section", { class: "part" }, make("details", { class: "opens" },
		make("summary", {}, make("h2", {}, page.t("bulkTitle"))),
		names.length > 0 ? make("p", { class: "files" }, save) : null,
		mayChange ? bulkForm(desk, place) : null));
}
