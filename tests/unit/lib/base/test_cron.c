/* The times of crontab(5): which ones come after which, and what is none. */
/* SPDX-License-Identifier: MIT */
#include "base/cron.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <time.h>

enum { TIME_MAX = 32 };

static int64_t seconds(const char *text)
{
	struct tm tm = {0};
	const char *end = strptime(text, "%Y-%m-%d %H:%M:%S", &tm);

	assert_non_null(end);
	assert_int_equal(*end, '\0');
	return timegm(&tm);
}

static void assert_next(const char *cron, const char *after, const char *expected)
{
	struct cron c;
	struct tm tm;
	char text[TIME_MAX];

	assert_int_equal(cron_parse(cron, &c), 0);
	time_t next = cron_next(&c, seconds(after));
	assert_non_null(gmtime_r(&next, &tm));
	assert_true(strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm) > 0);
	assert_string_equal(text, expected);
}

static void test_next(void **state)
{
	(void)state;
	static const struct {
		const char *cron, *after, *next;
	} cases[] = {
		{"* * * * *", "2026-11-21 14:08:00", "2026-11-21 14:09:00"}, /* strictly after */
		{"* * * * *", "2026-11-21 14:08:59", "2026-11-21 14:09:00"},
		{"*/20 * * * *", "2026-11-21 14:08:59", "2026-11-21 14:20:00"},
		{"5 */6 * * *", "2026-11-21 18:05:00", "2026-11-22 00:05:00"},
		{"0 4 * * *", "2026-12-31 04:00:01", "2027-01-01 04:00:00"},
		{"10-30/10,45 3 * * *", "2026-11-21 03:30:00", "2026-11-21 03:45:00"},
		{"0 0 29 2 *", "2026-11-21 00:00:00", "2028-02-29 00:00:00"},
		{"0 0 29 2 *", "2096-03-01 00:00:00", "2104-02-29 00:00:00"}, /* 2100 has none */
		{"0 0 * * 0", "2026-11-21 14:00:00", "2026-11-22 00:00:00"},  /* Sunday */
		{"0 0 * * 7", "2026-11-21 14:00:00", "2026-11-22 00:00:00"},
		{"0 0 * * 1-5", "2026-11-20 14:00:00", "2026-11-23 00:00:00"},
		{"0 0 13 * 5", "2026-11-01 00:00:00", "2026-11-06 00:00:00"},  /* any Friday, */
		{"0 0 13 * 5", "2026-12-11 00:00:00", "2026-12-13 00:00:00"},  /* and any 13th */
		{"0 0 */2 * 1", "2026-11-21 00:00:00", "2026-11-23 00:00:00"}, /* "*" with a step is both */
		{"  59  23  31  12  *  ", "2026-11-21 00:00:00", "2026-12-31 23:59:00"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_next(cases[i].cron, cases[i].after, cases[i].next);
}

static void test_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"",
		"*",
		"* * * *",
		"* * * * * *",
		"60 * * * *",
		"* 24 * * *",
		"* * 0 * *",
		"* * 32 * *",
		"* * * 13 *",
		"* * * 0 *",
		"* * * * 8",
		"-1 * * * *",
		"5- * * * *",
		"5-1 * * * *",
		"*/0 * * * *",
		"*/ * * * *",
		"5/2 * * * *",
		"1,,2 * * * *",
		"1, * * * *",
		"001 * * * *",
		"a * * * *",
		"@daily",
		"* * * jan *",
		"* * * * mon",
		"1;2 * * * *",
		"* * * * *;",
		"99999999999 * * * *",
	};
	struct cron c;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_int_equal(cron_parse(wrong[i], &c), -EINVAL);
	assert_int_equal(cron_parse("0 0 30 2 *", &c), -ERANGE);
	assert_int_equal(cron_parse("0 0 31 4,6,9,11 *", &c), -ERANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests_name("base/cron", tests, NULL, NULL);
}
