// What kept a transfer from being faster.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { limitOf, tcpBetween } from "../../../services/speedtest/web/limit.js";

const TCP = { busy_ms: 10000, rwnd_limited_ms: 0, sndbuf_limited_ms: 0, min_rtt_ms: 3, rtt_ms: 9,
	sent_bytes: 100000, retransmitted_bytes: 0 };
const limit = (tcp) => limitOf({ ...TCP, ...tcp });

test("who waits for nobody is limited by the network", () => {
	assert.equal(limitOf(TCP), "network");
});

test("the receiver's window names the limit from half of the time on", () => {
	assert.equal(limit({ rwnd_limited_ms: 4999 }), "network");
	assert.equal(limit({ rwnd_limited_ms: 5000 }), "receiver");
});

test("so does the sender", () => {
	assert.equal(limit({ sndbuf_limited_ms: 4999 }), "network");
	assert.equal(limit({ sndbuf_limited_ms: 5000 }), "sender");
});

test("a network that drops is the limit, from 1 % sent again on", () => {
	assert.equal(limit({ rwnd_limited_ms: 9000, retransmitted_bytes: 999 }), "receiver");
	assert.equal(limit({ rwnd_limited_ms: 9000, retransmitted_bytes: 1000 }), "network");
});

test("under a second of sending says nothing", () => {
	assert.equal(limit({ busy_ms: 999 }), "short");
	assert.equal(limit({ busy_ms: 1000 }), "network");
	assert.equal(limit({ busy_ms: 0, sent_bytes: 0 }), "short");
});

test("nothing is said of what is not known", () => {
	assert.equal(limitOf(null), null);
	assert.equal(tcpBetween(null, TCP), null);
	assert.equal(tcpBetween(TCP, undefined), null);
});

test("totals are those of the time between two readings; round trips are the last", () => {
	const after = { ...TCP, busy_ms: 15000, rwnd_limited_ms: 30, sent_bytes: 250000, retransmitted_bytes: 7, rtt_ms: 20 };
	assert.deepEqual(tcpBetween(TCP, after), { busy_ms: 5000, rwnd_limited_ms: 30, sndbuf_limited_ms: 0,
		min_rtt_ms: 3, rtt_ms: 20, sent_bytes: 150000, retransmitted_bytes: 7 });
});

test("a connection that is gone does not make totals negative", () => {
	assert.equal(tcpBetween(TCP, { ...TCP, busy_ms: 300 }).busy_ms, 0);
});
