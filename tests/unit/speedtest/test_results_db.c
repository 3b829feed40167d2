/* Results in their database: kept, found, deleted, purged; and what `fontaine speedtest` sees of them. */
/* SPDX-License-Identifier: MIT */
#include "speedtest/results_db.h"

#include "../lib/store/database.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define ID   "0123456789abcdef0123456789abcdef"
#define ID_2 "0123456789abcdef0123456789abcde0"

static const unsigned char key_hash[RESULT_KEY_HASH_BYTES] = "0123456789abcdef0123456789abcde";
static const unsigned char other_hash[RESULT_KEY_HASH_BYTES] = "0123456789abcdef0123456789abcdf";

static int setup(void **state)
{
	return open_database(state, results_migrations);
}

/* One family known in full, the other not at all. */
static struct result_record record(const char *id, int64_t time, char *json)
{
	struct result_record r = {.time = time, .client = "page", .result = {.loss_percent = 0.5, .json = json}};

	(void)snprintf(r.id, sizeof(r.id), "%s", id);
	memcpy(r.key_hash, key_hash, sizeof(key_hash));
	r.result.figures[RESULT_IPV4] = (struct result_figures){94.3e6, 20.1e6, 12, NAN, 40, 5};
	r.result.figures[RESULT_IPV6] = result_no_figures;
	r.origins[RESULT_IPV4] = (struct result_origin){"192.0.2.0/24", 64500, "Café \"Net\""};
	return r;
}

/* The rows of a query, as "a|b\n", NULL as "-". */
static const char *rows(sqlite3 *db, const char *sql)
{
	static char text[4096];
	sqlite3_stmt *s;
	size_t n = 0;

	*text = '\0';
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	while (sqlite3_step(s) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(s); i++) {
			const char *value = (const char *)sqlite3_column_text(s, i);
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", value != NULL ? value : "-",
			                      i + 1 < sqlite3_column_count(s) ? "|" : "\n");
		}
	(void)sqlite3_finalize(s);
	return text;
}

static void test_what_is_kept_is_found(void **state)
{
	struct fixture *f = *state;
	char json[] = "{\"ipv4\":{}}";
	struct result_record kept = record(ID, 1000, json), found = {.id = ID};

	kept.client = "librespeed";
	assert_int_equal(results_db_add(f->db, &kept), 0);
	assert_int_equal(results_db_get(f->db, &found), 0);
	assert_int_equal(found.time, 1000);
	assert_string_equal(found.client, "librespeed");
	assert_string_equal(found.result.json, json);
	assert_true(found.result.loss_percent == 0.5);
	const struct result_figures *v4 = &found.result.figures[RESULT_IPV4];
	assert_true(v4->download_bps == 94.3e6 && v4->upload_bps == 20.1e6 && v4->latency_ms == 12);
	assert_true(isnan(v4->jitter_ms) && v4->download_added_ms == 40 && v4->upload_added_ms == 5);
	assert_false(result_figures_any(&found.result.figures[RESULT_IPV6]));
	result_done(&found.result);
}

static void test_what_is_not_there(void **state)
{
	struct fixture *f = *state;
	struct result_record found = {.id = ID};

	assert_int_equal(results_db_get(f->db, &found), -ENOENT);
	assert_int_equal(result_table_check_key(f->db, ID, key_hash), -ENOENT);
	assert_int_equal(result_table_delete(f->db, ID), 0);
}

static void test_an_id_is_used_once(void **state)
{
	struct fixture *f = *state;
	char json[] = "{}";
	struct result_record r = record(ID, 1000, json);

	assert_int_equal(results_db_add(f->db, &r), 0);
	assert_int_equal(results_db_add(f->db, &r), -EEXIST);
}

static void test_deletion(void **state)
{
	struct fixture *f = *state;
	char json[] = "{}";
	struct result_record first = record(ID, 1000, json), second = record(ID_2, 1000, json);

	assert_int_equal(results_db_add(f->db, &first), 0);
	assert_int_equal(results_db_add(f->db, &second), 0);
	assert_int_equal(result_table_check_key(f->db, ID, other_hash), -EACCES);
	assert_int_equal(result_table_check_key(f->db, ID, key_hash), 0);
	assert_int_equal(result_table_delete(f->db, ID), 0);
	assert_int_equal(results_db_get(f->db, &first), -ENOENT);
	assert_string_equal(rows(f->db, "SELECT result FROM family"), ID_2 "\n");
}

static void test_purge(void **state)
{
	struct fixture *f = *state;
	char json[] = "{}";
	struct result_record first = record(ID, 999, json), second = record(ID_2, 1000, json);
	unsigned n = 7;

	assert_int_equal(results_db_add(f->db, &first), 0);
	assert_int_equal(results_db_add(f->db, &second), 0);
	assert_int_equal(result_table_purge(f->db, 1000, &n), 0);
	assert_int_equal(n, 1);
	assert_string_equal(rows(f->db, "SELECT id FROM result"), ID_2 "\n");
	assert_string_equal(rows(f->db, "SELECT result FROM family"), ID_2 "\n");
}

static void test_the_views(void **state)
{
	struct fixture *f = *state;
	char json[] = "{\"ipv4\":{\"download\":{\"bitsPerSecond\":94300000.0}}}", empty[] = "{}";
	struct result_record first = record(ID, 1795246560, json), second = record(ID_2, 2, empty);

	second.origins[RESULT_IPV4] = (struct result_origin){0};
	second.result.loss_percent = NAN;
	assert_int_equal(results_db_add(f->db, &first), 0);
	assert_int_equal(results_db_add(f->db, &second), 0);
	assert_string_equal(rows(f->db, "SELECT * FROM speedtest_figures ORDER BY time"),
	                    "2|ipv4|-|-|94300000.0|20100000.0|12.0|-|40.0|5.0\n"
	                    "1795246560|ipv4|64500|Café \"Net\"|94300000.0|20100000.0|12.0|-|40.0|5.0\n");
	assert_string_equal(
	    rows(f->db, "SELECT line FROM speedtest_export WHERE time > 2"),
	    "{\"id\":\"" ID "\",\"time\":\"2026-11-21T07:36:00Z\",\"client\":\"page\",\"loss_percent\":0.5,"
	    "\"families\":{\"ipv4\":{\"network\":\"192.0.2.0/24\",\"asn\":64500,\"as_name\":\"Café \\\"Net\\\"\","
	    "\"download_bps\":94300000.0,\"upload_bps\":20100000.0,\"latency_ms\":12.0,\"jitter_ms\":null,"
	    "\"download_added_ms\":40.0,\"upload_added_ms\":5.0}},"
	    "\"result\":{\"ipv4\":{\"download\":{\"bitsPerSecond\":94300000.0}}}}\n");
}

static int add_one(sqlite3 *db, void *data)
{
	return results_db_add(db, data);
}

static void test_a_full_database(void **state)
{
	enum { LIMIT = 200 * 1024,
	       JSON_BYTES = 20000 };
	struct fixture *f = *state;
	char *json = mem_new(JSON_BYTES + 1), id[RESULT_ID_DIGITS + 1];
	unsigned kept = 0, n = 0;
	int rc = 0;

	memset(json, ' ', JSON_BYTES);
	assert_int_equal(db_limit(f->db, LIMIT), 0);
	for (; rc == 0 && kept < 100; kept += rc == 0) {
		(void)snprintf(id, sizeof(id), "%032u", kept);
		struct result_record r = record(id, 1000, json);
		rc = db_transact(f->db, add_one, &r);
	}
	assert_int_equal(rc, -ENOSPC);
	assert_true(kept > 3);
	assert_int_equal(atoi(rows(f->db, "SELECT count(*) FROM result")), (int)kept); /* nothing half stored */
	assert_int_equal(atoi(rows(f->db, "SELECT count(*) FROM family")), (int)kept);
	assert_int_equal(result_table_purge(f->db, 2000, &n), 0); /* there is room for that always */
	assert_int_equal(n, kept);
	struct result_record again = record(ID, 3000, json);
	assert_int_equal(db_transact(f->db, add_one, &again), 0);
	free(json);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, close_database)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_is_kept_is_found),
		TEST(test_what_is_not_there),
		TEST(test_an_id_is_used_once),
		TEST(test_deletion),
		TEST(test_purge),
		TEST(test_the_views),
		TEST(test_a_full_database),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
