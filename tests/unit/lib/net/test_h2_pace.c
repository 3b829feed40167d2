/* SPDX-License-Identifier: MIT */
#include "net/h2_pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { FAST = 1 << 30 }; /* bytes a second */

static void a_fast_network_gets_more_and_more(void **state)
{
	struct h2_pace p;
	(void)state;

	h2_pace_init(&p, 0);
	assert_int_equal(p.bytes, H2_PACE_START_BYTES);
	h2_pace_refill(&p, 0, FAST, 0);
	assert_int_equal(p.bytes, 2 * H2_PACE_START_BYTES);
	for (uint64_t i = 0; i < 10; i++)
		h2_pace_refill(&p, 0, FAST, i);
	assert_int_equal(p.bytes, H2_PACE_MAX_BYTES);
}

static void no_more_than_goes_out_within_moments(void **state)
{
	static const struct {
		uint64_t bytes_per_s;
		size_t bytes;
	} cases[] = {
		{0, H2_PACE_ROOM_BYTES},
		{1000000, H2_PACE_ROOM_BYTES},
		{12500000, 12500 * H2_PACE_MAX_MS},
		{UINT64_MAX / H2_PACE_MAX_MS, H2_PACE_MAX_BYTES},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct h2_pace p;
		h2_pace_init(&p, 0);
		for (int k = 0; k < 10; k++)
			h2_pace_refill(&p, 0, cases[i].bytes_per_s, 0);
		assert_int_equal(p.bytes, cases[i].bytes);
	}
}

/* A network that takes @each bytes between refills, each millisecond, from a socket kept filled. */
static size_t settle(struct h2_pace *p, size_t each)
{
	uint64_t start_ms = p->since_ms;

	for (uint64_t ms = start_ms; ms < start_ms + 2000; ms++)
		h2_pace_refill(p, p->bytes > each ? p->bytes - each : 0, FAST, ms);
	return p->bytes;
}

static void what_is_always_left_over_is_given_up(void **state)
{
	struct h2_pace p = {.bytes = H2_PACE_MAX_BYTES};
	(void)state;

	assert_in_range(settle(&p, 50000), 50000, 100000);
	assert_in_range(settle(&p, 10000), 10000, 20000);
	assert_int_equal(settle(&p, 1), H2_PACE_MIN_BYTES);
}

static void one_refill_in_need_keeps_it_for_a_period(void **state)
{
	struct h2_pace p;
	(void)state;

	h2_pace_init(&p, 0);
	h2_pace_refill(&p, 100, FAST, 1);
	h2_pace_refill(&p, H2_PACE_START_BYTES, FAST, H2_PACE_PERIOD_MS);
	assert_int_equal(p.bytes, H2_PACE_START_BYTES - 100);
	h2_pace_refill(&p, H2_PACE_START_BYTES / 2, FAST, 2 * H2_PACE_PERIOD_MS);
	assert_int_equal(p.bytes, H2_PACE_START_BYTES / 2 - 100);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fast_network_gets_more_and_more),
		cmocka_unit_test(no_more_than_goes_out_within_moments),
		cmocka_unit_test(what_is_always_left_over_is_given_up),
		cmocka_unit_test(one_refill_in_need_keeps_it_for_a_period),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
