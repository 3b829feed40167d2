/* The POP file's routers: what a good section gives, and what every kind of mistake is told. */
/* SPDX-License-Identifier: MIT */
#include "base/pop.h"

#include "pop_text.h"

#include <string.h>

#define HEAD \
	POP_SITE \
	"addresses: {ipv4: 192.0.2.1, ipv6: \"2001:db8::1\"}\n" \
	"services: {pages: {}, resolver: {addresses: {ipv4: 192.0.2.53}}}\n" \
	"bgp: "

#define ONE       "{address: 192.0.2.254, asn: 64501}"
#define WITH(key) "{asn: 64500, router_id: 192.0.2.9, neighbours: [" ONE "], " key "}"

static struct pop *parse(const char *bgp, struct pop_error *reterr)
{
	return pop_of(reterr, "%s%s\n", HEAD, bgp);
}

static const struct mistake {
	const char *bgp, *what, *remedy;
} mistakes[] = {
	{"{router_id: 192.0.2.9, neighbours: [" ONE "]}", "bgp.asn: missing", "\"asn\""},
	{"{asn: 64500, neighbours: [" ONE "]}", "bgp.router_id: missing", "\"router_id\""},
	{"{asn: 64500, router_id: 192.0.2.9}", "bgp.neighbours: missing", "\"neighbours\""},
	{"{asn: 23456, router_id: 192.0.2.9, neighbours: [" ONE "]}", "bgp.asn: AS23456 is reserved", "own AS number"},
	{"{asn: 64500, router_id: \"2001:db8::1\", neighbours: [" ONE "]}", "bgp.router_id: \"2001:db8::1\"", "192"},
	{"{asn: 64500, router_id: 192.0.2.9, neighbours: [{address: here, asn: 64501}]}",
         "bgp.neighbours[0].address: \"here\"", "192"},
	{"{asn: 64500, router_id: 192.0.2.9, neighbours: [{address: 192.0.2.254, asn: 65535}]}",
         "bgp.neighbours[0].asn: AS65535 is reserved", "own AS number"},
	{"{asn: 64500, router_id: 192.0.2.9, neighbours: [" ONE ", " ONE "]}",
         "bgp.neighbours[1].address: 192.0.2.254 is listed twice", "remove one"},
	{"{asn: 64500, router_id: 192.0.2.9, neighbours: [{address: 192.0.2.254, asn: 64501, password: ../x}]}",
         "bgp.neighbours[0].password: \"../x\" is not the name of a file", "/etc/fontaine/bgp"},
	{WITH("ipv4_length: 33"), "bgp.ipv4_length: 33 is not from 8 to 32", "POP's to announce"},
	{WITH("ipv6_length: 8"), "bgp.ipv6_length: 8 is not from 16 to 128", "POP's to announce"},
	{WITH("ipv4_length: 24"), "bgp.ipv4_length: 192.0.2.1 and 192.0.2.53 are in one prefix", "prefix of its own"},
	{WITH("hold_seconds: 3601"), "bgp.hold_seconds: 3601 seconds are too long", "at most 3600"},
	{WITH("leave_seconds: 3601"), "bgp.leave_seconds: 3601 seconds are too long", "at most 3600"},
};

static void test_mistakes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		const struct mistake *m = &mistakes[i];
		struct pop_error error = {0};
		struct pop *p = parse(m->bgp, &error);
		if (p != NULL || strstr(error.what, m->what) == NULL || strstr(error.remedy, m->remedy) == NULL)
			fail_msg("%s:\n\"%s\", \"%s\"", m->bgp, error.what, error.remedy);
		assert_int_equal(error.line, 5);
	}
}

static void test_defaults(void **state)
{
	(void)state;
	struct pop_error error = {0};
	struct pop *p = parse(WITH("ipv6_length: 48"), &error);

	assert_non_null(p);
	assert_int_equal(p->bgp->asn, 64500);
	assert_int_equal(p->bgp->ipv4_length, 32);
	assert_int_equal(p->bgp->ipv6_length, 48); /* of one address: all services with IPv6 have the same */
	assert_int_equal(p->bgp->hold_seconds, 10);
	assert_int_equal(p->bgp->leave_seconds, 30);
	assert_int_equal(p->bgp->n_neighbours, 1);
	assert_int_equal(p->bgp->neighbours[0].asn, 64501);
	assert_null(p->bgp->neighbours[0].password);
	pop_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_defaults),
	};

	return cmocka_run_group_tests_name("base/pop_bgp", tests, NULL, NULL);
}
