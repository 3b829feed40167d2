/*
 * Changes on their way into a real Knot: with it, without it, with the wrong key, with a database that takes
 * nothing, and cut off at each of the database's notes. What is in DNS is compared as a whole afterwards.
 */
/* SPDX-License-Identifier: MIT */
#include "rdns/publisher.h"

#include "knot.h"
#include "rdns/records.h"

#include <errno.h>

enum { MANY = 2000 };

struct ended {
	unsigned n;
	enum change_end end;
	enum change_event why;
};

struct fixture {
	struct knot knot;
	uv_loop_t loop;
	struct publisher *p;
	struct publisher_config config;
	ldns_rr_list *none, *one, *ptrs;
	/* the database */
	enum change_state noted;
	unsigned n_notes, note_fails_at, killed_at; /* counted from 1; 0: never */
	ldns_rr_list *wanted;                       /* NULL: cannot be read */
	ldns_rr_list *unsettled;
	ldns_rr *ns; /* of the zone itself */
	unsigned n_wants;
};

static struct fixture f;

static void on_note(int64_t id, enum change_state state, void *data)
{
	(void)data;
	assert_int_equal(id, 7);
	f.n_notes++;
	if (f.n_notes == f.killed_at) { /* nothing is written, and nobody is told any more */
		publisher_close(f.p, NULL, NULL);
		f.p = NULL;
		return;
	}
	bool fails = f.n_notes == f.note_fails_at;
	if (!fails)
		f.noted = state;
	publisher_noted(f.p, fails ? -ENOSPC : 0);
}

static void on_want(const char *origin, void *data)
{
	(void)data;
	assert_string_equal(origin, KNOT_ZONE);
	f.n_wants++;
	ldns_rr_list *wanted = f.wanted == NULL ? NULL : ldns_rr_list_clone(f.wanted);
	if (wanted != NULL)
		(void)ldns_rr_list_push_rr(wanted, ldns_rr_clone(f.ns));
	publisher_wanted(f.p, wanted, ldns_rr_list_clone(f.unsettled));
}

static void on_end(enum change_end end, enum change_event why, void *data)
{
	struct ended *e = data;

	e->n++;
	e->end = end;
	e->why = why;
}

static ldns_rr_list *ptrs(unsigned n)
{
	ldns_rr_list *list = ldns_rr_list_new();

	for (unsigned i = 0; i < n; i++) {
		struct addr a;
		char text[ADDR_TEXT_MAX], name[64];
		(void)snprintf(text, sizeof(text), "192.0.2.%u", i % 256);
		(void)snprintf(name, sizeof(name), "host-%u.customers.example.net", i);
		assert_int_equal(addr_parse(text, 0, &a), 0);
		assert_int_equal(records_add_ptr(list, &a, name, KNOT_ZONE), 0);
	}
	return list;
}

static int setup(void **state)
{
	struct delegation d;
	(void)state;

	knot_init(&f.knot);
	knot_start(&f.knot);
	assert_int_equal(uv_loop_init(&f.loop), 0);
	f.config = (struct publisher_config){
		.primary = {&f.loop, f.knot.addr, {"rdnsd.", "hmac-sha256.", KNOT_SECRET}},
		.note = on_note,
		.want = on_want,
	};
	f.none = ldns_rr_list_new();
	f.unsettled = f.none;
	assert_int_equal(ldns_rr_new_frm_str(&f.ns, KNOT_NS, 0, NULL, NULL), LDNS_STATUS_OK);
	f.one = ldns_rr_list_new();
	f.ptrs = ptrs(8);
	assert_null(delegation_init(&d, "192.0.2.0/26"));
	assert_null(delegation_add_server(&d, "ns1.example.net"));
	assert_null(delegation_add_server(&d, "ns2.example.net"));
	assert_int_equal(records_add_delegation(f.one, &d, KNOT_ZONE), 0);
	delegation_done(&d);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ldns_rr_list_deep_free(f.none);
	ldns_rr_free(f.ns);
	ldns_rr_list_deep_free(f.one);
	ldns_rr_list_deep_free(f.ptrs);
	knot_done(&f.knot);
	return uv_loop_close(&f.loop);
}

static void start(void)
{
	f.p = publisher_new(&f.config);
	f.noted = CHANGE_WRITTEN;
	f.n_notes = f.note_fails_at = f.killed_at = f.n_wants = 0;
	f.wanted = NULL;
}

static void stop(void)
{
	if (f.p != NULL)
		publisher_close(f.p, NULL, NULL);
	assert_int_equal(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
}

static void begin(const ldns_rr_list *before, const ldns_rr_list *after, bool is_again, struct ended *ended)
{
	const struct publication publication = {
		.id = 7,
		.origin = KNOT_ZONE,
		.before = ldns_rr_list_clone(before),
		.after = ldns_rr_list_clone(after),
		.noted = f.noted,
		.is_again = is_again,
		.on_end = on_end,
		.data = ended,
	};

	assert_int_equal(publisher_change(f.p, &publication), 0);
}

static struct ended change(const ldns_rr_list *before, const ldns_rr_list *after, bool is_again)
{
	struct ended ended = {.n = 0};

	begin(before, after, is_again, &ended);
	assert_int_equal(ended.n, 0);
	assert_int_equal(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
	assert_true(ended.n == 1 || f.p == NULL);
	return ended;
}

/* Make DNS have @wanted. Return: how many records were wrong. */
static size_t reconcile(ldns_rr_list *wanted)
{
	uint64_t before = publisher_counters(f.p)->drifted, done = publisher_counters(f.p)->reconciled;

	f.wanted = wanted;
	assert_int_equal(publisher_inspect(f.p, KNOT_ZONE, NULL, NULL), 0);
	assert_int_equal(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(publisher_counters(f.p)->reconciled, done + 1);
	f.wanted = NULL;
	return publisher_counters(f.p)->drifted - before;
}

static void test_live(void **state)
{
	(void)state;
	start();
	assert_int_equal(change(f.none, f.one, false).end, CHANGE_LIVE);
	assert_int_equal(f.noted, CHANGE_VERIFIED);
	assert_int_equal(f.n_notes, 2);
	assert_int_equal(reconcile(f.one), 0);
	f.noted = CHANGE_WRITTEN;
	assert_int_equal(change(f.one, f.none, false).end, CHANGE_LIVE);
	assert_int_equal(reconcile(f.none), 0);
	assert_int_equal(publisher_counters(f.p)->live, 2);
	stop();
}

/* What goes last goes with the change. */
static void test_last(void **state)
{
	(void)state;
	struct ended ended = {.n = 0};
	ldns_rr_list *stray = ldns_rr_list_new();
	ldns_rr *rr;
	assert_int_equal(ldns_rr_new_frm_str(&rr, "stray." KNOT_ZONE ". 60 TXT a", 0, NULL, NULL), LDNS_STATUS_OK);
	(void)ldns_rr_list_push_rr(stray, rr);
	struct publication publication = {
		.id = 7,
		.origin = KNOT_ZONE,
		.before = ldns_rr_list_new(),
		.after = ldns_rr_list_clone(f.one),
		.last_origin = KNOT_ZONE,
		.last_to_go = ldns_rr_list_clone(stray),
		.is_hidden = true,
		.on_end = on_end,
		.data = &ended,
	};

	start();
	assert_int_equal(reconcile(stray), 1);
	assert_int_equal(publisher_change(f.p, &publication), 0);
	assert_int_equal(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(ended.n, 1);
	assert_int_equal(ended.end, CHANGE_LIVE);
	ldns_rr_list_deep_free(stray);
	assert_int_equal(reconcile(f.one), 0);
	assert_true(reconcile(f.none) > 0);
	stop();
}

/* Names hosted by us become a delegation's aliases, and back. */
static void test_from_names_to_aliases(void **state)
{
	(void)state;
	start();
	assert_int_equal(reconcile(f.ptrs), ldns_rr_list_rr_count(f.ptrs));
	assert_int_equal(change(f.ptrs, f.one, false).end, CHANGE_LIVE);
	assert_int_equal(reconcile(f.one), 0);
	f.noted = CHANGE_WRITTEN;
	assert_int_equal(change(f.one, f.ptrs, false).end, CHANGE_LIVE);
	assert_int_equal(reconcile(f.ptrs), 0);
	assert_true(reconcile(f.none) > 0);
	stop();
}

/* What is more than one message; repaired in both directions. */
static void test_drift(void **state)
{
	(void)state;
	ldns_rr_list *many = ptrs(MANY);

	start();
	assert_int_equal(reconcile(many), MANY);
	assert_int_equal(reconcile(many), 0);
	assert_int_equal(reconcile(f.one), MANY + ldns_rr_list_rr_count(f.one));
	assert_int_equal(reconcile(f.none), ldns_rr_list_rr_count(f.one));
	/* A database that cannot be read empties no zone. */
	assert_int_equal(reconcile(f.ptrs), ldns_rr_list_rr_count(f.ptrs));
	assert_int_equal(publisher_inspect(f.p, KNOT_ZONE, NULL, NULL), 0);
	assert_int_equal(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(publisher_counters(f.p)->unreachable, 1);
	assert_int_equal(reconcile(f.ptrs), 0);
	assert_int_equal(reconcile(f.none), ldns_rr_list_rr_count(f.ptrs));
	stop();
	ldns_rr_list_deep_free(many);
}

/* Killed before each note is written, then started again with what the database has. */
static void test_cut_off(void **state)
{
	(void)state;

	for (unsigned at = 1; at <= 2; at++) {
		start();
		f.killed_at = at;
		(void)change(f.none, f.one, false);
		assert_null(f.p);
		assert_int_equal(f.noted, at == 1 ? CHANGE_WRITTEN : CHANGE_SENT);
		f.killed_at = f.n_notes = 0;
		f.p = publisher_new(&f.config);
		assert_int_equal(change(f.none, f.one, true).end, CHANGE_LIVE);
		assert_int_equal(f.noted, CHANGE_VERIFIED);
		assert_int_equal(reconcile(f.one), 0);
		assert_true(reconcile(f.none) > 0);
		stop();
	}
}

static void test_too_many_wait(void **state)
{
	(void)state;
	struct ended ended = {.n = 0};
	struct publication late = {.origin = KNOT_ZONE};

	start();
	for (unsigned i = 0; i < PUBLISHER_WAITING_MAX; i++)
		begin(f.none, f.none, false, &ended);
	assert_int_equal(publisher_change(f.p, &late), -EAGAIN);
	for (unsigned i = 0; i < PUBLISHER_WAITING_MAX; i++)
		assert_int_equal(publisher_inspect(f.p, KNOT_ZONE, NULL, NULL), 0);
	assert_int_equal(publisher_inspect(f.p, KNOT_ZONE, NULL, NULL), -EAGAIN);
	stop(); /* and none of them is told */
	assert_int_equal(ended.n, 0);
	start();
	assert_int_equal(publisher_reconcile(f.p, "two..dots", NULL, NULL), -EINVAL);
	stop();
}

/* One after the other, in order: the last one is what is served. */
static void test_in_order(void **state)
{
	(void)state;
	struct ended ended = {.n = 0};

	start();
	for (unsigned i = 0; i < 5; i++) {
		begin(i % 2 == 0 ? f.none : f.one, i % 2 == 0 ? f.one : f.none, false, &ended);
		assert_int_equal(ended.n, 0);
	}
	assert_int_equal(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(ended.n, 5);
	assert_int_equal(publisher_counters(f.p)->live, 5);
	assert_int_equal(reconcile(f.one), 0);
	assert_true(reconcile(f.none) > 0);
	stop();
}

static void on_reconciled(bool is_right, void *data)
{
	*(int *)data = is_right;
}

/* Changes go on while the zone is compared: what they touch is neither repaired nor waits. */
static void test_change_beside_comparison(void **state)
{
	(void)state;
	struct ended ended = {.n = 0};
	int is_right = -1;

	start();
	f.wanted = f.ptrs; /* read before the change */
	assert_int_equal(publisher_reconcile(f.p, KNOT_ZONE, on_reconciled, &is_right), 0);
	while (f.n_wants == 0)
		(void)uv_run(&f.loop, UV_RUN_ONCE);
	begin(f.none, f.one, false, &ended);
	assert_int_equal(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(ended.end, CHANGE_LIVE);
	assert_int_equal(is_right, true);
	assert_int_equal(reconcile(f.one), 0);

	/* One that the database has, and that has not come here yet. */
	f.unsettled = f.one;
	assert_int_equal(reconcile(f.none), 0);
	f.unsettled = f.none;
	assert_int_equal(reconcile(f.none), ldns_rr_list_rr_count(f.one));
	stop();
}

/* The zone's own servers are wanted like all else; and never none. */
static void test_servers_of_the_zone(void **state)
{
	(void)state;
	ldns_rr *was = f.ns;

	assert_int_equal(ldns_rr_new_frm_str(&f.ns, KNOT_ZONE ". 3600 NS other.example.net.", 0, NULL, NULL),
	                 LDNS_STATUS_OK);
	start();
	/* The last one is not deleted before there is another (RFC 2136, 3.4.2.4). */
	assert_int_equal(reconcile(f.none), 2);
	assert_int_equal(reconcile(f.none), 1);
	assert_int_equal(reconcile(f.none), 0);
	ldns_rr_free(f.ns);
	f.ns = was;
	assert_int_equal(reconcile(f.none), 2);
	assert_int_equal(reconcile(f.none), 1);
	assert_int_equal(reconcile(f.none), 0);
	stop();
}

static void test_wrong_key(void **state)
{
	(void)state;

	f.config.primary.key.secret = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU=";
	start();
	f.wanted = f.none;
	struct ended ended = change(f.none, f.one, false);
	f.config.primary.key.secret = KNOT_SECRET;
	assert_int_equal(ended.end, CHANGE_FAILED);
	assert_int_equal(ended.why, CHANGE_UNSERVED);
	assert_int_equal(f.noted, CHANGE_ROLLED_BACK);
	assert_int_equal(f.n_wants, 1); /* nobody knows what is there, so the zone is to be compared */
	assert_int_equal(publisher_counters(f.p)->unreachable, 1);
	stop();
}

/* A zone that is not Knot's, a change too large for one message of one name: all is as before. */
static void test_impossible(void **state)
{
	(void)state;
	ldns_rr_list *large = ldns_rr_list_new();
	struct addr a;

	assert_int_equal(addr_parse("192.0.2.1", 0, &a), 0);
	for (unsigned i = 0; i < 1000; i++) {
		char name[128];
		(void)snprintf(name, sizeof(name), "a-host-with-a-very-long-name-number-%u.customers.example.net", i);
		assert_int_equal(records_add_ptr(large, &a, name, KNOT_ZONE), 0);
	}
	start();
	struct ended ended = change(f.none, large, false);
	assert_int_equal(ended.end, CHANGE_FAILED);
	assert_int_equal(ended.why, CHANGE_REFUSED);
	assert_int_equal(f.noted, CHANGE_ROLLED_BACK);
	assert_int_equal(reconcile(f.none), 0);
	stop();
	ldns_rr_list_deep_free(large);
}

static void test_knot_is_down(void **state)
{
	(void)state;

	start();
	knot_stop(&f.knot, SIGKILL);
	struct ended ended = change(f.none, f.one, false);
	assert_int_equal(ended.end, CHANGE_FAILED);
	assert_int_equal(ended.why, CHANGE_UNREACHED);
	assert_int_equal(f.noted, CHANGE_ROLLED_BACK);
	assert_int_equal(f.n_wants, 0);

	/* The same with a full disk: it stays in the database, and is begun again when there is room. */
	f.noted = CHANGE_WRITTEN;
	f.n_notes = 0;
	f.note_fails_at = 1;
	assert_int_equal(change(f.none, f.one, false).end, CHANGE_PENDING);
	assert_int_equal(f.noted, CHANGE_WRITTEN);
	knot_restart(&f.knot, &f.loop);
	assert_int_equal(change(f.none, f.one, true).end, CHANGE_LIVE);
	assert_int_equal(f.noted, CHANGE_VERIFIED);
	assert_int_equal(reconcile(f.one), 0);

	/* A full disk after the change was taken: it is live all the same. */
	f.noted = CHANGE_WRITTEN;
	f.n_notes = 0;
	f.note_fails_at = 2;
	assert_int_equal(change(f.one, f.none, false).end, CHANGE_LIVE);
	assert_int_equal(f.noted, CHANGE_SENT);
	assert_int_equal(reconcile(f.none), 0);
	assert_int_equal(publisher_counters(f.p)->failed, 1);
	assert_int_equal(publisher_counters(f.p)->pending, 1);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_live),
		cmocka_unit_test(test_last),
		cmocka_unit_test(test_from_names_to_aliases),
		cmocka_unit_test(test_drift),
		cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_too_many_wait),
		cmocka_unit_test(test_in_order),
		cmocka_unit_test(test_change_beside_comparison),
		cmocka_unit_test(test_servers_of_the_zone),
		cmocka_unit_test(test_wrong_key),
		cmocka_unit_test(test_impossible),
		cmocka_unit_test(test_knot_is_down),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
