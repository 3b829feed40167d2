/* Codes: what people type is what was shown to them. */
/* SPDX-License-Identifier: MIT */
#include "ipv6test/code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void test_of_bytes(void **state)
{
	static const struct {
		uint8_t bytes[CODE_BYTES];
		const char *code, *shown;
	} cases[] = {
		{{0, 0, 0, 0, 0}, "00000000", "0000-0000"},
		{{0, 0, 0, 0, 1}, "00000001", "0000-0001"},
		{{0xff, 0xff, 0xff, 0xff, 0xff}, "ZZZZZZZZ", "ZZZZ-ZZZZ"},
		{{0x08, 0, 0, 0, 0}, "10000000", "1000-0000"},
		{{0x00, 0x44, 0x32, 0x14, 0xc7}, "01234567", "0123-4567"},
		{{0x3f, 0xee, 0x40, 0x50, 0x53}, "7ZQ40M2K", "7ZQ4-0M2K"},
	};
	char code[CODE_LEN + 1], shown[CODE_SHOWN_LEN + 1];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		code_of(cases[i].bytes, code);
		assert_string_equal(code, cases[i].code);
		code_show(code, shown);
		assert_string_equal(shown, cases[i].shown);
	}
}

static void test_what_people_type(void **state)
{
	static const struct {
		const char *typed, *code; /* NULL: none */
	} cases[] = {
		{"7ZQ4-0M2K", "7ZQ40M2K"},
		{"7zq4-0m2k", "7ZQ40M2K"},
		{"7ZQ40M2K", "7ZQ40M2K"},
		{"7ZQ4-OM2K", "7ZQ40M2K"},
		{"7zq4-om2k", "7ZQ40M2K"},
		{"IL1i-loO0", "11111000"},
		{"-7-Z-Q-4-0-M-2-K-", "7ZQ40M2K"},
		{"7ZQ4-0M2", NULL},
		{"7ZQ4-0M2K7", NULL},
		{"", NULL},
		{"--------", NULL},
		{"7ZQ4-0M2U", NULL},
		{"7ZQ4 0M2K", NULL},
		{"7ZQ4/0M2K", NULL},
		{"7ZQ4-0M2\xc3", NULL},
	};
	char code[CODE_LEN + 1];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int rc = code_parse(cases[i].typed, strlen(cases[i].typed), code);
		assert_int_equal(rc, cases[i].code != NULL ? 0 : -EINVAL);
		if (rc == 0)
			assert_string_equal(code, cases[i].code);
	}
	assert_int_equal(code_parse("7ZQ4\0000M2", 8, code), -EINVAL);
	assert_int_equal(code_parse("7ZQ40M2K.json", 8, code), 0); /* no further than its length */
}

static void test_every_code_reads_back(void **state)
{
	uint8_t bytes[CODE_BYTES];
	char code[CODE_LEN + 1], shown[CODE_SHOWN_LEN + 1], read[CODE_LEN + 1];
	(void)state;

	srandom(1);
	for (int i = 0; i < 10000; i++) {
		for (size_t j = 0; j < CODE_BYTES; j++)
			bytes[j] = (uint8_t)random();
		code_of(bytes, code);
		code_show(code, shown);
		assert_int_equal(code_parse(shown, CODE_SHOWN_LEN, read), 0);
		assert_string_equal(read, code);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of_bytes),
		cmocka_unit_test(test_what_people_type),
		cmocka_unit_test(test_every_code_reads_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
