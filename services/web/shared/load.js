// Streams that carry random data as fast as they can.
// SPDX-License-Identifier: MIT

import { ask, fromNetwork } from "./ask.js";

const DOWNLOAD_MIB = 1024; /* per request, the most that the server gives; cut when time is up */
const UPLOAD_MIB = 1024;   /* the same, so that no stream often waits for a reply */

/** A name for a test, by which the server knows the requests that belong to it. */
export function newTestId() {
	return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const BUFFER_BYTES = 256 * 1024;

/* Count what arrives on a stream of bytes, into one buffer: half the work of a new array for each piece. */
async function drainBytes(reader, onBytes) {
	let buffer = new ArrayBuffer(BUFFER_BYTES);
	for (;;) {
		const { done, value } = await fromNetwork(reader.read(new Uint8Array(buffer)));
		if (done)
			return;
		onBytes(value.byteLength);
		buffer = value.buffer;
	}
}

async function drainPieces(reader, onBytes) {
	for (let piece = await fromNetwork(reader.read()); !piece.done; piece = await fromNetwork(reader.read()))
		onBytes(piece.value.byteLength);
}

/* Not every browser's fetch() gives a stream of bytes. */
function drain(body, onBytes) {
	let reader;
	try {
		reader = body.getReader({ mode: "byob" });
	} catch {
		return drainPieces(body.getReader(), onBytes);
	}
	return drainBytes(reader, onBytes);
}

/** Receive until @signal; @onBytes(n) as they arrive. */
export async function receive({ url, id }, signal, onBytes) {
	for (;;) {
		const reply = await ask(`${url}/garbage?ckSize=${DOWNLOAD_MIB}&test=${id}`, { signal });
		await drain(reply.body, onBytes);
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
