// Who is nobody yet: what this is for, and a token exchanged for a session.
// SPDX-License-Identifier: MIT
//
// For tests: #token and the form's button; what is wrong is in #sign-in-problem.

import { make, makeSvg } from "/shared/dom.js";
import { Problem, signIn } from "./api.js";

const PROMISES = ["delegate", "host", "follow"];

async function submit(desk, form) {
	const problem = form.querySelector("#sign-in-problem");
	const button = form.querySelector("button");
	problem.textContent = "";
	button.disabled = true;
	try {
		await desk.enter(await signIn(form.token.value.trim()));
		desk.notify(null);
	} catch (refused) {
		if (!(refused instanceof Problem))
			throw refused;
		problem.textContent = refused.status === 401 ? desk.page.t("wrongToken") : desk.problemText(refused);
		form.token.select();
	} finally {
		button.disabled = false;
	}
}

function tokenForm(desk) {
	const { t } = desk.page;
	const form = make("form", { id: "sign-in", class: "sheet stack" },
		make("h2", {}, t("signInTitle")),
		make("div", { class: "link" },
			make("label", { for: "token" }, t("token")),
			make("input", { id: "token", name: "token", type: "password", autocomplete: "current-password", spellcheck: "false", required: "" }),
			make("button", { class: "button" }, t("signIn"))),
		make("p", { id: "sign-in-problem", class: "problem", role: "alert" }),
		make("p", { class: "soft" }, t("tokenWhere")));
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		submit(desk, form);
	});
	return form;
}

/* A tree of names, from the root down to an address. */
function tree() {
	const branch = (d, name) => makeSvg("path", { d, class: name });
	return makeSvg("svg", { class: "tree", viewBox: "0 0 320 210", "aria-hidden": "true" },
		branch("M160 30 V70 M160 70 H70 V110 M160 70 V110 M160 70 H250 V110", "trunk"),
		branch("M70 110 H35 V160 M70 110 H105 V160 M250 110 H215 V160 M250 110 H285 V160", "twig"),
		...[[160, 30, 13, "root"], [70, 110, 10, "zone"], [160, 110, 10, "zone"], [250, 110, 10, "own"], [35, 160, 7, "leaf"],
			[105, 160, 7, "leaf"], [215, 160, 7, "own"], [285, 160, 7, "own"]].map(([cx, cy, r, name]) => makeSvg("circle", { cx, cy, r, class: name })));
}

export function showSignIn(desk) {
	const { t } = desk.page;
	const promise = (id) => make("li", {}, make("h3", {}, t(`promise_${id}`)), make("p", {}, t(`promise_${id}_text`)));
	return [
		make("section", { class: "welcome" },
			make("div", {}, make("h1", {}, t("heading")), make("p", { class: "lead" }, t("lead"))), tree()),
		make("div", { class: "pair" }, tokenForm(desk), make("ul", { class: "promises plain" }, ...PROMISES.map(promise))),
	];
}
