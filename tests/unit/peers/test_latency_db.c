/* The history of latencies: what is kept, how finely, and for how long. */
/* SPDX-License-Identifier: MIT */
#include "peers/latency_db.h"

#include "store/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

enum { HOUR_S = 3600 };

static const int64_t begin_s = 1800000000 - 1800000000 % HOUR_S;

static int setup(void **state)
{
	return db_open(":memory:", latency_migrations, (sqlite3 **)state);
}

static int teardown(void **state)
{
	return sqlite3_close(*state);
}

static void add(sqlite3 *db, int64_t time_s, uint32_t sent, uint32_t n, uint32_t first_us)
{
	struct round r = {.target = "paris", .family = "ipv6", .time_s = time_s, .sent = sent, .n = n};

	for (uint32_t i = 0; i < n; i++)
		r.us[i] = first_us + i;
	assert_int_equal(latency_db_add(db, &r), 0);
}

/** The points of @span as text, without what is around them. */
static void expect_points(sqlite3 *db, unsigned span, int64_t now_s, const char *expected)
{
	char *text;

	assert_int_equal(latency_db_read(db, "paris", "ipv6", &latency_spans[span], now_s, &text), 0);
	const char *points = strstr(text, "\"points\":");
	assert_non_null(points);
	assert_memory_equal(points + strlen("\"points\":"), expected, strlen(expected));
	assert_string_equal(points + strlen("\"points\":") + strlen(expected), "}");
	free(text);
}

static int64_t count(sqlite3 *db, const char *table)
{
	char sql[64];
	sqlite3_stmt *s;

	(void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", table);
	assert_int_equal(db_prepare(db, sql, &s), 0);
	assert_int_equal(db_first(s), 0);
	int64_t n = sqlite3_column_int64(s, 0);
	(void)sqlite3_finalize(s);
	return n;
}

/** Ten minutes and an hour are made of all answers, not of the figures of rounds. */
static void test_steps(void **state)
{
	(void)state;
	expect_points(*state, 0, begin_s, "[]");
	add(*state, begin_s, 20, 2, 1000);
	add(*state, begin_s + 60, 20, 0, 0);
	add(*state, begin_s + 600, 20, 3, 5000);
	expect_points(*state, 0, begin_s + 600,
	              "[[1429,20,18,1,1000,1000,1000,1000,1001,1001,1001],"
	              "[1430,20,20,null,null,null,null,null,null,null,null],"
	              "[1439,20,17,1,5000,5000,5000,5001,5002,5002,5002]]");
	expect_points(*state, 1, begin_s + 600,
	              "[[4318,40,38,1,1000,1000,1000,1000,1001,1001,1001],"
	              "[4319,20,17,1,5000,5000,5000,5001,5002,5002,5002]]");
	expect_points(*state, 2, begin_s + 600, "[[17519,60,55,1000,1000,1000,1001,5000,5001,5002,5002]]");
}

/** A stop in the middle of a minute, and the start in the same. */
static void test_two_halves(void **state)
{
	add(*state, begin_s, 5, 2, 1000);
	add(*state, begin_s, 6, 2, 256); /* its bytes have zeros */
	expect_points(*state, 0, begin_s, "[[1439,11,7,249,256,256,256,257,1000,1001,1001]]");
}

static void test_bounds(void **state)
{
	sqlite3 *db = *state;

	for (int64_t t = begin_s - 3 * 86400; t < begin_s; t += 600)
		add(db, t, 20, 20, 1000);
	assert_int_equal(count(db, "round"), 2 * 144 + 1);
	assert_int_equal(count(db, "step"), 3 * 144 + 3 * 24);
	add(db, begin_s + 40 * 86400, 20, 20, 1000);
	assert_int_equal(count(db, "round"), 1);
	assert_int_equal(count(db, "step"), 3 * 24 + 2);
	assert_int_equal(latency_db_trim(db, begin_s + 800 * 86400), 0);
	assert_int_equal(count(db, "round") + count(db, "series"), 0);
	assert_int_equal(count(db, "step"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_steps, setup, teardown),
		cmocka_unit_test_setup_teardown(test_two_halves, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bounds, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
