// Names of many addresses: a CSV read, and what the API says it would change. Pure.
// SPDX-License-Identifier: MIT

import { addressText, compare, isAddress, parsePrefix } from "./prefix.js";
import { isHost } from "./wish.js";

const MOST_LINES = 1024; /* of one request (openapi.yaml) */

const HEADS = ["address", "ip", "adresse"];

/* The fields of a line of CSV (RFC 4180), comma, semicolon or tab between them. */
function fieldsOf(line) {
	const fields = line.match(/(?:"(?:[^"]|"")*"|[^,;\t])*(?:[,;\t]|$)/g) ?? [];
	return fields.map((field) => field.replace(/[,;\t]$/, "").trim().replace(/^"(.*)"$/, "$1").replaceAll("\"\"", "\""));
}

/* {address, name} of a line, name null to take it away; or {problem}. */
function rowOf([address, name = "", ...more]) {
	const place = parsePrefix(address);
	if (place === null || !isAddress(place))
		return { problem: "csvAddress" };
	if (more.some(Boolean) || (name !== "" && !isHost(name)))
		return { problem: "csvName" };
	return { address: addressText(place), name: name === "" ? null : name.toLowerCase().replace(/\.$/, "") };
}

/**
 * Read "address,name" lines; a line of headings and those that begin with # are passed over. Return:
 * {rows: [{address, name}], problems: [{line, text, problem: a key of texts}]}.
 */
export function readCsv(text) {
	const seen = new Map();
	const problems = [];
	text.replace(/^\ufeff/, "").split(/\r?\n/).forEach((line, index) => {
		const fields = fieldsOf(line);
		if (line.trim() === "" || line.startsWith("#") || (index === 0 && HEADS.includes(fields[0].toLowerCase())))
			return;
		const row = rowOf(fields);
		const problem = row.problem ?? (seen.has(row.address) ? "csvTwice" : seen.size === MOST_LINES ? "csvMany" : null);
		if (problem === null)
			seen.set(row.address, row);
		else
			problems.push({ line: index + 1, text: line, problem });
	});
	return { rows: [...seen.values()], problems };
}

const quoted = (text) => /[",;]/.test(text) ? `"${text.replaceAll("\"", "\"\"")}"` : text;

/** The same the other way round: a file of what is hosted. */
export function writeCsv(ptrs) {
	const rows = ptrs.toSorted((a, b) => compare(a.place, b.place)).map(({ address, name }) => `${address},${quoted(name)}`);
	return `${["address,name", ...rows].join("\r\n")}\r\n`;
}

export const KINDS = ["add", "change", "remove", "same", "refused"];

/** How many of each kind of change there are: {add: 2, ...}. */
export function countKinds(changes) {
	return Object.fromEntries(KINDS.map((kind) => [kind, changes.filter((each) => each.kind === kind).length]));
}
