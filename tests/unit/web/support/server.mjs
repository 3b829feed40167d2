// A real HTTP server on loopback, for the modules that ask one.
// SPDX-License-Identifier: MIT

import { createServer } from "node:http";
import { after } from "node:test";

/** Serve @answers: path -> (URL) => {status, headers, json, afterMs}, or null for none at all. Return: its URL. */
export async function serve(answers) {
	const server = createServer((request, reply) => {
		const url = new URL(request.url, "http://server");
		const answer = answers[url.pathname];
		const told = answer ? answer(url) : { status: 404 };
		if (told === null)
			return;
		const { status = 200, headers = {}, json = "", afterMs = 0 } = told;
		setTimeout(() => reply.writeHead(status, headers).end(JSON.stringify(json)), afterMs);
	});
	await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
	after(() => {
		server.close();
		server.closeAllConnections();
	});
	return `http://127.0.0.1:${server.address().port}`;
}

/** A URL of this machine where nobody listens. */
export async function deadUrl() {
	const server = createServer();
	await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
	const { port } = server.address();
	await new Promise((resolve) => { server.close(resolve); });
	return `http://127.0.0.1:${port}`;
}

/** Rejects as a Failure with these details? */
export const failure = (expected) => (error) =>
	Object.entries(expected).every(([name, value]) => error.details?.[name] === value);
