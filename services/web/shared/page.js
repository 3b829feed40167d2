// The frame of every page: language, header, footer.
// SPDX-License-Identifier: MIT

import { drawing, make } from "./dom.js";
import { formats, pickLanguage, translator } from "./i18n.js";
import { loadPop, partUrl, urlOf } from "./pop.js";
import { remember, remembered } from "./preferences.js";
import * as shared from "./text.js";

const LANGUAGE_NAMES = { en: "English", fr: "Français" };

function languageSwitch(page, speak) {
	const buttons = page.languages.map((language) => {
		const button = make("button", {
			type: "button", lang: language, title: LANGUAGE_NAMES[language],
			"aria-pressed": String(language === page.language), "data-language": language,
		}, language.toUpperCase());
		button.addEventListener("click", () => {
			remember("language", language, page.pop.site.domain);
			speak(language);
			document.querySelector(`[data-language=${language}]`).focus();
		});
		return button;
	});
	return make("div", { class: "languages", role: "group", "aria-label": page.t("language") }, ...buttons);
}

function themeSwitch(page) {
	const root = document.documentElement.dataset;
	const button = make("button", { type: "button", class: "theme", id: "theme" });
	const label = () => {
		const text = page.t(root.theme === "dark" ? "themeLight" : "themeDark");
		button.setAttribute("aria-label", text);
		button.title = text;
	};
	button.addEventListener("click", () => {
		root.theme = root.theme === "dark" ? "light" : "dark";
		remember("theme", root.theme, page.pop.site.domain);
		label();
	});
	label();
	return button;
}

function navigation(page) {
	const links = ["pages", "speedtest", "ipv6test", "rdns", "mirror", "networks", "latency"].map((service) => {
		const url = urlOf(page.pop, service, location) ?? partUrl(page.pop, service, location);
		if (url === null)
			return null;
		const current = service === document.body.dataset.service ? "page" : null;
		return make("a", { href: url, "aria-current": current }, page.t(service === "pages" ? "home" : service));
	});
	return make("nav", { "aria-label": page.t("navigation") }, ...links);
}

function header(page, speak) {
	const home = urlOf(page.pop, "pages", location) ?? "/";
	return [
		make("a", { class: "skip", href: "#content" }, page.t("skip")),
		make("a", { class: "brand", href: home }, drawing("logo.svg", "logo"), "Fontaine"),
		navigation(page),
		page.languages.length > 1 ? languageSwitch(page, speak) : null,
		themeSwitch(page),
	].filter((part) => part !== null);
}

/** Who runs the POP or pays for it: a link where there is one. */
export function partyName({ name, url }) {
	return url ? make("a", { href: url }, name) : name;
}

/* "Operated by X, with the support of Y" */
function credits({ pop, t }) {
	const { operated_by: operator, sponsor } = pop.site;
	if (!operator)
		return [];
	const thanks = sponsor ? [`, ${t("sponsored")} `, partyName(sponsor)] : [];
	return [`${t("operated")} `, partyName(operator), ...thanks];
}

function footer(page) {
	const { pop, t } = page;
	const { contact } = pop.site.operated_by ?? {};
	return [
		make("p", {}, ...credits(page)),
		contact ? make("p", {}, make("a", { href: `mailto:${contact}` }, t("contact"))) : null,
		make("p", {}, pop.version ? t("version", { version: pop.version }) : "Fontaine"),
	].filter((part) => part !== null);
}

/* Elements of the page name their text: data-text for the content, data-label for aria-label. */
function translate(t) {
	for (const element of document.querySelectorAll("[data-text]"))
		element.textContent = t(element.dataset.text);
	for (const element of document.querySelectorAll("[data-label]"))
		element.setAttribute("aria-label", t(element.dataset.label));
}

/**
 * Open a page: read the POP, then show everything in the visitor's language, again at each
 * change of it. @texts: the page's own, by language. @show(page) shows what is not in the markup;
 * page has pop, language, t (translator) and format.
 */
export async function openPage(texts, show) {
	const pop = await loadPop();
	const { languages } = pop.site; /* the POP file allows those that pages have */
	const wanted = [remembered("language"), ...navigator.languages].filter(Boolean);

	const speak = (language) => {
		const t = translator({ ...shared[language], ...texts[language] });
		const page = { pop, languages, language, t, format: formats(language) };
		document.documentElement.lang = language;
		document.querySelector("#header").replaceChildren(...header(page, speak));
		document.querySelector("#footer").replaceChildren(...footer(page));
		translate(t);
		show(page);
	};
	speak(pickLanguage(wanted, languages));
}
