/* Whom the statistics count: each household once a day, within a memory that does not grow. */
/* SPDX-License-Identifier: MIT */
#include "ipv6test/counted.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

static struct addr address(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(text, 0, &a), 0);
	return a;
}

static void test_once_a_day(void **state)
{
	static const struct {
		const char *address;
		int64_t day;
		bool counted;
	} cases[] = {
		{"192.0.2.1", 20000, true},
		{"192.0.2.1", 20000, false},
		{"192.0.2.2", 20000, true},
		{"2001:db8:0:100::1", 20000, true},
		{"2001:db8:0:1ff:ffff::1", 20000, false}, /* of the same /56 */
		{"2001:db8:0:200::1", 20000, true},
		{"192.0.2.1", 20001, true},
		{"192.0.2.1", 20000, false}, /* a clock that goes back forgets nobody */
		{"192.0.2.1", 20001, false},
	};
	struct counted *c = counted_new(1024);
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct addr a = address(cases[i].address);
		if (counted_take(c, &a, cases[i].day) != cases[i].counted)
			fail_msg("case %zu: %s", i, cases[i].address);
	}
	counted_free(c);
}

static void test_a_flood_of_prefixes(void **state)
{
	enum { PLACES = 1024 };
	struct counted *c = counted_new(PLACES);
	struct addr first = address("192.0.2.1");
	unsigned n = 0;
	(void)state;

	assert_true(counted_take(c, &first, 1));
	for (uint32_t i = 0; i < 100 * PLACES; i++) {
		struct addr a = {.in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x0a000000 + i)}};
		n += counted_take(c, &a, 1);
	}
	assert_int_equal(n, PLACES - 1);
	assert_false(counted_take(c, &first, 1)); /* whoever was counted is not forgotten */
	assert_true(counted_take(c, &first, 2));
	counted_free(c);
}

static void test_ordinary_days_lose_nobody(void **state)
{
	enum { PLACES = 65536 };
	struct counted *c = counted_new(PLACES);
	unsigned n = 0;
	(void)state;

	for (uint32_t i = 0; i < PLACES / 4; i++) {
		struct addr a = {.in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x0a000000 + i)}};
		n += counted_take(c, &a, 1);
	}
	assert_int_equal(n, PLACES / 4);
	counted_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_once_a_day),
		cmocka_unit_test(test_a_flood_of_prefixes),
		cmocka_unit_test(test_ordinary_days_lose_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
