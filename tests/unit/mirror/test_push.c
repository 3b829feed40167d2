/* What is to be told to POPs that follow: how often it is tried, what is said of it, what is kept. */
/* SPDX-License-Identifier: MIT */
#include "mirror/push_db.h"

#include "mirror_database.h"

#include <string.h>

static uint32_t least(uint32_t bound)
{
	(void)bound;
	return 0;
}

static uint32_t most(uint32_t bound)
{
	return bound - 1;
}

static void test_told(void **state)
{
	struct push p = {.wanted = 7, .tries = 3, .due_s = NOW, .words = "away"};
	(void)state;

	assert_int_equal(push_note(&p, 200, "", NOW, least), PUSH_TOLD);
	assert_int_equal(p.wanted, 0);
	assert_int_equal(p.tries, 0);
	assert_int_equal(p.told_s, NOW);
	assert_string_equal(p.words, "");
}

static void test_tried_again_and_given_up(void **state)
{
	struct push p = {.wanted = 7, .told_s = 5};
	int64_t rest_s = 0;
	(void)state;

	for (unsigned i = 1; i < PUSH_TRIES_MAX; i++) {
		assert_int_equal(push_note(&p, 0, "no route to host", NOW, i % 2 == 0 ? least : most), PUSH_FAILED);
		assert_int_equal(p.tries, i);
		assert_int_equal(p.wanted, 7);
		assert_in_range(p.due_s - NOW, PUSH_REST_MIN_S / 2, PUSH_REST_MAX_S);
		rest_s += p.due_s - NOW;
	}
	assert_in_range(rest_s, 3 * 3600, 12 * 3600);
	assert_int_equal(push_note(&p, 502, "", NOW, least), PUSH_GIVEN_UP);
	assert_int_equal(p.wanted, 0);
	assert_string_equal(p.words, "it answers with status 502");
	assert_int_equal(p.told_s, 5);
}

static void test_the_first_rest_is_short(void **state)
{
	struct push p = {.wanted = 7};
	(void)state;

	assert_int_equal(push_note(&p, 0, "", NOW, most), PUSH_FAILED);
	assert_int_equal(p.due_s - NOW, PUSH_REST_MIN_S);
	assert_int_equal(push_note(&p, 0, "", NOW, least), PUSH_FAILED);
	assert_int_equal(p.due_s - NOW, PUSH_REST_MIN_S);
	assert_int_equal(push_note(&p, 0, "", NOW, most), PUSH_FAILED);
	assert_int_equal(p.due_s - NOW, 4 * PUSH_REST_MIN_S);
}

static void test_words(void **state)
{
	static const struct {
		int status;
		enum push_outcome outcome;
		const char *words;
	} cases[] = {
		{0, PUSH_FAILED, "timed out"},
		{401, PUSH_FAILED, "does not accept our token"},
		{403, PUSH_FAILED, "good for another project"},
		{404, PUSH_FAILED, "no project of this name"},
		{409, PUSH_HELD, "held there"},
		{500, PUSH_FAILED, "status 500"},
		{302, PUSH_FAILED, "status 302"},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct push p = {.wanted = 7};
		assert_int_equal(push_note(&p, cases[i].status, "timed out", NOW, least), cases[i].outcome);
		assert_non_null(strstr(p.words, cases[i].words));
		assert_int_equal(p.wanted, cases[i].outcome == PUSH_HELD ? 0 : 7);
	}
}

static void test_kept(void **state)
{
	struct push p, found;
	sqlite3 *db = *state;

	assert_int_equal(push_db_get(db, "paris", "debian", &found), 0);
	assert_int_equal(found.wanted, 0);
	assert_int_equal(push_db_want(db, "paris", "debian", 7), 0);
	assert_int_equal(push_db_want(db, "geneva", "debian", 7), 0);
	assert_int_equal(push_db_get(db, "paris", "debian", &p), 0);
	assert_int_equal(p.wanted, 7);
	assert_int_equal(push_note(&p, 502, "", NOW, least), PUSH_FAILED);
	assert_int_equal(push_db_set(db, "paris", "debian", 7, &p), 0);
	assert_int_equal(push_db_get(db, "paris", "debian", &found), 0);
	assert_memory_equal(&found, &p, sizeof(p));
	assert_int_equal(push_db_get(db, "geneva", "debian", &found), 0);
	assert_int_equal(found.tries, 0);
	assert_int_equal(push_db_get(db, "paris", "arch", &found), 0);
	assert_int_equal(found.wanted, 0);
}

/* What came of telling of an older publication changes nothing of what is to be told of a newer one. */
static void test_something_newer_meanwhile(void **state)
{
	struct push p, found;
	sqlite3 *db = *state;

	assert_int_equal(push_db_want(db, "paris", "debian", 7), 0);
	assert_int_equal(push_db_get(db, "paris", "debian", &p), 0);
	assert_int_equal(push_db_want(db, "paris", "debian", 8), 0);
	assert_int_equal(push_note(&p, 200, "", NOW, least), PUSH_TOLD);
	assert_int_equal(push_db_set(db, "paris", "debian", 7, &p), 0);
	assert_int_equal(push_db_get(db, "paris", "debian", &found), 0);
	assert_int_equal(found.wanted, 8);
	assert_int_equal(found.told_s, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_tried_again_and_given_up),
		cmocka_unit_test(test_the_first_rest_is_short),
		cmocka_unit_test(test_words),
		cmocka_unit_test_setup_teardown(test_kept, open_mirror_db, close_mirror_db),
		cmocka_unit_test_setup_teardown(test_something_newer_meanwhile, open_mirror_db, close_mirror_db),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
