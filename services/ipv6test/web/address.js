// What an address tells by itself. Pure.
// SPDX-License-Identifier: MIT

/** The eight groups of an IPv6 address in text (RFC 4291, 2.2), as numbers; null for what is none. */
export function groupsOf(address) {
	const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
	const [head, tail] = (dotted ? `${dotted[1]}${hexPair(dotted[2], dotted[3])}:${hexPair(dotted[4], dotted[5])}` : address)
		.split("::").map((half) => half.split(":").filter(Boolean));
	const gap = 8 - head.length - (tail?.length ?? 0);
	if (!address.includes(":") || gap < 0 || (gap > 0) !== Array.isArray(tail))
		return null;
	return [...head, ...Array(gap).fill("0"), ...tail ?? []].map((group) => parseInt(group, 16));
}

function hexPair(high, low) {
	return (Number(high) * 256 + Number(low)).toString(16);
}

/** Was the address made from that of a network card (RFC 4291, appendix A)? Then it follows its owner everywhere. */
export function isMacDerived(address) {
	const groups = groupsOf(address);
	return groups !== null && (groups[4] & 0x0200) !== 0 && (groups[5] & 0xff) === 0xff && groups[6] >> 8 === 0xfe;
}

/** Is @ipv4 part of the network of @ipv6, as a tunnel by 6rd has it (RFC 5969, 4)? Whole addresses only. */
export function isEmbedded(ipv4, ipv6) {
	const groups = groupsOf(ipv6);
	if (groups === null)
		return false;
	const hex = (numbers, digits) => numbers.map((number) => number.toString(16).padStart(digits, "0")).join("");
	return hex(groups.slice(1, 4), 4).includes(hex(ipv4.split(".").map(Number), 2));
}
