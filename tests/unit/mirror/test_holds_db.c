/* Projects that wait for the operator, in their database. */
/* SPDX-License-Identifier: MIT */
#include "mirror/holds_db.h"

#include "mirror_database.h"

#include "mirror/runs_db.h"

#include <errno.h>
#include <stdio.h>

static int64_t begin(sqlite3 *db)
{
	int64_t id;

	assert_int_equal(runs_db_begin(db, "debian", "rsync://a.example/x/", NOW, &id), 0);
	return id;
}

static void test_hold_and_release(void **state)
{
	sqlite3 *db = *state;
	struct schedule_kept kept;
	struct hold h = {
		.run = begin(db),
		.at_s = NOW,
		.verdict = GUARD_PERCENT,
		.words = "2000 files would go",
		.seen = {.n_listed = 1, .n_deleted = 2000, .serial_listed = 2026112101, .date_listed_s = NOW - 9},
	};

	assert_int_equal(holds_db_get(db, "debian", &h), -ENOENT);
	assert_int_equal(holds_db_release(db, "debian", NOW), -ENOENT);
	assert_int_equal(holds_db_put(db, "debian", &h), 0);
	assert_int_equal(mirror_db_get_kept(db, "debian", &kept), 0);
	assert_true(kept.is_paused && !kept.is_wanted);

	struct hold found;
	assert_int_equal(holds_db_get(db, "debian", &found), 0);
	assert_int_equal(found.run, h.run);
	assert_int_equal(found.at_s, NOW);
	assert_int_equal(found.verdict, GUARD_PERCENT);
	assert_string_equal(found.words, "2000 files would go");
	assert_int_equal(found.seen.n_listed, 1);
	assert_int_equal(found.seen.n_deleted, 2000);
	assert_int_equal(found.seen.serial_listed, 2026112101);
	assert_int_equal(found.seen.date_listed_s, NOW - 9);
	assert_false(found.seen.is_sentinel_gone || found.is_released);

	assert_int_equal(holds_db_release(db, "debian", NOW + 5), 0);
	assert_int_equal(mirror_db_get_kept(db, "debian", &kept), 0);
	assert_true(!kept.is_paused && kept.is_wanted);
	assert_int_equal(holds_db_get(db, "debian", &found), 0);
	assert_true(found.is_released);

	(void)snprintf(h.words, sizeof(h.words), "and now something else"); /* nothing of it is allowed */
	h.seen.is_sentinel_gone = true;
	assert_int_equal(holds_db_put(db, "debian", &h), 0);
	assert_int_equal(holds_db_get(db, "debian", &found), 0);
	assert_true(!found.is_released && found.seen.is_sentinel_gone);
	assert_string_equal(found.words, "and now something else");

	assert_int_equal(holds_db_end(db, "debian"), 0);
	assert_int_equal(holds_db_get(db, "debian", &found), -ENOENT);
	assert_int_equal(holds_db_end(db, "debian"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_hold_and_release, open_mirror_db, close_mirror_db),
	};

	return cmocka_run_group_tests_name("mirror/holds_db", tests, NULL, NULL);
}
