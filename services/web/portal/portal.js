// The front page of a POP: its services, where it is, who runs it, and how it is doing.
// SPDX-License-Identifier: MIT
//
// For tests: #overall and each #services > [data-service] carry data-state "up", "down" or
// "unknown"; a service's words are in its .status, its addresses in its code elements.
// [data-service=resolver] details has how to use it encrypted.
// #measure and [data-service=speedtest] a lead to the speed test, [data-service=ipv6test] a to the IPv6 test,
// [data-service=rdns] a to reverse DNS, [data-service=mirror] a to the mirrors. The document gets a "status"
// event each time the status is shown; its detail is what was read.

import { make } from "/shared/dom.js";
import { openPage, partyName } from "/shared/page.js";
import { addressesOf, urlOf } from "/shared/pop.js";
import { dnsHints } from "./dns.js";
import { overallStatus, readStatus, serviceStatus, UNKNOWN } from "./status.js";
import * as texts from "./text.js";

const REFRESH_MS = 12_000;

const find = (selector) => document.querySelector(selector);

let page;             /* the frame, in the current language */
let status = UNKNOWN;

function addressLine(service, { address, port }) {
	const code = make("code", {}, address);
	return make("li", {}, code, ...(port === null ? [] : [` ${page.t("port")} `, make("code", {}, port)]));
}

function whereabouts(service) {
	const url = urlOf(page.pop, service, location);
	if (url !== null)
		return make("p", { class: "actions" }, make("a", { href: url }, page.t(`${service}_open`) ?? url));
	return make("ul", { class: "addresses plain" },
		...addressesOf(page.pop.endpoints, service).map((address) => addressLine(service, address)));
}

/* Or null when there is nothing to set up. */
function hints(service) {
	const all = dnsHints(page.pop, service);
	if (all.length === 0)
		return null;
	return make("details", { class: "hints" }, make("summary", {}, page.t("hints")),
		make("dl", {}, ...all.flatMap(([word, lines]) => [make("dt", {}, page.t(word)),
			make("dd", {}, ...lines.flatMap((line) => [make("code", {}, line), make("br")]))])));
}

function card(service) {
	const { pop, t } = page;
	const purpose = t(`${service}_purpose`, { domain: pop.site.domain });
	return make("li", { "data-service": service },
		make("h3", {}, t(`${service}_name`) ?? service),
		make("p", { class: "status" }),
		purpose === null ? null : make("p", {}, purpose),
		whereabouts(service),
		service === "ntp" ? make("p", { class: "actions" }, make("a", { href: "/time/" }, t("ntp_open"))) : null,
		hints(service));
}

function showServices() {
	const services = Object.keys(page.pop.endpoints).filter((service) => service !== "pages");
	find("#services").replaceChildren(...services.map(card));
}

function showAbout() {
	const { format, pop: { site }, t } = page;
	const { city, country, domain, operated_by: operator, sponsor } = site;
	const mail = operator?.contact;
	const facts = [
		["where", city && t("place", { city, country: format.country(country) })],
		["operator", operator && partyName(operator)],
		["sponsor", sponsor && partyName(sponsor)],
		["contact", mail && make("a", { href: `mailto:${mail}` }, mail)],
		["domain", domain && make("code", {}, domain)],
	];
	find("#about").replaceChildren(...facts.filter(([, value]) => value).map(([label, value]) =>
		make("div", {}, make("dt", {}, t(label)), make("dd", {}, value))));
}

function showPop() {
	const { format, pop, t } = page;
	const { city, country, title } = pop.site;
	document.title = title;
	find("#title").textContent = title;
	find("#place").textContent = city ? t("eyebrow", { city, country: format.country(country) }) : "";

	const url = urlOf(pop, "speedtest", location);
	find("#measure").hidden = url === null;
	find("#measure").href = url ?? "";
	showServices();
	showAbout();
}

/* A screen reader announces what changes: leave alone what does not. */
function showState(element, { state, text }, holder = element) {
	holder.dataset.state = state;
	if (element.textContent !== text)
		element.textContent = text;
}

function showStatus() {
	showState(find("#overall"), overallStatus(status, page.t));
	for (const element of document.querySelectorAll("#services > [data-service]")) {
		const shown = serviceStatus(status, element.dataset.service, page.t, page.format);
		showState(element.querySelector(".status"), shown, element);
	}
	document.dispatchEvent(new CustomEvent("status", { detail: status }));
}

/* Ages are told by the server's clock: the visitor's may be wrong. */
async function askStatus() {
	const reply = await fetch("/status.json", { cache: "no-store", signal: AbortSignal.timeout(REFRESH_MS) });
	const nowMs = Date.parse(reply.headers.get("Date")) || Date.now();
	return readStatus(await reply.json(), nowMs);
}

async function refresh() {
	status = await askStatus().catch(() => UNKNOWN);
	showStatus();
	setTimeout(refresh, REFRESH_MS);
}

await openPage(texts, (opened) => {
	page = opened;
	showPop();
	showStatus();
});
refresh();
