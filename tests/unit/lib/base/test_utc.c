/* Times as text. */
/* SPDX-License-Identifier: MIT */
#include "base/utc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_text(void **state)
{
	(void)state;
	char text[UTC_TEXT_MAX];

	assert_string_equal(utc_text(0, text), "1970-01-01T00:00:00Z");
	assert_string_equal(utc_text(951782399, text), "2000-02-28T23:59:59Z");
	assert_string_equal(utc_text(4102444800, text), "2100-01-01T00:00:00Z"); /* past 32 bits */
	assert_string_equal(utc_text(-1, text), "1969-12-31T23:59:59Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
