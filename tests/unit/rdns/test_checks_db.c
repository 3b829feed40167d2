/* The last checks in their database: whose they are, what they turn, when the next ones are due. */
/* SPDX-License-Identifier: MIT */
#include "rdns/checks_db.h"

#include "members.h"
#include "rdns/edit.h"
#include "rdns/zones_db.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	NOW = 1000000000,
	DAY_S = 86400,
	SOME = 16,
};

struct fixture {
	struct members m;
	struct delegated *d; /* of one's, 192.0.2.0/24 */
};

static struct delegated *wish(const char *where, const char *server)
{
	struct prefix p = prefix(where);
	struct delegated *d;

	assert_int_equal(delegated_new(&p, REVERSE_RANGE, &d), 0);
	for (size_t i = 0; i < d->n_zones; i++)
		assert_null(delegation_add_server(&d->zones[i], server));
	return d;
}

static void delegate(struct fixture *f, const struct delegated *d, int64_t member, enum rdns_state state)
{
	assert_int_equal(zones_db_put(f->m.db, d, member, f->m.version), 0);
	assert_int_equal(zones_db_set_state(f->m.db, &d->prefix, state), 0);
}

static int setup(void **state)
{
	struct fixture *f = mem_new(sizeof(*f));

	*state = f;
	int rc = open_members(&f->m);
	if (rc == 0)
		rc = note_version(&f->m);
	if (rc < 0)
		return rc;
	f->d = wish("192.0.2.0/24", "ns.example.net");
	delegate(f, f->d, f->m.one, RDNS_LIVE);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	int rc = sqlite3_close(f->m.db); /* fails over a statement that was forgotten */

	delegated_free(f->d);
	free(f);
	return rc;
}

/** A check that found @n_errors, and no more than that. */
static enum checks_turn note(struct fixture *f, const struct delegated *d, size_t n_errors, int64_t at, int64_t member)
{
	char en[] = "[{\"zone\":\"en\"}]", fr[] = "[{\"zone\":\"fr\"}]";
	struct check_result r = {.passed = n_errors == 0,
	                         .n = {[SEVERITY_NOTICE] = 2, [SEVERITY_ERROR] = n_errors},
	                         .verdicts = {[LANGUAGE_EN] = en, [LANGUAGE_FR] = fr}};
	struct checks_note n = {.d = d, .result = &r, .at = at, .member = member, .interval_s = DAY_S};

	assert_int_equal(checks_db_note(f->m.db, &n), 0);
	assert_int_equal(n.asn, n.turn == CHECKS_SAME ? 0 : 64500);
	return n.turn;
}

static enum rdns_state state_of(struct fixture *f, const char *where)
{
	struct prefix p = prefix(where);
	struct zones_row row;

	assert_int_equal(zones_db_get(f->m.db, &p, &row), 0);
	delegated_free(row.delegated);
	return row.state;
}

static size_t take(struct fixture *f, int64_t now)
{
	struct delegated *all[SOME];
	size_t n;

	assert_int_equal(checks_db_take(f->m.db, now, DAY_S, all, SOME, &n), 0);
	for (size_t i = 0; i < n; i++)
		delegated_free(all[i]);
	return n;
}

/** How many could be taken at @now. */
static size_t due(struct fixture *f, int64_t now)
{
	assert_int_equal(db_exec(f->m.db, "SAVEPOINT before"), 0);
	size_t n = take(f, now);
	assert_int_equal(db_exec(f->m.db, "ROLLBACK TO before; RELEASE before"), 0);
	return n;
}

static void test_two_failures_break_and_one_success_mends(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(note(f, f->d, 1, NOW, 0), CHECKS_SAME);
	assert_int_equal(state_of(f, "192.0.2.0/24"), RDNS_LIVE);
	assert_int_equal(note(f, f->d, 1, NOW, 0), CHECKS_BROKE);
	assert_int_equal(state_of(f, "192.0.2.0/24"), RDNS_BROKEN);
	assert_int_equal(note(f, f->d, 1, NOW, 0), CHECKS_SAME); /* nobody is told twice */
	assert_int_equal(note(f, f->d, 0, NOW, 0), CHECKS_MENDED);
	assert_int_equal(state_of(f, "192.0.2.0/24"), RDNS_LIVE);
	assert_int_equal(note(f, f->d, 1, NOW, 0), CHECKS_SAME); /* counted from the start again */
}

static void test_a_silent_resolver_breaks_nothing(void **state)
{
	struct fixture *f = *state;
	char json[] = "[]";
	struct check_result r = {.is_blind = true, .n = {[SEVERITY_ERROR] = 1}, .verdicts = {json, json}};
	struct checks_note n = {.d = f->d, .result = &r, .at = NOW, .interval_s = DAY_S};

	for (int i = 0; i < 2 * CHECKS_TO_BREAK; i++)
		assert_int_equal(checks_db_note(f->m.db, &n), 0);
	assert_int_equal(state_of(f, "192.0.2.0/24"), RDNS_LIVE);
}

static void test_pending_stays_pending(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(zones_db_set_state(f->m.db, &f->d->prefix, RDNS_PENDING), 0);
	assert_int_equal(note(f, f->d, 1, NOW, 0), CHECKS_SAME);
	assert_int_equal(note(f, f->d, 1, NOW, 0), CHECKS_SAME);
	assert_int_equal(state_of(f, "192.0.2.0/24"), RDNS_PENDING);
}

static void test_when_the_next_is_due(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(due(f, time(NULL) + 3600), 1); /* a new one, within the hour */
	(void)note(f, f->d, 0, NOW, 0);
	assert_int_equal(due(f, NOW + DAY_S - DAY_S / CHECKS_JITTER_PART - 1), 0);
	assert_int_equal(due(f, NOW + DAY_S + DAY_S / CHECKS_JITTER_PART), 1);
	assert_int_equal(due(f, NOW - 3 * DAY_S), 1); /* the clock was set back */
	(void)note(f, f->d, 1, NOW, 0);
	assert_int_equal(due(f, NOW + CHECKS_RETRY_S - 1), 0);
	assert_int_equal(due(f, NOW + CHECKS_RETRY_S), 1);
}

/** Who takes a delegation and is killed has not lost it. */
static void test_taken_once_in_a_while(void **state)
{
	struct fixture *f = *state;

	(void)note(f, f->d, 0, NOW, 0);
	assert_int_equal(take(f, NOW + 2 * DAY_S), 1);
	assert_int_equal(take(f, NOW + 2 * DAY_S + 1), 0);
	assert_int_equal(take(f, NOW + 2 * DAY_S + CHECKS_RETRY_S), 1);
}

/** The time of the next check is spread, so that many that were made at once are not checked at once. */
static void test_jitter(void **state)
{
	struct fixture *f = *state;
	int n_early = 0;

	for (int i = 0; i < 100; i++) {
		(void)note(f, f->d, 0, NOW, 0);
		n_early += due(f, NOW + DAY_S) == 1;
	}
	assert_in_range(n_early, 10, 90);
}

static int64_t change(struct fixture *f, const struct delegated *d)
{
	struct edit e = {.who = "test", .member = f->m.one};

	assert_int_equal(edit_delegation(f->m.db, &e, &f->d->prefix, d), 0);
	return e.change;
}

static void test_all_goes_with_the_delegation(void **state)
{
	struct fixture *f = *state;
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *v;

	(void)note(f, f->d, 0, NOW, 0);
	int64_t end = change(f, NULL);
	assert_int_equal(change_db_move(f->m.db, end, AUDIT_SENT), 0);
	assert_int_equal(change_db_move(f->m.db, end, AUDIT_VERIFIED), 0);
	assert_int_equal(checks_db_get(f->m.db, &f->d->prefix, 0, LANGUAGE_EN, doc, &v), -ENOENT);
	assert_int_equal(due(f, INT64_MAX / 2), 0);
	(void)note(f, f->d, 0, NOW, 0); /* one that had begun before */
	assert_int_equal(checks_db_get(f->m.db, &f->d->prefix, 0, LANGUAGE_EN, doc, &v), -ENOENT);
	yyjson_mut_doc_free(doc);
}

static void assert_check(struct fixture *f, const struct prefix *p, int64_t member, const char *expected)
{
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *v;

	assert_int_equal(checks_db_get(f->m.db, p, member, LANGUAGE_FR, doc, &v), 0);
	yyjson_mut_doc_set_root(doc, v);
	char *text = yyjson_mut_write(doc, 0, NULL);
	assert_string_equal(text, expected);
	free(text);
	yyjson_mut_doc_free(doc);
}

static void test_what_is_taken_back_has_its_check(void **state)
{
	struct fixture *f = *state;
	struct delegated *other = wish("192.0.2.0/24", "other.example.net");
	const struct delegated *const changes[] = {other, NULL};

	(void)note(f, f->d, 3, NOW, 0);
	assert_int_equal(note(f, f->d, 3, NOW, 0), CHECKS_BROKE);
	for (size_t i = 0; i < 2; i++) {
		int64_t id = change(f, changes[i]);
		if (changes[i] != NULL)
			(void)note(f, changes[i], 0, NOW + 10, f->m.one);
		assert_int_equal(edit_roll_back(f->m.db, id, "rdnsd", NOW), 0);
		assert_check(f, &f->d->prefix, 0,
		             "{\"prefix\":\"192.0.2.0/24\",\"asn\":64500,"
		             "\"checked_at\":\"2001-09-09T01:46:40Z\",\"trial\":false,"
		             "\"passed\":false,\"errors\":3,\"warnings\":0,\"notices\":2,"
		             "\"verdicts\":[{\"zone\":\"fr\"}]}");
		assert_int_equal(state_of(f, "192.0.2.0/24"), RDNS_BROKEN);
		assert_int_equal(due(f, NOW + CHECKS_RETRY_S - 1), 0);
	}
	assert_int_equal(due(f, NOW + CHECKS_RETRY_S), 1);
	delegated_free(other);
}

static void test_of_what_never_was_nothing_is_kept(void **state)
{
	struct fixture *f = *state;
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	struct prefix p = prefix("198.51.100.0/24");
	struct delegated *d = wish("198.51.100.0/24", "ns.example.net");
	struct edit e = {.who = "test", .member = f->m.one};
	yyjson_mut_val *v;

	assert_int_equal(edit_delegation(f->m.db, &e, &p, d), 0);
	(void)note(f, d, 0, NOW, f->m.one);
	assert_int_equal(edit_roll_back(f->m.db, e.change, "rdnsd", NOW), 0);
	assert_int_equal(checks_db_get(f->m.db, &p, 0, LANGUAGE_EN, doc, &v), -ENOENT);
	delegated_free(d);
	yyjson_mut_doc_free(doc);
}

static void test_what_is_told(void **state)
{
	struct fixture *f = *state;

	(void)note(f, f->d, 3, NOW, 0);
	assert_check(f, &f->d->prefix, 0,
	             "{\"prefix\":\"192.0.2.0/24\",\"asn\":64500,"
	             "\"checked_at\":\"2001-09-09T01:46:40Z\",\"trial\":false,"
	             "\"passed\":false,\"errors\":3,\"warnings\":0,\"notices\":2,\"verdicts\":[{\"zone\":\"fr\"}]}");
}

/** A member's trials are its own, and the last one alone is kept. */
static void test_trials(void **state)
{
	struct fixture *f = *state;
	struct delegated *other = wish("192.0.2.0/24", "new.example.net");
	struct delegated *elsewhere = wish("198.51.100.0/24", "a.example");
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *v;

	(void)note(f, f->d, 0, NOW, 0);
	(void)note(f, other, 5, NOW + 1, f->m.one);
	assert_int_equal(state_of(f, "192.0.2.0/24"), RDNS_LIVE);
	assert_check(f, &f->d->prefix, f->m.one,
	             "{\"prefix\":\"192.0.2.0/24\",\"asn\":64500,"
	             "\"checked_at\":\"2001-09-09T01:46:41Z\",\"trial\":true,"
	             "\"passed\":false,\"errors\":5,\"warnings\":0,\"notices\":2,\"verdicts\":[{\"zone\":\"fr\"}]}");
	assert_int_equal(checks_db_get(f->m.db, &f->d->prefix, f->m.two, LANGUAGE_EN, doc, &v), -ENOENT);
	(void)note(f, elsewhere, 0, NOW + 2, f->m.one);
	assert_int_equal(checks_db_get(f->m.db, &f->d->prefix, f->m.one, LANGUAGE_EN, doc, &v), 0);
	assert_true(yyjson_mut_is_false(yyjson_mut_obj_get(v, "trial"))); /* the delegation's */
	assert_int_equal(checks_db_get(f->m.db, &elsewhere->prefix, f->m.one, LANGUAGE_EN, doc, &v), 0);
	yyjson_mut_doc_free(doc);
	delegated_free(other);
	delegated_free(elsewhere);
}

/** Who has what is delegated checked by hand mends it at once. */
static void test_a_trial_of_what_is_delegated(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(zones_db_set_state(f->m.db, &f->d->prefix, RDNS_BROKEN), 0);
	assert_int_equal(note(f, f->d, 0, NOW, f->m.one), CHECKS_MENDED);
	assert_int_equal(state_of(f, "192.0.2.0/24"), RDNS_LIVE);
}

static void test_pages(void **state)
{
	struct fixture *f = *state;
	struct delegated *second = wish("198.51.100.0/24", "a.example"), *third = wish("2001:db8::/32", "a.example");
	struct checks_filter filter = {.limit = 2};
	char more[PREFIX_TEXT_MAX];

	delegate(f, second, f->m.two, RDNS_LIVE);
	delegate(f, third, f->m.one, RDNS_LIVE);
	(void)note(f, third, 0, NOW, 0);
	(void)note(f, second, 0, NOW, 0);
	(void)note(f, f->d, 0, NOW, 0);
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *list = yyjson_mut_arr(doc);
	assert_int_equal(checks_db_list(f->m.db, &filter, doc, list, more), 0);
	assert_int_equal(yyjson_mut_arr_size(list), 2);
	assert_string_equal(more, "198.51.100.0/24");
	filter.after = &second->prefix;
	assert_int_equal(checks_db_list(f->m.db, &filter, doc, list, more), 0);
	assert_int_equal(yyjson_mut_arr_size(list), 2); /* the page was full */
	list = yyjson_mut_arr(doc);
	assert_int_equal(checks_db_list(f->m.db, &filter, doc, list, more), 0);
	assert_int_equal(yyjson_mut_arr_size(list), 1);
	assert_string_equal(more, "");
	list = yyjson_mut_arr(doc);
	filter = (struct checks_filter){.member = f->m.two, .limit = 2};
	assert_int_equal(checks_db_list(f->m.db, &filter, doc, list, more), 0);
	assert_int_equal(yyjson_mut_arr_size(list), 1);
	yyjson_mut_doc_free(doc);
	delegated_free(second);
	delegated_free(third);
}

static void test_counts(void **state)
{
	struct fixture *f = *state;
	struct delegated *second = wish("198.51.0.0/23", "a.example");
	uint64_t n[RDNS_STATES];

	delegate(f, second, f->m.two, RDNS_BROKEN);
	assert_int_equal(checks_db_count(f->m.db, n), 0);
	assert_int_equal(n[RDNS_PENDING], 0);
	assert_int_equal(n[RDNS_LIVE], 1);
	assert_int_equal(n[RDNS_BROKEN], 1); /* a prefix is one, however many zones it has */
	delegated_free(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_two_failures_break_and_one_success_mends, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_silent_resolver_breaks_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pending_stays_pending, setup, teardown),
		cmocka_unit_test_setup_teardown(test_when_the_next_is_due, setup, teardown),
		cmocka_unit_test_setup_teardown(test_taken_once_in_a_while, setup, teardown),
		cmocka_unit_test_setup_teardown(test_jitter, setup, teardown),
		cmocka_unit_test_setup_teardown(test_all_goes_with_the_delegation, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_taken_back_has_its_check, setup, teardown),
		cmocka_unit_test_setup_teardown(test_of_what_never_was_nothing_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(test_trials, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_trial_of_what_is_delegated, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pages, setup, teardown),
		cmocka_unit_test_setup_teardown(test_counts, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
