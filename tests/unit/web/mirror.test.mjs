// The page of the mirrors: how a project is, in words.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { describe, matches, nearestElsewhere } from "../../../services/mirror/web/projects.js";
import { byteAxes, largestProjects, percents, stacked, times } from "../../../services/mirror/web/shares.js";
import * as texts from "../../../services/mirror/web/text.js";
import { formats, translator } from "../../../services/web/shared/i18n.js";

const NOW_S = 1_800_000_000;
const GOOD = {
	name: "debian", state: "waiting", step: null, words: "12 came, 3 went", remedy: "", freshness: "fresh",
	published: NOW_S - 7200, good: NOW_S - 180, files: 5012, bytes: 12_340_000_000,
	large_files: 0, large_waiting: 0,
};

const tell = (project, language = "en") =>
	describe({ ...GOOD, ...project }, NOW_S * 1000, translator(texts[language]), formats(language));

test("a project that is fresh says since when, how large it is, and no more", () => {
	const { when, ...rest } = tell({});
	assert.match(when, /^This state since Jan 15, 2027/);
	assert.deepEqual(rest, { state: "up", text: "Up to date 3 minutes ago", size: "12.3\u00a0GB in 5,012 files", large: "", why: "" });
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
	assert.deepEqual(tell(none), { state: "unknown", text: "Not here yet", size: "", when: "", large: "", why: "" });
	assert.equal(tell({ ...none, state: "running", step: "fetch" }).text, "Not here yet \u00b7 fetching");
	assert.equal(tell({ state: "paused" }).text, "Up to date 3 minutes ago \u00b7 paused");
});

test("large files are told of once something beside them can be had", () => {
	assert.equal(tell({ large_files: 3, large_waiting: 3 }).large, "");
	assert.equal(tell({ large_files: 1203, large_waiting: 3 }).large,
		"Large files with checksum, torrent and Metalink: 1,200");
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

const PROJECTS = [["debian", [5, 1]], ["arch", [1, 3]], ["osm", [0, 2]], ["kernel", [1, 0]]].map(([name, steps]) =>
	({ name, steps, requests: 2, bytes: steps[0] + steps[1] }));

test("of many projects the largest are shown, and the others as one", () => {
	assert.deepEqual(largestProjects({ projects: PROJECTS }, 4), PROJECTS);
	assert.deepEqual(largestProjects({ projects: PROJECTS }, 3),
		[...PROJECTS.slice(0, 2), { name: null, requests: 4, bytes: 3, steps: [1, 2] }]);
});

test("each line lies upon those that are drawn after it", () => {
	assert.deepEqual(Object.entries(stacked(PROJECTS.slice(0, 3))), [
		["part2", [[0, 6], [1, 6]]],
		["part1", [[0, 6], [1, 4]]],
		["part0", [[0, 5], [1, 1]]],
	]);
});

test("an axis has one unit, and a share is of all", () => {
	const { formatY, unit } = byteAxes(formats("en"));
	assert.deepEqual([formatY(0, 4e9), formatY(2e9, 4e9), unit(4e9)], ["0", "2", "GB"]);
	assert.deepEqual([formatY(500, 600), unit(600), formatY(5e15, 6e15), unit(6e15)], ["500", "B", "5,000", "TB"]);
	assert.deepEqual(percents(PROJECTS).map(({ percent }) => Math.round(percent)), [46, 31, 15, 8]);
	assert.deepEqual(percents([{ bytes: 0 }]), [{ bytes: 0, percent: 0 }]);
});

test("steps have hours where the visitor is, and days of UTC", () => {
	assert.equal(times({ begin: Date.UTC(2026, 10, 21) / 1000, step: 86400 }, "en")(2), "Nov 23");
	assert.equal(times({ begin: Date.UTC(2026, 10, 21) / 1000, step: 7 * 86400 }, "fr")(1), "28 nov.");
	assert.match(times({ begin: 0, step: 3600 }, "fr")(1), /^\d\d:\d\d$/);
});

test("the nearest POP is named when it is another that is well", () => {
	const here = { title: "Lyon", city: "Lyon", here: true, up: true, pages: null };
	const paris = { title: "Paris POP", city: "Paris", here: false, up: true, pages: "//www.paris.example" };
	const nearest = { title: "Paris POP", city: "Paris", url: "//www.paris.example/mirror/" };
	assert.equal(nearestElsewhere([here, paris]), null);
	assert.deepEqual(nearestElsewhere([paris, here]), nearest);
	assert.equal(nearestElsewhere([{ ...paris, up: false }, here]), null);
	assert.deepEqual(nearestElsewhere([{ ...paris, up: false }, paris, here]), nearest);
	assert.equal(nearestElsewhere(null), null);
	assert.equal(nearestElsewhere([]), null);
});
