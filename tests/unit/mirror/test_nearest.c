/* Which POP is nearest to whom: by prefix, by where they came, by the order of the POP file. */
/* SPDX-License-Identifier: MIT */
#include "mirror/nearest.h"

#include "base/origin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static const char text[] =
    "site: {name: lyon, title: Lyon, domain: lyon.example, city: Lyon, country: FR, languages: [fr],\n"
    "  operated_by: {name: IX, contact: noc@example.net}}\n"
    "addresses: {ipv4: 192.0.2.1}\n"
    "services: {pages: {}}\n"
    "neighbours:\n"
    "- {name: geneva, title: G, city: G, country: CH, speedtest: //g.example, mirror: {pages: //g.example},\n"
    "   prefixes: [10.1.2.0/24, 198.51.100.0/24, 203.0.113.0/24, \"2001:db8::/32\"]}\n"
    "- {name: quiet, title: Q, city: Q, country: FR, speedtest: //q.example, prefixes: [198.51.100.192/26]}\n"
    "- {name: paris, title: P, city: P, country: FR, speedtest: //p.example, mirror: {pages: //p.example},\n"
    "   prefixes: [198.51.100.128/25, 203.0.113.0/24, \"2001:db8:ff00::/40\"]}\n"
    "- {name: nice, title: N, city: N, country: FR, speedtest: //n.example, mirror: {pages: //n.example},\n"
    "   asns: [64500, 64496]}\n"
    "members:\n"
    "- {asn: 64496, name: Hosting, prefixes: [198.51.100.0/28]}\n";

static void test_order(void **state)
{
	static const struct {
		const char *address, *order;
		enum nearest_why why;
	} cases[] = {
		{"192.0.2.77", "here paris nice geneva", NEAREST_BY_ROUTING}, /* nobody's */
		{"198.51.100.77", "geneva here paris nice", NEAREST_BY_PREFIX},
		{"198.51.100.130", "paris here nice geneva", NEAREST_BY_PREFIX}, /* the longest */
		{"198.51.100.200", "paris here nice geneva", NEAREST_BY_PREFIX}, /* quiet has no mirrors */
		{"198.51.100.7", "here paris nice geneva", NEAREST_BY_PREFIX},   /* a member's */
		{"203.0.113.9", "geneva here paris nice", NEAREST_BY_PREFIX},    /* of both: the one listed first */
		{"2001:db8:1::1", "geneva here paris nice", NEAREST_BY_PREFIX},
		{"2001:db8:ff01::1", "paris here nice geneva", NEAREST_BY_PREFIX},
		{"10.1.1.1", "nice here paris geneva", NEAREST_BY_NETWORK},
		{"10.2.1.1", "here paris nice geneva", NEAREST_BY_NETWORK}, /* a member, before nice */
		{"10.3.1.1", "here paris nice geneva", NEAREST_BY_ROUTING},
		{"10.1.2.1", "geneva here paris nice", NEAREST_BY_PREFIX},
		{"2001:db9::1", "here paris nice geneva", NEAREST_BY_ROUTING},
	};
	struct pop_error e;
	struct pop *p;
	(void)state;

	if (pop_parse(text, sizeof(text) - 1, &p, &e) < 0)
		fail_msg("%u:%u: %s", e.line, e.column, e.what);
	struct nearest *n = nearest_new(p);
	struct prefix_table *origins = prefix_table_new(&origin_kind);
	assert_int_equal(prefix_table_add_line(origins, "64500\t10.1.0.0/16\t9"), 1);
	assert_int_equal(prefix_table_add_line(origins, "64496\t10.2.0.0/16\t9"), 1);
	assert_int_equal(prefix_table_add_line(origins, "64511\t10.3.0.0/16\t9"), 1);
	(void)prefix_table_seal(origins);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nearest_place places[NEAREST_MAX];
		struct addr a;
		char order[128] = "";
		assert_int_equal(addr_parse(cases[i].address, 0, &a), 0);
		size_t n_places = nearest_order(n, &a, origins, places);
		assert_int_equal(n_places, 4);
		for (size_t k = 0; k < n_places; k++) {
			int i_pop = places[k].neighbour;
			const char *name = i_pop == NEAREST_HERE ? "here" : p->neighbours[i_pop].name;
			(void)snprintf(order + strlen(order), sizeof(order) - strlen(order), "%s%s", k == 0 ? "" : " ",
			               name);
		}
		assert_string_equal(order, cases[i].order);
		assert_int_equal(places[0].why, cases[i].why);
		assert_int_equal(places[3].why, NEAREST_BY_ORDER);
	}
	prefix_table_release(origins);
	nearest_free(n);
	pop_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests_name("mirror/nearest", tests, NULL, NULL);
}
