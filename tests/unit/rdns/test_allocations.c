/* Allocations: split into zones, found from what is in them. */
/* SPDX-License-Identifier: MIT */
#include "rdns/allocations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static void test_zones(void **state)
{
	char *listed[] = {(char[]){"2001:db8::/31"}, (char[]){"198.51.100.0/22"}, (char[]){"10.0.0.0/16"}};
	static const char *const zones[] = {"10.0.0.0/16", "198.51.100.0/24", "198.51.101.0/24", "198.51.102.0/24",
	                                    "198.51.103.0/24", "2001:db8::/32", "2001:db9::/32"};
	static const struct {
		const char *wanted, *found; /* NULL: in none */
	} cases[] = {
		{"10.0.0.0/16", "10.0.0.0/16"},
		{"10.0.255.255", "10.0.0.0/16"},
		{"10.1.0.0/24", NULL},
		{"10.0.0.0/8", NULL},
		{"9.255.255.255", NULL},
		{"198.51.100.0/22", NULL},
		{"198.51.102.64/26", "198.51.102.0/24"},
		{"198.51.104.0/24", NULL},
		{"2001:db9:ffff::/48", "2001:db9::/32"},
		{"2001:dba::/32", NULL},
		{"::/0", NULL},
	};
	struct allocations a;
	char text[PREFIX_TEXT_MAX];
	struct prefix p;
	(void)state;

	allocations_init(&a, &(struct pop_rdns){.zones = listed, .n_zones = 3});
	assert_int_equal(a.n, sizeof(zones) / sizeof(*zones));
	for (size_t i = 0; i < a.n; i++)
		assert_string_equal(prefix_text(&a.zones[i], text), zones[i]);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(prefix_parse(cases[i].wanted, &p), 0);
		const struct prefix *found = allocations_find(&a, &p);
		assert_int_equal(found != NULL, cases[i].found != NULL);
		if (found != NULL)
			assert_string_equal(prefix_text(found, text), cases[i].found);
	}
	allocations_done(&a);
	assert_null(allocations_find(&a, &p));
	allocations_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zones),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
