// What kept a transfer from being faster, by the TCP of the side that sends (struct tcp_info). Pure.
// SPDX-License-Identifier: MIT

const SHORT_MS = 1000;     /* with less to send than this, TCP has not found its speed */
const MOST = 0.5;          /* share of the busy time that names a limit */
const LOSSY = 0.01;        /* share of bytes sent again from which the network is the limit, whatever else waits */

/* Totals since the connection began; their difference is of the time between. */
const TOTALS = ["busy_ms", "rwnd_limited_ms", "sndbuf_limited_ms", "sent_bytes", "retransmitted_bytes"];

/** What TCP did between two readings @before and @after; null when one is not known. */
export function tcpBetween(before, after) {
	if (!before || !after)
		return null;
	const since = TOTALS.map((name) => [name, Math.max(0, after[name] - (before[name] ?? 0))]);
	return { ...after, ...Object.fromEntries(since) };
}

/**
 * "receiver": its window was full; "sender": the server had nothing ready to send; "short": too
 * little was sent to say; else "network": its rate and its drops. null when @tcp is not known.
 */
export function limitOf(tcp) {
	if (!tcp)
		return null;
	const share = (ms) => tcp.busy_ms > 0 ? ms / tcp.busy_ms : 0;
	if (tcp.busy_ms < SHORT_MS)
		return "short";
	if (tcp.retransmitted_bytes >= LOSSY * tcp.sent_bytes)
		return "network";
	if (share(tcp.rwnd_limited_ms) >= MOST)
		return "receiver";
	return share(tcp.sndbuf_limited_ms) >= MOST ? "sender" : "network";
}
