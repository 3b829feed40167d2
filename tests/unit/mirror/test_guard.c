/* What is held for the operator, what the operator can allow, and that nothing worse than that passes. */
/* SPDX-License-Identifier: MIT */
#include "mirror/guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define GIB (UINT64_C(1) << 30)

static const struct guard_limits limits = {
	.max_delete_percent = 10, .max_delete_files = 5000, .reserve_bytes = 5 * GIB};

static const struct guard_seen good = {
	.n_published = 20000,
	.n_listed = 20100,
	.n_deleted = 100,
	.fetch_bytes = 3 * GIB,
	.free_bytes = 100 * GIB,
	.serial_published = 2026112001,
	.serial_listed = 2026112101,
	.date_published_s = 1795132800,
	.date_listed_s = 1795219200,
};

static struct guard_seen with_deleted(uint64_t n)
{
	struct guard_seen s = good;

	s.n_deleted = n;
	return s;
}

static enum guard_verdict judge(const struct guard_seen *s)
{
	return guard_judge(&limits, s, NULL);
}

static void test_fine(void **state)
{
	(void)state;
	struct guard_seen first = {.n_listed = 1000000, .fetch_bytes = 90 * GIB, .free_bytes = 100 * GIB};
	struct guard_seen s = good;

	assert_int_equal(judge(&good), GUARD_FINE);
	assert_int_equal(judge(&first), GUARD_FINE);
	s.serial_listed = s.serial_published; /* no newer, but no older */
	s.date_listed_s = s.date_published_s;
	assert_int_equal(judge(&s), GUARD_FINE);
	s.serial_listed = 0; /* it is not known */
	s.date_listed_s = 0;
	assert_int_equal(judge(&s), GUARD_FINE);
}

static void test_deletions(void **state)
{
	(void)state;
	struct guard_seen s = with_deleted(2000);

	assert_int_equal(judge(&s), GUARD_FINE); /* ten percent and no more */
	s = with_deleted(2001);
	assert_int_equal(judge(&s), GUARD_PERCENT);
	s.n_published = 1000000;
	s.n_deleted = 5000;
	assert_int_equal(judge(&s), GUARD_FINE);
	s.n_deleted = 5001;
	assert_int_equal(judge(&s), GUARD_FILES);
	s.n_deleted = s.n_published = UINT64_MAX; /* what no upstream has */
	assert_int_equal(judge(&s), GUARD_PERCENT);
}

static void test_empty_upstream(void **state)
{
	(void)state;
	struct guard_seen s = {.n_published = 69, .n_listed = 0, .n_deleted = 69, .free_bytes = 100 * GIB};

	assert_int_equal(judge(&s), GUARD_EMPTY);
	struct guard_seen first = {.n_published = 0, .n_listed = 0, .free_bytes = 100 * GIB};
	assert_int_equal(judge(&first), GUARD_EMPTY); /* nor is nothing published */
}

static void test_back_in_time(void **state)
{
	(void)state;
	struct guard_seen s = good;

	s.serial_listed = s.serial_published - 1;
	assert_int_equal(judge(&s), GUARD_SERIAL);
	s = good;
	s.date_listed_s = s.date_published_s - 1;
	assert_int_equal(judge(&s), GUARD_DATE);
	s = good;
	s.is_sentinel_gone = true;
	assert_int_equal(judge(&s), GUARD_SENTINEL);
}

static void test_space(void **state)
{
	(void)state;
	struct guard_seen s = good;

	s.free_bytes = 8 * GIB;
	assert_int_equal(judge(&s), GUARD_FINE);
	s.free_bytes--;
	assert_int_equal(judge(&s), GUARD_SPACE);
	s.free_bytes = 4 * GIB;
	s.fetch_bytes = 0;
	assert_int_equal(judge(&s), GUARD_SPACE);
	s.fetch_bytes = UINT64_MAX;
	assert_int_equal(judge(&s), GUARD_SPACE);
	assert_int_equal(guard_judge(&limits, &s, &s), GUARD_SPACE); /* whatever the operator says */
}

static void test_released(void **state)
{
	(void)state;
	struct guard_seen seen = with_deleted(9000), worse = with_deleted(9001), better = with_deleted(8000);

	assert_int_equal(guard_judge(&limits, &seen, &seen), GUARD_FINE);
	assert_int_equal(guard_judge(&limits, &better, &seen), GUARD_FINE);
	assert_int_equal(guard_judge(&limits, &worse, &seen), GUARD_PERCENT);

	struct guard_seen rolled_back = good, further = good;
	rolled_back.serial_listed = 2026111901;
	further.serial_listed = 2026111801;
	assert_int_equal(guard_judge(&limits, &rolled_back, &rolled_back), GUARD_FINE);
	assert_int_equal(guard_judge(&limits, &further, &rolled_back), GUARD_SERIAL);
	assert_int_equal(guard_judge(&limits, &rolled_back, &seen), GUARD_SERIAL); /* something else was */

	struct guard_seen empty = good;
	empty.n_listed = 0;
	empty.n_deleted = empty.n_published;
	assert_int_equal(guard_judge(&limits, &empty, &seen), GUARD_EMPTY);
	assert_int_equal(guard_judge(&limits, &empty, &empty), GUARD_FINE);
}

static void test_texts(void **state)
{
	(void)state;
	char text[GUARD_TEXT_MAX];
	struct guard_seen s = with_deleted(9000);

	s.n_published = UINT64_MAX;
	for (unsigned v = 0; v < GUARD_VERDICTS; v++) {
		assert_non_null(guard_verdicts[v]);
		(void)guard_text((enum guard_verdict)v, &limits, &s, text);
		assert_true(strlen(text) > 0 && strlen(text) < GUARD_TEXT_MAX - 1);
	}
	s = with_deleted(9000);
	(void)guard_text(GUARD_PERCENT, &limits, &s, text);
	assert_non_null(strstr(text, "9000 of 20000 files would be deleted, more than 10 percent"));
	assert_non_null(strstr(text, "release"));
	(void)guard_text(GUARD_SPACE, &limits, &good, text);
	assert_non_null(strstr(text, "3.0 GiB would come, 100.0 are free, 5.0 stay free"));
	s = good;
	s.serial_listed = 1;
	(void)guard_text(GUARD_SERIAL, &limits, &s, text);
	assert_non_null(strstr(text, "the archive: its serial goes back from 2026112001 to 1: look at the upstream"));
	s.date_listed_s = s.date_published_s - 61;
	(void)snprintf(s.date_of, sizeof(s.date_of), "lastupdate");
	(void)guard_text(GUARD_DATE, &limits, &s, text);
	assert_non_null(strstr(text, "lastupdate: its date goes back by 2 minutes: look at the upstream"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fine),
		cmocka_unit_test(test_deletions),
		cmocka_unit_test(test_empty_upstream),
		cmocka_unit_test(test_back_in_time),
		cmocka_unit_test(test_space),
		cmocka_unit_test(test_released),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests_name("mirror/guard", tests, NULL, NULL);
}
