/* Which upstream is next, after every kind of failure of those before it. */
/* SPDX-License-Identifier: MIT */
#include "mirror/upstream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { NOW = 1795219200 };

static uint32_t most(uint32_t bound)
{
	return bound - 1;
}

static void test_choice(void **state)
{
	(void)state;
	struct upstream all[3] = {{.n_failures = 0}};
	uint32_t wait_s;

	assert_int_equal(upstream_choose(all, 3, NOW, &wait_s), 0);
	assert_int_equal(wait_s, 0);
	upstream_note(&all[0], OUTCOME_RETRY, NOW, most);
	assert_int_equal(upstream_choose(all, 3, NOW, &wait_s), 1);
	assert_int_equal(wait_s, 0);
	upstream_note(&all[1], OUTCOME_CONFIGURATION, NOW + 10, most);
	upstream_note(&all[2], OUTCOME_KILLED, NOW + 20, most);
	assert_int_equal(upstream_choose(all, 3, NOW + 30, &wait_s), 0); /* whoever has rested first */
	assert_int_equal(wait_s, UPSTREAM_REST_MIN_S - 30);
	assert_int_equal(upstream_choose(all, 3, NOW + 1000, &wait_s), 0); /* and all are as before */
	assert_int_equal(wait_s, 0);

	upstream_note(&all[0], OUTCOME_RETRY, NOW, most);
	assert_int_equal(all[0].n_failures, 2);
	upstream_note(&all[0], OUTCOME_UNCHANGED, NOW, most);
	assert_int_equal(all[0].n_failures, 0);
	assert_int_equal(upstream_choose(all, 3, NOW, &wait_s), 0);
}

static void test_reruns(void **state)
{
	(void)state;
	struct upstream u = {.n_failures = 0};

	for (unsigned i = 0; i < UPSTREAM_RERUNS_MAX; i++) {
		upstream_note(&u, OUTCOME_RERUN, NOW, most);
		assert_int_equal(u.rests_until_s, 0);
	}
	upstream_note(&u, OUTCOME_RERUN, NOW, most); /* always in mid-update: another may be better */
	assert_int_equal(u.rests_until_s, NOW + UPSTREAM_REST_MIN_S);
	upstream_note(&u, OUTCOME_HELD, NOW, most);
	assert_int_equal(u.n_failures, 1);
	upstream_note(&u, OUTCOME_DONE, NOW, most);
	assert_int_equal(u.rests_until_s, 0);
	assert_int_equal(u.n_reruns, 0);
}

static void test_clock_that_went_back(void **state)
{
	(void)state;
	struct upstream u = {.n_failures = 1, .rests_until_s = NOW};
	uint32_t wait_s;

	assert_int_equal(upstream_choose(&u, 1, 0, &wait_s), 0);
	assert_int_equal(wait_s, UPSTREAM_REST_MAX_S);
}

static void test_host(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{"rsync://mirror.example/debian/", "mirror.example"},
		{"rsync://mirror.example:8873/debian/", "mirror.example"},
		{"rsync://192.0.2.1:1/debian/a:b", "192.0.2.1"},
		{"rsync://[2001:db8::1]:873/debian/", "[2001:db8::1]"},
		{"https://mirror.example", "mirror.example"},
	};
	char host[UPSTREAM_HOST_MAX];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(upstream_host(cases[i][0], host), cases[i][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_reruns),
		cmocka_unit_test(test_clock_that_went_back),
		cmocka_unit_test(test_host),
	};

	return cmocka_run_group_tests_name("mirror/upstream", tests, NULL, NULL);
}
