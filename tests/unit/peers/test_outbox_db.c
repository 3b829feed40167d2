/* The outbox: order, tries, what a crash leaves, and its limits; and that subjects outlive a restart. */
/* SPDX-License-Identifier: MIT */
#include "peers/outbox_db.h"

#include "peers/subjects_db.h"
#include "store/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int setup(void **state)
{
	return db_open(":memory:", notices_migrations, (sqlite3 **)state);
}

static int teardown(void **state)
{
	return sqlite3_close(*state);
}

static void add(sqlite3 *db, const char *to, const char *body)
{
	const struct outbox_item i = {.made_s = 1000,
	                              .asn = 64500,
	                              .is_mail = true,
	                              .destination = (char *)to,
	                              .language = (char *)"fr",
	                              .subject = (char *)"one",
	                              .body = (char *)body};

	assert_int_equal(outbox_db_add(db, &i), 0);
}

/** Take all that is due at @now_s: their bodies must be those of @expected, a letter each. Return: the first id. */
static int64_t take(sqlite3 *db, int64_t now_s, const char *expected)
{
	struct outbox_item all[8];
	char bodies[64] = "";
	unsigned n;

	assert_int_equal(outbox_db_take(db, now_s, all, 8, &n), 0);
	for (unsigned i = 0; i < n; i++) {
		(void)strcat(bodies, all[i].body);
		assert_int_equal(strlen(all[i].token), 32);
		outbox_item_done(&all[i]);
	}
	assert_string_equal(bodies, expected);
	return n > 0 ? all[0].id : 0;
}

static void test_each_destination_in_order(void **state)
{
	sqlite3 *db = *state;

	add(db, "a@example.net", "1");
	add(db, "a@example.net", "2");
	add(db, "b@example.net", "3");
	(void)take(db, 999, "");
	int64_t first = take(db, 1000, "13");
	(void)take(db, 1000, ""); /* the second of a waits for its first */
	assert_int_equal(outbox_db_note(db, first, OUTBOX_WAITING, 1030, 1001, "status 500"), 0);
	(void)take(db, 1029, "");
	first = take(db, 1030, "1");
	assert_int_equal(outbox_db_note(db, first, OUTBOX_SENT, 0, 1031, ""), 0);
	(void)take(db, 1031, "2");
}

static void test_what_was_being_sent_when_it_ended_waits_again(void **state)
{
	sqlite3 *db = *state;
	uint64_t n[OUTBOX_STATES];

	add(db, "a@example.net", "1");
	int64_t id = take(db, 1000, "1");
	assert_int_equal(outbox_db_begin(db, 1001), 0);
	assert_int_equal(take(db, 1001, "1"), id);
	assert_int_equal(outbox_db_note(db, id, OUTBOX_FAILED, 0, 1002, "550"), 0);
	assert_int_equal(outbox_db_count(db, n), 0);
	assert_int_equal(n[OUTBOX_FAILED], 1);
	assert_int_equal(n[OUTBOX_WAITING], 0);
	assert_int_equal(outbox_db_begin(db, 1002 + OUTBOX_KEEP_S), 0);
	assert_int_equal(outbox_db_count(db, n), 0);
	assert_int_equal(n[OUTBOX_FAILED], 1);
	assert_int_equal(outbox_db_begin(db, 1003 + OUTBOX_KEEP_S), 0);
	assert_int_equal(outbox_db_count(db, n), 0);
	assert_int_equal(n[OUTBOX_FAILED], 0);
}

static void test_the_list(void **state)
{
	sqlite3 *db = *state;
	char *text;

	add(db, "a@example.net", "1");
	add(db, "b@example.net", "2");
	assert_int_equal(outbox_db_note(db, take(db, 1000, "12"), OUTBOX_FAILED, 0, 1002, "550"), 0);
	assert_int_equal(outbox_db_list(db, OUTBOX_FAILED, 8, &text), 0);
	assert_non_null(strstr(text, "\"to\":\"a@example.net\""));
	assert_non_null(strstr(text, "\"ended\":\"1970-01-01T00:16:42Z\",\"why\":\"550\""));
	assert_null(strstr(text, "b@example.net"));
	free(text);
	assert_int_equal(outbox_db_list(db, OUTBOX_STATES, 1, &text), 0);
	assert_null(strstr(text, "a@example.net"));
	free(text);
}

static void test_too_many(void **state)
{
	sqlite3 *db = *state;
	char nothing[] = "";
	const struct outbox_item i = {.destination = nothing, .language = nothing, .subject = nothing, .body = nothing};

	assert_int_equal(db_exec(db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
	                             " INSERT INTO outbox (made, due, asn, kind, destination, language, subject, body)"
	                             " SELECT 0, 0, 0, 'mail', 'a', '', '', '' FROM n"),
	                 0);
	assert_int_equal(outbox_db_add(db, &i), -ENOBUFS);
}

static void test_subjects_outlive_a_restart(void **state)
{
	static const struct subjects_rules rules = {{60, 120, 600}, 900, 120};
	struct subject_seen seen = {.name = "m1", .address = "192.0.2.9", .error = "Cease", .asn = 4200000001};
	struct look look = {
		.source = "rs1", .is_bird = true, .has_answered = true, .started = "then", .all = &seen, .n = 1};
	struct subjects before = {0}, after;
	sqlite3 *db = *state;

	subjects_apply(&before, &look, 1, 1000, &rules);
	assert_int_equal(subjects_db_save(db, &before), 0);
	assert_int_equal(subjects_db_load(db, &after), 0);
	assert_int_equal(after.n, 1);
	assert_memory_equal(&after.all[0].seen, &before.all[0].seen, sizeof(seen));
	assert_memory_equal(&after.all[0].w, &before.all[0].w, sizeof(struct watched));
	assert_string_equal(after.sources[0].started, "then");
	look.source = "rs2";
	subjects_apply(&after, &look, 1, 2000, &rules);
	assert_int_equal(subjects_db_save(db, &after), 0);
	subjects_done(&after);
	assert_int_equal(subjects_db_load(db, &after), 0);
	assert_int_equal(after.n, 1); /* what went with its source is forgotten */
	assert_int_equal(after.n_sources, 1);
	subjects_done(&after);
	subjects_done(&before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_each_destination_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_was_being_sent_when_it_ended_waits_again, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_list, setup, teardown),
		cmocka_unit_test_setup_teardown(test_too_many, setup, teardown),
		cmocka_unit_test_setup_teardown(test_subjects_outlive_a_restart, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
