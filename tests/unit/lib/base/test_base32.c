/* Base32: RFC 4648's examples, and only one spelling of each. */
/* SPDX-License-Identifier: MIT */
#include "base/base32.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static void test_examples(void **state)
{
	static const struct {
		const char *bytes, *text; /* RFC 4648, 10 */
	} cases[] = {
		{"", ""},
		{"f", "my"},
		{"fo", "mzxq"},
		{"foo", "mzxw6"},
		{"foob", "mzxw6yq"},
		{"fooba", "mzxw6ytb"},
		{"foobar", "mzxw6ytboi"},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t n = strlen(cases[i].bytes);
		char text[16];
		uint8_t bytes[8];
		base32_encode((const uint8_t *)cases[i].bytes, n, text);
		assert_string_equal(text, cases[i].text);
		assert_true(base32_decode(text, n, bytes));
		assert_memory_equal(bytes, cases[i].bytes, n);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		size_t n;
	} cases[] = {
		{"mz", 1},
		{"m1", 1},
		{"m8", 1},
		{"m=", 1},
		{"m", 1},
		{"m\xc3", 1},
		{"mzxr", 2},
		{"mzxw7", 3},
		{"mzxw6yt", 4},
	};
	uint8_t bytes[8];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_false(base32_decode(cases[i].text, cases[i].n, bytes));
	assert_true(base32_decode("MzXw6YtB", 5, bytes)); /* any case */
	assert_memory_equal(bytes, "fooba", 5);
}

static void test_all_lengths(void **state)
{
	uint8_t bytes[40], read[40];
	char text[BASE32_LEN(40) + 1];
	(void)state;

	srandom(1);
	for (size_t n = 0; n <= sizeof(bytes); n++)
		for (int i = 0; i < 100; i++) {
			for (size_t j = 0; j < n; j++)
				bytes[j] = (uint8_t)random();
			base32_encode(bytes, n, text);
			assert_int_equal(strlen(text), BASE32_LEN(n));
			assert_true(base32_decode(text, n, read));
			assert_memory_equal(read, bytes, n);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_all_lengths),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
