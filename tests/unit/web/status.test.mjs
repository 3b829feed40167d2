// The services' status in words.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { overallStatus, readStatus, serviceStatus, UNKNOWN } from "../../../services/web/portal/status.js";
import * as texts from "../../../services/web/portal/text.js";
import { formats, translator } from "../../../services/web/shared/i18n.js";

const NOW_MS = Date.parse("2026-01-01T12:00:10Z");
const JSON_READ = {
	time: "2026-01-01T12:00:00Z",
	services: {
		speedtest: { up: true, since: "2026-01-01T09:00:00Z", figure: { name: "served", value: 1234, unit: "GB" } },
		ntp: { up: true, since: null, figure: { name: "offset", value: 3, unit: "ms" } },
		authoritative: { up: true, since: null, figure: { name: "serial", value: 1795242434, unit: "" } },
		resolver: { up: false, since: null, detail: "no answer" },
		pages: { up: false, since: null },
	},
};

const tell = (status, name, language = "en") =>
	serviceStatus(status, name, translator(texts[language]), formats(language));

test("a service that is up says since when, and its figure", () => {
	const status = readStatus(JSON_READ, NOW_MS);
	assert.deepEqual(tell(status, "speedtest"), { state: "up", text: "Up for 3 hours \u00b7 served: 1.23\u00a0TB" });
	assert.deepEqual(tell(status, "speedtest", "fr"),
		{ state: "up", text: "En service depuis 3\u00a0heures \u00b7 servi\u00a0: 1,23\u00a0To" });
	assert.deepEqual(tell(status, "authoritative"), { state: "up", text: "Up \u00b7 zone serial: 1795242434" });
	assert.deepEqual(tell(status, "ntp"), { state: "up", text: "Up \u00b7 offset: 3\u00a0ms" });
});

test("a service that is down says why, when that is known", () => {
	const status = readStatus(JSON_READ, NOW_MS);
	assert.deepEqual(tell(status, "resolver"), { state: "down", text: "Down: no answer" });
	assert.deepEqual(tell(status, "pages"), { state: "down", text: "Down" });
});

test("a service that nobody speaks of is unknown", () => {
	assert.equal(tell(readStatus(JSON_READ, NOW_MS), "mirror").state, "unknown");
	assert.equal(tell(UNKNOWN, "speedtest").state, "unknown");
});

test("a status that is not renewed is unknown", () => {
	assert.equal(readStatus(JSON_READ, NOW_MS + 35_000).services, JSON_READ.services);
	assert.equal(readStatus(JSON_READ, NOW_MS + 36_000), UNKNOWN);
	assert.equal(readStatus({ time: "garbled", services: JSON_READ.services }, NOW_MS), UNKNOWN);
});

test("all services together", () => {
	const t = translator(texts.en);
	const { ntp, speedtest } = JSON_READ.services;
	assert.deepEqual(overallStatus(readStatus(JSON_READ, NOW_MS), t), { state: "down", text: "3 of 5 services are up." });
	assert.equal(overallStatus({ services: { ntp, speedtest } }, t).state, "up");
	assert.equal(overallStatus(UNKNOWN, t).state, "unknown");
});
