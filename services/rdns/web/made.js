// Names made of addresses: an IPv6 prefix that is delegated to the POP's own server alone (openapi.yaml). Pure.
// SPDX-License-Identifier: MIT

import { addressText, isAddress } from "./prefix.js";

const serverOf = (domain) => `ns1.${domain}`;

/** What the API is asked for, so that all addresses of a prefix have names of the POP's @domain. */
export const madeWish = (domain) => ({ nameservers: [{ name: serverOf(domain) }], ds: [] });

/** Whether a delegation, with its place, says that. */
export function isMade({ place, nameservers, ds }, domain) {
	return place.family === 6 && ds.length === 0 && nameservers.length === 1 && nameservers[0].name === serverOf(domain);
}

/** The name that is made of @address. */
export const madeName = (address, domain) => `${addressText(address).replaceAll(":", "-")}.ip6.${domain}`;

/** The same of an address in @prefix: of itself, or of the first one after the prefix's own. */
export const exampleName = (prefix, domain) => madeName(isAddress(prefix) ? prefix : { ...prefix, first: prefix.first + 1n }, domain);
