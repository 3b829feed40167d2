// IPv4 and IPv6, each by its own URL.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { familyUrls, reachFamilies } from "../../../services/speedtest/web/families.js";
import { deadUrl, failure, serve } from "./support/server.mjs";

const seen = (address) => ({ "/getIP": () => ({ json: { processedString: address, rawIspInfo: "" } }) });
const server = (ipv4, ipv6, url = null) => ({ url, pop: { speedtest: {
	...(ipv4 && { ipv4: { http: ipv4 } }), ...(ipv6 && { ipv6: { http: ipv6 } }) } } });

test("a family is measured with the scheme of the page", () => {
	const pop = { speedtest: { ipv4: { http: "http://4.example", https: "https://4.example" }, ipv6: { http: "http://6.example" } } };
	assert.deepEqual(familyUrls(pop, "https"), { ipv4: "https://4.example", ipv6: null });
	assert.deepEqual(familyUrls(pop, "http"), { ipv4: "http://4.example", ipv6: "http://6.example" });
	assert.deepEqual(familyUrls({}, "http"), { ipv4: null, ipv6: null });
});

test("each family has the address that the server sees", async () => {
	const [four, six] = [await serve(seen("192.0.2.7")), await serve(seen("2001:db8::7"))];
	assert.deepEqual(await reachFamilies(server(four, six), "http"), {
		ipv4: { url: four, address: "192.0.2.7" },
		ipv6: { url: six, address: "2001:db8::7" },
	});
});

test("a family that cannot be reached says why, and the other one stands", async () => {
	const four = await serve(seen("192.0.2.7"));
	const reason = async (six) => (await reachFamilies(server(four, six), "http")).ipv6.reason;
	assert.equal(await reason(await deadUrl()), "lost");
	assert.equal(await reason(await serve({ "/getIP": () => null })), "silent");
	assert.equal(await reason(await serve({})), "refused");
	assert.equal(await reason(null), "none");
});

test("when the POP's addresses are out of reach, the page's own way to it is taken", async () => {
	const tunnel = await serve(seen("2001:db8::9"));
	const found = await reachFamilies(server(await deadUrl(), null, tunnel), "http");
	assert.deepEqual([found.ipv4.reason, found.ipv6], ["lost", { url: tunnel, address: "2001:db8::9" }]);
});

test("when nothing can be reached, each family says why", async () => {
	const found = await reachFamilies(server(await deadUrl(), null, await deadUrl()), "http");
	assert.deepEqual([found.ipv4.reason, found.ipv6.reason], ["lost", "none"]);
});

test("a server that is full ends the run", async () => {
	const full = await serve({ "/getIP": () => ({ status: 429, headers: { "Retry-After": "5" } }) });
	await assert.rejects(reachFamilies(server(full, null), "http"), failure({ reason: "busy", retryAfterS: 5 }));
});
