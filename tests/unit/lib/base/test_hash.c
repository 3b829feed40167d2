/* The hash for tables: neighbours do not share places. */
/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include "base/addr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum {
	SETS = 256,
	EACH = 16,
	MOST = 4 * EACH, /* of one set: by chance alone, one in 10^15 has so many */
};

/* Addresses that differ in the byte at @place and the one before it. */
static void assert_spread(int family, size_t place)
{
	unsigned counts[SETS] = {0};
	uint64_t seed = hash_seed();

	for (unsigned i = 0; i < SETS * EACH; i++) {
		struct addr a = {.sa.sa_family = (sa_family_t)family};
		uint8_t *bytes = family == AF_INET ? (uint8_t *)&a.in.sin_addr : a.in6.sin6_addr.s6_addr;
		bytes[place] = (uint8_t)i;
		bytes[place - 1] = (uint8_t)(i >> 8);
		uint64_t key[2];
		addr_key(&a, key);
		counts[hash_words(seed, key) % SETS]++;
	}
	for (unsigned i = 0; i < SETS; i++)
		assert_in_range(counts[i], 0, MOST);
}

static void test_neighbours(void **state)
{
	(void)state;

	for (size_t place = 1; place < 4; place++)
		assert_spread(AF_INET, place);
	for (size_t place = 1; place < 16; place++)
		assert_spread(AF_INET6, place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_neighbours),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
