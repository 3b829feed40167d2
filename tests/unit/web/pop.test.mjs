// Where a POP's services are, for a visitor who came by some address or name.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";
import { addressesOf, familyOf, splitEndpoint, urlOf } from "../../../services/web/shared/pop.js";

const SHARED = {
	pages: {
		http: { ipv4: "http://192.0.2.1:8080", ipv6: "http://[2001:db8::1]:8080" },
		https: { ipv4: "https://192.0.2.1:8443", ipv6: "https://[2001:db8::1]:8443" },
	},
	speedtest: { http: { ipv4: "http://192.0.2.1:8081", ipv6: "http://[2001:db8::1]:8081" } },
	ntp: { udp: { ipv4: "192.0.2.1:123", ipv6: "[2001:db8::1]:123" } },
	resolver: { udp: { ipv4: "192.0.2.1:5053" }, tcp: { ipv4: "192.0.2.1:5053" } },
};
const OWN_ADDRESS = { ...SHARED, speedtest: { http: { ipv4: "http://192.0.2.9:80" } } };

const pop = (endpoints = SHARED) => ({ endpoints, site: { domain: "pop.example" } });
const speedtestFrom = (href, endpoints) => urlOf(pop(endpoints), "speedtest", new URL(href));

test("a literal address stays in its family", () => {
	assert.equal(speedtestFrom("http://192.0.2.1:8080/"), "http://192.0.2.1:8081/");
	assert.equal(speedtestFrom("http://[2001:db8::1]:8080/"), "http://[2001:db8::1]:8081/");
});

test("a host name is kept where it leads to the same machine", () => {
	assert.equal(speedtestFrom("http://lyon.example.net/"), "http://lyon.example.net:8081/");
});

test("who uses a name of the POP is given one, whatever address it has", () => {
	const pagesFrom = (href) => urlOf(pop(OWN_ADDRESS), "pages", new URL(href));
	assert.equal(speedtestFrom("http://www.pop.example/", OWN_ADDRESS), "http://speedtest.pop.example/");
	assert.equal(speedtestFrom("http://pop.example:8080/"), "http://speedtest.pop.example:8081/");
	assert.equal(pagesFrom("http://speedtest.pop.example/"), "http://www.pop.example:8080/");
	assert.equal(urlOf({ endpoints: SHARED, site: {} }, "speedtest", new URL("http://www.pop.example/")), "http://www.pop.example:8081/");
});

test("reverse DNS is one of the pages, by HTTPS alone", () => {
	const endpoints = { ...SHARED, rdns: { https: { ipv4: "https://192.0.2.1:8443/rdns/" } } };
	const from = (href) => urlOf(pop(endpoints), "rdns", new URL(href));
	assert.deepEqual(["http://192.0.2.1:8080/", "http://speedtest.pop.example/", "http://lyon.example.net/"].map(from),
		["https://192.0.2.1:8443/rdns/", "https://www.pop.example:8443/rdns/", "https://lyon.example.net:8443/rdns/"]);
});

test("a service with an address of its own is reached there", () => {
	assert.equal(speedtestFrom("http://lyon.example.net/", OWN_ADDRESS), "http://192.0.2.9/");
	assert.equal(speedtestFrom("http://[2001:db8::1]/", OWN_ADDRESS), "http://192.0.2.9/");
});

test("the scheme is the visitor's where there is a choice", () => {
	const from = (href) => urlOf(pop(), "pages", new URL(href));
	assert.equal(from("https://192.0.2.1:8443/"), "https://192.0.2.1:8443/");
	assert.equal(from("http://192.0.2.1:8081/"), "http://192.0.2.1:8080/");
	assert.equal(speedtestFrom("https://192.0.2.1:8443/"), "http://192.0.2.1:8081/");
});

test("no service, or none with pages: no URL", () => {
	const here = new URL("http://192.0.2.1/");
	assert.equal(urlOf(pop(), "mirror", here), null);
	assert.equal(urlOf(pop(), "ntp", here), null);
	assert.equal(urlOf(pop({}), "speedtest", here), null);
});

test("the family of a URL's host", () => {
	assert.equal(familyOf("192.0.2.1"), "ipv4");
	assert.equal(familyOf("[2001:db8::1]"), "ipv6");
	assert.equal(familyOf("lyon.example.net"), null);
	assert.equal(familyOf("localhost"), null);
});

test("addresses are told once, without brackets, and without a port that is the usual one", () => {
	assert.deepEqual(addressesOf(SHARED, "ntp"), [
		{ address: "192.0.2.1", port: null },
		{ address: "2001:db8::1", port: null },
	]);
	assert.deepEqual(addressesOf(SHARED, "resolver"), [{ address: "192.0.2.1", port: "5053" }]);
	assert.deepEqual(splitEndpoint("ntp", "[2001:db8::1]:11123"), { address: "2001:db8::1", port: "11123" });
});
