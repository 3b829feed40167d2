// Streams that carry random data as fast as they can.
// SPDX-License-Identifier: MIT

import { ask, fromNetwork } from "./ask.js";

const DOWNLOAD_MIB = 1024; /* per request, the most that the server gives; cut when time is up */
const UPLOAD_MIB = 1024;   /* the same, so that no stream often waits for a reply */

/** Receive until @signal; @onBytes(n) as they arrive. */
export async function receive({ url, id }, signal, onBytes) {
	for (;;) {
		const reply = await ask(`${url}/garbage?ckSize=${DOWNLOAD_MIB}&test=${id}`, { signal });
		const reader = reply.body.getReader();
		for (let part = await fromNetwork(reader.read()); !part.done; part = await fromNetwork(reader.read()))
			onBytes(part.value.byteLength);
	}
}

/* One MiB that cannot be compressed, over and over: a Blob of a Blob holds it once. */
function randomBody() {
	const mib = new Uint8Array(1 << 20);
	for (let at = 0; at < mib.length; at += 65536) /* the most that one call gives */
		crypto.getRandomValues(mib.subarray(at, at + 65536));
	return new Blob(Array(UPLOAD_MIB).fill(new Blob([mib])));
}

let body = null;

/** Send until @signal. The body has no type: a request to another origin then needs no preflight. */
export async function send({ url, id }, signal) {
	body ??= randomBody();
	for (;;)
		await ask(`${url}/empty?test=${id}`, { method: "POST", body, signal });
}
