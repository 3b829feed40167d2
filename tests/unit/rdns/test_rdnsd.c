/* Where name servers may be: what all of the Internet can reach, and a lab's own. */
/* SPDX-License-Identifier: MIT */
#include "rdns/rdnsd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_may_have(void **state)
{
	static const struct {
		const char *address;
		bool is_global, is_in_lab;
	} cases[] = {
		{"9.9.9.9", true, false},
		{"2620:fe::fe", true, false},
		{"10.0.0.1", false, false},
		{"127.0.0.53", false, true},
		{"::1", false, true},
		{"fe80::1", false, false},
	};
	char *prefixes[] = {(char[]){"127.0.0.0/8"}, (char[]){"::1/128"}};
	struct pop_rdns with = {.lab_prefixes = prefixes, .n_lab_prefixes = 2}, without = {.zones = NULL};
	struct pop_services lab_services = {.rdns = &with}, services = {.rdns = &without};
	struct pop lab = {.services = &lab_services}, pop = {.services = &services};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct addr a;
		assert_int_equal(addr_parse(cases[i].address, 53, &a), 0);
		assert_int_equal(rdnsd_may_have(&pop, &a), cases[i].is_global);
		assert_int_equal(rdnsd_may_have(&lab, &a), cases[i].is_global || cases[i].is_in_lab);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_may_have),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
