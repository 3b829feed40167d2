// What a visitor chose: language and theme.
// SPDX-License-Identifier: MIT
// Cookies, because all ports of a host share them, and so do all names of a POP.

import { isWithin } from "./pop.js";

const YEAR_S = 365 * 24 * 3600;

/** The value of @name in @cookies, else null. */
export function remembered(name, cookies = document.cookie) {
	const pairs = cookies.split("; ").map((pair) => pair.split("="));
	return pairs.find(([key]) => key === `fontaine_${name}`)?.[1] ?? null;
}

/** For all names of the POP's @domain if this page has one, else for this host. */
export function remember(name, value, domain) {
	const scope = isWithin(location.hostname, domain) ? `; domain=${domain}` : "";
	document.cookie = `fontaine_${name}=${value}; path=/; max-age=${YEAR_S}; SameSite=Strict${scope}`;
}
