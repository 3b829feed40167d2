/* Shared results in their database: kept, found, gone; and what `fontaine ipv6test` sees of them. */
/* SPDX-License-Identifier: MIT */
#include "ipv6test/share_db.h"

#include "../lib/store/database.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static const unsigned char key_hash[RESULT_KEY_HASH_BYTES] = "0123456789abcdef0123456789abcde";

static const unsigned char other_hash[RESULT_KEY_HASH_BYTES] = "0123456789abcdef0123456789abcdf";

static int setup(void **state)
{
	return open_database(state, share_migrations);
}

static struct share_record record(const char *code, int64_t time, char *json)
{
	struct share_record r = {.time = time, .network = "192.0.2.0/24", .asn = 64500, .as_name = "Café \"Net\""};

	memcpy(r.code, code, CODE_LEN);
	memcpy(r.key_hash, key_hash, sizeof(key_hash));
	r.observations = (struct observations){
		.ipv4_score = 10, .ipv6_score = NAN, .headline = "ipv4-only", .json = json};
	return r;
}

static void test_what_is_kept_is_found(void **state)
{
	struct fixture *f = *state;
	char json[] = "{\"verdict\":{}}";
	struct share_record kept = record("7ZQ40M2K", 1000, json), found = {.code = "7ZQ40M2K"};

	assert_int_equal(share_db_add(f->db, &kept), 0);
	assert_int_equal(share_db_add(f->db, &kept), -EEXIST); /* a code is used once */
	assert_int_equal(share_db_get(f->db, &found), 0);
	assert_int_equal(found.time, 1000);
	assert_string_equal(found.observations.json, json);
	observations_done(&found.observations);
	found = (struct share_record){.code = "7ZQ40M2M"};
	assert_int_equal(share_db_get(f->db, &found), -ENOENT);
}

static void test_it_goes(void **state)
{
	struct fixture *f = *state;
	char json[] = "{}";
	struct share_record first = record("00000001", 999, json), second = record("00000002", 1000, json);
	unsigned n = 0;

	assert_int_equal(share_db_add(f->db, &first), 0);
	assert_int_equal(share_db_add(f->db, &second), 0);
	assert_int_equal(result_table_check_key(f->db, "00000001", key_hash), 0);
	assert_int_equal(result_table_check_key(f->db, "00000001", other_hash), -EACCES);
	assert_int_equal(result_table_purge(f->db, 1000, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(share_db_get(f->db, &first), -ENOENT);
	assert_int_equal(result_table_delete(f->db, "00000002"), 0);
	assert_int_equal(share_db_get(f->db, &second), -ENOENT);
}

static void test_the_view(void **state)
{
	struct fixture *f = *state;
	char json[] = "{\"verdict\":{\"next\":null}}";
	struct share_record known = record("7ZQ40M2K", 1795246560, json), unknown = record("00000001", 2, json);
	static const char *const expected[] = {
		"{\"code\":\"0000-0001\",\"time\":\"1970-01-01T00:00:02Z\",\"network\":\"192.0.2.0/24\",\"asn\":null,"
		"\"as_name\":null,\"ipv4_score\":10.0,\"ipv6_score\":null,\"headline\":\"ipv4-only\","
		"\"result\":{\"verdict\":{\"next\":null}}}",
		"{\"code\":\"7ZQ4-0M2K\",\"time\":\"2026-11-21T07:36:00Z\",\"network\":\"192.0.2.0/24\",\"asn\":64500,"
		"\"as_name\":\"Café \\\"Net\\\"\",\"ipv4_score\":10.0,\"ipv6_score\":null,\"headline\":\"ipv4-only\","
		"\"result\":{\"verdict\":{\"next\":null}}}"};
	sqlite3_stmt *s;

	unknown.asn = 0;
	unknown.as_name[0] = '\0';
	assert_int_equal(share_db_add(f->db, &known), 0);
	assert_int_equal(share_db_add(f->db, &unknown), 0);
	assert_int_equal(db_prepare(f->db, "SELECT line FROM ipv6test_export ORDER BY time", &s), 0);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(sqlite3_step(s), SQLITE_ROW);
		assert_string_equal((const char *)sqlite3_column_text(s, 0), expected[i]);
	}
	assert_int_equal(sqlite3_step(s), SQLITE_DONE);
	(void)sqlite3_finalize(s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, close_database)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_is_kept_is_found),
		TEST(test_it_goes),
		TEST(test_the_view),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
