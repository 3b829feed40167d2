/* SPDX-License-Identifier: MIT */
#include "base/backoff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MIN_S = 60,
       MAX_S = 6 * 3600 };

static uint32_t least(uint32_t bound)
{
	(void)bound;
	return 0;
}

static uint32_t most(uint32_t bound)
{
	return bound - 1;
}

static void test_doubles_up_to_its_end(void **state)
{
	(void)state;
	uint32_t before = 0;

	assert_int_equal(backoff_s(1, MIN_S, MAX_S, least), MIN_S / 2);
	assert_int_equal(backoff_s(1, MIN_S, MAX_S, most), MIN_S);
	assert_int_equal(backoff_s(4, MIN_S, MAX_S, most), 8 * MIN_S);
	for (unsigned n = 1; n < 100; n++) {
		uint32_t s = backoff_s(n, MIN_S, MAX_S, most);
		assert_true(s >= before && s <= MAX_S);
		assert_int_equal(backoff_s(n, MIN_S, MAX_S, least), s / 2);
		before = s;
	}
	assert_int_equal(backoff_s(UINT32_MAX, MIN_S, MAX_S, most), MAX_S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_doubles_up_to_its_end),
	};

	return cmocka_run_group_tests_name("base/backoff", tests, NULL, NULL);
}
