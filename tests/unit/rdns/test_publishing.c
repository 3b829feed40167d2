/*
 * Changes of a real database into a real Knot: live, taken back, cut off, many at once, and what drifted. What
 * Knot has is compared with the database by publishing itself: nothing is left to repair.
 */
/* SPDX-License-Identifier: MIT */
#include "rdns/publishing.h"

#include "base/mem.h"
#include "knot.h"
#include "rdns/edit.h"
#include "rdns/members_db.h"
#include "store/db.h"

#include <errno.h>
#include <unistd.h>

enum { MANY = 250 };

static const char pop_yaml[] =
    "site:\n  name: lyon\n  title: Lyon\n  domain: lyon.example.net\n  city: Lyon\n  country: FR\n"
    "  languages: [fr]\n  operated_by: {name: IX, contact: noc@example.net}\n"
    "addresses: {ipv4: 127.0.0.1}\n"
    "services:\n  pages: {}\n  resolver: {port: 5301}\n  authoritative: {port: 5300, tls_port: 5302}\n"
    "  rdns: {zones: [192.0.2.0/24]}\n";

struct fixture {
	struct knot knot;
	uv_loop_t loop;
	struct pop *pop;
	struct allocations zones;
	struct key_file key;
	struct store *store;
	struct publishing *p;
	sqlite3 *db; /* beside the store */
	char path[64];
	int64_t member;
};

static struct fixture f;

struct ended {
	unsigned n;
	enum change_end end;
	enum change_event why;
};

static void on_end(enum change_end end, enum change_event why, void *data)
{
	struct ended *e = data;

	*e = (struct ended){e->n + 1, end, why};
}

static int64_t number(const char *sql)
{
	sqlite3_stmt *s;

	assert_int_equal(db_prepare(f.db, sql, &s), 0);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	int64_t n = sqlite3_column_int64(s, 0);
	assert_int_equal(sqlite3_finalize(s), SQLITE_OK);
	return n;
}

/* The figure at the end of the line that begins so. */
static uint64_t metric(const char *name)
{
	struct buf text;

	buf_init(&text, 1 << 16);
	publishing_add_metrics(f.p, &text);
	assert_int_equal(buf_printf(&text, "%c", '\0'), 0);
	const char *line = strstr(text.data, name);
	assert_non_null(line);
	uint64_t value = strtoull(line + strlen(name), NULL, 10);
	buf_done(&text);
	return value;
}

/* Let the loop run until the counter @name has come to @value. */
static void until(const char *name, uint64_t value)
{
	while (metric(name) < value)
		(void)uv_run(&f.loop, UV_RUN_ONCE);
}

#define RIGHT   "end=\"right\"} "
#define DRIFTED "\nrdnsd_drift_records_total "

static void start(void)
{
	assert_int_equal(store_open(&f.loop, f.path, rdns_migrations, &f.store), 0);
	f.p = publishing_new(&(struct publishing_config){&f.loop, f.store, f.pop, &f.zones, &f.key, -1});
}

static void on_closed(void *data)
{
	store_close(data, NULL, NULL);
}

static void stop(void)
{
	publishing_close(f.p, on_closed, f.store);
	assert_int_equal(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
}

/* A round of a new start finds nothing to repair. */
static void assert_nothing_drifts(void)
{
	stop();
	start();
	until(RIGHT, 1);
	assert_int_equal(metric(DRIFTED), 0);
}

static int setup(void **state)
{
	struct pop_error error;
	(void)state;

	knot_init(&f.knot);
	knot_start(&f.knot);
	knot_write(&f.knot, "rdnsd.conf", "# hmac-sha256:rdnsd:" KNOT_SECRET "\n");
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", f.knot.folder, 1), 0);
	assert_int_equal(publishing_read_key(&f.key), 0);
	assert_int_equal(uv_loop_init(&f.loop), 0);
	assert_int_equal(pop_parse(pop_yaml, strlen(pop_yaml), &f.pop, &error), 0);
	allocations_init(&f.zones, f.pop->services->rdns);
	(void)snprintf(f.path, sizeof(f.path), "%s/rdns.db", f.knot.folder);
	assert_int_equal(db_open(f.path, rdns_migrations, &f.db), 0);
	assert_int_equal(members_db_put(f.db, 64500, "One", &f.member), 0);
	for (unsigned i = 0; i < 2; i++) { /* the POP is the zone's server now, then the only one */
		start();
		until(RIGHT, 1);
		assert_true(metric(DRIFTED) > 0);
		stop();
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(sqlite3_close(f.db), SQLITE_OK);
	allocations_done(&f.zones);
	pop_free(f.pop);
	knot_done(&f.knot);
	return uv_loop_close(&f.loop);
}

/* Write what a member wants. Return: the change. */
static int64_t delegate(const char *text, const char *body)
{
	struct edit e = {.at = 1, .who = "AS64500", .member = f.member};
	char error[DELEGATED_ERROR_MAX];
	struct delegated *d = NULL;
	struct prefix p;

	assert_int_equal(prefix_parse(text, &p), 0);
	if (body != NULL) {
		yyjson_doc *doc = yyjson_read(body, strlen(body), 0);
		assert_int_equal(delegated_parse(&p, yyjson_doc_get_root(doc), &d, error), 0);
		yyjson_doc_free(doc);
	}
	assert_int_equal(edit_delegation(f.db, &e, &p, d), 0);
	delegated_free(d);
	return e.change;
}

static int64_t host(const char *text, const char *name)
{
	struct edit e = {.at = 1, .who = "AS64500", .member = f.member};
	struct addr a;

	assert_int_equal(addr_parse(text, 0, &a), 0);
	assert_int_equal(edit_ptr(f.db, &e, &a, name), 0);
	return e.change;
}

static struct ended publish(int64_t change)
{
	struct ended e = {.n = 0};

	assert_int_equal(publishing_change(f.p, change, on_end, &e), 0);
	assert_int_equal(e.n, 0);
	while (e.n == 0)
		(void)uv_run(&f.loop, UV_RUN_ONCE);
	return e;
}

#define SERVERS \
	"{\"nameservers\":[{\"name\":\"ns1.example.net\"},{\"name\":\"ns2.example.net\"}],\"ds\":[{\"zone\":" \
	"\"0-63.2.0.192.in-addr.arpa\",\"key_tag\":1,\"algorithm\":13,\"digest_type\":1," \
	"\"digest\":\"0000000000000000000000000000000000000000\"}]}"
#define IN_PROGRESS "SELECT count(*) FROM change WHERE state IN ('written', 'sent')"

static void test_live(void **state)
{
	(void)state;
	start();
	assert_int_equal(publish(delegate("192.0.2.0/26", SERVERS)).end, CHANGE_LIVE);
	assert_int_equal(publish(host("192.0.2.70", "seventy.example.net")).end, CHANGE_LIVE);
	assert_int_equal(number("SELECT count(*) FROM change WHERE state = 'verified'"), 2);
	assert_int_equal(number("SELECT count(*) FROM delegation WHERE state = 'live'"), 1);
	assert_nothing_drifts();
	assert_int_equal(publish(delegate("192.0.2.0/26", NULL)).end, CHANGE_LIVE);
	assert_int_equal(publish(host("192.0.2.70", NULL)).end, CHANGE_LIVE);
	assert_nothing_drifts();
	stop();
}

static void test_taken_back(void **state)
{
	(void)state;
	start();
	assert_int_equal(publish(host("192.0.2.70", "seventy.example.net")).end, CHANGE_LIVE);
	knot_stop(&f.knot, SIGKILL);
	struct ended e = publish(host("192.0.2.70", "other.example.net"));
	assert_int_equal(e.end, CHANGE_FAILED);
	assert_int_equal(e.why, CHANGE_UNREACHED);
	assert_int_equal(number("SELECT count(*) FROM ptr WHERE name = 'seventy.example.net' AND state = 'live'"), 1);
	knot_restart(&f.knot, &f.loop);
	assert_nothing_drifts();
	assert_int_equal(publish(host("192.0.2.70", NULL)).end, CHANGE_LIVE);
	stop();
}

/* Written, and nobody was left to send it. */
static void test_cut_off(void **state)
{
	(void)state;
	int64_t first = delegate("192.0.2.0/26", SERVERS), second = host("192.0.2.70", "seventy.example.net");

	assert_int_equal(change_db_move(f.db, second, AUDIT_SENT), 0); /* or so it says */
	assert_true(first < second);
	start();
	until(RIGHT, 1);
	assert_int_equal(number(IN_PROGRESS), 0);
	assert_int_equal(number("SELECT count(*) FROM delegation WHERE state = 'live'"), 1);
	assert_nothing_drifts();
	stop();
}

/* What nobody has written is taken away, and what is missing comes back. */
static void test_drift(void **state)
{
	(void)state;
	assert_int_equal(db_exec(f.db, "DELETE FROM delegation; UPDATE ptr SET name = 'drift.example.net'"), 0);
	start();
	until(RIGHT, 1);
	assert_true(metric(DRIFTED) > 0);
	assert_nothing_drifts();
	stop();
}

static int import_work(sqlite3 *db, void *data)
{
	int64_t *range = data;
	(void)db;

	for (unsigned i = 0; i < MANY; i++) {
		char address[ADDR_TEXT_MAX], name[64];
		(void)snprintf(address, sizeof(address), "192.0.2.%u", i);
		(void)snprintf(name, sizeof(name), "host%u.example.net", i);
		range[1] = host(address, name);
		range[0] = i == 0 ? range[1] : range[0];
	}
	return 0;
}

static struct ended import(void)
{
	struct ended e = {.n = 0};
	int64_t range[2];

	assert_int_equal(db_transact(f.db, import_work, range), 0);
	assert_int_equal(publishing_import(f.p, range[0], range[1], on_end, &e), 0);
	assert_int_equal(publishing_import(f.p, range[0], range[1], on_end, &e), -EBUSY);
	while (e.n == 0)
		(void)uv_run(&f.loop, UV_RUN_ONCE);
	return e;
}

static void test_import(void **state)
{
	(void)state;
	start();
	until(RIGHT, 1);
	knot_stop(&f.knot, SIGKILL);
	int64_t before = number("SELECT count(*) FROM ptr");
	assert_int_equal(import().end, CHANGE_FAILED);
	assert_int_equal(number(IN_PROGRESS), 0);
	assert_int_equal(number("SELECT count(*) FROM ptr"), before);
	knot_restart(&f.knot, &f.loop);
	assert_int_equal(import().end, CHANGE_LIVE);
	assert_int_equal(number(IN_PROGRESS), 0);
	assert_int_equal(number("SELECT count(*) FROM ptr WHERE state = 'live'"), MANY);
	assert_nothing_drifts();
	stop();
}

/* A zone that is in the POP file no more. */
static void test_zone_is_gone(void **state)
{
	(void)state;
	start();
	struct ended e = publish(host("198.51.100.1", "one.example.net"));
	assert_int_equal(e.end, CHANGE_FAILED);
	assert_int_equal(e.why, CHANGE_REFUSED);
	assert_int_equal(number("SELECT count(*) FROM ptr WHERE address = '198.51.100.1'"), 0);
	stop();
}

static void test_without_key(void **state)
{
	struct key_file key;
	(void)state;

	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", "/nowhere", 1), 0);
	assert_int_equal(publishing_read_key(&key), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_live),
		cmocka_unit_test(test_taken_back),
		cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_drift),
		cmocka_unit_test(test_import),
		cmocka_unit_test(test_zone_is_gone),
		cmocka_unit_test(test_without_key),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
