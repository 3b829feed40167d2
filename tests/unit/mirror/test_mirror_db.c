/* What lasts of projects and upstreams. */
/* SPDX-License-Identifier: MIT */
#include "mirror/mirror_db.h"

#include "mirror_database.h"

#include <errno.h>

static void test_kept(void **state)
{
	sqlite3 *db = *state;
	struct schedule_kept kept = {.due_s = 7};

	assert_int_equal(mirror_db_get_kept(db, "new", &kept), 0);
	assert_int_equal(kept.due_s, 0);
	assert_false(kept.is_wanted || kept.is_paused);
	assert_int_equal(mirror_db_set_due(db, "new", NOW), 0);
	assert_int_equal(mirror_db_set_paused(db, "new", true), 0);
	assert_int_equal(mirror_db_get_kept(db, "new", &kept), 0);
	assert_int_equal(kept.due_s, NOW);
	assert_true(!kept.is_wanted && kept.is_paused);
	assert_int_equal(mirror_db_set_wanted(db, "new", true), 0);
	assert_int_equal(mirror_db_set_paused(db, "new", false), 0);
	assert_int_equal(mirror_db_get_kept(db, "new", &kept), 0);
	assert_int_equal(kept.due_s, NOW);
	assert_true(kept.is_wanted && !kept.is_paused);
	assert_int_equal(mirror_db_set_due(db, "nothing", NOW), -ENOENT);
	assert_int_equal(mirror_db_get_kept(db, "debian", &kept), 0);
	assert_int_equal(kept.due_s, 0);
}

static void test_upstreams(void **state)
{
	sqlite3 *db = *state;
	struct upstream u = {.n_failures = 9};

	assert_int_equal(mirror_db_get_upstream(db, "debian", "rsync://a.example/debian/", &u), 0);
	assert_int_equal(u.n_failures, 0);
	u = (struct upstream){.n_failures = 3, .n_reruns = 2, .rests_until_s = NOW};
	assert_int_equal(mirror_db_set_upstream(db, "debian", "rsync://a.example/debian/", &u), 0);
	u.n_failures = 4;
	assert_int_equal(mirror_db_set_upstream(db, "debian", "rsync://a.example/debian/", &u), 0);
	u = (struct upstream){.n_failures = 0};
	assert_int_equal(mirror_db_get_upstream(db, "debian", "rsync://a.example/debian/", &u), 0);
	assert_int_equal(u.n_failures, 4);
	assert_int_equal(u.n_reruns, 2);
	assert_int_equal(u.rests_until_s, NOW);
	assert_int_equal(mirror_db_get_upstream(db, "arch", "rsync://a.example/debian/", &u), 0);
	assert_int_equal(u.n_failures, 0); /* another project's, another module */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_kept, open_mirror_db, close_mirror_db),
		cmocka_unit_test_setup_teardown(test_upstreams, open_mirror_db, close_mirror_db),
	};

	return cmocka_run_group_tests_name("mirror/mirror_db", tests, NULL, NULL);
}
