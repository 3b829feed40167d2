/* Updates, questions and transfers with a real Knot that signs: with its key, with another, without it. */
/* SPDX-License-Identifier: MIT */
#include "rdns/primary.h"

#include "knot.h"
#include "rdns/difference.h"
#include "rdns/records.h"
#include "rdns/served.h"

#include <errno.h>

enum {
	ASKS_MAX = 10,
	KNOT_BACKLOG = 10, /* as it has in its source */
};

struct fixture {
	struct knot knot;
	uv_loop_t loop;
	struct primary primary;
	ldns_rdf *origin;
	ldns_rr_list *none, *one; /* what is there: nothing, or a delegation with all that it can have */
};

static struct fixture f;

static ldns_rr_list *delegation_of(const char *zone)
{
	ldns_rr_list *list = ldns_rr_list_new();
	struct delegation d;

	assert_null(delegation_init(&d, zone));
	assert_null(delegation_add_server(&d, "NS1.example.net"));
	char *inside = NULL;
	assert_true(asprintf(&inside, "ns2.%s=192.0.2.53,2001:db8::53", d.zone) > 0);
	assert_null(delegation_add_server(&d, inside));
	free(inside);
	assert_null(delegation_add_ds(&d, "12345 13 2 0102030405060708090A0B0C0D0E0F10"
	                                  "1112131415161718191A1B1C1D1E1F20"));
	assert_int_equal(records_add_delegation(list, &d, KNOT_ZONE), 0);
	delegation_done(&d);
	return list;
}

static int setup(void **state)
{
	(void)state;
	knot_init(&f.knot);
	knot_start(&f.knot);
	assert_int_equal(uv_loop_init(&f.loop), 0);
	f.primary = (struct primary){
		.loop = &f.loop,
		.server = f.knot.addr,
		.key = {"rdnsd.", "hmac-sha256.", KNOT_SECRET},
	};
	f.origin = ldns_dname_new_frm_str(KNOT_ZONE);
	f.none = ldns_rr_list_new();
	f.one = delegation_of("64/26." KNOT_ZONE);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ldns_rdf_deep_free(f.origin);
	ldns_rr_list_deep_free(f.none);
	ldns_rr_list_deep_free(f.one);
	knot_done(&f.knot);
	return uv_loop_close(&f.loop);
}

static void on_event(enum change_event e, void *data)
{
	*(enum change_event *)data = e;
}

static enum change_event update(const ldns_rr_list *records)
{
	enum change_event e = CHANGE_EVENTS;
	struct primary_job *job;

	assert_int_equal(primary_update(&f.primary, f.origin, records, on_event, &e, &job), 0);
	assert_int_equal(e, CHANGE_EVENTS);
	assert_int_equal(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
	return e;
}

static enum change_event ask(const ldns_rr_list *updates)
{
	enum change_event e = CHANGE_EVENTS;

	(void)primary_ask(&f.primary, updates, on_event, &e);
	assert_int_equal(e, CHANGE_EVENTS);
	assert_int_equal(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
	return e;
}

/* A server that has just started, on a machine that is busy, may answer later than is waited for. */
static void assert_served(const ldns_rr_list *updates)
{
	for (unsigned n = 1; ask(updates) != CHANGE_SERVED; n++)
		assert_true(n < ASKS_MAX);
}

struct zone {
	int rc;
	ldns_rr_list *records;
};

static void on_zone(int rc, ldns_rr_list *records, void *data)
{
	*(struct zone *)data = (struct zone){rc, records};
}

static struct zone transfer(void)
{
	struct zone z = {.rc = 1};
	struct primary_job *job;

	assert_int_equal(primary_transfer(&f.primary, f.origin, on_zone, &z, &job), 0);
	assert_int_equal(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
	return z;
}

/* Also the zone's own server. */
static ldns_rr_list *whole(const ldns_rr_list *list)
{
	ldns_rr_list *all = ldns_rr_list_clone(list);
	ldns_rr *ns;

	assert_int_equal(ldns_rr_new_frm_str(&ns, KNOT_NS, 0, NULL, NULL), LDNS_STATUS_OK);
	(void)ldns_rr_list_push_rr(all, ns);
	return all;
}

static size_t n_wrong(const ldns_rr_list *list)
{
	ldns_rr_list *updates = ldns_rr_list_new(), *wanted = whole(list);
	struct zone z = transfer();

	assert_int_equal(z.rc, 0);
	size_t n = difference_of(z.records, wanted, updates);
	ldns_rr_list_deep_free(wanted);
	ldns_rr_list_deep_free(updates);
	ldns_rr_list_deep_free(z.records);
	return n;
}

/* There, and away again; what is asked for shows it each time, and so does the whole zone. */
static void test_there_and_back(void **state)
{
	(void)state;
	ldns_rr_list *there = ldns_rr_list_new(), *back = ldns_rr_list_new();

	difference_replace(f.none, f.one, there);
	difference_replace(f.one, f.none, back);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(ask(there), CHANGE_UNSERVED);
		assert_served(back);
		assert_int_equal(n_wrong(f.none), 0);
		assert_int_equal(update(there), CHANGE_DONE);
		assert_int_equal(update(there), CHANGE_DONE); /* twice is once */
		assert_served(there);
		assert_int_equal(ask(back), CHANGE_UNSERVED);
		assert_int_equal(n_wrong(f.one), 0);
		assert_int_equal(n_wrong(f.none), ldns_rr_list_rr_count(f.one));
		assert_int_equal(update(back), CHANGE_DONE);
	}
	ldns_rr_list_deep_free(there);
	ldns_rr_list_deep_free(back);
}

/* Whatever is in the zone, what difference_of() says makes it right. */
static void test_drift_is_repaired(void **state)
{
	(void)state;
	ldns_rr_list *before = ldns_rr_list_new(), *drift = ldns_rr_list_new(), *repair = ldns_rr_list_new();
	ldns_rr_list *first = ldns_rr_list_new(), *wanted = whole(f.one);
	struct addr a;

	assert_int_equal(addr_parse("192.0.2.70", 0, &a), 0);
	assert_int_equal(records_add_ptr(before, &a, "host.example.net", KNOT_ZONE), 0);
	assert_int_equal(addr_parse("192.0.2.7", 0, &a), 0);
	assert_int_equal(records_add_ptr(before, &a, "host.example.net", KNOT_ZONE), 0);
	difference_replace(f.none, before, drift);
	assert_int_equal(update(drift), CHANGE_DONE);
	struct zone z = transfer();
	assert_int_equal(z.rc, 0);
	assert_int_equal(difference_of(z.records, wanted, repair), ldns_rr_list_rr_count(f.one) + 2);
	ldns_rr_list_deep_free(wanted);
	difference_clear(repair, first);
	assert_int_equal(ldns_rr_list_rr_count(first), 1);
	assert_int_equal(update(first), CHANGE_DONE);
	assert_int_equal(update(repair), CHANGE_DONE);
	assert_int_equal(n_wrong(f.one), 0);
	ldns_rr_list *back = ldns_rr_list_new();
	difference_replace(f.one, f.none, back);
	assert_int_equal(update(back), CHANGE_DONE);
	ldns_rr_list_deep_free(back);
	ldns_rr_list_deep_free(first);
	ldns_rr_list_deep_free(z.records);
	ldns_rr_list_deep_free(before);
	ldns_rr_list_deep_free(drift);
	ldns_rr_list_deep_free(repair);
}

/* A Knot that looks at no connection for a while has room for all of one question's. */
static void test_no_connection_is_dropped(void **state)
{
	(void)state;
	const struct addr knot = f.primary.server;
	ldns_rr_list *updates = ldns_rr_list_new();
	socklen_t len = sizeof(f.primary.server.in);
	unsigned n = 0;

	difference_replace(f.none, f.one, updates);
	f.primary.server.in.sin_port = 0;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, &f.primary.server.sa, len), 0);
	assert_int_equal(getsockname(fd, &f.primary.server.sa, &len), 0);
	assert_int_equal(listen(fd, KNOT_BACKLOG), 0);
	assert_int_equal(ask(updates), CHANGE_UNSERVED);
	for (int one; (one = accept4(fd, NULL, NULL, SOCK_CLOEXEC)) >= 0; n++)
		assert_int_equal(close(one), 0);
	assert_int_equal(n, SERVED_QUESTIONS_MAX);
	assert_int_equal(close(fd), 0);
	f.primary.server = knot;
	ldns_rr_list_deep_free(updates);
}

static void test_refused(void **state)
{
	(void)state;
	ldns_rr_list *updates = ldns_rr_list_new(), *empty = ldns_rr_list_new();
	ldns_rdf *own = f.origin;

	difference_replace(f.none, f.one, updates);
	f.origin = ldns_dname_new_frm_str("3.0.192.in-addr.arpa");
	assert_int_equal(update(updates), CHANGE_UNANSWERED); /* nobody could sign the refusal */
	assert_int_equal(transfer().rc, -EKEYREJECTED);
	ldns_rdf_deep_free(f.origin);
	f.origin = own;

	f.primary.key.secret = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU=";
	assert_int_equal(update(updates), CHANGE_UNANSWERED);
	assert_int_equal(transfer().rc, -EKEYREJECTED);
	f.primary.key.name = "nobody.";
	assert_int_equal(update(updates), CHANGE_UNANSWERED);
	f.primary.key = (struct tsig_key){"rdnsd.", "hmac-sha256.", KNOT_SECRET};
	assert_int_equal(ask(updates), CHANGE_UNSERVED);
	assert_served(empty); /* nothing is always there */
	ldns_rr_list_deep_free(updates);
	ldns_rr_list_deep_free(empty);
}

static void on_nothing(enum change_event e, void *data)
{
	(void)e;
	(void)data;
	fail();
}

static void on_no_zone(int rc, ldns_rr_list *records, void *data)
{
	(void)rc;
	(void)records;
	(void)data;
	fail();
}

static void test_cancelled(void **state)
{
	(void)state;
	ldns_rr_list *updates = ldns_rr_list_new(), *empty = ldns_rr_list_new();
	struct primary_job *job;

	difference_replace(f.none, f.one, updates);
	assert_int_equal(primary_update(&f.primary, f.origin, empty, on_nothing, NULL, &job), 0);
	primary_cancel(job);
	assert_int_equal(primary_transfer(&f.primary, f.origin, on_no_zone, NULL, &job), 0);
	primary_cancel(job);
	primary_cancel(primary_ask(&f.primary, updates, on_nothing, NULL));
	primary_cancel(primary_ask(&f.primary, empty, on_nothing, NULL));
	assert_int_equal(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
	ldns_rr_list_deep_free(updates);
	ldns_rr_list_deep_free(empty);
}

/* Killed, it is not reached; started again, it has what it took. */
static void test_absent_then_back(void **state)
{
	(void)state;
	ldns_rr_list *updates = ldns_rr_list_new();

	difference_replace(f.none, f.one, updates);
	assert_int_equal(update(updates), CHANGE_DONE);
	assert_served(updates);
	knot_stop(&f.knot, SIGKILL);
	assert_int_equal(update(updates), CHANGE_UNREACHED);
	assert_int_equal(ask(updates), CHANGE_UNSERVED);
	assert_int_equal(transfer().rc, -ECONNREFUSED);
	knot_restart(&f.knot, &f.loop);
	assert_served(updates);
	assert_int_equal(n_wrong(f.one), 0);
	ldns_rr_list_deep_free(updates);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_drift_is_repaired),
		cmocka_unit_test(test_no_connection_is_dropped),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_cancelled),
		cmocka_unit_test(test_absent_then_back),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
