/* What is due is checked and noted in a real database, and what turned is told. */
/* SPDX-License-Identifier: MIT */
#include "rdns/rechecking.h"

#include "base/log.h"
#include "base/mem.h"
#include "rdns/audit_db.h"
#include "rdns/members_db.h"
#include "rdns/zones_db.h"
#include "store/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DELEGATIONS = 6 * RECHECKING_MAX };

/* Nobody listens there: the kernel says so at once. */
static const char pop_yaml[] = "site: {name: a, title: A, domain: a.example, city: A, country: FR, languages: [en], "
			       "operated_by: {name: A, contact: a@a.example}}\n"
			       "addresses: {ipv4: 192.0.2.1, ipv6: \"2001:db8::1\"}\n"
			       "services:\n"
			       "  pages: {}\n"
			       "  resolver: {addresses: {ipv4: 127.1.2.4}}\n"
			       "  authoritative: {addresses: {ipv4: 192.0.2.54}}\n"
			       "  rdns: {zones: [10.0.0.0/8], lab_prefixes: [127.1.2.0/24]}\n";

struct fixture {
	uv_loop_t loop;
	char folder[32], path[64];
	struct pop *pop;
	struct whose *whose;
	struct store *store;
	struct checking *checking;
	struct rechecking *rechecking;
	int64_t found; /* what a query has found */
	bool has_found;
	unsigned n_closed;
};

static void ignore(const struct log_record *record)
{
	(void)record;
}

static int fill(sqlite3 *db, void *data)
{
	struct audit_line line = {.who = "test", .what = audit_delegation, .subject = "all"};
	int64_t member, version;
	(void)data;

	int rc = members_db_put(db, 64500, "One", &member);
	if (rc == 0)
		rc = audit_db_add(db, &line, &version);
	for (int i = 0; rc == 0 && i < DELEGATIONS; i++) {
		struct delegated *d;
		struct prefix p;
		char text[PREFIX_TEXT_MAX];
		(void)snprintf(text, sizeof(text), "10.0.%d.0/24", i);
		assert_int_equal(prefix_parse(text, &p), 0);
		assert_int_equal(delegated_new(&p, REVERSE_RANGE, &d), 0);
		assert_null(delegation_add_server(&d->zones[0], "ns.example.net=127.1.2.3"));
		rc = zones_db_put(db, d, member, version);
		if (rc == 0)
			rc = zones_db_set_state(db, &p, RDNS_LIVE);
		delegated_free(d);
	}
	return rc == 0 ? db_exec(db, "UPDATE recheck SET next = 0") : rc;
}

static int setup(void **state)
{
	struct fixture *f = mem_new(sizeof(*f));
	struct pop_error error;
	sqlite3 *db;

	log_set_sink(ignore);
	*state = f;
	(void)snprintf(f->folder, sizeof(f->folder), "/tmp/rechecking.XXXXXX");
	if (uv_loop_init(&f->loop) < 0 || mkdtemp(f->folder) == NULL ||
	    pop_parse(pop_yaml, strlen(pop_yaml), &f->pop, &error) < 0)
		return -1;
	(void)snprintf(f->path, sizeof(f->path), "%s/rdns.db", f->folder);
	if (db_open(f->path, rdns_migrations, &db) < 0)
		return -1;
	if (db_transact(db, fill, f) < 0 || sqlite3_close(db) != SQLITE_OK)
		return -1;
	f->whose = whose_new(f->pop, NULL, 0, NULL);
	f->checking = checking_new(&f->loop, f->pop, f->whose);
	return store_open(&f->loop, f->path, rdns_migrations, &f->store);
}

static void on_closed(void *data)
{
	struct fixture *f = data;

	f->n_closed++;
	store_close(f->store, NULL, NULL);
}

static void close_all(struct fixture *f)
{
	checking_close(f->checking, NULL, NULL);
	rechecking_close(f->rechecking, on_closed, f);
	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	static const char *const suffixes[] = {"", "-wal", "-shm"};
	char path[80];

	close_all(f);
	int rc = f->n_closed == 1 ? uv_loop_close(&f->loop) : -1; /* UV_EBUSY: leaked handle */
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", f->path, suffixes[i]);
		(void)unlink(path);
	}
	rc = rmdir(f->folder) == 0 ? rc : -errno;
	whose_free(f->whose);
	pop_free(f->pop);
	free(f);
	return rc;
}

static void begin(struct fixture *f)
{
	struct rechecking_config config = {&f->loop, f->store, f->checking, NULL, f->pop};

	f->rechecking = rechecking_new(&config);
}

static int count_checked(sqlite3 *db, void *data)
{
	struct fixture *f = data;
	sqlite3_stmt *s;
	int rc = db_prepare(db, "SELECT count(*) FROM checked WHERE kind = 0 AND NOT passed", &s);

	if (rc == 0)
		rc = db_first(s);
	if (rc < 0)
		return rc;
	f->found = sqlite3_column_int64(s, 0);
	(void)sqlite3_finalize(s);
	return 0;
}

static void on_found(void *data, int rc)
{
	struct fixture *f = data;

	assert_int_equal(rc, 0);
	f->has_found = true;
}

static int64_t ask(struct fixture *f)
{
	f->has_found = false;
	assert_int_equal(store_run(f->store, count_checked, on_found, f), 0);
	while (!f->has_found)
		(void)uv_run(&f->loop, UV_RUN_ONCE);
	return f->found;
}

static bool has_metric(const struct fixture *f, const char *line)
{
	struct buf b;

	buf_init(&b, 65536);
	rechecking_add_metrics(f->rechecking, &b);
	bool found = strstr(b.data, line) != NULL;
	buf_done(&b);
	return found;
}

/** More than are checked at once, without waiting for the next look. */
static void test_all_that_is_due(void **state)
{
	struct fixture *f = *state;

	begin(f);
	while (ask(f) < DELEGATIONS)
		continue;
	assert_true(has_metric(f, "rdnsd_delegations{state=\"live\"} 72\n")); /* without a resolver, none is blamed */
	assert_true(has_metric(f, "rdnsd_delegations_turned_total{to=\"broken\"} 0\n"));
}

/** What somebody had checked counts too. */
static void test_what_turned(void **state)
{
	struct fixture *f = *state;
	char none[] = "[]", summary[] = "{\"problems\":[]}";
	struct check_result result = {.n = {[SEVERITY_ERROR] = 1}, .verdicts = {none, none}, .summary = summary};
	struct delegated *d;
	struct prefix p;

	begin(f);
	assert_int_equal(prefix_parse("10.0.7.0/24", &p), 0);
	assert_int_equal(delegated_new(&p, REVERSE_RANGE, &d), 0);
	assert_null(delegation_add_server(&d->zones[0], "ns.example.net=127.1.2.3"));
	for (int i = 0; i < CHECKS_TO_BREAK; i++)
		rechecking_note(f->rechecking, 64500, d, &result);
	(void)ask(f);
	assert_true(has_metric(f, "rdnsd_delegations_turned_total{to=\"broken\"} 1\n"));
	result.passed = true;
	rechecking_note(f->rechecking, 64500, d, &result);
	(void)ask(f);
	assert_true(has_metric(f, "rdnsd_delegations_turned_total{to=\"live\"} 1\n"));
	delegated_free(d);
}

/** In the middle of a look, of checks, of notes: nothing is left (teardown). */
static void test_closed_at_any_time(void **state)
{
	struct fixture *f = *state;

	begin(f);
	for (int i = 0; i < 40; i++)
		(void)uv_run(&f->loop, UV_RUN_NOWAIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_all_that_is_due, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_turned, setup, teardown),
		cmocka_unit_test_setup_teardown(test_closed_at_any_time, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
