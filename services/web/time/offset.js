// How far a clock is off, from exchanges with a server. No DOM in here.
// SPDX-License-Identifier: MIT
//
// The server tells its time while it answers: at some moment between the question and the answer. So its clock
// and the visitor's differ by what they differ at the middle of that time, and by half of it at most more or less.

/* Both clocks are read in whole milliseconds, and the server's once for all that it does at a time. */
export const READING_MS = 3;

/**
 * @sentMs, by the visitor's clock; @tookMs, until the answer came; @serverMs, what it says.
 * offsetMs > 0: the visitor's clock is ahead.
 */
export function exchangeOffset({ sentMs, tookMs, serverMs }) {
	return { offsetMs: sentMs + tookMs / 2 - serverMs, errorMs: tookMs / 2 + READING_MS };
}

/**
 * The one that knows best, or null of none. A server that is busy may have read its clock before the question came;
 * then the visitor's clock seems to be further ahead than another exchange allows, and it does not count.
 */
export function bestOffset(exchanges) {
	const all = exchanges.map(exchangeOffset);
	const most = Math.min(...all.map(({ offsetMs, errorMs }) => offsetMs + errorMs));
	const offsets = all.filter(({ offsetMs, errorMs }) => offsetMs - errorMs <= most);
	return offsets.reduce((best, next) => (best === null || next.errorMs < best.errorMs ? next : best), null);
}

/** "ahead", "behind"; "right" when it may be neither. */
export function clockState({ offsetMs, errorMs }) {
	if (Math.abs(offsetMs) <= errorMs)
		return "right";
	return offsetMs > 0 ? "ahead" : "behind";
}

/** What chrony.conf(5) has for the server of the POP with that pop.json. */
export function chronyLine({ endpoints: { ntp }, site }) {
	const port = (families) => new URL(`http://${Object.values(families)[0]}`).port || "80";
	const words = [`server ntp.${site.domain}`, "iburst"];
	if (port(ntp.udp) !== "123")
		words.push(`port ${port(ntp.udp)}`);
	words.push("nts");
	if (port(ntp.nts) !== "4460")
		words.push(`ntsport ${port(ntp.nts)}`);
	return words.join(" ");
}
