// Addresses and prefixes as numbers, and the reverse zones of them. Pure.
// SPDX-License-Identifier: MIT
//
// A prefix is {family: 4 or 6, first: BigInt, length}; an address is one of full length.

const BITS = { 4: 32, 6: 128 };
const DOTTED = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

/* The eight groups of an IPv6 address as URLs are written, "2001:db8::1". */
function groupsOf(text) {
	const [head, tail] = text.split("::").map((part) => part === "" ? [] : part.split(":"));
	return tail === undefined ? head : [...head, ...Array(8 - head.length - tail.length).fill("0"), ...tail];
}

/** The address that @text is, or null. */
export function parseAddress(text) {
	if (DOTTED.test(text) && !/(?:^|\.)0\d/.test(text))
		return { family: 4, first: text.split(".").reduce((sum, octet) => sum << 8n | BigInt(octet), 0n), length: 32 };
	if (!/^[0-9a-f:.]+$/i.test(text) || !text.includes(":"))
		return null;
	try {
		const groups = groupsOf(new URL(`http://[${text}]/`).hostname.slice(1, -1));
		return { family: 6, first: groups.reduce((sum, group) => sum << 16n | BigInt(`0x${group}`), 0n), length: 128 };
	} catch {
		return null;
	}
}

/** How many addresses there are in @prefix. */
export const sizeOf = ({ family, length }) => 1n << BigInt(BITS[family] - length);

/** The prefix that @text is, "192.0.2.0/24"; an address is one too. null: none, or bits are set after its length. */
export function parsePrefix(text) {
	const [address, length, ...more] = text.trim().split("/");
	const prefix = parseAddress(address);
	if (prefix === null || more.length > 0 || length === undefined)
		return more.length > 0 ? null : prefix;
	const n = /^(?:0|[1-9]\d{0,2})$/.test(length) ? Number(length) : Infinity;
	const shorter = { ...prefix, length: n };
	return n <= prefix.length && prefix.first % sizeOf(shorter) === 0n ? shorter : null;
}

/** As RFC 5952 writes it. */
export function addressText({ family, first }) {
	if (family === 4)
		return [24n, 16n, 8n, 0n].map((shift) => first >> shift & 255n).join(".");
	const groups = [...Array(8).keys()].map((i) => (first >> BigInt(16 * (7 - i)) & 0xffffn).toString(16));
	return new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1);
}

export const prefixText = (prefix) => `${addressText(prefix)}/${prefix.length}`;

export const isAddress = ({ family, length }) => length === BITS[family];

export const lastOf = (prefix) => ({ ...prefix, first: prefix.first + sizeOf(prefix) - 1n, length: BITS[prefix.family] });

/** Whether all of @inner is in @outer. */
export function contains(outer, inner) {
	return outer.family === inner.family && outer.length <= inner.length
		&& inner.first - inner.first % sizeOf(outer) === outer.first;
}

export const overlaps = (a, b) => contains(a, b) || contains(b, a);

/** In order of addresses, IPv4 first; what holds others before them. */
export function compare(a, b) {
	if (a.family !== b.family)
		return a.family - b.family;
	return a.first < b.first ? -1 : a.first > b.first ? 1 : a.length - b.length;
}

/** The @bits more specific prefixes that @prefix is made of, fewer near its end. */
export function split(prefix, bits) {
	const length = Math.min(prefix.length + bits, BITS[prefix.family]);
	const step = 1n << BigInt(BITS[prefix.family] - length);
	return [...Array(2 ** (length - prefix.length)).keys()]
		.map((i) => ({ ...prefix, first: prefix.first + step * BigInt(i), length }));
}

/** Whether the zone's name has a choice (RFC 2317). */
export const hasForm = ({ family, length }) => family === 4 && length > 24 && length < 32;

export const FORMS = ["range", "slash", "dash"];

function classlessLabel(prefix, form) {
	const first = prefix.first & 255n;
	if (form === "range")
		return `${first}-${first + sizeOf(prefix) - 1n}`;
	return `${first}${form === "slash" ? "/" : "-"}${prefix.length}`;
}

function zoneName(prefix, form) {
	if (prefix.family === 6) {
		const nibbles = prefix.first.toString(16).padStart(32, "0").slice(0, prefix.length / 4);
		return [...nibbles].toReversed().concat("ip6.arpa").join(".");
	}
	const octets = addressText(prefix).split(".").slice(0, Math.floor(prefix.length / 8));
	return [...hasForm(prefix) ? [classlessLabel(prefix, form)] : [], ...octets.toReversed(), "in-addr.arpa"].join(".");
}

/** The names of the zones that @prefix is split into: at octets and nibbles, or one with a name of @form. */
export function zonesOf(prefix, form = "range") {
	const step = prefix.family === 4 ? 8 : 4;
	const missing = hasForm(prefix) ? 0 : (step - prefix.length % step) % step;
	return split(prefix, missing).map((zone) => zoneName(zone, form));
}

/** The name that the PTR of @address stands at. */
export const pointerName = (address) => zoneName(address, "range");

/** Whether the host @name is in one of the zones, so that its addresses must be told with it (glue). */
export function isInside(name, zones) {
	const plain = name.trim().toLowerCase().replace(/\.$/, "");
	return zones.some((zone) => plain === zone || plain.endsWith(`.${zone}`));
}
