// The page of the mirrors: how a project is, in words.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { describe, matches } from "../../../services/mirror/web/projects.js";
import * as texts from "../../../services/mirror/web/text.js";
import { formats, translator } from "../../../services/web/shared/i18n.js";

const NOW_S = 1_800_000_000;
const GOOD = {
	name: "debian", state: "waiting", step: null, words: "12 came, 3 went", remedy: "", freshness: "fresh",
	published: NOW_S - 7200, good: NOW_S - 180, files: 5012, bytes: 12_340_000_000,
};

const tell = (project, language = "en") =>
	describe({ ...GOOD, ...project }, NOW_S * 1000, translator(texts[language]), formats(language));

test("a project that is fresh says since when, how large it is, and no more", () => {
	const { when, ...rest } = tell({});
	assert.match(when, /^This state since Jan 15, 2027/);
	assert.deepEqual(rest, { state: "up", text: "Up to date 3 minutes ago", size: "12.3\u00a0GB in 5,012 files", why: "" });
	assert.equal(tell({}, "fr").text, "À jour il y a 3 minutes");
});

test("one that is behind or held says why, and what is done about it", () => {
	const stale = tell({ freshness: "stale", good: NOW_S - 3 * 86400, words: "no answer", remedy: "" });
	assert.deepEqual([stale.state, stale.text, stale.why], ["late", "Behind: up to date 3 days ago", "no answer"]);
	const held = tell({ state: "held", words: "80% would go", remedy: "look at it" });
	assert.deepEqual([held.state, held.text, held.why],
		["down", "Held back: last up to date 3 minutes ago", "80% would go. look at it"]);
});

test("one that is not here yet has no size and no date", () => {
	const none = { freshness: "none", published: null, good: null, files: null, bytes: null, words: "" };
	assert.deepEqual(tell(none), { state: "unknown", text: "Not here yet", size: "", when: "", why: "" });
	assert.equal(tell({ ...none, state: "running", step: "fetch" }).text, "Not here yet \u00b7 fetching");
	assert.equal(tell({ state: "paused" }).text, "Up to date 3 minutes ago \u00b7 paused");
});

test("every step has its words in every language, and the languages say the same", () => {
	assert.deepEqual(Object.keys(texts.fr), Object.keys(texts.en));
	for (const step of ["probe", "list", "guard", "prepare", "fetch", "delete", "verify", "publish", "trace"])
		assert.ok(texts.en[`step_${step}`], step);
});

test("who searches gives parts of a name, in any case", () => {
	assert.ok(matches("debian-security", "Deb sec"));
	assert.ok(matches("debian", ""));
	assert.ok(!matches("debian", "ubuntu"));
});
