/* The POP file: what a good one gives, and what every kind of mistake is told. */
/* SPDX-License-Identifier: MIT */
#include "base/pop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char good[] =
    "site:\n"                                                     /* line 1 */
    "  name: lyon\n"                                              /* 2 */
    "  title: \"Lyon; {3} 'IX'\"\n"                               /* 3 */
    "  domain: lyon.fontaine.example\n"                           /* 4 */
    "  city: Lyon\n"                                              /* 5 */
    "  country: FR\n"                                             /* 6 */
    "  languages: [fr, en]\n"                                     /* 7 */
    "  operated_by: {name: IX, contact: noc@example.net}\n"       /* 8 */
    "addresses:\n"                                                /* 9 */
    "  ipv4: 192.0.2.1\n"                                         /* 10 */
    "  ipv6: 2001:db8::1\n"                                       /* 11 */
    "services:\n"                                                 /* 12 */
    "  pages: {}\n"                                               /* 13 */
    "  ntp:\n"                                                    /* 14 */
    "    set_clock: true\n"                                       /* 15 */
    "    sources: [a.example, b.example, c.example, d.example]\n" /* 16 */
    "  resolver:\n"                                               /* 17 */
    "    port: 53\n"                                              /* 18 */
    "    addresses: {ipv4: 192.0.2.53}\n"                         /* 19 */
    "members:\n"                                                  /* 20 */
    "  - asn: 64496\n"                                            /* 21 */
    "    name: One\n"                                             /* 22 */
    "    prefixes: [198.51.100.0/25]\n"                           /* 23 */
    "  - asn: 64497\n"                                            /* 24 */
    "    name: Two\n"                                             /* 25 */
    "    prefixes: [198.51.100.128/25, \"2001:db8:2::/48\"]\n"    /* 26 */
    "    peering: [203.0.113.2]\n";                               /* 27 */

/* What "pages: {}" becomes so that reverse DNS may be on, followed by its keys in line 15. */
#define RDNS_ON "pages: {}\n  authoritative: {addresses: {ipv4: 192.0.2.54}}\n  rdns: "

/** One change to the good file, and what must be said about it. */
static const struct mistake {
	const char *old, *new; /* the first @old is replaced by @new */
	unsigned line, column;
	const char *what, *remedy; /* parts of the texts */
} mistakes[] = {
	/* YAML itself */
	{"  name: lyon", "\tname: lyon", 2, 1, "a tab is not allowed", "spaces"},
	{"[fr, en]", "[fr, en", 8, 14, "not valid YAML", "quotes"},
	{"title: \"Lyon", "title: \"Ly\xff", 3, 13, "not text in UTF-8", "UTF-8"},
	{"members:", "---\nmembers:", 21, 1, "a second document", "remove the line"},
	{"    peering: [203", "   peering: [203", 27, 4, "not valid YAML", "indentation"},
	/* keys */
	{"    port: 53", "    prot: 53", 18, 5, "services.resolver.prot: unknown key",
         "did you mean \"port\"?"},
	{"  pages: {}", "  fountains: {}", 13, 3, "services.fountains: unknown key",
         "pages, speedtest, ipv6test, turn, ntp, resolver, authoritative, rdns, mirror"},
	{"  city: Lyon\n", "", 1, 1, "site.city: missing", "add the key \"city\""},
	{"    name: One\n", "", 21, 5, "members[0].name: missing", "\"name\""},
	{"  city: Lyon", "  city: Lyon\n  name: x", 6, 3, "site.name: given twice, first in line 2",
         "remove one"},
	/* types */
	{"  ntp:\n", "  ntp: 123\n  x:\n", 14, 3, "services.ntp: a group of keys is expected",
         "two spaces"},
	{"  pages: {}", "  pages:", 13, 3, "services.pages: a group", "{} takes every default"},
	{"[fr, en]", "fr", 7, 3, "site.languages: a list is expected", "\"- \""},
	{"[fr, en]", "[]", 7, 3, "site.languages: the list is empty", "add an entry"},
	{"city: Lyon", "city: [Lyon]", 5, 3, "site.city: a text is expected", "one text"},
	{"city: Lyon", "city:", 5, 8, "site.city: empty", "write a text"},
	{"city: Lyon", "city: \"Ly\\non\"", 5, 9, "site.city: has a control character", "one line"},
	{"port: 53", "port: domain", 18, 11, "services.resolver.port: \"domain\" is not a number",
         "from 1 to 65535"},
	{"port: 53", "port: 70000", 18, 11, "services.resolver.port: \"70000\" is not a number in",
         "from 1 to 65535"},
	{"port: 53", "port: 0x35", 18, 11, "plain digits", "from 1 to 65535"},
	{"asn: 64496", "asn: 0", 21, 10, "members[0].asn: \"0\" is not", "from 1 to 4294967295"},
	{"set_clock: true", "set_clock: flase", 15, 16, "\"flase\" is neither", "true or false"},
	{"set_clock: true", "set_clock: no", 15, 16, "\"no\" is neither", "true or false"},
	/* values */
	{"name: lyon", "name: lyon.example", 2, 9, "site.name: \"lyon.example\" is not a host name",
         "hyphens"},
	{"name: lyon", "name: \"lyon; include x\"", 2, 9, "is not a host name", "hyphens"},
	{"lyon.fontaine.example", "lyon..example", 4, 11, "is not a domain name", "no dot at the end"},
	{"country: FR", "country: France", 6, 12, "site.country: \"France\"", "two capital letters"},
	{"[fr, en]", "[fr, de]", 7, 19, "site.languages[1]: \"de\"", "fr and en"},
	{"[fr, en]", "[fr, fr]", 7, 19, "site.languages[1]: \"fr\" is listed twice", "remove"},
	{"noc@example.net", "nobody", 8, 36, "site.operated_by.contact: \"nobody\"", "noc@"},
	{"{name: IX,", "{name: IX, url: \"javascript:alert(1)\",", 8, 32, "is not a web address",
         "https://"},
	{"192.0.2.1\n", "2001:db8::2\n", 10, 9, "addresses.ipv4: \"2001:db8::2\" is not an IPv4",
         "192.0.2.1"},
	{"2001:db8::1\n", "fe80::g\n", 11, 9, "addresses.ipv6: \"fe80::g\"", "2001:db8::1"},
	{"192.0.2.1\n", "0.0.0.0\n", 10, 9, "addresses.ipv4: \"0.0.0.0\" is not", "192.0.2.1"},
	{"[a.example, ", "[\"a b\", ", 16, 15, "services.ntp.sources[0]: \"a b\"", "ntp.example.net"},
	{", d.example]", "]", 16, 5, "services.ntp.sources: 3 time sources", "at least four"},
	{"    sources: [a.example, b.example, c.example, d.example]\n", "", 14, 3,
         "services.ntp.sources: 0 time sources", "at least four"},
	{"64496", "23456", 21, 10, "members[0].asn: AS23456 is reserved", "own AS number"},
	{"64497", "64496", 24, 10, "members[1].asn: AS64496 is listed twice, as \"One\" and \"Two\"",
         "join"},
	{"198.51.100.0/25", "198.51.100.1/25", 23, 16, "has bits set beyond its length",
         "write 198.51.100.0/25"},
	{"198.51.100.0/25", "198.51.100.0/33", 23, 16, "33 bits are more than 32", "shorten"},
	{"198.51.100.0/25", "198.51.100.0", 23, 16, "is not a prefix", "192.0.2.0/24"},
	{"203.0.113.2", "203.0.113.256", 27, 15, "members[1].peering[0]: \"203.0.113.256\"",
         "write one address"},
	/* values that do not go together */
	{"198.51.100.0/25", "198.51.0.0/16", 26, 16,
         "members[1].prefixes[0]: overlaps 198.51.0.0/16 of AS64496", "one member"},
	{"port: 53\n    addresses: {ipv4: 192.0.2.53}", "port: 123", 18, 11,
         "services.resolver.port: 192.0.2.1:123 is taken by ntp (udp)", "another port"},
	{"pages: {}", "pages: {https_port: 80}", 13, 23,
         "services.pages.https_port: 192.0.2.1:80 is taken by pages (http)", "another port"},
	{"addresses:\n  ipv4: 192.0.2.1\n  ipv6: 2001:db8::1\n", "", 10, 3,
         "services.pages: no address to answer on", "at the top of the file"},
	{"{ipv4: 192.0.2.53}", "{}", 19, 5, "services.resolver.addresses: no address", "or both"},
	{"pages: {}", "pages: {}\n  speedtest: {test_mbps: 2000, upload_mbps: 1000}", 14, 26,
         "services.speedtest.test_mbps: 2000 Mbit/s for one test, of 1000 in all", "no more than"},
	{"pages: {}", "pages: {}\n  speedtest: {results: {store: maybe}}", 14, 32,
         "services.speedtest.results.store: \"maybe\" is none of", "agreed, always, never"},
	{"pages: {}", "pages: {}\n  speedtest: {results: {origins: [ris.gz]}}", 14, 35,
         "services.speedtest.results.origins[0]: \"ris.gz\" is not an absolute path", "/etc"},
	{"pages: {}", "pages: {}\n  turn: {relay_port_first: 53}", 14, 28,
         "services.turn.relay_port_first: port 53 belongs", "1024"},
	{"pages: {}", "pages: {}\n  turn: {relay_port_last: 49151}", 14, 27,
         "services.turn.relay_port_last: 49151 is before the first, 49152", "or more"},
	{"pages: {}", "pages: {}\n  turn: {}", 14, 3,
         "services.turn: a part of the speed test, which is off", "add the speed test"},
	{"pages: {}", "pages: {}\n  ipv6test: {mtu_ipv6: 192.0.2.9}", 14, 24,
         "services.ipv6test.mtu_ipv6: \"192.0.2.9\" is not an IPv6 address", "2001:db8::1"},
	{"pages: {}", "pages: {}\n  ipv6test: {http_port: 90, https_port: 91, blackhole_ipv6: 2001:db8::1}", 14, 61,
         "services.ipv6test.blackhole_ipv6: 2001:db8::1 is an address of pages", "nothing else"},
	{"pages: {}", "pages: {}\n  ipv6test: {http_port: 90, https_port: 91, mtu_ipv6: 2001:db8::1}", 14, 55,
         "services.ipv6test.mtu_ipv6: 2001:db8::1 is an address of pages", "nothing else"},
	{"pages: {}", "pages: {}\n  ipv6test: {http_port: 90, https_port: 91, nonces: 4194305}", 14, 53,
         "services.ipv6test.nonces: 4194305 tests are too many to remember", "at most 4194304"},
	{"pages: {}", "pages: {}\n  ipv6test: {https_port: 91}", 14, 3,
         "services.ipv6test.http_port: 192.0.2.1:80 is taken by pages (http)", "another port"},
	{"pages: {}", "pages: {}\n  ipv6test: {http_port: 90, https_port: 91, vrps: vrps.csv}", 14, 51,
         "services.ipv6test.vrps: \"vrps.csv\" is not an absolute path", "/etc"},
	{"members:", "neighbours: [{name: p, title: P, city: P, country: FR, speedtest: p.example}]\nmembers:", 20, 67,
         "neighbours[0].speedtest: \"p.example\" is not the address of a speed test", "http and https"},
	{"pages: {}", "pages: {}\n  rdns: {}", 14, 3, "services.rdns.zones: missing", "add the key \"zones\""},
	{"pages: {}", "rdns: {zones: [198.51.100.0/24]}", 13, 3, "services.rdns: reached by the pages",
         "add \"pages: {}\""},
	{"pages: {}", "pages: {}\n  rdns: {zones: [198.51.100.0/24]}", 14, 3,
         "services.rdns: served by the authoritative DNS server", "add \"authoritative: {}\""},
	{"resolver:\n    port: 53\n    addresses: {ipv4: 192.0.2.53}",
         "authoritative: {}\n  rdns: {zones: [198.51.100.0/24]}",
         18, 3,
         "services.rdns: its checks look names up at the resolver", "add \"resolver: {}\""},
	{"pages: {}", RDNS_ON "{zones: [198.51.100.1/24]}", 15, 18,
         "services.rdns.zones[0]: \"198.51.100.1/24\" has bits set beyond its length", "write 198.51.100.0/24"},
	{"pages: {}", RDNS_ON "{zones: [198.51.100.0]}", 15, 18,
         "services.rdns.zones[0]: \"198.51.100.0\" is not a prefix", "192.0.2.0/24"},
	{"pages: {}", RDNS_ON "{zones: [198.51.100.0/25]}", 15, 18,
         "services.rdns.zones[0]: 198.51.100.0/25 has no reverse zone of its own", "/24 or shorter"},
	{"pages: {}", RDNS_ON "{zones: [\"2001:db8:6400::/40\", \"2001:db8::/32\"]}", 15, 40,
         "services.rdns.zones[1]: overlaps 2001:db8:6400::/40", "keep the one"},
	{"pages: {}", RDNS_ON "{zones: [198.51.100.0/24], assignments: a.csv}", 15, 49,
         "services.rdns.assignments: \"a.csv\" is not an absolute path", "/etc"},
	{"pages: {}", RDNS_ON "{zones: [198.51.100.0/24], webhook: example.net}", 15, 45,
         "services.rdns.webhook: \"example.net\" is not a web address", "https://"},
	{"pages: {}", RDNS_ON "{zones: [198.51.100.0/24], recheck_hours: 169}", 15, 51,
         "services.rdns.recheck_hours: 169 hours are too long", "at most 168"},
	{"pages: {}", RDNS_ON "{zones: [10.0.0.0/8], secondaries: [{name: a.b, address: ns.c, key: k}]}", 15, 66,
         "services.rdns.secondaries[0].address: \"ns.c\" is not an address", "192.0.2.1"},
	{"pages: {}", RDNS_ON "{zones: [10.0.0.0/8], secondaries: [{name: a.b, address: 192.0.2.9, key: a b}]}", 15, 82,
         "services.rdns.secondaries[0].key: \"a b\" is not a domain name", "no dot"},
	{"pages: {}", RDNS_ON "{zones: [198.51.100.0/24], lab_prefixes: [10.0.0.0]}", 15, 51,
         "services.rdns.lab_prefixes[0]: \"10.0.0.0\" is not a prefix", "192.0.2.0/24"},
	{"pages: {}",
         RDNS_ON "{zones: [198.51.100.0/24], lab_prefixes: [10.0.0.0/32, 10.0.0.1/32, 10.0.0.2/32, 10.0.0.3/32, "
                 "10.0.0.4/32, 10.0.0.5/32, 10.0.0.6/32, 10.0.0.7/32, 10.0.0.8/32]}",
         15, 155, "services.rdns.lab_prefixes[8]: one more than the 8", "fewer, larger"},
	{"pages: {}", RDNS_ON "{zones: [198.51.100.0/24], origins: [ris]}", 15, 46,
         "services.rdns.origins[0]: \"ris\" is not an absolute path", "/etc"},
	{"    name: Two\n", "    name: Two\n    since: 2026-3-1\n", 26, 12, "since: \"2026-3-1\" is not a day",
         "2026-03-14"},
	{"    name: Two\n", "    name: Two\n    url: ftp://x.example/\n", 26, 10, "members[1].url:", "https://"},
	{"members:", "latency: {targets: [{name: a, host: a.example}, {name: a, host: b.example}]}\nmembers:", 20,
         56,
         "latency.targets[1].name: \"a\" is a target", "another name"},
	{"members:", "latency: {targets: [{name: a, host: a_b}]}\nmembers:", 20, 37, "targets[0].host: ",
         "write it"},
	{"members:", "exchange: {publish_export: true}\nmembers:", 20, 28, "exchange.publish_export: there is no IX-F",
         "ixf_export"},
	{"members:", "ixf_export: /etc/ixf.json\nmembers:", 20, 13,
         "ixf_export: members are listed in this file as well", "keep one"},
};

/** Return the good file with the first @old replaced; release with free(). */
static char *changed(const char *old, const char *new)
{
	const char *at = strstr(good, old);
	assert_non_null(at);
	char *text = NULL;
	assert_true(asprintf(&text, "%.*s%s%s", (int)(at - good), good, new, at + strlen(old)) > 0);
	return text;
}

static void test_mistakes(void **state)
{
	(void)state;
	unsigned n_wrong = 0;

	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		const struct mistake *m = &mistakes[i];
		char *text = changed(m->old, m->new);
		struct pop *p = NULL;
		struct pop_error e = {0};

		int rc = pop_parse(text, strlen(text), &p, &e);
		if (rc != -EINVAL || e.line != m->line || e.column != m->column ||
		    strstr(e.what, m->what) == NULL || strstr(e.remedy, m->remedy) == NULL) {
			print_error("%s: expected %u:%u %s; %s\n     got %u:%u %s; %s\n", m->new,
			            m->line, m->column, m->what, m->remedy, e.line, e.column,
			            e.what, e.remedy);
			n_wrong++;
		}
		assert_null(p);
		free(text);
	}
	assert_int_equal(n_wrong, 0);
}

static struct pop *parse(const char *text)
{
	struct pop *p = NULL;
	struct pop_error e = {0};

	if (pop_parse(text, strlen(text), &p, &e) < 0)
		fail_msg("%u:%u: %s; %s", e.line, e.column, e.what, e.remedy);
	return p;
}

static void test_good_file(void **state)
{
	(void)state;
	struct pop *p = parse(good);

	assert_string_equal(p->site->title, "Lyon; {3} 'IX'");
	assert_int_equal(p->site->n_languages, 2);
	assert_string_equal(p->site->languages[1], "en");
	assert_string_equal(p->site->operated_by->contact, "noc@example.net");
	assert_null(p->site->operated_by->url);
	assert_null(p->site->sponsor);
	assert_string_equal(p->addresses->ipv6, "2001:db8::1");
	assert_null(p->services->speedtest);
	assert_int_equal(p->services->ntp->n_sources, 4);
	assert_string_equal(p->services->resolver->addresses->ipv4, "192.0.2.53");
	assert_int_equal(p->n_members, 2);
	assert_int_equal(p->members[1].asn, 64497);
	assert_string_equal(p->members[1].prefixes[1], "2001:db8:2::/48");
	assert_int_equal(p->members[0].n_peering, 0);
	pop_free(p);
}

static void test_defaults(void **state)
{
	(void)state;
	char *text = changed("  pages: {}", "  pages: {}\n  speedtest: {}\n  authoritative: {}");
	struct pop *p = parse(text);

	assert_int_equal(p->services->pages->http_port, 80);
	assert_int_equal(p->services->pages->https_port, 443);
	assert_int_equal(p->services->speedtest->http_port, 8080);
	assert_int_equal(p->services->speedtest->workers, 0);
	assert_int_equal(p->services->speedtest->max_connections, 10000);
	assert_int_equal(p->services->speedtest->requests_per_second, 1000);
	assert_int_equal(p->services->speedtest->https_port, 8443);
	assert_int_equal(p->services->speedtest->test_mbps, 1000);
	assert_int_equal(p->services->speedtest->results->store, POP_STORE_AGREED);
	assert_int_equal(p->services->speedtest->results->keep_days, 90);
	assert_int_equal(p->services->ntp->port, 123);
	assert_true(p->services->ntp->set_clock);
	assert_int_equal(p->services->authoritative->port, 53);
	pop_free(p);
	free(text);

	text = changed("    set_clock: true\n", "");
	p = parse(text);
	assert_true(p->services->ntp->set_clock); /* true when not given */
	pop_free(p);
	free(text);
}

static void test_zones_of_the_ipv6_test(void **state)
{
	(void)state;
	const char *zones[POP_IPV6_ZONES_MAX];
	struct pop *p = parse(good);

	assert_int_equal(pop_ipv6_zones(p, zones), 0); /* off */
	pop_free(p);

	char *text = changed("  pages: {}", "  ipv6test: {}");
	p = parse(text);
	const struct pop_ipv6test *s = p->services->ipv6test;
	assert_int_equal(s->dns_port, 53);
	assert_int_equal(s->nonces, 65536);
	assert_int_equal(s->answers_per_second, 100);
	assert_int_equal(s->results->keep_days, 30);
	assert_int_equal(pop_ipv6_zones(p, zones), 14);
	pop_free(p);
	free(text);

	text = changed("  pages: {}", "  ipv6test: {mtu_ipv6: 2001:db8::8, blackhole_ipv6: 2001:db8::9}");
	p = parse(text);
	assert_int_equal(pop_ipv6_zones(p, zones), 16);
	assert_string_equal(zones[14], "mtu");
	assert_string_equal(zones[15], "he");
	pop_free(p);
	free(text);
}

static void test_reverse_dns(void **state)
{
	(void)state;
	char *text = changed("  pages: {}", "  " RDNS_ON "{zones: [198.51.100.0/24, \"2001:db8::/32\"]}");
	struct pop *p = parse(text);
	const struct pop_rdns *s = p->services->rdns;

	assert_int_equal(s->n_zones, 2);
	assert_string_equal(s->zones[1], "2001:db8::/32");
	assert_int_equal(s->recheck_hours, 24);
	assert_null(s->assignments);
	assert_null(s->webhook);
	assert_int_equal(s->n_secondaries, 0);
	assert_int_equal(s->n_lab_prefixes, 0);
	assert_int_equal(s->n_origins, 0);
	pop_free(p);
	free(text);

	text = changed("  pages: {}",
	               "  " RDNS_ON "{zones: [198.51.100.0/24], assignments: /etc/a.csv, recheck_hours: 6, "
	               "webhook: \"https://example.net/hook\", "
	               "secondaries: [{name: ns2.example, address: 192.0.2.9, key: k2}], "
	               "lab_prefixes: [127.0.0.0/8, \"::1/128\"], origins: [/var/ris]}");
	p = parse(text);
	s = p->services->rdns;
	assert_string_equal(s->assignments, "/etc/a.csv");
	assert_int_equal(s->recheck_hours, 6);
	assert_string_equal(s->webhook, "https://example.net/hook");
	assert_int_equal(s->n_secondaries, 1);
	assert_string_equal(s->secondaries[0].address, "192.0.2.9");
	assert_string_equal(s->secondaries[0].key, "k2");
	assert_string_equal(s->secondaries[0].name, "ns2.example");
	assert_string_equal(s->lab_prefixes[1], "::1/128");
	assert_string_equal(s->origins[0], "/var/ris");
	pop_free(p);
	free(text);
}

static void test_results_and_neighbours(void **state)
{
	(void)state;
	char *text = changed("  pages: {}", "  pages: {}\n  speedtest: {results: {store: never, keep_days: 7}}");
	char *both = NULL;
	assert_true(asprintf(&both, "%sneighbours:\n  - {name: paris, title: Paris, city: Paris, country: FR, "
	                            "speedtest: //paris.example:8080}\n",
	                     text) > 0);
	struct pop *p = parse(both);

	assert_int_equal(p->services->speedtest->results->store, POP_STORE_NEVER);
	assert_int_equal(p->services->speedtest->results->keep_days, 7);
	assert_int_equal(p->n_neighbours, 1);
	assert_string_equal(p->neighbours[0].speedtest, "//paris.example:8080");
	pop_free(p);
	free(both);
	free(text);
}

static void test_alias_is_its_anchor(void **state)
{
	(void)state;
	char *text = changed("  city: Lyon\n  country: FR", "  city: &c Lyon\n  country: FR");
	struct pop *p = parse(text);

	assert_string_equal(p->site->city, "Lyon");
	pop_free(p);
	free(text);

	text = changed("[198.51.100.0/25]\n", "[198.51.100.0/25]\n    contacts: &noc [noc@example.net]\n");
	char *both = NULL;
	assert_true(asprintf(&both, "%s    contacts: *noc\n", text) > 0);
	p = parse(both);
	assert_string_equal(p->members[1].contacts[0], "noc@example.net");
	pop_free(p);
	free(both);
	free(text);
}

static void test_endpoints(void **state)
{
	(void)state;
	static const char *const expected[] = {
		"pages http 192.0.2.1:80",
		"pages http [2001:db8::1]:80",
		"pages https 192.0.2.1:443",
		"pages https [2001:db8::1]:443",
		"pages http3 192.0.2.1:443",
		"pages http3 [2001:db8::1]:443",
		"ntp udp 192.0.2.1:123",
		"ntp udp [2001:db8::1]:123",
		"ntp nts 192.0.2.1:4460",
		"ntp nts [2001:db8::1]:4460",
		"resolver udp 192.0.2.53:53",
		"resolver tcp 192.0.2.53:53",
		"resolver dot 192.0.2.53:853",
		"resolver doh 192.0.2.53:443",
	};
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	struct pop *p = parse(good);

	size_t n = pop_endpoints(p, all);
	assert_int_equal(n, sizeof(expected) / sizeof(*expected));
	for (size_t i = 0; i < n; i++) {
		char address[ADDR_PORT_TEXT_MAX], line[128];
		(void)snprintf(line, sizeof(line), "%s %s %s", all[i].service, all[i].protocol,
		               addr_port_text(&all[i].addr, address));
		assert_string_equal(line, expected[i]);
	}
	pop_free(p);
}

static void test_empty_file(void **state)
{
	(void)state;
	struct pop *p = NULL;
	struct pop_error e = {0};

	assert_int_equal(pop_parse("# nothing\n", 10, &p, &e), -EINVAL);
	assert_string_equal(e.what, "the file is empty");
	assert_int_equal(pop_parse("- 1\n", 4, &p, &e), -EINVAL);
	assert_string_equal(e.what, "the file: a group of keys is expected here");
	assert_int_equal(e.line, 1);
	assert_null(p);
}

static void test_unreadable_file(void **state)
{
	(void)state;
	struct pop *p = NULL;
	struct pop_error e = {.line = 7};

	assert_int_equal(pop_load("/nonexistent/pop.yaml", &p, &e), -ENOENT);
	assert_int_equal(e.line, 0);
	assert_string_equal(e.what, "cannot be read: No such file or directory");
	assert_null(p);
}

static void test_shipped_files(void **state)
{
	(void)state;
	static const char *const paths[] = {"image/pops/demo.yaml", "image/pops/lyon.yaml"};

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		struct pop *p = NULL;
		struct pop_error e = {0};
		if (pop_load(paths[i], &p, &e) < 0)
			fail_msg("%s:%u:%u: %s; %s", paths[i], e.line, e.column, e.what, e.remedy);
		const struct pop_services *s = p->services;
		assert_true(s->pages && s->speedtest && s->ipv6test && s->ntp && s->resolver && s->authoritative);
		pop_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_good_file),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_zones_of_the_ipv6_test),
		cmocka_unit_test(test_reverse_dns),
		cmocka_unit_test(test_results_and_neighbours),
		cmocka_unit_test(test_alias_is_its_anchor),
		cmocka_unit_test(test_endpoints),
		cmocka_unit_test(test_empty_file),
		cmocka_unit_test(test_unreadable_file),
		cmocka_unit_test(test_shipped_files),
	};

	return cmocka_run_group_tests_name("base/pop", tests, NULL, NULL);
}
