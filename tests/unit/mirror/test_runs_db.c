/* Runs in their database: begun, cut off, ended, listed, forgotten. */
/* SPDX-License-Identifier: MIT */
#include "mirror/runs_db.h"

#include "mirror_database.h"

#include "base/json_write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int64_t begin(sqlite3 *db, const char *project)
{
	int64_t id;

	assert_int_equal(runs_db_begin(db, project, "rsync://a.example/x/", NOW, &id), 0);
	return id;
}

static void end(sqlite3 *db, int64_t id, const char *log)
{
	struct run_ended e = {
		.at_s = NOW + 60,
		.run = {.step = RUN_OVER, .outcome = OUTCOME_HELD, .why = RUN_HOLD, .ended_at = RUN_GUARD},
		.words = "too much would go",
		.n_coming = 3,
		.n_going = 2000,
		.bytes = 12,
		.log = log,
	};

	assert_int_equal(runs_db_end(db, id, &e), 0);
}

static char *list(sqlite3 *db, const char *project, unsigned limit)
{
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *arr = yyjson_mut_arr(doc);

	assert_int_equal(runs_db_list(db, project, limit, doc, arr), 0);
	return json_take(doc, arr);
}

static void test_life(void **state)
{
	sqlite3 *db = *state;
	struct schedule_kept kept;

	assert_int_equal(mirror_db_set_wanted(db, "debian", true), 0);
	int64_t id = begin(db, "debian");
	assert_int_equal(mirror_db_get_kept(db, "debian", &kept), 0);
	assert_false(kept.is_wanted); /* this run is what was wanted */
	assert_int_equal(runs_db_note(db, id, RUN_LIST), 0);
	char *text = list(db, "debian", 9);
	assert_string_equal(text, "[{\"id\":1,\"upstream\":\"rsync://a.example/x/\",\"began\":1795219200,"
	                          "\"ended\":null,"
	                          "\"step\":\"list\",\"outcome\":null,\"why\":null,\"words\":null,\"coming\":0,"
	                          "\"going\":0,\"bytes\":0,\"generation\":null}]");
	free(text);
	end(db, id, "");
	assert_int_equal(runs_db_published(db, "debian", 5, id, NOW), 0);
	text = list(db, "debian", 9);
	assert_string_equal(text, "[{\"id\":1,\"upstream\":\"rsync://a.example/x/\",\"began\":1795219200,"
	                          "\"ended\":1795219260,\"step\":\"guard\",\"outcome\":\"held\",\"why\":\"hold\","
	                          "\"words\":\"too much would go\",\"coming\":3,\"going\":2000,\"bytes\":12,"
	                          "\"generation\":5}]");
	free(text);
	text = list(db, "arch", 9);
	assert_string_equal(text, "[]");
	free(text);
	assert_int_equal(runs_db_begin(db, "nothing", "", NOW, &id), -ENOENT);
	assert_int_equal(runs_db_note(db, 99, RUN_LIST), -ENOENT);
}

static void test_cut_off(void **state)
{
	sqlite3 *db = *state;
	struct schedule_kept kept;
	unsigned n;

	int64_t whole = begin(db, "arch"), cut = begin(db, "debian");
	end(db, whole, "");
	assert_int_equal(runs_db_note(db, cut, RUN_FETCH), 0);
	assert_int_equal(runs_db_cut_off(db, NOW + 99, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(mirror_db_get_kept(db, "debian", &kept), 0);
	assert_true(kept.is_wanted); /* once more, from the beginning */
	assert_int_equal(mirror_db_get_kept(db, "arch", &kept), 0);
	assert_false(kept.is_wanted);
	char *text = list(db, "debian", 9);
	assert_non_null(strstr(text, "\"ended\":1795219299,\"step\":\"fetch\",\"outcome\":\"killed\""));
	free(text);
	assert_int_equal(runs_db_cut_off(db, NOW + 99, &n), 0);
	assert_int_equal(n, 0);
}

static void test_log(void **state)
{
	sqlite3 *db = *state;
	char *log;

	assert_int_equal(runs_db_log(db, "debian", 0, &log), -ENOENT);
	int64_t first = begin(db, "debian");
	end(db, first, "first");
	end(db, begin(db, "debian"), "second");
	assert_int_equal(runs_db_log(db, "debian", 0, &log), 0);
	assert_string_equal(log, "second");
	free(log);
	assert_int_equal(runs_db_log(db, "debian", first, &log), 0);
	assert_string_equal(log, "first");
	free(log);
	assert_int_equal(runs_db_log(db, "arch", first, &log), -ENOENT); /* another project's */
}

static int count(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s;

	assert_int_equal(db_prepare(db, sql, &s), 0);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	int n = sqlite3_column_int(s, 0);
	(void)sqlite3_finalize(s);
	return n;
}

static void test_purge(void **state)
{
	sqlite3 *db = *state;
	int64_t published = begin(db, "debian"), running = begin(db, "debian");

	end(db, published, "");
	assert_int_equal(runs_db_published(db, "debian", 1, published, NOW), 0);
	for (unsigned i = 0; i < RUNS_DB_KEEP + 50; i++)
		end(db, begin(db, "debian"), "");
	end(db, begin(db, "arch"), "");
	assert_int_equal(runs_db_purge(db, "debian"), 0);
	assert_int_equal(count(db, "SELECT count(*) FROM run WHERE project = 'debian'"), RUNS_DB_KEEP + 2);
	assert_int_equal(count(db, "SELECT count(*) FROM run WHERE project = 'arch'"), 1);
	end(db, running, "");
	for (unsigned i = 0; i < RUNS_DB_KEEP; i++) { /* generation 1 is gone */
		int64_t id = begin(db, "debian");
		end(db, id, "");
		assert_int_equal(runs_db_published(db, "debian", 2 + i, id, NOW), 0);
	}
	assert_int_equal(runs_db_purge(db, "debian"), 0);
	assert_int_equal(count(db, "SELECT count(*) FROM generation"), RUNS_DB_KEEP);
	assert_int_equal(count(db, "SELECT min(number) FROM generation"), 2);
	assert_int_equal(count(db, "SELECT count(*) FROM run WHERE project = 'debian'"), RUNS_DB_KEEP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_life, open_mirror_db, close_mirror_db),
		cmocka_unit_test_setup_teardown(test_cut_off, open_mirror_db, close_mirror_db),
		cmocka_unit_test_setup_teardown(test_log, open_mirror_db, close_mirror_db),
		cmocka_unit_test_setup_teardown(test_purge, open_mirror_db, close_mirror_db),
	};

	return cmocka_run_group_tests_name("mirror/runs_db", tests, NULL, NULL);
}
