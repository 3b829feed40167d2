// Requests to the API (openapi.yaml), and why they fail.
// SPDX-License-Identifier: MIT

const ROOT = "/api/v1/";
const ANSWER_MS = 90_000; /* a change is checked and published before its answer comes */
const PAGE_ITEMS = 1000;
const MOST_PAGES = 20;

/** What the API has refused (RFC 9457). kind: "stale", as openapi.yaml has it; "lost": no answer came. */
export class Problem extends Error {
	constructor(status, { type = "", title = "", detail = "", ...more } = {}) {
		super(title);
		Object.assign(this, { status, kind: type.split("/").at(-1) || "lost", detail, more });
	}
}

let csrf = null; /* what our session's changes must show */
let language = "en";

export function speak(wanted) {
	language = wanted;
}

async function problemOf(reply) {
	const body = await reply.json().catch(() => ({}));
	return new Problem(reply.status, body);
}

async function send(method, path, headers, body) {
	try {
		return await fetch(ROOT + path, {
			method, cache: "no-store", credentials: "same-origin", redirect: "error", signal: AbortSignal.timeout(ANSWER_MS),
			headers: { "Accept-Language": language, ...headers, ...body === undefined ? {} : { "Content-Type": "application/json" },
				...method !== "GET" && csrf !== null ? { "X-CSRF-Token": csrf } : {} },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
	} catch {
		throw new Problem(0);
	}
}

/**
 * Ask for @path of the API. @etag: the version that a change is made of; null: there must be nothing yet.
 * Return: the JSON of the answer, null when it has none. Throws a Problem.
 */
export async function call(method, path, { body, etag } = {}) {
	const condition = etag === undefined ? {} : etag === null ? { "If-None-Match": "*" } : { "If-Match": etag };
	const reply = await send(method, path, condition, body);
	if (!reply.ok)
		throw await problemOf(reply);
	if (reply.status === 204)
		return null;
	return reply.json().catch(() => { throw new Problem(0); });
}

/** What there is at @path; null: nothing. */
export async function find(path) {
	try {
		return await call("GET", path);
	} catch (problem) {
		if (problem.status !== 404)
			throw problem;
		return null;
	}
}

const queryOf = (query) => new URLSearchParams(Object.entries(query).filter(([, value]) => value !== null)).toString();

/** One page of a list: {items, next}. @query: values that are null are left out. */
export const list = (path, query = {}) => call("GET", `${path}?${queryOf(query)}`);

/** All of a list, as far as a page can show it. */
export async function listAll(path, query = {}) {
	const items = [];
	let after = null;
	for (let page = 0; page < MOST_PAGES; page++) {
		const { items: more, next } = await list(path, { ...query, limit: PAGE_ITEMS, after });
		items.push(...more);
		if (next === null)
			break;
		after = next;
	}
	return items;
}

const MARK = "fontaine_rdns"; /* that there may be a session: its cookie is hidden from scripts */

function remember(session) {
	csrf = session?.csrf ?? null;
	if (session === null)
		localStorage.removeItem(MARK);
	else
		localStorage.setItem(MARK, "1");
	return session;
}

/** Who we are: {role, asn, name, frozen}; null: nobody yet. */
export async function session() {
	if (localStorage.getItem(MARK) === null)
		return null;
	try {
		return remember(await call("GET", "session"));
	} catch (problem) {
		if (problem.status !== 401)
			throw problem;
		return remember(null);
	}
}

/** Exchange a token for a session, which a cookie has that no script can read. */
export const signIn = async (token) => remember(await call("POST", "session", { body: { token } }));

export async function signOut() {
	await call("DELETE", "session");
	remember(null);
}
