// The choice of the POP to measure at.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { candidates, pickServer } from "../../../services/speedtest/web/servers.js";
import { deadUrl, failure, serve } from "./support/server.mjs";

const SITE = { name: "lyon", title: "Lyon 3" };
const neighbour = (name, speedtest) => ({ name, title: `POP ${name}`, city: "X", country: "FR", speedtest });

/* A POP that takes @ms for an answer. */
const popAfter = (ms, pop = {}) => serve({ "/empty": () => ({ afterMs: ms }), "/pop.json": () => ({ json: pop }) });

test("this POP comes first, then its neighbours with the scheme of the page", () => {
	const pop = { site: SITE, neighbours: [neighbour("a", "//a.example:8081"), neighbour("b", "https://b.example/x")] };
	assert.deepEqual(candidates(pop, new URL("https://lyon.example:8444/index.html")), [
		{ name: "lyon", title: "Lyon 3", url: "https://lyon.example:8444", pop },
		{ name: "a", title: "POP a", url: "https://a.example:8081", pop: null },
		{ name: "b", title: "POP b", url: "https://b.example", pop: null },
	]);
	assert.equal(candidates({ site: SITE }, new URL("http://lyon.example/")).length, 1);
});

test("the nearest is taken, with what it says of itself", async () => {
	const own = await popAfter(200);
	const near = await popAfter(0, { speedtest: { turn: true } });
	const pop = { site: SITE, neighbours: [neighbour("far", await popAfter(400)), neighbour("near", near)] };
	const server = await pickServer(pop, new URL(own), null);
	assert.equal(server.name, "near");
	assert.equal(server.url, near);
	assert.equal(server.pop.speedtest.turn, true);
	assert.ok(server.latencyMs >= 0 && server.latencyMs < 200);
});

test("a chosen POP is taken however far it is", async () => {
	const far = await popAfter(80);
	const pop = { site: SITE, neighbours: [neighbour("far", far)] };
	const server = await pickServer(pop, new URL(await popAfter(0)), "far");
	assert.equal(server.url, far);
	assert.ok(server.latencyMs >= 80);
});

test("a neighbour that is away, silent or no POP is not taken", async () => {
	const own = await popAfter(20);
	const pop = { site: SITE, neighbours: [
		neighbour("away", await deadUrl()),
		neighbour("silent", await serve({ "/pop.json": () => null })),
		neighbour("other", await serve({ "/empty": () => ({}) })),
	] };
	assert.equal((await pickServer(pop, new URL(own), null)).name, "lyon");
});

test("without any answer, this POP is tried: the requests to come will tell why", async () => {
	const server = await pickServer({ site: SITE, neighbours: [] }, new URL(await deadUrl()), null);
	assert.deepEqual([server.name, server.latencyMs], ["lyon", null]);
});

test("a chosen POP that does not answer, or that nobody knows, is a failure", async () => {
	const own = new URL(await popAfter(0));
	const pop = { site: SITE, neighbours: [neighbour("away", await deadUrl())] };
	await assert.rejects(pickServer(pop, own, "away"), failure({ reason: "lost", server: "away" }));
	await assert.rejects(pickServer(pop, own, "nowhere"), failure({ reason: "lost", server: "nowhere" }));
});
