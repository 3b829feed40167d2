/* What is told of one session or port: when it stays, when it flaps, and when its clock is set back. */
/* SPDX-License-Identifier: MIT */
#include "peers/watched.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct watched_rules rules = {.down_s = 60, .up_s = 120, .calm_s = 600};

/** See it at @now_s. Return: what is told then. */
static enum watched_told see(struct watched *w, bool is_up, int64_t now_s)
{
	(void)watched_see(w, is_up, true, now_s, &rules);
	enum watched_told due = watched_due(w, now_s, &rules);
	if (due != w->told)
		watched_tell(w, due);
	return w->told;
}

static void test_what_stays_down_is_told_and_what_comes_back(void **state)
{
	struct watched w = watched_first(true, 0);

	(void)state;
	assert_int_equal(see(&w, false, 1000), WATCHED_UP);
	assert_int_equal(see(&w, false, 1059), WATCHED_UP);
	assert_int_equal(see(&w, false, 1060), WATCHED_DOWN);
	assert_int_equal(see(&w, true, 2000), WATCHED_DOWN);
	assert_int_equal(see(&w, true, 2119), WATCHED_DOWN);
	assert_int_equal(see(&w, true, 2120), WATCHED_UP);
}

static void test_a_short_fall_is_not_told(void **state)
{
	struct watched w = watched_first(true, 0);

	(void)state;
	assert_int_equal(see(&w, false, 1000), WATCHED_UP);
	assert_int_equal(see(&w, true, 1059), WATCHED_UP);
	assert_int_equal(see(&w, true, 5000), WATCHED_UP);
}

static void test_what_was_never_up_is_not_waited_for(void **state)
{
	struct watched w = watched_first(false, 0);

	(void)state;
	assert_int_equal(see(&w, false, 5000), WATCHED_NOTHING);
	assert_int_equal(see(&w, true, 5001), WATCHED_UP);
	assert_int_equal(see(&w, false, 5002), WATCHED_UP);
	assert_int_equal(see(&w, false, 5062), WATCHED_DOWN);
}

static void test_flapping_is_told_once_until_it_is_calm(void **state)
{
	struct watched w = watched_first(true, 0);
	int64_t now_s = 1000;
	unsigned told = 0;

	(void)state;
	for (unsigned i = 1; i <= 100; i++, now_s += 10) {
		enum watched_told before = w.told;
		told += see(&w, i % 2 == 0, now_s) != before;
		assert_int_equal(w.told, i < WATCHED_FLAPS ? WATCHED_UP : WATCHED_FLAPPING);
	}
	assert_int_equal(told, 1);
	assert_int_equal(w.changes, 100);
	now_s -= 10; /* of the last change, to up */
	assert_int_equal(see(&w, true, now_s + 599), WATCHED_FLAPPING);
	assert_int_equal(see(&w, true, now_s + 600), WATCHED_UP);
	assert_int_equal(w.changes, 0);
}

static void test_changes_far_apart_are_no_flapping(void **state)
{
	struct watched w = watched_first(true, 0);

	(void)state;
	for (int64_t i = 1; i < 40; i++)
		assert_int_not_equal(see(&w, i % 2 == 0, i * 600), WATCHED_FLAPPING);
}

static void test_changes_that_do_not_count(void **state)
{
	struct watched w = watched_first(true, 0);

	(void)state;
	for (int64_t i = 1; i < 40; i++)
		assert_true(watched_see(&w, i % 2 == 0, false, i, &rules));
	assert_int_equal(w.changes, 0);
	assert_int_equal(watched_due(&w, 40, &rules), WATCHED_UP);
}

static void test_a_clock_that_is_set_back(void **state)
{
	struct watched w = watched_first(true, 1000000);

	(void)state;
	assert_int_equal(see(&w, false, 1000001), WATCHED_UP);
	assert_int_equal(see(&w, false, 500), WATCHED_UP);
	assert_int_equal(see(&w, false, 560), WATCHED_DOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_stays_down_is_told_and_what_comes_back),
		cmocka_unit_test(test_a_short_fall_is_not_told),
		cmocka_unit_test(test_what_was_never_up_is_not_waited_for),
		cmocka_unit_test(test_flapping_is_told_once_until_it_is_calm),
		cmocka_unit_test(test_changes_far_apart_are_no_flapping),
		cmocka_unit_test(test_changes_that_do_not_count),
		cmocka_unit_test(test_a_clock_that_is_set_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
