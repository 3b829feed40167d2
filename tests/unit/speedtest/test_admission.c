/* SPDX-License-Identifier: MIT */
#include "speedtest/admission.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define MBPS UINT64_C(1000000)

enum {
	START_MS = 1000000,
	TESTS = 64,
};

/* A POP for three tests, until their rates are known. */
static const struct admission_limits limits = {
	.capacity_bps = {[DOWNLOAD] = 300 * MBPS, [UPLOAD] = 350 * MBPS},
	.assumed_bps = 100 * MBPS,
	.tests_per_prefix = 2,
	.queue_length = 4,
	.tests = TESTS,
	.daily_bytes = UINT64_C(1) << 40,
};

struct fixture {
	struct admission *a;
	struct moment now;
	struct admission_answer answer; /* to the last refusal */
	struct addr addr;
	char id[TEST_ID_DIGITS + 1];
};

static int setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){.a = admission_new(&limits), .now = {START_MS, 1700000000}};
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	admission_free(f->a);
	return 0;
}

/* The n-th client, of a prefix of its own; without a name for its test. */
static struct visitor stranger(struct fixture *f, unsigned n)
{
	char text[ADDR_TEXT_MAX];

	(void)snprintf(text, sizeof(text), "10.%u.%u.1", n >> 8, n & 0xff);
	assert_int_equal(addr_parse(text, (uint16_t)(n + 1000), &f->addr), 0);
	return (struct visitor){&f->addr, ""};
}

/* The same with a page that names its test. */
static struct visitor page(struct fixture *f, unsigned n)
{
	struct visitor who = stranger(f, n);

	(void)snprintf(f->id, sizeof(f->id), "%032x", n);
	return (struct visitor){who.client, f->id};
}

static struct flow *enter(struct fixture *f, struct visitor who, enum direction d)
{
	return admission_enter(f->a, who, d, f->now, &f->answer);
}

static void leave(struct fixture *f, struct flow *flow)
{
	admission_leave(f->a, flow, f->now);
}

/* Begin a download of each of the clients from @first on. */
static void fill(struct fixture *f, unsigned first, unsigned n, struct flow *ret_flows[])
{
	for (unsigned i = 0; i < n; i++) {
		ret_flows[i] = enter(f, stranger(f, first + i), DOWNLOAD);
		assert_non_null(ret_flows[i]);
	}
}

static enum admission_state ask(struct fixture *f, struct visitor who)
{
	f->answer = admission_ask(f->a, who, f->now);
	return f->answer.state;
}

static void pass(struct fixture *f, uint64_t ms)
{
	f->now.ms += ms;
}

/* Let time go by while @n flows move, each @mbps. */
static void move(struct fixture *f, struct flow *flows[], unsigned n, unsigned mbps, unsigned ms)
{
	for (; ms > 0; ms -= 100) {
		pass(f, 100);
		for (unsigned k = 0; k < n; k++)
			flow_add(flows[k], mbps * MBPS / 80);
		(void)admission_read(f->a, f->now);
	}
}

static void assert_refused(const struct fixture *f, enum admission_reason reason)
{
	assert_int_equal(f->answer.state, ADMISSION_REFUSED);
	assert_int_equal(f->answer.reason, reason);
	assert_true(f->answer.wait_ms > 0);
}

static void a_pop_takes_as_many_as_it_can_carry(void **state)
{
	struct fixture *f = *state;

	for (unsigned i = 0; i < 3; i++)
		assert_non_null(enter(f, stranger(f, i), DOWNLOAD));
	assert_null(enter(f, stranger(f, 3), DOWNLOAD));
	assert_refused(f, ADMISSION_FULL);
	assert_non_null(enter(f, stranger(f, 0), UPLOAD)); /* whoever is in stays in */
}

static void requests_of_one_client_or_one_name_are_one_test(void **state)
{
	struct fixture *f = *state;

	struct flow *first = enter(f, stranger(f, 0), DOWNLOAD), *named = enter(f, page(f, 0), DOWNLOAD);
	assert_ptr_equal(enter(f, stranger(f, 0), DOWNLOAD), first);
	assert_ptr_not_equal(enter(f, stranger(f, 0), UPLOAD), first);
	assert_ptr_not_equal(named, first);
	struct visitor other_family = page(f, 0);
	assert_int_equal(addr_parse("2001:db8::1", 1, &f->addr), 0);
	assert_ptr_equal(enter(f, other_family, DOWNLOAD), named);
	assert_int_equal(admission_read(f->a, f->now).running, 2);
}

static void a_bad_name_is_no_name(void **state)
{
	static const char *const bad[] = {"", "0123", "0123456789ABCDEF0123456789ABCDEF",
	                                  "0123456789abcdef0123456789abcdeg",
	                                  "0123456789abcdef0123456789abcdef0"};
	struct fixture *f = *state;

	struct flow *first = enter(f, stranger(f, 0), UPLOAD);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct visitor who = stranger(f, 0);
		who.test = bad[i];
		assert_false(test_id_is_valid(bad[i]));
		assert_ptr_equal(enter(f, who, UPLOAD), first);
	}
}

static void a_test_is_over_some_seconds_after_its_last_request(void **state)
{
	struct fixture *f = *state;
	struct flow *flows[3];

	fill(f, 0, 3, flows);
	move(f, flows, 3, 100, 600000);
	assert_int_equal(admission_read(f->a, f->now).running, 3); /* a long request is still one */
	leave(f, flows[0]);
	move(f, flows + 1, 2, 100, ADMISSION_IDLE_MS);
	assert_null(enter(f, stranger(f, 3), DOWNLOAD));
	move(f, flows + 1, 2, 100, ADMISSION_SWEEP_MS);
	assert_non_null(enter(f, stranger(f, 3), DOWNLOAD));
}

static void a_rate_that_is_known_replaces_the_assumption(void **state)
{
	struct fixture *f = *state;
	struct flow *flows[3];
	unsigned n = 3;

	fill(f, 0, 3, flows);
	move(f, flows, 3, 2, 4000);
	assert_int_equal(admission_read(f->a, f->now).used_bps[DOWNLOAD], 6 * MBPS);
	assert_int_equal(admission_read(f->a, f->now).used_bps[UPLOAD], 6 * MBPS);
	while (enter(f, stranger(f, n), DOWNLOAD) != NULL)
		n++;
	assert_int_equal(n, 3 + 2); /* 6 and 2 times 100 of 300 */
	for (unsigned i = 0; i < 3; i++)
		leave(f, flows[i]);
	pass(f, ADMISSION_IDLE_MS - 1);
	assert_int_equal(admission_read(f->a, f->now).used_bps[DOWNLOAD], 6 * MBPS); /* also between phases */
}

static void a_fast_client_has_what_it_takes(void **state)
{
	struct fixture *f = *state;
	struct flow *flows[3];

	fill(f, 0, 1, flows);
	move(f, flows, 1, 250, 4000);
	assert_int_equal(admission_read(f->a, f->now).used_bps[DOWNLOAD], 250 * MBPS);
	assert_null(enter(f, stranger(f, 1), DOWNLOAD));
	assert_refused(f, ADMISSION_FULL);
}

static void who_waits_comes_first_and_in_order(void **state)
{
	struct fixture *f = *state;
	struct flow *flows[3];

	fill(f, 0, 3, flows);
	for (unsigned i = 10; i < 14; i++) {
		assert_int_equal(ask(f, page(f, i)), ADMISSION_WAITING);
		assert_int_equal(f->answer.position, i - 9);
	}
	assert_int_equal(ask(f, page(f, 14)), ADMISSION_REFUSED); /* the queue is full */
	assert_refused(f, ADMISSION_FULL);
	leave(f, flows[1]);
	leave(f, flows[2]);
	move(f, flows, 1, 100, ADMISSION_IDLE_MS + 100);
	assert_null(enter(f, stranger(f, 3), DOWNLOAD)); /* nobody overtakes */
	assert_refused(f, ADMISSION_FULL);
	assert_null(enter(f, page(f, 12), DOWNLOAD)); /* and who waits, waits */
	assert_int_equal(ask(f, page(f, 13)), ADMISSION_WAITING);
	assert_int_equal(f->answer.position, 2);
	assert_int_equal(ask(f, page(f, 11)), ADMISSION_RUNNING);
	assert_int_equal(ask(f, page(f, 10)), ADMISSION_RUNNING);
	assert_non_null(enter(f, page(f, 10), DOWNLOAD));
	assert_non_null(enter(f, page(f, 10), UPLOAD));
}

static void a_place_is_lost_by_who_does_not_ask(void **state)
{
	struct fixture *f = *state;
	struct flow *flows[3];

	fill(f, 0, 3, flows);
	assert_int_equal(ask(f, page(f, 10)), ADMISSION_WAITING);
	assert_int_equal(ask(f, page(f, 11)), ADMISSION_WAITING);
	move(f, flows, 3, 100, ADMISSION_POLL_MS);
	assert_int_equal(ask(f, page(f, 11)), ADMISSION_WAITING);
	assert_int_equal(f->answer.position, 2);
	move(f, flows, 3, 100, ADMISSION_SWEEP_MS);
	assert_int_equal(ask(f, page(f, 11)), ADMISSION_WAITING);
	assert_int_equal(f->answer.position, 1);
	assert_int_equal(ask(f, page(f, 10)), ADMISSION_WAITING);
	assert_int_equal(f->answer.position, 2);
}

static void a_place_that_is_not_used_is_held_for_a_while(void **state)
{
	struct fixture *f = *state;
	uint64_t begun_ms = f->now.ms;

	assert_int_equal(ask(f, page(f, 0)), ADMISSION_RUNNING);
	pass(f, ADMISSION_POLL_MS + 1);
	assert_int_equal(admission_read(f->a, f->now).running, 0); /* nobody asked again */

	assert_int_equal(ask(f, page(f, 1)), ADMISSION_RUNNING);
	begun_ms = f->now.ms;
	while (f->now.ms <= begun_ms + ADMISSION_HOLD_MS) {
		assert_int_equal(ask(f, page(f, 1)), ADMISSION_RUNNING);
		assert_int_equal(admission_read(f->a, f->now).running, 1);
		pass(f, ADMISSION_IDLE_MS);
	}
	assert_int_equal(admission_read(f->a, f->now).running, 0);
}

static void a_prefix_has_its_share(void **state)
{
	static const struct {
		const char *first, *same, *other;
	} cases[] = {
		{"192.0.2.1", "192.0.2.254", "192.0.3.1"},
		{"2001:db8::1", "2001:db8:0:ff::1", "2001:db8:0:100::1"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < 2; i++) {
		struct addr addr;
		struct visitor who = {&addr, ""};
		assert_int_equal(addr_parse(cases[i].first, 1, &addr), 0);
		struct flow *first = enter(f, who, DOWNLOAD);
		assert_non_null(first);
		who.test = "0123456789abcdef0123456789abcdef";
		struct flow *second = enter(f, who, DOWNLOAD);
		assert_non_null(second);
		who.test = "";
		assert_int_equal(addr_parse(cases[i].same, 1, &addr), 0);
		assert_null(enter(f, who, DOWNLOAD));
		assert_refused(f, ADMISSION_PREFIX);
		assert_int_equal(ask(f, who), ADMISSION_REFUSED);
		assert_int_equal(addr_parse(cases[i].other, 1, &addr), 0);
		struct flow *other = enter(f, who, DOWNLOAD);
		assert_non_null(other);
		leave(f, first);
		leave(f, second);
		leave(f, other);
		pass(f, ADMISSION_IDLE_MS + 1);
	}
}

static void who_waits_counts_to_the_share(void **state)
{
	struct fixture *f = *state;
	struct flow *flows[3];

	fill(f, 0, 3, flows);
	struct visitor who = page(f, 0); /* of the first one's prefix */
	assert_int_equal(ask(f, who), ADMISSION_WAITING);
	who = page(f, 0);
	who.test = "ffffffffffffffffffffffffffffffff";
	assert_int_equal(ask(f, who), ADMISSION_REFUSED);
	assert_refused(f, ADMISSION_PREFIX);
}

static void a_day_has_so_many_bytes(void **state)
{
	struct fixture *f = *state;

	f->now.unix_s = INT64_C(86400) * 20000 + 80000;
	struct flow *flow = enter(f, page(f, 0), DOWNLOAD);
	flow_add(flow, limits.daily_bytes);
	pass(f, ADMISSION_SWEEP_MS);
	assert_null(enter(f, page(f, 0), UPLOAD)); /* nor go on, */
	assert_refused(f, ADMISSION_DAY);
	assert_int_equal(f->answer.wait_ms, 6400 * 1000);
	assert_null(enter(f, stranger(f, 0), DOWNLOAD)); /* nor begin, */
	assert_refused(f, ADMISSION_DAY);
	assert_int_equal(ask(f, page(f, 0)), ADMISSION_REFUSED); /* nor wait */
	assert_refused(f, ADMISSION_DAY);
	assert_non_null(enter(f, stranger(f, 1), DOWNLOAD));
	f->now.unix_s += 6400;
	assert_non_null(enter(f, stranger(f, 0), DOWNLOAD));
	struct admission_figures figures = admission_read(f->a, f->now);
	assert_int_equal(figures.refused[ADMISSION_DAY], 3);
	assert_int_equal(figures.bytes[DOWNLOAD], limits.daily_bytes);
}

static void who_took_long_makes_way_when_others_wait(void **state)
{
	struct fixture *f = *state;
	struct flow *flows[3];

	fill(f, 0, 3, flows);
	move(f, flows, 3, 100, ADMISSION_LONGEST_MS + 100);
	leave(f, flows[0]);
	struct flow *again = enter(f, stranger(f, 0), DOWNLOAD);
	assert_non_null(again); /* nobody waits */
	assert_int_equal(ask(f, page(f, 10)), ADMISSION_WAITING);
	assert_null(enter(f, stranger(f, 0), DOWNLOAD));
	assert_refused(f, ADMISSION_FULL);
	leave(f, again);
	pass(f, ADMISSION_SWEEP_MS);
	assert_int_equal(ask(f, page(f, 10)), ADMISSION_RUNNING);
	assert_null(enter(f, stranger(f, 0), DOWNLOAD)); /* full again */
}

static void the_wait_is_what_the_oldest_tests_still_need(void **state)
{
	static const uint32_t expected_ms[] = {18000, 22000, 26000, 48000};
	struct fixture *f = *state;
	struct flow *flows[3];

	for (unsigned i = 0; i < 3; i++) { /* begun at 0, 4 and 8 s; until some have ended, 30 s is usual */
		fill(f, i, 1, &flows[i]);
		move(f, flows, i + 1, 100, 4000);
	}
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(ask(f, page(f, 10 + i)), ADMISSION_WAITING);
		assert_int_equal(f->answer.wait_ms, expected_ms[i]);
	}
	assert_null(enter(f, stranger(f, 3), DOWNLOAD));
	assert_int_equal(f->answer.wait_ms, 52000);
	move(f, flows, 3, 100, 100000);
	assert_int_equal(ask(f, page(f, 10)), ADMISSION_WAITING);
	assert_int_equal(f->answer.wait_ms, 1000); /* any moment */
}

static void the_usual_length_is_learnt(void **state)
{
	struct fixture *f = *state;
	struct flow *flows[3];

	for (int i = 0; i < 40; i++) {
		struct flow *flow = enter(f, stranger(f, 0), DOWNLOAD);
		pass(f, 8000);
		leave(f, flow);
		pass(f, 2000 + ADMISSION_IDLE_MS);
		(void)admission_read(f->a, f->now);
	}
	fill(f, 1, 3, flows);
	assert_int_equal(ask(f, page(f, 10)), ADMISSION_WAITING);
	assert_in_range(f->answer.wait_ms, 14900, 15300);
}

static void the_bytes_of_a_named_test_can_be_read(void **state)
{
	static const char unknown[] = "ffffffffffffffffffffffffffffffff";
	struct fixture *f = *state;
	struct flow *flow = enter(f, page(f, 7), UPLOAD);

	flow_add(flow, 5);
	flow_add(flow, 6);
	assert_ptr_equal(admission_flow(f->a, f->id, UPLOAD), flow);
	assert_int_equal(flow->bytes, 11);
	assert_int_equal(admission_flow(f->a, f->id, DOWNLOAD)->bytes, 0);
	assert_null(admission_flow(f->a, unknown, UPLOAD));
	assert_null(admission_flow(f->a, "short", UPLOAD));
	leave(f, flow);
	pass(f, ADMISSION_IDLE_MS);
	assert_ptr_equal(admission_flow(f->a, f->id, UPLOAD), flow); /* for the page to read */
}

static void a_full_table_refuses(void **state)
{
	struct fixture *f = *state;
	struct flow *flows[TESTS];

	for (unsigned i = 0; i < TESTS; i++) {
		fill(f, i, 1, &flows[i]);
		move(f, flows, i + 1, 0, 4000); /* they need nothing */
	}
	assert_null(enter(f, stranger(f, TESTS), DOWNLOAD));
	assert_refused(f, ADMISSION_FULL);
	assert_int_equal(ask(f, page(f, TESTS)), ADMISSION_REFUSED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_pop_takes_as_many_as_it_can_carry),
		TEST(requests_of_one_client_or_one_name_are_one_test),
		TEST(a_bad_name_is_no_name),
		TEST(a_test_is_over_some_seconds_after_its_last_request),
		TEST(a_rate_that_is_known_replaces_the_assumption),
		TEST(a_fast_client_has_what_it_takes),
		TEST(who_waits_comes_first_and_in_order),
		TEST(a_place_is_lost_by_who_does_not_ask),
		TEST(a_place_that_is_not_used_is_held_for_a_while),
		TEST(a_prefix_has_its_share),
		TEST(who_waits_counts_to_the_share),
		TEST(a_day_has_so_many_bytes),
		TEST(who_took_long_makes_way_when_others_wait),
		TEST(the_wait_is_what_the_oldest_tests_still_need),
		TEST(the_usual_length_is_learnt),
		TEST(the_bytes_of_a_named_test_can_be_read),
		TEST(a_full_table_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
