// What people write in their machines' settings to use DNS encrypted. No DOM in here.
// SPDX-License-Identifier: MIT

import { splitEndpoint } from "/shared/pop.js";

const HOSTS = { resolver: "dns", authoritative: "ns1" };
const TLS_PORT = "853";

/* As systemd-resolved has it: "192.0.2.53#dns.example", "[2001:db8::53]:5853#dns.example". */
function resolvedServer({ address, port }, host) {
	const bracketed = address.includes(":") ? `[${address}]` : address;
	return `${port === TLS_PORT ? address : `${bracketed}:${port}`}#${host}`;
}

function dohUrl(text, host) {
	const url = new URL(text);
	url.hostname = host;
	return url.href;
}

/** [word of text.js, lines for a setting] of @service of a POP (its /pop.json), none for one that is not DNS. */
export function dnsHints({ endpoints, site }, service) {
	const { dot, doh } = endpoints[service] ?? {};
	if (!dot)
		return [];
	const host = `${HOSTS[service]}.${site.domain}`;
	const servers = Object.values(dot).map((text) => splitEndpoint(service, text));
	const [{ port }] = servers;
	if (!doh)
		return [["hint_server", [host, `${port}/tcp, ${port}/udp`]]];
	return [
		...(port === TLS_PORT ? [["hint_android", [host]]] : []), /* which asks for no port */
		["hint_https", [dohUrl(Object.values(doh)[0], host)]],
		["hint_resolved", [`DNS=${servers.map((server) => resolvedServer(server, host)).join(" ")}`, "DNSOverTLS=yes"]],
	];
}
