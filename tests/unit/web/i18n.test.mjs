// Languages, texts, numbers; and that no text is missing or badly set.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as speedtest from "../../../services/speedtest/web/text.js";
import * as latency from "../../../services/peers/web/text.js";
import * as networks from "../../../services/web/networks/text.js";
import * as portal from "../../../services/web/portal/text.js";
import * as status from "../../../services/web/status/text.js";
import * as time from "../../../services/web/time/text.js";
import { formats, pickLanguage, translator } from "../../../services/web/shared/i18n.js";
import { remembered } from "../../../services/web/shared/preferences.js";
import * as shared from "../../../services/web/shared/text.js";

const MODULES = { latency, networks, speedtest, portal, shared, status, time };
const PAGES = { speedtest: "services/speedtest/web/index.html", portal: "services/web/portal/index.html",
	time: "services/web/time/index.html", networks: "services/web/networks/index.html",
	status: "services/web/status/index.html", latency: "services/peers/web/index.html" };

test("the first wanted language that the POP offers is spoken", () => {
	assert.equal(pickLanguage(["fr-CA", "en"], ["en", "fr"]), "fr");
	assert.equal(pickLanguage(["de", "EN-gb", "fr"], ["fr", "en"]), "en");
	assert.equal(pickLanguage(["de"], ["fr", "en"]), "fr");
	assert.equal(pickLanguage([], ["fr", "en"]), "fr");
});

test("a cookie is found by its whole name", () => {
	assert.equal(remembered("language", "x=1; fontaine_language=fr; y=2"), "fr");
	assert.equal(remembered("language", "my_fontaine_language=fr"), null);
	assert.equal(remembered("language", ""), null);
});

test("texts take their values; an unknown key gives null", () => {
	const t = translator({ hello: "{a} and {b}, {a}" });
	assert.equal(t("hello", { a: 1, b: "{a}" }), "1 and {a}, 1");
	assert.equal(t("nothing"), null);
});

test("rates have three significant digits, in the language's writing", () => {
	const [en, fr] = [formats("en"), formats("fr")];
	const rate = (format, megabits) => format.joined(format.rate(megabits * 1e6));
	assert.deepEqual([0, 0.472, 9.994, 9.996, 99.94, 99.96, 999.4, 999.6, 12_345].map((megabits) => rate(en, megabits)),
		["0.00\u00a0Mbit/s", "0.47\u00a0Mbit/s", "9.99\u00a0Mbit/s", "10.0\u00a0Mbit/s", "99.9\u00a0Mbit/s", "100\u00a0Mbit/s",
			"999\u00a0Mbit/s", "1.00\u00a0Gbit/s", "12.3\u00a0Gbit/s"]);
	assert.equal(rate(fr, 12.34), "12,3\u00a0Mbit/s");
	assert.equal(en.milliseconds(0.44), "0.4");
	assert.equal(en.milliseconds(9.96), "10");
});

test("bytes are told in powers of a thousand", () => {
	const { bytes } = formats("en");
	assert.deepEqual(bytes(999), { value: "999", unit: "B" });
	assert.deepEqual(bytes(1000), { value: "1.00", unit: "kB" });
	assert.deepEqual(bytes(10_319_511_552), { value: "10.3", unit: "GB" });
	assert.deepEqual(formats("fr").bytes(71_092_764), { value: "71,1", unit: "Mo" });
	assert.deepEqual(bytes(0), { value: "0", unit: "B" });
});

test("spans are told in their largest unit", () => {
	assert.equal(formats("en").span(3 * 3600 + 59), "3 hours");
	assert.equal(formats("en").span(0.2), "0 seconds");
	assert.equal(formats("fr").span(86400), "1\u00a0jour");
	assert.equal(formats("fr").country("FR"), "France");
});

for (const [name, { en, fr }] of Object.entries(MODULES)) {
	test(`${name}: both languages have the same texts with the same values`, () => {
		const holes = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
		assert.deepEqual(Object.keys(fr), Object.keys(en));
		for (const key of Object.keys(en))
			assert.deepEqual(holes(fr[key]), holes(en[key]), key);
	});

	test(`${name}: French has its spaces before : ; ? ! and its apostrophes`, () => {
		for (const [key, text] of Object.entries(fr)) {
			assert.doesNotMatch(text, /[^\u00a0]:|[^\u202f][;?!]|'/, key);
		}
	});
}

for (const [name, path] of Object.entries(PAGES)) {
	test(`${name}: every text that the page names exists, and nothing is inline`, () => {
		const html = readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
		const named = [...html.matchAll(/data-(?:text|label)="(\w+)"/g)].map(([, key]) => key);
		assert.ok(named.length >= 4);
		for (const key of named)
			assert.ok(key in { ...shared.en, ...MODULES[name].en }, key);
		assert.doesNotMatch(html, / style=| on\w+=|<style|<script(?! src| type="module" src)|https?:/);
	});
}
