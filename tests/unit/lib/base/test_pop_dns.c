/* The POP file's resolver and authoritative server: defaults, sockets, and what every kind of mistake is told. */
/* SPDX-License-Identifier: MIT */
#include "base/pop_dns.h"

#include "pop_text.h"

#include <string.h>

#define RESOLVER "  resolver: {addresses: {ipv4: 192.0.2.53}"
#define SERVER   "  authoritative: {addresses: {ipv4: 192.0.2.54}"
#define ONE      "{name: ns2.example, address: 192.0.2.9, key: k}"

static struct pop *parse(const char *services, struct pop_error *reterr)
{
	return pop_of(reterr, "%sservices:\n%s\n", POP_HEAD, services);
}

static const struct mistake {
	const char *services;
	const char *what, *remedy;
} mistakes[] = {
	{RESOLVER ", https_port: 853}", "https_port: 192.0.2.53:853 is taken by resolver (dot)", "another port"},
	{RESOLVER ", root_servers: [k.root-servers.net]}", "root_servers[0]: \"k.root-servers.net\" is not an address",
         "one address"},
	{RESOLVER ", local_root: false, root_servers: [192.0.2.7]}", "root_servers: without local_root", "keep one"},
	{"  pages: {}\n  resolver: {https_port: 443}", "resolver.https_port: 192.0.2.1:443 is taken by pages", "port"},
	{RESOLVER "}\n  authoritative: {addresses: {ipv4: 192.0.2.53}, port: 54, tls_port: 55}",
         "services.authoritative: 192.0.2.53 is an address of the resolver as well", "addresses of their own"},
	{RESOLVER "}\n  authoritative: {addresses: {ipv4: 192.0.2.53}, port: 54}",
         "services.authoritative.tls_port: 192.0.2.53:853 is taken by resolver (dot)", "addresses of its own"},
	{SERVER ", secondaries: [{name: x, address: ns2.example, key: k}]}",
         "authoritative.secondaries[0].address: \"ns2.example\" is not an address", "one address"},
	{SERVER ", secondaries: [{name: x, address: 192.0.2.9, key: \"a b\"}]}",
         "authoritative.secondaries[0].key: \"a b\" is not a domain name", "no dot at the end"},
	{SERVER ", primaries: [{address: 192.0.2.9, key: k}]}",
         "authoritative.primaries[0]: none of its zones is named", "\"catalog\", \"zones\" or both"},
	{SERVER ", primaries: [{address: 192.0.2.9, key: k, zones: [example.]}]}",
         "authoritative.primaries[0].zones[0]: \"example.\" is not a domain name", "no dot at the end"},
	{SERVER ", server: bind}", "authoritative.server: \"bind\" is none of its values", "knot, nsd"},
	{SERVER ", server: nsd}", "authoritative.server: NSD serves zones of other servers", "add \"primaries\""},
	{SERVER ", server: nsd, as112: true, secondaries: [" ONE "]}",
         "authoritative.secondaries: NSD has no zone of its own", "Knot DNS"},
	{"  pages: {}\n" RESOLVER "}\n" SERVER ", server: nsd, as112: true}\n  rdns: {zones: [198.51.100.0/24]}",
         "services.rdns: NSD does not sign reverse zones", "Knot DNS"},
};

static void test_mistakes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		const struct mistake *m = &mistakes[i];
		struct pop_error e = {0};
		assert_null(parse(m->services, &e));
		if (strstr(e.what, m->what) == NULL || strstr(e.remedy, m->remedy) == NULL || e.line == 0)
			fail_msg("%s: got %u: %s; %s", m->what, e.line, e.what, e.remedy);
	}
}

/** The sockets of @services, as "service protocol port ". */
static void assert_sockets(const char *services, const char *expected)
{
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	char text[1024] = "";
	struct pop_error e;
	struct pop *p = parse(services, &e);

	if (p == NULL)
		fail_msg("%s", e.what);
	size_t n = pop_endpoints(p, all), len = 0;
	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s %s %u\n", all[i].service, all[i].protocol,
		                        addr_port(&all[i].addr));
	pop_free(p);
	assert_string_equal(text, expected);
}

static void test_sockets(void **state)
{
	(void)state;
	assert_sockets(RESOLVER "}", "resolver udp 53\nresolver tcp 53\nresolver dot 853\nresolver doh 443\n");
	assert_sockets("  resolver: {}", "resolver udp 53\nresolver tcp 53\nresolver dot 853\nresolver doh 4443\n");
	assert_sockets(SERVER ", tls_port: 854}", "authoritative udp 53\nauthoritative tcp 53\n"
	                                          "authoritative dot 854\nauthoritative doq 854\n");
	/* NSD does not speak QUIC; AS112 has eight addresses. */
#define AS112       "as112 udp 53\nas112 tcp 53\n"
#define EIGHT(text) text text text text text text text text
	assert_sockets(SERVER ", server: nsd, port: 54, as112: true}",
	               "authoritative udp 54\nauthoritative tcp 54\nauthoritative dot 853\n" EIGHT(AS112));
}

static void test_all_keys(void **state)
{
	(void)state;
	struct pop_error e;
	struct pop *p = parse(RESOLVER ", queries_per_second: 5, root_servers: [192.0.2.7, \"2001:db8::7\"]}\n" SERVER
	                               ", secondaries: [" ONE "], primaries: ["
	                               "{address: 192.0.2.8, key: l, catalog: zones.example, zones: [a.example]}]}",
	                      &e);

	if (p == NULL)
		fail_msg("%s", e.what);
	assert_true(p->services->resolver->local_root);
	assert_int_equal(p->services->resolver->queries_per_second, 5);
	assert_int_equal(p->services->resolver->n_root_servers, 2);
	assert_int_equal(p->services->authoritative->server, POP_DNS_KNOT);
	assert_false(p->services->authoritative->as112);
	assert_string_equal(p->services->authoritative->secondaries[0].name, "ns2.example");
	assert_string_equal(p->services->authoritative->primaries[0].catalog, "zones.example");
	assert_string_equal(p->services->authoritative->primaries[0].zones[0], "a.example");
	pop_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_all_keys),
	};

	return cmocka_run_group_tests_name("base/pop_dns", tests, NULL, NULL);
}
