/* SPDX-License-Identifier: MIT */
#include "speedtest/flow.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { START_MS = 1000000 };

/* Move @bytes_per_ms for a time, measured ten times a second. Return: the time after it. */
static uint64_t move(struct flow *f, uint64_t from_ms, unsigned for_ms, unsigned bytes_per_ms)
{
	for (unsigned i = 0; i < for_ms; i += 100) {
		flow_add(f, 100 * bytes_per_ms);
		flow_measure(f, from_ms + i + 100);
	}
	return from_ms + for_ms;
}

static void a_rate_is_known_after_three_seconds(void **state)
{
	struct flow f = {0};
	(void)state;

	flow_begin_request(&f, START_MS);
	uint64_t now_ms = move(&f, START_MS, 2900, 1000);
	assert_false(flow_is_known(&f));
	(void)move(&f, now_ms, 100, 1000);
	assert_true(flow_is_known(&f));
	assert_int_equal(f.rate_bps, 8000000);
}

static void a_rate_follows_at_once_upwards_and_by_halves_downwards(void **state)
{
	struct flow f = {0};
	(void)state;

	flow_begin_request(&f, START_MS);
	uint64_t now_ms = move(&f, START_MS, 1000, 1000);
	now_ms = move(&f, now_ms, 1000, 5000);
	assert_int_equal(f.rate_bps, 40000000);
	now_ms = move(&f, now_ms, 1000, 1000);
	assert_int_equal(f.rate_bps, 24000000);
	(void)move(&f, now_ms, 30000, 0);
	assert_int_equal(f.rate_bps, 0); /* a client that has gone needs nothing */
}

static void time_without_a_request_does_not_count(void **state)
{
	struct flow f = {0};
	uint64_t now_ms = START_MS;
	(void)state;

	for (int i = 0; i < 8; i++) { /* half a second of each second */
		flow_begin_request(&f, now_ms);
		now_ms = move(&f, now_ms, 500, 1000);
		flow_end_request(&f, now_ms);
		now_ms += 500;
		flow_measure(&f, now_ms);
	}
	assert_true(flow_is_known(&f));
	assert_int_equal(f.rate_bps, 8000000);
}

static void requests_of_one_flow_add_up(void **state)
{
	struct flow f = {0};
	(void)state;

	flow_begin_request(&f, START_MS);
	flow_begin_request(&f, START_MS + 400);
	uint64_t now_ms = move(&f, START_MS, 800, 1000);
	flow_end_request(&f, now_ms);
	(void)move(&f, now_ms, 200, 1000);
	assert_int_equal(f.rate_bps, 8000000);
}

static void bytes_are_taken_once(void **state)
{
	struct flow f = {0};
	(void)state;

	flow_add(&f, 5);
	flow_add(&f, 6);
	assert_int_equal(flow_take(&f), 11);
	assert_int_equal(flow_take(&f), 0);
	flow_add(&f, 7);
	assert_int_equal(flow_take(&f), 7);
	assert_int_equal(f.bytes, 18);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rate_is_known_after_three_seconds),
		cmocka_unit_test(a_rate_follows_at_once_upwards_and_by_halves_downwards),
		cmocka_unit_test(time_without_a_request_does_not_count),
		cmocka_unit_test(requests_of_one_flow_add_up),
		cmocka_unit_test(bytes_are_taken_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
