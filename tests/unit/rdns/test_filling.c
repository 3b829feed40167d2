/* Zones made right one after the other, in a real Knot: those that are there, one that is not, and none at all. */
/* SPDX-License-Identifier: MIT */
#include "rdns/filling.h"

#include "knot.h"

#include <string.h>

#define ABSENT "3.0.192.in-addr.arpa"

struct fixture {
	struct knot knot;
	uv_loop_t loop;
	struct publisher *p;
	unsigned n_ends, n_wants;
	bool is_right;
};

static struct fixture f;

static void on_want(const char *origin, void *data)
{
	ldns_rr_list *wanted = ldns_rr_list_new();
	ldns_rr *ns;
	(void)data;

	assert_true(strcmp(origin, KNOT_ZONE) == 0 || strcmp(origin, ABSENT) == 0);
	f.n_wants++;
	assert_int_equal(ldns_rr_new_frm_str(&ns, KNOT_NS, 0, NULL, NULL), LDNS_STATUS_OK);
	(void)ldns_rr_list_push_rr(wanted, ns);
	publisher_wanted(f.p, wanted, ldns_rr_list_new());
}

static void on_end(bool is_right, void *data)
{
	(void)data;
	f.n_ends++;
	f.is_right = is_right;
}

static int setup(void **state)
{
	(void)state;
	knot_init(&f.knot);
	knot_start(&f.knot);
	return uv_loop_init(&f.loop);
}

static int teardown(void **state)
{
	(void)state;
	knot_done(&f.knot);
	return uv_loop_close(&f.loop);
}

static struct filling *start(const char *first, const char *second)
{
	const char *const names[] = {first, second};
	ldns_rr_list *zones = ldns_rr_list_new();

	f.p = publisher_new(&(struct publisher_config){
		.primary = {&f.loop, f.knot.addr, {"rdnsd.", "hmac-sha256.", KNOT_SECRET}, NULL},
		.want = on_want,
	});
	f.n_ends = f.n_wants = 0;
	for (size_t i = 0; i < 2; i++) {
		ldns_rr *rr = ldns_rr_new();
		ldns_rr_set_owner(rr, ldns_dname_new_frm_str(names[i]));
		(void)ldns_rr_list_push_rr(zones, rr);
	}
	return filling_start(&(struct filling_request){f.p, &f.loop, KNOT_ZONE, zones, on_end, NULL});
}

static void stop(void)
{
	publisher_close(f.p, NULL, NULL);
	assert_int_equal(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
}

static void fill(const char *first, const char *second, bool is_right)
{
	(void)start(first, second);
	assert_int_equal(f.n_ends, 0);
	while (f.n_ends == 0)
		(void)uv_run(&f.loop, UV_RUN_ONCE);
	assert_int_equal(f.is_right, is_right);
	stop();
	assert_int_equal(f.n_ends, 1);
}

static void test_right(void **state)
{
	(void)state;
	fill(KNOT_ZONE, KNOT_ZONE, true);
	assert_int_equal(f.n_wants, 3);
}

/* It is asked for again and again, until the time is over. */
static void test_absent(void **state)
{
	(void)state;
	fill(KNOT_ZONE, ABSENT, false);
	assert_true(f.n_wants > 5);
}

static void test_cancelled(void **state)
{
	(void)state;
	struct filling *filling = start(KNOT_ZONE, ABSENT);

	while (f.n_wants < 4)
		(void)uv_run(&f.loop, UV_RUN_ONCE);
	publisher_close(f.p, NULL, NULL);
	filling_cancel(filling);
	assert_int_equal(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(f.n_ends, 0);
}

/* Without its catalog nothing is tried again. */
static void test_knot_is_down(void **state)
{
	(void)state;
	knot_stop(&f.knot, SIGKILL);
	fill(KNOT_ZONE, KNOT_ZONE, false);
	assert_int_equal(f.n_wants, 1);
	knot_restart(&f.knot, &f.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_cancelled),
		cmocka_unit_test(test_knot_is_down),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
