/* What a round comes to. */
/* SPDX-License-Identifier: MIT */
#include "peers/figure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static void test_all_lost(void **state)
{
	struct figure f = figure_of(20, NULL, 0);
	(void)state;

	assert_int_equal(f.sent, 20);
	assert_int_equal(f.lost, 20);
	assert_int_equal(f.us[FIGURE_MEDIAN], 0);
}

static void test_one_answer(void **state)
{
	uint32_t us[] = {1500};
	struct figure f = figure_of(2, us, 1);
	(void)state;

	assert_int_equal(f.lost, 1);
	for (size_t i = 0; i < FIGURE_QUANTILES; i++)
		assert_int_equal(f.us[i], 1500);
	assert_int_equal(f.jitter_us, 0);
}

/** Jitter is of the order in which they were sent, quantiles of that of their size. */
static void test_many(void **state)
{
	uint32_t us[] = {1000, 3000, 2000, 5000, 4000, 7000, 6000, 9000, 8000, 10000};
	const uint32_t expected[FIGURE_QUANTILES] = {1000, 1000, 3000, 5000, 8000, 9000, 10000};
	struct figure f = figure_of(10, us, 10);
	(void)state;

	assert_int_equal(f.lost, 0);
	assert_memory_equal(f.us, expected, sizeof(expected));
	assert_int_equal(f.jitter_us, (2000 + 1000 + 3000 + 1000 + 3000 + 1000 + 3000 + 1000 + 2000) / 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_lost),
		cmocka_unit_test(test_one_answer),
		cmocka_unit_test(test_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
