// Packet loss: numbered packets, never sent again, from one end of a connection to the other, by way
// of the POP's relay. Both ends are in this page, so a packet crosses the visitor's line twice.
// RTCPeerConnection is not available in workers: this module is for the page's own thread.
// SPDX-License-Identifier: MIT

import { jitter, median } from "/shared/stats.js";

const PACKETS = 1000;
const PACE_MS = 5;         /* from one to the next: five seconds in all */
const BURST = 20;          /* the most at once, after the page was held up */
const SENDING_MS = 10_000; /* a page in the background is held up all the time: enough is enough */
const LATE_MS = 1000;      /* after the last was sent: what comes later is as good as lost */
const SILENT_MS = 3000;    /* without a packet: the way is cut */
const CONNECT_MS = 8000;
const QUEUE_BYTES = 256;

const NUMBER_AT = 0, TIME_AT = 4;
const PACKET_BYTES = 64; /* small, as those of games and calls */

/* Each end tells the other where it is as soon as it knows (RFC 8838). */
function introduce(from, to) {
	from.addEventListener("icecandidate", ({ candidate }) => {
		if (candidate)
			to.addIceCandidate(candidate).catch(() => {}); /* the other end is closed already */
	});
}

/* Resolves when @end has found no relay to be behind. */
function alone(end) {
	let found = false;
	return new Promise((resolve) => {
		end.addEventListener("icecandidate", ({ candidate }) => {
			found ||= Boolean(candidate?.candidate);
			if (candidate === null && !found)
				resolve();
		});
	});
}

/* Resolves to the two ends of the channel, when both are open. */
async function connect(here, there) {
	const out = here.createDataChannel("loss", { ordered: false, maxRetransmits: 0 });
	const opened = new Promise((resolve) => { out.addEventListener("open", resolve, { once: true }); });
	const arrived = new Promise((resolve) => { there.addEventListener("datachannel", resolve, { once: true }); });

	introduce(here, there);
	introduce(there, here);
	const offer = await here.createOffer();
	await there.setRemoteDescription(offer); /* before there are candidates to tell it */
	const answer = await there.createAnswer();
	await Promise.all([here.setLocalDescription(offer), here.setRemoteDescription(answer),
		there.setLocalDescription(answer)]);
	const [{ channel }] = await Promise.all([arrived, opened]);
	channel.binaryType = "arraybuffer";
	return { out, in: channel };
}

/* @promise, or undefined when it takes longer than @ms. */
function within(ms, promise) {
	let timer;
	const limit = new Promise((resolve) => { timer = setTimeout(resolve, ms); });
	return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

/* SCTP sends less when packets get lost: what waits in its queue is neither lost nor on its way. */
function isReady(channel) {
	return channel.readyState === "open" && channel.bufferedAmount < QUEUE_BYTES;
}

/* Send all, at an even pace, while @goOn, called with the number sent so far, says so. Resolves to that number. */
function sendAll(channel, goOn) {
	const packet = new DataView(new ArrayBuffer(PACKET_BYTES));
	const startMs = performance.now();
	let sent = 0;

	return new Promise((resolve) => {
		const timer = setInterval(() => {
			const nowMs = performance.now();
			const due = Math.min(PACKETS, sent + BURST, Math.floor((nowMs - startMs) / PACE_MS));
			while (sent < due && isReady(channel)) {
				packet.setUint32(NUMBER_AT, sent++);
				packet.setFloat64(TIME_AT, performance.now());
				channel.send(packet.buffer);
			}
			if (!goOn(sent) || sent === PACKETS || nowMs - startMs > SENDING_MS) {
				clearInterval(timer);
				resolve(sent);
			}
		}, PACE_MS);
	});
}

/* Collects how long each packet took, by its number. */
class Arrivals {
	constructor(channel) {
		this.delays = new Map();
		this.lastMs = performance.now();
		this.expected = Infinity;
		this.complete = new Promise((resolve) => { this.resolve = resolve; });
		channel.addEventListener("message", ({ data }) => this.add(new DataView(data)));
	}

	add(packet) {
		this.lastMs = performance.now();
		this.delays.set(packet.getUint32(NUMBER_AT), this.lastMs - packet.getFloat64(TIME_AT));
		this.check();
	}

	expect(count) {
		this.expected = count;
		this.check();
		return this.complete;
	}

	check() {
		if (this.delays.size >= this.expected)
			this.resolve();
	}

	inOrder() {
		return [...this.delays].sort(([a], [b]) => a - b).map(([, ms]) => ms);
	}
}

async function exchange(channels, report) {
	const arrivals = new Arrivals(channels.in);
	const isAlive = () => channels.out.readyState === "open" && performance.now() - arrivals.lastMs < SILENT_MS;
	const sent = await sendAll(channels.out, (count) => {
		report({ type: "loss", sent: count, received: arrivals.delays.size });
		return isAlive();
	});
	if (!isAlive())
		return { reason: "interrupted" };
	await within(LATE_MS, arrivals.expect(sent));
	const delays = arrivals.inOrder();
	const received = delays.length;
	const lost = sent - received;
	return { sent, received, lost, percent: lost * 100 / sent, latencyMs: median(delays), jitterMs: jitter(delays) };
}

/**
 * Measure with the relay that the POP's "/turn" has named. Calls @report with {type: "loss", sent, received}
 * as it goes. Resolves to {sent, received, lost, percent, latencyMs, jitterMs}, or to {reason}: "unsupported"
 * by this browser; "unreachable", the relay, by UDP; "interrupted", the way to it. Rejects with @signal's
 * reason when that is aborted.
 */
export async function measureLoss({ urls, username, credential }, report, signal) {
	if (!("RTCPeerConnection" in globalThis))
		return { reason: "unsupported" };
	signal?.throwIfAborted();
	const config = { iceServers: [{ urls, username, credential }], iceTransportPolicy: "relay" };
	const ends = [new RTCPeerConnection(config), new RTCPeerConnection(config)];
	const aborted = new Promise((_, reject) => {
		signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
	});
	const measured = async () => {
		const channels = await within(CONNECT_MS, Promise.race([connect(...ends), alone(ends[0])]));
		return channels ? exchange(channels, report) : { reason: "unreachable" };
	};
	try {
		return await Promise.race([measured(), aborted]);
	} finally {
		ends.forEach((end) => end.close());
	}
}
