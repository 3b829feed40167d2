/* Readiness by day and origin AS: counters, of no AS with few tests. */
/* SPDX-License-Identifier: MIT */
#include "ipv6test/readiness_db.h"

#include "ipv6test/share_db.h"
#include "store/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

static int setup(void **state)
{
	return db_open(":memory:", share_migrations, (sqlite3 **)state);
}

static int teardown(void **state)
{
	return sqlite3_close(*state); /* fails over a statement that was forgotten */
}

/* @tests of which @ready are ready. */
static void count(sqlite3 *db, int64_t day, uint32_t asn, unsigned tests, unsigned ready)
{
	for (unsigned i = 0; i < tests; i++)
		assert_int_equal(readiness_db_count(db, &(struct readiness_test){.day = day,
		                                                                 .asn = asn,
		                                                                 .as_name = asn == 64500 ? "Net" : "",
		                                                                 .ipv6_ready = i < ready}),
		                 0);
}

static void assert_told(sqlite3 *db, int64_t since, const char *expected)
{
	char *json;

	assert_int_equal(readiness_db_json(db, since, &json), 0);
	assert_string_equal(json, expected);
	free(json);
}

static void test_nothing(void **state)
{
	assert_told(*state, 0, "{\"days\":[],\"asns\":[]}");
}

static void test_days_and_ases(void **state)
{
	count(*state, 20000, 64500, 6, 3);
	count(*state, 20001, 64500, 5, 5);
	count(*state, 20001, 64501, 12, 0);
	count(*state, 20001, 64502, 9, 9); /* too few */
	count(*state, 20001, 0, 20, 1);    /* not known */
	assert_told(*state, 20000,
	            "{\"days\":[{\"day\":\"2024-10-04\",\"tests\":6,\"ipv6_ready\":3},"
	            "{\"day\":\"2024-10-05\",\"tests\":46,\"ipv6_ready\":15}],"
	            "\"asns\":[{\"asn\":64501,\"name\":null,\"tests\":12,\"ipv6_ready\":0},"
	            "{\"asn\":64500,\"name\":\"Net\",\"tests\":11,\"ipv6_ready\":8},"
	            "{\"asn\":null,\"name\":null,\"tests\":29,\"ipv6_ready\":10}]}");
	assert_told(*state, 20001,
	            "{\"days\":[{\"day\":\"2024-10-05\",\"tests\":46,\"ipv6_ready\":15}],"
	            "\"asns\":[{\"asn\":64501,\"name\":null,\"tests\":12,\"ipv6_ready\":0},"
	            "{\"asn\":null,\"name\":null,\"tests\":34,\"ipv6_ready\":15}]}");
}

static void test_old_days_go(void **state)
{
	count(*state, 20000, 64500, 10, 10);
	count(*state, 20000 + READINESS_KEEP_DAYS, 64501, 1, 0);
	assert_told(*state, 20001, "{\"days\":[{\"day\":\"2025-11-08\",\"tests\":1,\"ipv6_ready\":0}],"
	                           "\"asns\":[{\"asn\":null,\"name\":null,\"tests\":1,\"ipv6_ready\":0}]}");
	count(*state, 20001 + READINESS_KEEP_DAYS, 64501, 1, 0);
	assert_told(*state, 0, "{\"days\":[{\"day\":\"2025-11-08\",\"tests\":1,\"ipv6_ready\":0},"
	                       "{\"day\":\"2025-11-09\",\"tests\":1,\"ipv6_ready\":0}],"
	                       "\"asns\":[{\"asn\":null,\"name\":null,\"tests\":2,\"ipv6_ready\":0}]}");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nothing),
		TEST(test_days_and_ases),
		TEST(test_old_days_go),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
