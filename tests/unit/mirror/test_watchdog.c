/* Runs that never end, that stop, and that only seem to move. */
/* SPDX-License-Identifier: MIT */
#include "mirror/watchdog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum {
	STALL_S = 1800,
	LIMIT_S = 86400,
};

static void test_moving(void **state)
{
	(void)state;
	struct watchdog w;
	uint64_t moved = 0;

	watchdog_start(&w, LIMIT_S, STALL_S, 1000);
	for (int64_t s = 0; s < LIMIT_S; s += 10, moved += 1 << 20)
		assert_int_equal(watchdog_look(&w, moved, 1000 + s), WATCHDOG_FINE);
	assert_int_equal(watchdog_look(&w, moved, 1000 + LIMIT_S), WATCHDOG_OVERTIME); /* however much it moves */
}

static void test_silence(void **state)
{
	(void)state;
	struct watchdog w;

	watchdog_start(&w, LIMIT_S, STALL_S, 0);
	assert_int_equal(watchdog_look(&w, 1 << 20, 100), WATCHDOG_FINE);
	assert_int_equal(watchdog_look(&w, 1 << 20, 100 + STALL_S - 1), WATCHDOG_FINE);
	assert_int_equal(watchdog_look(&w, 1 << 20, 100 + STALL_S), WATCHDOG_STALLED);
	watchdog_rest(&w, 5000); /* the next program */
	assert_int_equal(watchdog_look(&w, 0, 5000 + STALL_S - 1), WATCHDOG_FINE);
	assert_int_equal(watchdog_look(&w, 0, 5000 + STALL_S), WATCHDOG_STALLED);
}

static void test_trickle(void **state)
{
	(void)state;
	struct watchdog w;
	enum watchdog_verdict v = WATCHDOG_FINE;
	int64_t s = 0;

	watchdog_start(&w, LIMIT_S, STALL_S, 0);
	while (v == WATCHDOG_FINE) /* a byte each second */
		s++, v = watchdog_look(&w, (uint64_t)s, s);
	assert_int_equal(v, WATCHDOG_STALLED);
	assert_int_equal(s, STALL_S);
}

static void test_slow_but_moving(void **state)
{
	(void)state;
	struct watchdog w;

	watchdog_start(&w, LIMIT_S, STALL_S, 0);
	for (int64_t s = 0; s < 20000; s++) /* 10 bytes each second */
		assert_int_equal(watchdog_look(&w, (uint64_t)s * 10, s), WATCHDOG_FINE);
}

static void test_count_that_goes_back(void **state)
{
	(void)state;
	struct watchdog w;

	watchdog_start(&w, LIMIT_S, STALL_S, 0);
	assert_int_equal(watchdog_look(&w, 1 << 20, 10), WATCHDOG_FINE);
	assert_int_equal(watchdog_look(&w, 1 << 10, 20), WATCHDOG_FINE); /* one of two processes has ended */
	assert_int_equal(watchdog_look(&w, 1 << 10, 10 + STALL_S), WATCHDOG_STALLED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moving),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_trickle),
		cmocka_unit_test(test_slow_but_moving),
		cmocka_unit_test(test_count_that_goes_back),
	};

	return cmocka_run_group_tests_name("mirror/watchdog", tests, NULL, NULL);
}
