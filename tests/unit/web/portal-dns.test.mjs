// How people are told to use DNS encrypted.
// SPDX-License-Identifier: MIT

import assert from "node:assert/strict";
import { test } from "node:test";

import { dnsHints } from "../../../services/web/portal/dns.js";

const pop = (port, doh) => ({ site: { domain: "lyon.example" }, endpoints: {
	ntp: { udp: { ipv4: "192.0.2.1:123" } },
	resolver: { udp: { ipv4: "192.0.2.53:53" }, dot: { ipv4: `192.0.2.53:${port}`, ipv6: `[2001:db8::53]:${port}` },
		doh: { ipv4: doh } },
	authoritative: { udp: { ipv4: "192.0.2.54:53" }, dot: { ipv4: "192.0.2.54:853" } },
} });

test("the resolver, as each kind of machine wants it", () => {
	assert.deepEqual(dnsHints(pop(853, "https://192.0.2.53/dns-query"), "resolver"), [
		["hint_android", ["dns.lyon.example"]],
		["hint_https", ["https://dns.lyon.example/dns-query"]],
		["hint_resolved", ["DNS=192.0.2.53#dns.lyon.example 2001:db8::53#dns.lyon.example", "DNSOverTLS=yes"]],
	]);
});

test("with other ports than the usual ones", () => {
	assert.deepEqual(dnsHints(pop(5853, "https://192.0.2.53:5443/dns-query"), "resolver"), [
		["hint_https", ["https://dns.lyon.example:5443/dns-query"]],
		["hint_resolved", ["DNS=192.0.2.53:5853#dns.lyon.example [2001:db8::53]:5853#dns.lyon.example", "DNSOverTLS=yes"]],
	]);
});

test("the authoritative server", () => {
	assert.deepEqual(dnsHints(pop(853, "https://192.0.2.53/dns-query"), "authoritative"),
		[["hint_server", ["ns1.lyon.example", "853/tcp, 853/udp"]]]);
});

test("who does not speak DNS has none", () => {
	assert.deepEqual(dnsHints(pop(853, "https://192.0.2.53/dns-query"), "ntp"), []);
	assert.deepEqual(dnsHints({ site: {}, endpoints: {} }, "resolver"), []);
});
