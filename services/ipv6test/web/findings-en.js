// What the findings of verdict.js mean, in English, for people who do not know what DNS is.
// SPDX-License-Identifier: MIT
//
// title: one line; detail: what it means for the visitor; advice: what to do, for problems and warnings.

export const findings = {
	"healthy-dual-stack": {
		title: "Your IPv4 and IPv6 work.",
		detail: "You reach every site: those with the old kind of addresses and those with the new one, with small packets and large ones.",
	},
	"dual-stack": {
		title: "You have both IPv4 and IPv6",
		detail: "Sites load over either of them.",
	},
	"ipv4-only": {
		title: "Your IPv4 works. You have no IPv6.",
		detail: "Today’s sites load. Those that have only the new kind of addresses, IPv6, stay out of reach.",
		advice: "Ask your Internet provider whether it offers IPv6. If it does, switch it on in your home router; an old router may need an update.",
	},
	"ipv6-only": {
		title: "Your IPv6 works. You have no IPv4.",
		detail: "Sites that have only the old kind of addresses, IPv4, stay out of reach.",
		advice: "Ask your provider or network administrator for IPv4 by translation (NAT64 with DNS64, or 464XLAT).",
	},
	"ipv6-only-nat64": {
		title: "You have IPv6, and IPv4 by translation.",
		detail: "Your network is IPv6 only and translates for sites that have IPv4 only (NAT64). Sites load by their names; programs that use IPv4 addresses without a name do not work.",
	},
	"names-local": {
		title: "Only addresses can be tested here.",
		detail: "This point of presence is a demonstration on one machine: browsers answer its names themselves, without DNS. What needs a real name is left out, and there is no score.",
	},
	"nothing-works": {
		title: "No test had an answer.",
		detail: "This page has loaded, yet nothing else came through.",
		advice: "Check that you are still online and load this page again. If that does not help, a firewall or a browser add-on may block the tests.",
	},
	"names-blocked": {
		title: "Something blocks the tests.",
		detail: "Addresses answer and the names were asked for, but no page loads by its name. An ad blocker, a security program or a proxy does this.",
		advice: "Switch off ad blockers and similar add-ons for this page, then test again.",
	},
	"dns-broken": {
		title: "Names do not work.",
		detail: "Your connection reaches addresses, but the directory that turns names into addresses (DNS) gives no answer.",
		advice: "Restart your home router. If that does not help, tell your provider that its DNS resolver does not answer for our names.",
	},
	"incomplete": {
		title: "Not all could be tested.",
		detail: "What was tested is below; the rest is not known, so there is no verdict.",
	},
	"ipv6-broken": {
		title: "Your IPv6 is broken.",
		detail: "Your device has IPv6, but what it sends never arrives. Sites that have both kinds of addresses start late or not at all.",
		advice: "Restart your home router. If this stays, tell your provider that IPv6 packets get lost on the way. Until then, switching IPv6 off in the router is better than leaving it broken.",
	},
	"ipv6-refused": {
		title: "Your IPv6 is refused.",
		detail: "Your device believes that it has IPv6, but something near you refuses every connection at once: often a router that offers IPv6 without having it.",
		advice: "Restart your home router and look into its IPv6 settings. If they are right, ask your provider whether IPv6 is really delivered to you.",
	},
	"ipv6-slow": {
		title: "Your IPv6 is very slow.",
		detail: "Connections over IPv6 take more than five seconds to answer.",
		advice: "Test again at another time of day. If it stays so, tell your provider that IPv6 is slow and IPv4 is not.",
	},
	"ipv4-broken": {
		title: "Your IPv4 is broken.",
		detail: "What your device sends over IPv4 never arrives. Only sites with IPv6 load.",
		advice: "Restart your home router. If this stays, tell your provider that IPv4 packets get lost on the way.",
	},
	"ipv4-slow": {
		title: "Your IPv4 is very slow.",
		detail: "Connections over IPv4 take more than five seconds to answer.",
		advice: "Test again at another time of day. If it stays so, tell your provider; a shared address (CGNAT) at its limit does this.",
	},
	"aaaa-missing": {
		title: "IPv6 works, but names do not lead to it.",
		detail: "The directory that you use (DNS) hides the IPv6 addresses of sites.",
		advice: "Your DNS resolver filters IPv6 answers. Ask whoever runs it, or use your provider’s own.",
	},
	"a-missing": {
		title: "IPv4 works, but names do not lead to it.",
		detail: "The directory that you use (DNS) hides the IPv4 addresses of sites.",
		advice: "Your DNS resolver filters IPv4 answers. Ask whoever runs it, or use your provider’s own.",
	},
	"dual-stack-broken": {
		title: "Sites with both IPv4 and IPv6 do not load.",
		detail: "Your device reaches sites that have one kind of addresses, but fails when it may choose.",
		advice: "Update your browser and system. If one kind of addresses is broken as told below, mend that first.",
	},
	"dual-stack-slow": {
		title: "Sites with both IPv4 and IPv6 load late",
		detail: "More than five seconds pass before the first answer, because one of the two is tried in vain first.",
		advice: "Update your browser and system, and see which of the two fails below.",
	},
	"mtu-ipv6-to-us": {
		title: "Large packets over IPv6 get lost on the way out.",
		detail: "Small requests pass; uploads, forms and photographs hang. Something on the path drops large packets and the message that says so.",
		advice: "In your home router, lower the MTU of the connection, often to 1492 or 1480, or allow ICMPv6. Otherwise tell your provider: “IPv6 packet too big messages are filtered, towards the Internet”.",
	},
	"mtu-ipv6-to-you": {
		title: "Large packets over IPv6 get lost on the way to you.",
		detail: "Pages begin to load, then hang. Something on the path drops large packets and keeps the message that says so from us.",
		advice: "Tell your provider: “IPv6 packet too big messages are filtered, towards us”. In your home router, lowering the MTU, often to 1492 or 1480, helps meanwhile.",
	},
	"mtu-ipv4-to-us": {
		title: "Large packets over IPv4 get lost on the way out.",
		detail: "Small requests pass; uploads, forms and photographs hang.",
		advice: "In your home router, lower the MTU of the connection, often to 1492, or allow ICMP. Otherwise tell your provider.",
	},
	"mtu-ipv4-to-you": {
		title: "Large packets over IPv4 get lost on the way to you.",
		detail: "Pages begin to load, then hang.",
		advice: "In your home router, lower the MTU of the connection, often to 1492. Otherwise tell your provider.",
	},
	"mtu-ipv6-icmp": {
		title: "A message that IPv6 needs does not reach you.",
		detail: "When a packet is too big for a part of the path, a message says so. It is filtered before it reaches you, so some sites will hang.",
		advice: "Allow ICMPv6 “packet too big” in the firewall of your home router and of this device.",
	},
	"no-fallback": {
		title: "Your browser does not fall back to IPv4.",
		detail: "When a site’s IPv6 does not answer, your browser should go on with IPv4 within a blink. It waits in vain.",
		advice: "Update your browser and your system.",
	},
	"test-unreachable": {
		title: "Our test may be at fault.",
		detail: "This page came to you over a kind of addresses in which its tests then failed.",
		advice: "Test again in a few minutes. If it stays so, a firewall lets this page pass but not its tests; or tell us, by the contact below.",
	},
	"resolver-no-ipv6": {
		title: "Your DNS resolver has no IPv6",
		detail: "It cannot look up names that are kept on servers with IPv6 only. There are few today.",
		advice: "Ask whoever runs your resolver, most often your provider, to give it IPv6.",
	},
	"resolver-no-ipv4": {
		title: "Your DNS resolver has no IPv4",
		detail: "It cannot look up names that are kept on servers with IPv4 only.",
		advice: "Ask whoever runs your resolver to give it a way to IPv4.",
	},
	"dns-no-tcp": {
		title: "Long DNS answers get lost.",
		detail: "When an answer does not fit into one packet, your resolver has to ask again over TCP. That fails, so some names will not be found.",
		advice: "Tell whoever runs your resolver to allow DNS over TCP (port 53). In a home router that answers DNS itself, an update may help.",
	},
	"dnssec-broken": {
		title: "Well signed names do not load.",
		detail: "Signatures protect names from being forged (DNSSEC). Your resolver rejects good ones.",
		advice: "Tell whoever runs your resolver. A clock that is wrong, or a stale trust anchor, does this.",
	},
	"dnssec-no-ed25519": {
		title: "The newest signatures are not accepted",
		detail: "Your resolver rejects names signed with Ed25519, which it should accept or leave unchecked.",
	},
	"resolver-not-validating": {
		title: "Forged names would not be noticed",
		detail: "Your resolver does not check signatures (DNSSEC): names that are badly signed load all the same.",
		advice: "Ask whoever runs your resolver, most often your provider, to validate DNSSEC; or choose one that does.",
	},
	"resolvers-mixed": {
		title: "One of your resolvers does not check names",
		detail: "You use several. One rejects badly signed names (DNSSEC), then your device asks another, which does not check.",
		advice: "Use only resolvers that validate DNSSEC: see the list of yours in the expert view.",
	},
	"resolver-validating": {
		title: "Forged names are rejected",
		detail: "Your resolver checks signatures (DNSSEC) and keeps badly signed names from you.",
	},
	"resolver-passes-address": {
		title: "Your resolver passes on a part of your address",
		detail: "It tells the servers that it asks which network you are in (EDNS Client Subnet). Sites may choose a nearer server by it, and learn more of you.",
	},
	"tunnel-6to4": {
		title: "Your IPv6 is a tunnel (6to4)",
		detail: "This old technique is unreliable and given up by those who ran it.",
		advice: "Switch 6to4 off in your router or system, and ask your provider for real IPv6.",
	},
	"tunnel-teredo": {
		title: "Your IPv6 is a tunnel (Teredo)",
		detail: "Your system makes it by itself when there is no IPv6. It is slow and often fails.",
		advice: "Switch Teredo off, and ask your provider for real IPv6.",
	},
	"tunnel-6rd": {
		title: "Your IPv6 seems to come through your provider’s tunnel (6rd)",
		detail: "Your IPv4 address is part of your IPv6 address. That works, with slightly smaller packets.",
	},
	"tunnel-likely": {
		title: "Your IPv6 seems to be a tunnel",
		detail: "It comes from another network than your IPv4 and takes only small packets. If you did not set it up yourself, someone did it for you: a VPN, for instance.",
	},
	"ipv4-over-ipv6": {
		title: "Your IPv4 seems to travel inside IPv6",
		detail: "Your provider’s network is IPv6, and IPv4 is carried over it (464XLAT, DS-Lite or MAP). That is usual and works.",
	},
	"proxy": {
		title: "A proxy stands between you and us",
		detail: "It names itself in your requests. What was tested is its connection, not yours alone.",
	},
	"avoids-ipv6": {
		title: "Your browser chose IPv4",
		detail: "Both work; yours took the old one, perhaps because it answered first.",
	},
	"fallback-slow": {
		title: "Falling back to IPv4 takes long",
		detail: "When a site’s IPv6 does not answer, your browser waits a second or more before it goes on with IPv4.",
		advice: "Update your browser and your system: a quarter of a second is what the standard wants.",
	},
	"fallback-works": {
		title: "Your browser falls back to IPv4 at once",
		detail: "When a site’s IPv6 does not answer, it goes on with IPv4 before you notice (Happy Eyeballs).",
	},
	"late-aaaa-waits": {
		title: "Your browser waits for a late IPv6 address",
		detail: "When the directory is slow to tell a site’s IPv6 address, it does not go ahead over IPv4.",
	},
	"ipv6-latency": {
		title: "IPv6 takes a longer way than IPv4",
		detail: "Answers over IPv6 take at least twice as long.",
		advice: "Tell your provider: its IPv6 takes another, longer path to this exchange than its IPv4.",
	},
	"ipv6-throughput": {
		title: "IPv6 is slower than IPv4",
		detail: "Less than half as much passes over IPv6 in the same time.",
		advice: "Measure both with the speed test, which takes longer and is more exact, before you tell your provider.",
	},
	"mac-derived": {
		title: "Your IPv6 address tells which device you have",
		detail: "It contains the number of your network card, so sites recognise you wherever you go.",
		advice: "Switch on privacy addresses (RFC 8981) in your system’s network settings.",
	},
	"rpki-invalid": {
		title: "Your addresses are announced wrongly",
		detail: "By the signed records of their owner (RPKI), your network may not announce them. Some networks will not carry your traffic.",
		advice: "Tell your provider that its announcement is RPKI invalid.",
	},
	"rpki-valid": {
		title: "Your addresses are protected",
		detail: "Signed records (RPKI) say that your provider may announce them, so that nobody else takes them over.",
	},
	"no-ptr": {
		title: "Your address has no name",
		detail: "That does not matter for browsing. A mail server needs one (reverse DNS).",
	},
	"ptr-unconfirmed": {
		title: "The name of your address does not lead back to it",
		detail: "That does not matter for browsing. Mail servers are refused for it.",
	},
	"http3-works": {
		title: "HTTP/3 works",
		detail: "The newest way to load pages (QUIC, over UDP) passes.",
	},
	"http3-blocked": {
		title: "HTTP/3 was not used",
		detail: "Your browser or network kept to the older way. Pages load all the same.",
	},
};
