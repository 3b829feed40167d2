/* AS numbers: both ways to write them, and those that no network has. */
/* SPDX-License-Identifier: MIT */
#include "base/asn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		uint32_t asn; /* 0: none */
	} cases[] = {
		{"64496", 64496},
		{"AS64496", 64496},
		{"as64496", 64496},
		{"1", 1},
		{"4294967294", 4294967294},
		{"4294967295", 0},
		{"4294967296", 0},
		{"99999999999999999999999999", 0},
		{"0", 0},
		{"23456", 0},
		{"65535", 0},
		{"", 0},
		{"AS", 0},
		{"ASAS1", 0},
		{" 64496", 0},
		{"64496 ", 0},
		{"-1", 0},
		{"1.10", 0},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint32_t asn = 0;
		assert_int_equal(asn_parse(cases[i].text, &asn), cases[i].asn != 0 ? 0 : -EINVAL);
		assert_int_equal(asn, cases[i].asn);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
