// What is searched for in the table of networks, and its order. No DOM in here.
// SPDX-License-Identifier: MIT

import { rank } from "./states.js";

export const COLUMNS = ["name", "addresses", "speed", "prefixes", "since", "services"];

/** An address as a number of its family, so that .9 comes before .10. */
export function addressKey(address) {
	if (!address.includes(":"))
		return address.split(".").reduce((key, part) => key * 256n + BigInt(part), 0n);
	const [before, after] = address.split("::").map((half) => half.split(":").filter(Boolean));
	const zeros = after === undefined ? [] : Array(8 - before.length - after.length).fill("0");
	return [...before, ...zeros, ...(after ?? [])].reduce((key, part) => key * 65536n + BigInt(`0x${part}`), 1n << 128n);
}

/* What each column is sorted by; null comes last, either way. */
const KEYS = {
	name: ({ name }) => name,
	addresses: ({ ipv4, ipv6 }) => [...ipv4, ...ipv6].map(addressKey)[0] ?? null,
	speed: ({ speed_mbps: mbps }) => mbps,
	prefixes: ({ prefixes: { ipv4, ipv6 } }) => (ipv4 ?? 0) + (ipv6 ?? 0) || null,
	since: ({ since }) => since,
	services: ({ services }) => services.join() || null,
	states: ({ states }) => rank(states),
};

/** @networks in @order, {column, down}; of equals, the lower AS number comes first. */
export function sorted(networks, { column, down }, language) {
	const collator = new Intl.Collator(language, { sensitivity: "base", numeric: true });
	const compare = (a, b) => (typeof a === "string" ? collator.compare(a, b) : Number(a > b) - Number(a < b));
	return networks.map((network) => [KEYS[column](network), network]).sort(([a, x], [b, y]) => {
		if (a === null || b === null)
			return Number(a === null) - Number(b === null) || x.asn - y.asn;
		return (down ? -1 : 1) * compare(a, b) || x.asn - y.asn;
	}).map(([, network]) => network);
}

const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

/** Whether a network is what somebody means who has typed @query: each word is in its name, number or an address. */
export function matcher(query) {
	const words = plain(query).split(/\s+/).filter(Boolean);
	return ({ asn, ipv4, ipv6, name }) => {
		const text = plain([name, `as${asn}`, ...ipv4, ...ipv6].join(" "));
		return words.every((word) => text.includes(word));
	};
}

/** "10 Gbit/s" of a port's @mbps; ports have round figures, so no digit is added. */
export function speed(mbps, format) {
	const [value, unit] = mbps < 1000 ? [mbps, "Mbit/s"] : mbps < 1e6 ? [mbps / 1000, "Gbit/s"] : [mbps / 1e6, "Tbit/s"];
	return format.joined({ value: format.short(value), unit });
}
