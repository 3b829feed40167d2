// What somebody wants delegated: read from what was typed, compared with what is there. Pure.
// SPDX-License-Identifier: MIT
//
// A form's value is {form, servers: [{name, addresses}], ds}, all as typed: addresses in one text, DS as lines.

import { hasForm, isInside, parseAddress } from "./prefix.js";

const MOST_SERVERS = 12; /* the API's limits (openapi.yaml) */
const MOST_ADDRESSES = 4;
const HOST = /^(?=.{1,254}$)(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.?$/i;
const DS = /^(?:(\S+)\s+)?(?:(?:\d+\s+)?(?:IN\s+)?(?:\d+\s+)?DS\s+)?(\d+)\s+(\d+)\s+(\d+)\s+((?:[0-9a-f]+\s*)+)$/i;

export const isHost = (name) => HOST.test(name.trim());

const words = (text) => text.split(/[\s,;]+/).filter(Boolean);
const plainName = (name) => name.trim().toLowerCase().replace(/\.$/, "");

/** What a form shows of @delegation, or of none: with room for two servers. */
export function formOf(delegation) {
	const servers = (delegation?.nameservers ?? []).map(({ name, addresses }) => ({ name, addresses: (addresses ?? []).join(", ") }));
	while (servers.length < 2)
		servers.push({ name: "", addresses: "" });
	const several = (delegation?.zones.length ?? 1) > 1;
	const ds = (delegation?.ds ?? []).map((each) => dsText(each, several)).join("\n");
	return { form: delegation?.form ?? "range", servers, ds };
}

/** A DS record as a line, with its zone's name where there are several. */
export function dsText({ zone, key_tag: keyTag, algorithm, digest_type: digestType, digest }, withZone) {
	return `${withZone ? `${zone}. IN DS ` : ""}${keyTag} ${algorithm} ${digestType} ${digest.toUpperCase()}`;
}

/* One line: "12345 13 2 ABCD...", or a whole record as zone files have it. null: neither. */
function dsOf(line, zones) {
	const [, owner, keyTag, algorithm, digestType, digest] = DS.exec(line.replace(/;.*$|[()]/g, " ").trim()) ?? [];
	const zone = zones.length === 1 ? zones[0] : owner === undefined ? null : plainName(owner);
	if (digest === undefined || Number(keyTag) > 65535 || Number(algorithm) > 255 || Number(digestType) > 255 || !zones.includes(zone))
		return null;
	return { zone, key_tag: Number(keyTag), algorithm: Number(algorithm), digest_type: Number(digestType),
		digest: digest.replace(/\s/g, "").toLowerCase() };
}

/* What is wrong with a server, as a key of texts; null: nothing. */
function serverProblem({ name, addresses }, zones) {
	const given = words(addresses);
	if (!isHost(name))
		return "wrongName";
	if (!isInside(name, zones))
		return null;
	if (given.length === 0)
		return "wrongGlueMissing";
	if (given.length > MOST_ADDRESSES)
		return "wrongGlueMany";
	return given.every((each) => parseAddress(each) !== null) ? null : "wrongGlue";
}

/**
 * {wish, problems}: what the API takes of the form @value, for @prefix with @zones; and what is wrong with it, which must
 * be put right first: [{field: "servers", "ds" or null, index, problem: a key of texts}].
 */
export function wishOf({ form, servers, ds }, prefix, zones) {
	const filled = servers.map((server, index) => ({ ...server, index })).filter(({ name, addresses }) => name.trim() || addresses.trim());
	const lines = ds.split("\n").map((line) => line.trim()).filter((line) => line && !line.startsWith(";"));
	const records = lines.map((line) => dsOf(line, zones));
	const problems = [
		...filled.map((server) => ({ field: "servers", index: server.index, problem: serverProblem(server, zones) })),
		...records.map((record, index) => ({ field: "ds", index, problem: record === null ? "wrongDs" : null })),
		{ field: null, index: 0, problem: filled.length === 0 ? "wrongNone" : filled.length > MOST_SERVERS ? "wrongMany" : null },
	].filter(({ problem }) => problem !== null);
	const nameservers = filled.map(({ name, addresses }) => ({ name: plainName(name),
		...isInside(name, zones) ? { addresses: words(addresses) } : {} }));
	const wish = { nameservers, ds: records.filter((record) => record !== null) };
	return { wish: hasForm(prefix) ? { form, ...wish } : wish, problems };
}

const serverText = ({ name, addresses }) => [name, ...(addresses ?? []).toSorted()].join(" ");

/* Each thing that one of two delegations has and the other has not, as a text. */
function thingsOf(delegation) {
	return [
		...(delegation?.nameservers ?? []).map((server) => `NS ${serverText(server)}`),
		...(delegation?.ds ?? []).map((ds) => `DS ${dsText(ds, false)}`),
		...delegation?.form ? [`RFC 2317 ${delegation.form}`] : [],
		...delegation?.name ? [`PTR ${delegation.name}`] : [],
	];
}

/** What is in @after and not in @before, and the other way round: {added, removed}, texts. Either may be null: nothing. */
export function difference(before, after) {
	const [old, young] = [thingsOf(before), thingsOf(after)];
	return { added: young.filter((each) => !old.includes(each)), removed: old.filter((each) => !young.includes(each)) };
}
