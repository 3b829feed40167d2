// How a service was by days and by outages, from the events of healthd.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";

import { DAY_S, daysOf, maintenanceOf, outagesOf, reasonKey, shareOf } from "../../../services/web/status/history.js";

const TODAY = 20_000 * DAY_S;
const HOUR_S = 3600;

const event = (time, state, reason = "", name = "ntp") => ({ time, name, state, reason });
const historyOf = (events, maintenance = [], to = TODAY + 12 * HOUR_S) =>
	({ from: TODAY - 89 * DAY_S, to, events, maintenance });

test("a day has the time in each state, and what is not known is not up", () => {
	const history = historyOf([
		event(TODAY - 2 * DAY_S + 6 * HOUR_S, "up"),
		event(TODAY - DAY_S + 6 * HOUR_S, "down", "why"),
		event(TODAY - DAY_S + 12 * HOUR_S, "unknown"),
		event(TODAY - DAY_S + 18 * HOUR_S, "up"),
		event(TODAY, "down", "of another", "resolver"),
	]);
	const days = daysOf(history, "ntp", 4);
	assert.deepEqual(days.map(({ from }) => from), [3, 2, 1, 0].map((n) => TODAY - n * DAY_S));
	assert.deepEqual(days.map(({ share }) => share), [null, 100, 50, 100]);
	assert.deepEqual(days[2].seconds, { up: 12 * HOUR_S, down: 6 * HOUR_S, unknown: 6 * HOUR_S, maintenance: 0 });
	assert.equal(days[3].seconds.up, 12 * HOUR_S); /* today is not over */
	assert.equal(shareOf(days), 100 * 42 / 54);
	assert.equal(shareOf(daysOf(historyOf([]), "ntp", 90)), null);
});

test("what began before the time that is shown is in force from its first day on", () => {
	const days = daysOf(historyOf([event(1000, "down", "since ever")]), "ntp", 90);
	assert.equal(days.length, 90);
	assert.ok(days.every(({ share }) => share === 0));
	assert.equal(outagesOf(historyOf([event(1000, "down")]), "ntp")[0].from, TODAY - 89 * DAY_S);
});

test("what is down in maintenance is maintenance, what is up is up", () => {
	const history = historyOf([
		event(TODAY - DAY_S, "up"),
		event(TODAY - DAY_S + 2 * HOUR_S, "down"),
		event(TODAY - DAY_S + 5 * HOUR_S, "up"),
	], [{ name: "ntp", since: TODAY - DAY_S + HOUR_S, until: TODAY - DAY_S + 4 * HOUR_S },
		{ name: "turn", since: 0, until: null }]);
	const [day] = daysOf(history, "ntp", 2);
	assert.deepEqual(day.seconds, { up: 21 * HOUR_S, down: HOUR_S, unknown: 0, maintenance: 2 * HOUR_S });
	assert.equal(day.share, 100 * 21 / 22);
	assert.deepEqual(maintenanceOf(history, "turn"), [{ from: 0, to: history.to, isOver: false }]);
});

test("outages: the last first, one that goes on, one that is within maintenance", () => {
	const outages = outagesOf(historyOf([
		event(TODAY - 4 * HOUR_S, "down", "first"),
		event(TODAY - 3 * HOUR_S, "up"),
		event(TODAY - HOUR_S, "down", "second"),
	], [{ name: "ntp", since: TODAY - 5 * HOUR_S, until: TODAY - 2 * HOUR_S }]), "ntp");
	assert.deepEqual(outages.map(({ from, to, reason, isOver, isMaintenance }) => [from, to, reason, isOver, isMaintenance]), [
		[TODAY - HOUR_S, TODAY + 12 * HOUR_S, "second", false, false],
		[TODAY - 4 * HOUR_S, TODAY - 3 * HOUR_S, "first", true, true],
	]);
});

test("reasons in plain words", () => {
	assert.equal(reasonKey("udp 192.0.2.1:123: Connection timed out"), "silent");
	assert.equal(reasonKey("tcp 192.0.2.1:53: Connection refused"), "gone");
	assert.equal(reasonKey("http [2001:db8::1]:80: it answers without its page"), "wrong");
});
