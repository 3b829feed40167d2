// IPv4 and IPv6 of a POP, as pages reach them.
// SPDX-License-Identifier: MIT

import { askJson } from "/shared/ask.js";
import { FAMILIES } from "./results.js";

const REACH_MS = 3000; /* a family that gives no answer within it is out of reach */

/**
 * Where to measure each family: {ipv4, ipv6} of URLs without a path, null for what the POP does
 * not have. @pop: its /pop.json; @scheme: "http" or "https", that of the page.
 */
export function familyUrls(pop, scheme) {
	return Object.fromEntries(FAMILIES.map((family) => [family, pop.speedtest?.[family]?.[scheme] ?? null]));
}

async function reach(url) {
	if (url === null)
		return { reason: "none" };
	try {
		return { address: (await askJson(`${url}/getIP`, REACH_MS)).processedString };
	} catch (error) {
		if (error.details?.reason === "busy")
			throw error;
		return { reason: error.details?.reason ?? "refused" };
	}
}

/**
 * Try each family of @server (a candidate of servers.js). When none can be reached, as through a
 * tunnel or by a name that only the visitor has, the server's own URL is tried, for the family it leads to.
 * Return: {ipv4, ipv6}, each {url, address} or {reason}.
 */
export async function reachFamilies(server, scheme) {
	const urls = familyUrls(server.pop, scheme);
	const tried = await Promise.all(FAMILIES.map((family) => reach(urls[family])));
	const found = Object.fromEntries(FAMILIES.map((family, i) => [family, { url: urls[family], ...tried[i] }]));
	if (tried.some(({ address }) => address))
		return found;

	const { address } = await reach(server.url);
	return address ? { ...found, [address.includes(":") ? "ipv6" : "ipv4"]: { url: server.url, address } } : found;
}
