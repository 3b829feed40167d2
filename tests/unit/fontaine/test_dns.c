/* DNS: our question byte for byte, good answers, and answers cut at every byte. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/dns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { ID = 0xbeef };

static const uint8_t question[] = "\xbe\xef\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
				  "\x04lyon\x07"
				  "example\x00\x00\x06\x00\x01";

/* The same question, answered: names by pointers, serial 0x01020304. */
static const uint8_t answer[] = "\xbe\xef\x85\x80\x00\x01\x00\x01\x00\x00\x00\x00"
				"\x04lyon\x07"
				"example\x00\x00\x06\x00\x01"
				"\xc0\x0c\x00\x06\x00\x01\x00\x00\x0e\x10\x00\x20"
				"\x03ns1\xc0\x0c\x03noc\xc0\x0c"
				"\x01\x02\x03\x04"
				"\x00\x00\x1c\x20\x00\x00\x03\x84\x00\x12\x75\x00\x00\x00\x01\x2c";

enum { SERIAL_ENDS = sizeof(answer) - 1 - 16 };

static void test_question(void **state)
{
	(void)state;
	uint8_t out[DNS_QUESTION_MAX_BYTES];

	assert_int_equal(dns_question(ID, "lyon.example", out), sizeof(question) - 1);
	assert_memory_equal(out, question, sizeof(question) - 1);
	assert_int_equal(dns_question(ID, "", out), 12 + 1 + 4);
}

static void test_longest_name(void **state)
{
	(void)state;
	uint8_t out[DNS_QUESTION_MAX_BYTES];
	char name[254];

	for (size_t i = 0; i < 253; i++)
		name[i] = i % 64 == 63 ? '.' : 'a';
	name[253] = '\0';
	assert_int_equal(dns_question(ID, name, out), DNS_QUESTION_MAX_BYTES);
}

static void test_good_answer(void **state)
{
	(void)state;
	uint32_t serial = 0;

	assert_null(dns_answer(answer, sizeof(answer) - 1, ID, &serial));
	assert_int_equal(serial, 0x01020304);
}

static void test_cut_answer(void **state)
{
	(void)state;
	uint32_t serial = 99;

	for (size_t len = 0; len < SERIAL_ENDS; len++) {
		uint8_t *cut = malloc(len + 1); /* so that a sanitizer sees the first byte too many */
		assert_non_null(cut);
		uint8_t *start = cut + 1;
		memcpy(start, answer, len);
		assert_string_equal(dns_answer(start, len, ID, &serial), "the answer is cut short");
		free(cut);
	}
	assert_int_equal(serial, 99);
}

static void test_bad_answers(void **state)
{
	(void)state;
	static const struct {
		size_t at;
		uint8_t value;
		const char *wrong;
	} cases[] = {
		{0, 0, "the answer is not to our question"},
		{2, 0x05, "the answer is not to our question"}, /* a question itself */
		{3, 0x82, "it answers SERVFAIL"},
		{3, 0x83, "it answers NXDOMAIN"},
		{3, 0x85, "it answers REFUSED"},
		{3, 0x8f, "it answers with an error"},
		{7, 0, "it answers without a record"},
		{33, 0x05, "it answers with another record"},
	};
	uint8_t changed[sizeof(answer)];
	uint32_t serial;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		memcpy(changed, answer, sizeof(answer));
		changed[cases[i].at] = cases[i].value;
		assert_string_equal(dns_answer(changed, sizeof(answer) - 1, ID, &serial), cases[i].wrong);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_question),
		cmocka_unit_test(test_longest_name),
		cmocka_unit_test(test_good_answer),
		cmocka_unit_test(test_cut_answer),
		cmocka_unit_test(test_bad_answers),
	};

	return cmocka_run_group_tests_name("fontaine/dns", tests, NULL, NULL);
}
