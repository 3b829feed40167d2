/* When delegations are looked at, since when signatures count, and what is told of it. */
/* SPDX-License-Identifier: MIT */
#include "rdns/follow_db.h"

#include "base/log.h"
#include "base/mem.h"
#include "rdns/edit.h"
#include "rdns/members_db.h"
#include "store/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "192.0.2.0/23"
#define ZONE   "2.0.192.in-addr.arpa"
#define OTHER  "3.0.192.in-addr.arpa"
#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

enum {
	NOW = 1700000000,
	LATER = NOW + 2 * FOLLOW_INTERVAL_S, /* when all is due */
};

struct fixture {
	sqlite3 *db;
	int64_t member, change;
	struct prefix prefix;
};

static void ignore(const struct log_record *record)
{
	(void)record;
}

static struct delegated *delegated(const struct fixture *f, const char *server, unsigned tag)
{
	char *ds = mem_printf("%u 13 2 " DIGEST, tag);
	struct delegated *d;

	assert_int_equal(delegated_new(&f->prefix, REVERSE_RANGE, &d), 0);
	for (size_t i = 0; i < d->n_zones; i++)
		assert_null(delegation_add_server(&d->zones[i], server));
	assert_null(delegation_add_ds(&d->zones[0], ds));
	free(ds);
	return d;
}

/** Have @who delegate it at @at, and publish that. */
static void put(struct fixture *f, const char *server, unsigned tag, const char *who, int64_t at)
{
	struct delegated *d = delegated(f, server, tag);
	struct edit e = {.at = at, .who = who, .member = f->member};

	assert_int_equal(edit_delegation(f->db, &e, &f->prefix, d), 0);
	assert_int_equal(change_db_move(f->db, e.change, AUDIT_VERIFIED), 0);
	f->change = e.change;
	delegated_free(d);
}

static int setup(void **state)
{
	struct fixture *f = mem_new(sizeof(*f));

	*state = f;
	log_set_sink(ignore);
	if (db_open(":memory:", rdns_migrations, &f->db) < 0 || prefix_parse(PREFIX, &f->prefix) < 0)
		return -1;
	return members_db_put(f->db, 64500, "One", &f->member);
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	int rc = sqlite3_close(f->db); /* fails over a statement that was forgotten */

	free(f);
	return rc;
}

static void expect_since(struct fixture *f, int64_t ds, int64_t ds_of_other, int64_t ns)
{
	struct follow_due due;

	assert_int_equal(follow_db_schedule(f->db, &f->prefix, LATER), 0);
	assert_int_equal(follow_db_take(f->db, LATER, &due), 0);
	assert_int_equal(due.row.delegated->n_zones, 2);
	assert_int_equal(due.since[0][FOLLOW_DS], ds);
	assert_int_equal(due.since[1][FOLLOW_DS], ds_of_other);
	assert_int_equal(due.since[0][FOLLOW_NS], ns);
	assert_int_equal(due.since[1][FOLLOW_NS], ns);
	delegated_free(due.row.delegated);
}

static void test_since(void **state)
{
	struct fixture *f = *state;
	const int64_t back = FOLLOW_DATED_BACK_S;

	put(f, "ns1.example.net", 1, "token", NOW);
	expect_since(f, NOW - back, 0, NOW - back); /* the other zone never had any DS: a negative time is none */
	put(f, "ns2.example.net", 1, "token", NOW + 10);
	expect_since(f, NOW - back, 0, NOW + 10 - back);
	put(f, "ns2.example.net", 2, "token", NOW + 20);
	expect_since(f, NOW + 20 - back, 0, NOW + 10 - back);
}

static void test_what_the_zone_changed(void **state)
{
	struct fixture *f = *state;
	const int64_t back = FOLLOW_DATED_BACK_S;

	put(f, "ns1.example.net", 1, "token", NOW);
	put(f, "ns1.example.net", 2, follow_who[FOLLOW_DS], NOW + 10);
	expect_since(f, NOW - back, 0, NOW - back);
	assert_int_equal(follow_db_note(f->db, ZONE, FOLLOW_DS, FOLLOW_CHANGE, NOW - 5, NOW + 10), 0);
	expect_since(f, NOW - 5, 0, NOW - back);
	assert_int_equal(follow_db_note(f->db, ZONE, FOLLOW_DS, FOLLOW_SAME, 0, NOW + 11), 0);
	assert_int_equal(follow_db_note(f->db, OTHER, FOLLOW_NS, FOLLOW_OLD, NOW, NOW + 11), 0);
	expect_since(f, NOW - 5, 0, NOW - back); /* only what was followed counts */
}

/** Had it counted, what could not be published would be refused when it is tried again. */
static void test_what_was_taken_back(void **state)
{
	struct fixture *f = *state;

	put(f, "ns1.example.net", 1, "token", NOW);
	struct delegated *d = delegated(f, "ns1.example.net", 2);
	struct edit e = {.at = NOW + 50, .who = follow_who[FOLLOW_DS], .member = f->member};
	assert_int_equal(edit_delegation(f->db, &e, &f->prefix, d), 0);
	delegated_free(d);
	assert_int_equal(edit_roll_back(f->db, e.change, "rdnsd", NOW + 51), 0);
	expect_since(f, NOW - FOLLOW_DATED_BACK_S, 0, NOW - FOLLOW_DATED_BACK_S);
}

static int64_t n_followed(struct fixture *f)
{
	sqlite3_stmt *s;

	assert_int_equal(db_find(f->db, "SELECT count(*) FROM followed WHERE zone != ?", "", &s), 0);
	int64_t n = sqlite3_column_int64(s, 0);
	(void)sqlite3_finalize(s);
	return n;
}

static void test_all_goes_when_the_end_stands(void **state)
{
	struct fixture *f = *state;

	put(f, "ns1.example.net", 1, "token", NOW);
	assert_int_equal(follow_db_note(f->db, ZONE, FOLLOW_DS, FOLLOW_CHANGE, NOW, NOW), 0);
	put(f, "ns2.example.net", 1, "token", NOW + 10);
	assert_int_equal(n_followed(f), 1);
	struct edit e = {.at = NOW + 20, .who = "token", .member = f->member};
	assert_int_equal(edit_delegation(f->db, &e, &f->prefix, NULL), 0);
	assert_int_equal(edit_roll_back(f->db, e.change, "rdnsd", NOW + 21), 0);
	assert_int_equal(n_followed(f), 1);
	e = (struct edit){.at = NOW + 30, .who = "token", .member = f->member};
	assert_int_equal(edit_delegation(f->db, &e, &f->prefix, NULL), 0);
	assert_int_equal(n_followed(f), 1);
	assert_int_equal(change_db_move(f->db, e.change, AUDIT_VERIFIED), 0);
	assert_int_equal(n_followed(f), 0);
}

static int take(struct fixture *f, int64_t now)
{
	struct follow_due due;
	int rc = follow_db_take(f->db, now, &due);

	if (rc == 0)
		delegated_free(due.row.delegated);
	return rc;
}

static void test_turns(void **state)
{
	struct fixture *f = *state;
	int64_t now = time(NULL);

	assert_int_equal(take(f, now), -ENOENT);
	put(f, "ns1.example.net", 1, "token", now);
	assert_int_equal(take(f, now + FOLLOW_JITTER_S), 0);
	now += FOLLOW_JITTER_S;
	assert_int_equal(take(f, now), -ENOENT);
	assert_int_equal(take(f, now + FOLLOW_INTERVAL_S - FOLLOW_JITTER_S - 1), -ENOENT);

	assert_int_equal(follow_db_hurry(f->db, "1.0.192.in-addr.arpa", now), -ENOENT);
	assert_int_equal(follow_db_hurry(f->db, OTHER, now + 1), 0);
	assert_int_equal(take(f, now + FOLLOW_NOTIFIED_S - 1), -ENOENT); /* it was just looked at */
	assert_int_equal(take(f, now + FOLLOW_NOTIFIED_S), 0);

	assert_int_equal(follow_db_schedule(f->db, &f->prefix, now + 10 * FOLLOW_INTERVAL_S), 0);
	assert_int_equal(take(f, now), 0); /* a clock was wrong */
}

static void test_passed_over(void **state)
{
	struct fixture *f = *state;
	struct edit e = {.at = NOW, .who = "token", .member = f->member};
	struct delegated *d = delegated(f, "ns1.example.net", 1);
	int64_t now = time(NULL) + FOLLOW_JITTER_S;

	assert_int_equal(edit_delegation(f->db, &e, &f->prefix, d), 0);
	delegated_free(d);
	assert_int_equal(take(f, now), -ENOENT); /* pending */
	assert_int_equal(change_db_move(f->db, e.change, AUDIT_VERIFIED), 0);
	assert_int_equal(members_db_freeze(f->db, 64500, NOW), 0);
	assert_int_equal(take(f, now), -ENOENT);
	assert_int_equal(members_db_put(f->db, 64500, "One", &f->member), 0);
	assert_int_equal(take(f, now), 0);
	struct edit end = {.at = NOW, .who = "token", .member = f->member};
	assert_int_equal(edit_delegation(f->db, &end, &f->prefix, NULL), 0);
	assert_int_equal(follow_db_schedule(f->db, &f->prefix, now), -ENOENT);
}

static void expect_json(struct fixture *f, enum language language, const char *expected)
{
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *list = yyjson_mut_arr(doc);

	assert_int_equal(follow_db_add_json(f->db, &f->prefix, f->member + 1, language, doc, list), 0);
	assert_int_equal(yyjson_mut_arr_size(list), 0); /* another member's */
	assert_int_equal(follow_db_add_json(f->db, &f->prefix, f->member, language, doc, list), 0);
	char *text = yyjson_mut_val_write(list, 0, NULL);
	assert_string_equal(text, expected);
	free(text);
	yyjson_mut_doc_free(doc);
}

static void test_json(void **state)
{
	struct fixture *f = *state;
	uint64_t counts[FOLLOW_WHATS][FOLLOW_OUTCOMES];

	put(f, "ns1.example.net", 1, "token", NOW);
	expect_json(f, LANGUAGE_EN, "[]");
	assert_int_equal(follow_db_note(f->db, ZONE, FOLLOW_NS, FOLLOW_NOTHING, 0, NOW), 0);
	assert_int_equal(follow_db_note(f->db, ZONE, FOLLOW_NS, FOLLOW_MOVED, 0, NOW + 1), 0);
	assert_int_equal(follow_db_note(f->db, ZONE, FOLLOW_NS, FOLLOW_MOVED, 0, NOW + 2), 0);
	assert_int_equal(follow_db_note(f->db, OTHER, FOLLOW_DS, FOLLOW_SAME, 0, NOW), 0);
	assert_int_equal(follow_db_note(f->db, "1.0.192.in-addr.arpa", FOLLOW_DS, FOLLOW_SAME, 0, NOW), 0);
	expect_json(f, LANGUAGE_EN,
	            "[{\"zone\":\"" ZONE "\",\"asks\":\"ns\",\"outcome\":\"moved\",\"refused\":true,"
	            "\"since\":\"2023-11-14T22:13:21Z\",\"seen\":\"2023-11-14T22:13:22Z\","
	            "\"text\":\"The zone changed while it was read.\","
	            "\"remedy\":\"Nothing is to be done: it is read again soon.\"},"
	            "{\"zone\":\"" OTHER "\",\"asks\":\"ds\",\"outcome\":\"same\",\"refused\":false,"
	            "\"since\":\"2023-11-14T22:13:20Z\",\"seen\":\"2023-11-14T22:13:20Z\","
	            "\"text\":\"All is as the zone asks.\",\"remedy\":null}]");
	assert_int_equal(follow_db_count(f->db, counts), 0);
	assert_int_equal(counts[FOLLOW_NS][FOLLOW_MOVED], 1);
	assert_int_equal(counts[FOLLOW_DS][FOLLOW_SAME], 1); /* that of no delegation is left out */
	assert_int_equal(counts[FOLLOW_DS][FOLLOW_MOVED], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_since, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_the_zone_changed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_was_taken_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_all_goes_when_the_end_stands, setup, teardown),
		cmocka_unit_test_setup_teardown(test_turns, setup, teardown),
		cmocka_unit_test_setup_teardown(test_passed_over, setup, teardown),
		cmocka_unit_test_setup_teardown(test_json, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
