// The page of reverse DNS: who is signed in, what they have, and the view that the address names.
// SPDX-License-Identifier: MIT
//
// For tests. <main data-state> is "loading", also while a view is shown anew, "signed-out", "ready" or "failed";
// data-view the view (route.js).
// #notice[data-kind] has what became of the last change ("good" or "bad"). What each view has is said in its file.

import { make } from "/shared/dom.js";
import { openPage } from "/shared/page.js";
import * as api from "./api.js";
import { load } from "./data.js";
import { badge } from "./fields.js";
import { showHistory } from "./history.js";
import { showMembers } from "./members.js";
import { showOverview } from "./overview.js";
import { showPrefix } from "./place.js";
import { prefixText } from "./prefix.js";
import { historyHref, routeOf } from "./route.js";
import { showSignIn } from "./signin.js";
import * as texts from "./text.js";
import { typeAgain, typedIn } from "./typed.js";

const VIEWS = { overview: showOverview, prefix: showPrefix, history: showHistory, members: showMembers };

const find = (selector) => document.querySelector(selector);

let page;            /* the frame, in the current language */
let session = null;  /* who we are, or nobody */
let data = null;     /* what there is (data.js), as far as this view goes */
let drawn = 0;       /* a view that comes too late is not shown */
let shown = null;    /* the address of the one that is shown */

function setState(state, view = "") {
	find("#content").dataset.state = state;
	find("#content").dataset.view = view;
}

/** Say what became of something: a text and the kind "good" or "bad"; null: nothing any more. */
function notify(kind, text = "") {
	find("#notice").dataset.kind = kind ?? "";
	find("#notice").replaceChildren(...kind === null ? [] : [make("p", {}, text)]);
	if (kind !== null)
		scrollTo(0, 0);
}

/** In words, why something was not done. */
function problemText({ kind, message, detail, more }) {
	if (kind === "lost")
		return page.t("lost");
	return [[message, detail].filter(Boolean).join(": "), more.remedy].filter(Boolean).join(" \u2013 ");
}

function setTitle({ view, place }) {
	const { t, pop } = page;
	const where = place !== null ? prefixText(place) : view === "overview" ? null : t(`view_${view}`);
	document.title = [session === null ? null : where, t("heading"), pop.site.title].filter((part) => part !== null).join(" \u2013 ");
}

function showBar(route) {
	const { t } = page;
	find("#bar").hidden = session === null;
	if (session === null)
		return;
	const name = session.role === "operator" ? t("operator") : t("as", { asn: session.asn, name: session.name ?? "" });
	find("#who").replaceChildren(make("strong", {}, name), session.frozen ? badge("broken", t("frozen")) : "");
	const tabs = [["overview", "#/"], ["history", historyHref()], ...session.role === "operator" ? [["members", "#/members"]] : []];
	find("#tabs").replaceChildren(...tabs.map(([view, href]) =>
		make("a", { href, "aria-current": route.view === view ? "page" : null }, t(`view_${view}`))));
}

const desk = {
	get page() { return page; },
	get session() { return session; },
	notify,
	problemText,
	/** Something was changed: forget what was known, and show the view again. */
	async changed() {
		data = null;
		await show();
	},
	/** A session has begun. */
	async enter(entered) {
		session = entered;
		await show();
	},
	leave,
};

function fail(problem) {
	if (!(problem instanceof api.Problem))
		throw problem;
	if (problem.status === 401) {
		leave(page.t("signedOutNote"));
		return;
	}
	setState("failed");
	notify("bad", problemText(problem));
}

function leave(note = null) {
	session = null;
	data = null;
	notify(note === null ? null : "bad", note ?? "");
	show();
}

/* @isSame: it is the view that is there, in another language. */
function put(parts, isSame) {
	const view = find("#view");
	const typed = isSame && shown === location.hash ? typedIn(view) : null;
	view.replaceChildren(...parts);
	shown = location.hash;
	if (typed !== null)
		typeAgain(view, typed);
}

/* Show what the address names. */
async function show(isSame = false) {
	const route = routeOf(location.hash);
	const turn = ++drawn;
	setTitle(route);
	showBar(route);
	if (session === null) {
		put(showSignIn(desk), isSame);
		setState("signed-out");
		return;
	}
	setState("loading", route.view);
	try {
		data ??= await load(route.asn, page.pop.site.domain);
		const parts = await VIEWS[route.view](desk, route, data);
		if (turn !== drawn)
			return;
		put(parts, isSame);
		setState("ready", route.view);
	} catch (problem) {
		fail(problem);
	}
}

async function begin() {
	try {
		session = await api.session();
		await show();
	} catch (problem) {
		fail(problem);
	}
}

find("#sign-out").addEventListener("click", async () => {
	try {
		await api.signOut();
		leave();
	} catch (problem) {
		fail(problem);
	}
});
addEventListener("hashchange", () => {
	data = null; /* others change things too */
	notify(null);
	scrollTo(0, 0);
	show();
});

let isBegun = false;
await openPage(texts, (opened) => {
	page = opened;
	api.speak(page.language);
	if (!isBegun)
		return;
	notify(null); /* it was said in another language */
	show(true);
});
isBegun = true;
await begin();
