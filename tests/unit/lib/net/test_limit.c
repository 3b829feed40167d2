/* SPDX-License-Identifier: MIT */
#include "net/limit.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct addr client(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(text, 4711, &a), 0);
	return a;
}

static void a_burst_passes_then_the_rate_counts(void **state)
{
	struct limit *l = limit_new((struct limit_rate){.per_second = 10, .burst = 3}, 16);
	struct addr a = client("192.0.2.1");
	uint32_t wait_ms = 0;
	(void)state;

	for (int i = 0; i < 3; i++)
		assert_int_equal(limit_take(l, &a, 1000, &wait_ms), 0);
	assert_int_equal(limit_take(l, &a, 1000, &wait_ms), -EAGAIN);
	assert_int_equal(wait_ms, 100);
	assert_int_equal(limit_take(l, &a, 1099, &wait_ms), -EAGAIN);
	assert_int_equal(wait_ms, 1);
	assert_int_equal(limit_take(l, &a, 1100, &wait_ms), 0);
	assert_int_equal(limit_take(l, &a, 1100, &wait_ms), -EAGAIN);
	limit_free(l);
}

static void a_bucket_never_holds_more_than_the_burst(void **state)
{
	struct limit *l = limit_new((struct limit_rate){.per_second = 1000, .burst = 2}, 16);
	struct addr a = client("2001:db8::1");
	uint32_t wait_ms;
	(void)state;

	assert_int_equal(limit_take(l, &a, 0, &wait_ms), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(limit_take(l, &a, UINT64_C(1) << 40, &wait_ms), 0);
	assert_int_equal(limit_take(l, &a, UINT64_C(1) << 40, &wait_ms), -EAGAIN);
	limit_free(l);
}

static void a_household_is_one_client(void **state)
{
	static const struct {
		const char *first, *second;
		int rc;
	} cases[] = {
		{"192.0.2.1", "192.0.2.1", -EAGAIN},
		{"192.0.2.1", "192.0.2.2", 0},
		{"2001:db8:0:1200::1", "2001:db8:0:12ff:5::9", -EAGAIN}, /* one /56 */
		{"2001:db8:0:1200::1", "2001:db8:0:1300::1", 0},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct limit *l = limit_new((struct limit_rate){.per_second = 1, .burst = 1}, 16);
		struct addr first = client(cases[i].first), second = client(cases[i].second);
		uint32_t wait_ms;
		assert_int_equal(limit_take(l, &first, 5, &wait_ms), 0);
		assert_int_equal(limit_take(l, &second, 5, &wait_ms), cases[i].rc);
		limit_free(l);
	}
}

static void many_clients_make_it_forget_and_not_grow(void **state)
{
	struct limit *l = limit_new((struct limit_rate){.per_second = 1, .burst = 1}, 8);
	uint32_t wait_ms, passed = 0;
	(void)state;

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 200; i++) {
			char text[32];
			(void)snprintf(text, sizeof(text), "198.51.100.%d", i);
			struct addr a = client(text);
			passed += limit_take(l, &a, (uint64_t)(10 + round), &wait_ms) == 0;
		}
	}
	assert_in_range(passed, 390, 400); /* nearly all forgotten between the rounds: 8 are kept */
	limit_free(l);
}

static void rate_zero_is_no_limit(void **state)
{
	struct limit *l = limit_new((struct limit_rate){0}, 4);
	struct addr a = client("192.0.2.1");
	uint32_t wait_ms;
	(void)state;

	for (int i = 0; i < 1000; i++)
		assert_int_equal(limit_take(l, &a, 0, &wait_ms), 0);
	limit_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_burst_passes_then_the_rate_counts),
		cmocka_unit_test(a_bucket_never_holds_more_than_the_burst),
		cmocka_unit_test(a_household_is_one_client),
		cmocka_unit_test(many_clients_make_it_forget_and_not_grow),
		cmocka_unit_test(rate_zero_is_no_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
