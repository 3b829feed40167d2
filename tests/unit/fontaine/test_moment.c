/* Moments: what an operator may write, and what is no time. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/moment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>

#define NOW INT64_C(1795246560) /* 2026-11-21T07:36:00Z */

static void test_right(void **state)
{
	static const struct {
		const char *text;
		int64_t moment;
	} cases[] = {
		{"2026-11-21T07:36:00Z", NOW},
		{"2026-11-21", NOW - (7 * 60 + 36) * 60},
		{"1970-01-01", 0},
		{"2024-02-29T23:59:59Z", 1709251199},
		{"0m", NOW},
		{"90m", NOW - 90 * 60},
		{"12h", NOW - 12 * 60 * 60},
		{"7d", NOW - 7 * 24 * 60 * 60},
		{"1000000d", NOW - INT64_C(1000000) * 24 * 60 * 60},
	};
	int64_t moment;
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (moment_parse(cases[i].text, NOW, &moment) < 0)
			fail_msg("%s", cases[i].text);
		assert_int_equal(moment, cases[i].moment);
	}
}

static void test_wrong(void **state)
{
	static const char *const cases[] = {
		"",
		"yesterday",
		"2026",
		"2026-11",
		"2026-13-01",
		"2026-02-29",
		"2026-11-21T07:36:00",
		"2026-11-21T25:00:00Z",
		"2026-11-21 07:36:00",
		"2026-11-21T07:36:00+01:00",
		" 2026-11-21",
		"2026-11-21 ",
		"d",
		"7",
		"7w",
		"7d1h",
		"-7d",
		"+7d",
		"1000001d",
		"99999999999999999999d",
	};
	int64_t moment = 5;
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (moment_parse(cases[i], NOW, &moment) != -EINVAL)
			fail_msg("%s", cases[i]);
	assert_int_equal(moment, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
