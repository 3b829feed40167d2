// What /history.json says of a service, by days and by outages. Times are Unix seconds, days those of UTC. No DOM in
// here.
// SPDX-License-Identifier: MIT

export const DAY_S = 86_400;

/** Of each service: from when to when it was in which state, the oldest first, from the first that is known. */
function spansOf({ events, from, to }, service) {
	const own = events.filter(({ name }) => name === service);
	return own.map(({ time, state, reason }, i) => ({
		from: Math.max(time, from), to: own[i + 1]?.time ?? to, state, reason, isOver: i + 1 < own.length,
	})).filter((span) => span.to > span.from || !span.isOver);
}

/** The times in which an operator has drained it; the last may go on. */
export function maintenanceOf({ maintenance, to }, service) {
	return maintenance.filter(({ name }) => name === service)
		.map(({ since, until }) => ({ from: since, to: until ?? to, isOver: until !== null }));
}

/** The times in which it was down, the last one first. */
export function outagesOf(history, service) {
	const drained = maintenanceOf(history, service);
	return spansOf(history, service).filter(({ state }) => state === "down").map((span) => ({
		...span, isMaintenance: drained.some(({ from, to }) => from <= span.from && span.to <= to),
	})).reverse();
}

const overlap = (a, b) => Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));

/* What is not up while it is drained is maintenance. */
function dayOf(from, spans, drained) {
	const seconds = { up: 0, down: 0, unknown: 0, maintenance: 0 };
	for (const span of spans) {
		const part = { from: Math.max(span.from, from), to: Math.min(span.to, from + DAY_S) };
		const length = Math.max(0, part.to - part.from);
		const excused = span.state === "up" || length === 0 ? 0
			: drained.reduce((sum, each) => sum + overlap(part, each), 0);
		seconds[span.state] += length - excused;
		seconds.maintenance += excused;
	}
	return { from, seconds, share: shareOf([{ seconds }]) };
}

/** The last @n days, the oldest first: of each the seconds in each state, and the share of time up. */
export function daysOf(history, service, n) {
	const spans = spansOf(history, service), drained = maintenanceOf(history, service);
	const today = Math.floor(history.to / DAY_S) * DAY_S;
	return Array.from({ length: n }, (_, i) => dayOf(today - (n - 1 - i) * DAY_S, spans, drained));
}

/** The share of time up, in percent, without maintenance; null of days of which nothing is known. */
export function shareOf(days) {
	const sum = (state) => days.reduce((seconds, day) => seconds + day.seconds[state], 0);
	const up = sum("up"), all = up + sum("down") + sum("unknown");
	return all === 0 ? null : 100 * up / all;
}

/** Which text says why: of @reason, as healthd gives it, the part after the socket. */
export function reasonKey(reason) {
	if (/timed out/.test(reason))
		return "silent";
	return /refused|reset|closes|unreachable/i.test(reason) ? "gone" : "wrong";
}
