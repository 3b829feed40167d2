// A run against a server, by its addresses: as the demonstration has it.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { request } from "../../../services/ipv6test/web/request.js";
import { run } from "../../../services/ipv6test/web/run.js";
import { newState, step } from "../../../services/ipv6test/web/state.js";
import { deadUrl, serve } from "./support/server.mjs";

const SEEN = { ip: "192.0.2.7", family: "ipv4", type: "ipv4", subtype: "", via: "", tcp: { snd_mss: 1448 } };
const answer = (json, more = {}) => () => ({ json, ...more });

test("a request ends as a test", async () => {
	const url = await serve({ "/ok": answer(SEEN), "/refused": answer({}, { status: 500 }), "/silent": () => null });
	const { result, json } = await request(`${url}/ok?`);
	assert.deepEqual([result.state, result.family, json.ip], ["ok", "ipv4", "192.0.2.7"]);
	assert.equal((await request(`${url}/refused?`)).result.state, "failed");
	assert.equal((await request(`${url}/silent?`, { limitMs: 200 })).result.state, "timeout");
	assert.equal((await request(`${await deadUrl()}/?`)).result.state, "failed");
});

async function pop(more = {}) {
	const answers = { "/connection.json": answer(SEEN), "/ip/": answer(SEEN), "/seen.json": answer({ queries: [] }),
		"/who.json": answer({ asns: [{ asn: 64500, name: null }], prefix: "192.0.2.0/24", rpki: "valid", ptr: null, ptr_confirmed: null }) };
	const url = await serve({ ...answers, ...more });
	const port = Number(new URL(url).port);
	answers["/session.json"] = answer({ nonce: "abc", zone: "t.ipv6test.demo.localhost", names: "local", tests: ["a", "aaaa"],
		http_port: port, https_port: 1, literals: { ipv4: "127.0.0.1", ipv6: null }, http3: null, speedtest: null });
	return serve({ ...answers, ...more });
}

async function stateAfter(origin) {
	let state = step(newState(), { type: "start", at: new Date(0), scheme: "http" });
	await run({ origin, scheme: "http", saveData: false }, (message) => { state = step(state, message); });
	return state;
}

test("a run fills every test, and what depends on one that fails is left out", async () => {
	const { state, observations, verdict } = await stateAfter(await pop());
	assert.equal(state, "done");
	const reasons = (...ids) => ids.map((id) => observations.tests[id].reason);
	assert.deepEqual(reasons("a", "he", "literal6", "up6", "http3"), ["local", "local", "not-offered", "needs", "local"]);
	assert.deepEqual(["page", "literal4", "up4", "down4"].map((id) => observations.tests[id].state), ["ok", "ok", "ok", "ok"]);
	const { address, rpki, latencyMs, samplesMs } = observations.families.ipv4;
	assert.deepEqual([address, rpki, samplesMs.length, latencyMs > 0], ["192.0.2.7", "valid", 10, true]);
	assert.equal(observations.families.ipv6, null);
	assert.equal(verdict.findings[0].id, "names-local");
});

test("large packets that get lost are seen, and the run goes on", async () => {
	const { state, observations } = await stateAfter(await pop({ "/ip/": () => null }));
	assert.deepEqual([state, observations.tests.up4.state, observations.tests.down4.state], ["done", "timeout", "timeout"]);
});

test("a POP without a test says so", async () => {
	assert.equal((await stateAfter(await serve({}))).state, "failed");
	assert.equal((await stateAfter(await deadUrl())).state, "failed");
});
