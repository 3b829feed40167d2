/* Which answer is whose, and how long it took, whatever is done to the clock meanwhile. */
/* SPDX-License-Identifier: MIT */
#include "peers/echo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MS(n) ((n) * 1000000ULL)
#define DAY   (86400 * MS(1000))

static void test_match(void **state)
{
	static const struct {
		uint64_t cookie, read_ms, came_ms; /* after it was sent */
		int64_t clock_set_by_ns;
		uint64_t us;
	} cases[] = {
		{7, 20, 15, 0, 15000},            /* it waited to be read */
		{7, 20, 15, (int64_t)DAY, 20000}, /* the clock went on by a day */
		{7, 20, 15, -(int64_t)DAY, 20000},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct echo e = {7, MS(100), 10 * DAY};
		const struct echo_answer a = {.cookie = cases[i].cookie,
		                              .received_ns = MS(100) + MS(cases[i].read_ms),
		                              .received_real_ns =
		                                  10 * DAY + MS(cases[i].came_ms) + (uint64_t)cases[i].clock_set_by_ns};
		uint64_t us = 0;
		assert_true(echo_match(&e, &a, &us));
		assert_int_equal(us, cases[i].us);
		assert_false(echo_match(&e, &a, &us)); /* it comes twice */
	}
}

static void test_strangers(void **state)
{
	struct echo asked = {7, MS(100), DAY}, not_asked = {0, 0, 0};
	uint64_t us;
	(void)state;

	assert_false(echo_match(&asked, &(struct echo_answer){.cookie = 8}, &us));
	assert_false(echo_match(&not_asked, &(struct echo_answer){.cookie = 0}, &us));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_strangers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
