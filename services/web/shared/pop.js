// What pages know of their POP: /pop.json, and where its services are for this visitor.
// SPDX-License-Identifier: MIT

/* Lets a page open, without names and links, when the POP cannot be read. */
const UNKNOWN_POP = { site: { title: "Fontaine", languages: ["en", "fr"] }, endpoints: {} };

export async function loadPop() {
	try {
		const reply = await fetch("/pop.json", { signal: AbortSignal.timeout(5000) });
		return reply.ok ? await reply.json() : UNKNOWN_POP;
	} catch {
		return UNKNOWN_POP;
	}
}

/** Is the @hostname of a URL a literal address, and of which family? A name gives null. */
export function familyOf(hostname) {
	if (hostname.startsWith("["))
		return "ipv6";
	return /^\d+\.\d+\.\d+\.\d+$/.test(hostname) ? "ipv4" : null;
}

function sharesAddress(url, pages) {
	const host = new URL(url).hostname;
	return Object.values(pages ?? {}).flatMap(Object.values).some((page) => new URL(page).hostname === host);
}

/** Is @hostname @domain or a name of it? @domain may be undefined. */
export function isWithin(hostname, domain) {
	return Boolean(domain) && (hostname === domain || hostname.endsWith(`.${domain}`));
}

const NAMES = { pages: "www", rdns: "www", mirror: "www" }; /* of services that are called otherwise */

/* The name that a POP's zone has for @service, when @hostname is one of that zone as well. */
function nameOf(service, domain, hostname) {
	return isWithin(hostname, domain) ? `${NAMES[service] ?? service}.${domain}` : null;
}

/**
 * The URL of @service of a POP (its /pop.json) for a visitor at @here (a Location): the same scheme if
 * there is a choice, the same family, a name of the POP's if they use one, and any other host name that
 * they use if it leads there too. Return: null when the POP has no such service.
 */
export function urlOf({ endpoints, site }, service, here) {
	const protocols = endpoints[service] ?? {};
	const scheme = here.protocol.slice(0, -1);
	const families = protocols[scheme] ?? protocols.https ?? protocols.http;
	if (!families)
		return null;

	const family = familyOf(here.hostname);
	const url = new URL(families[family] ?? families.ipv4 ?? families.ipv6);
	const name = nameOf(service, site.domain, here.hostname);
	if (family === null && (name !== null || sharesAddress(url, endpoints.pages)))
		url.hostname = name ?? here.hostname;
	return url.href;
}

/** The URL of one of the pages that is no service, @part: "networks" or "latency"; null when the POP has none. */
export function partUrl(pop, part, here) {
	const pages = pop[part] ? urlOf(pop, "pages", here) : null;
	return pages === null ? null : new URL(`/${part}/`, pages).href;
}

const WELL_KNOWN_PORTS = { ntp: "123", resolver: "53", authoritative: "53" };

/** "192.0.2.1:123" -> {address: "192.0.2.1", port: null if it is the usual one}. */
export function splitEndpoint(service, text) {
	const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(text);
	return { address: bracketed ?? plain, port: port === WELL_KNOWN_PORTS[service] ? null : port };
}

/** The addresses of @service for people to write in a configuration; each once. */
export function addressesOf(endpoints, service) {
	const { udp, tcp } = endpoints[service] ?? {};
	const texts = [udp, tcp].flatMap((families) => Object.values(families ?? {}));
	return [...new Set(texts)].map((text) => splitEndpoint(service, text));
}
