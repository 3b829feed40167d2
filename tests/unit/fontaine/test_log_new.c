/* What of a log is new, as it grows and loses its beginning. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/log_new.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_what_is_new(void **state)
{
	static const struct {
		const char *before, *now, *ret;
	} cases[] = {
		{"", "", ""},
		{"", "one\n", "one\n"},
		{"one\n", "one\n", ""},
		{"one\n", "one\ntwo\n", "two\n"},
		{"one\ntwo\n", "two\nthree\n", "three\n"},
		{"one\ntw", "twothree\n", "othree\n"},
		{"one\n", "two\n", "two\n"}, /* of another run, or too much in between */
		{"one\n", "", ""},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(log_new(cases[i].before, cases[i].now), cases[i].ret);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_is_new)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
