/* DNS: our question byte for byte, good answers, and answers cut at every byte. */
/* SPDX-License-Identifier: MIT */
#include "probe/dns.h"

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

	assert_int_equal(dns_question(ID, "lyon.example", false, out), sizeof(question) - 1);
	assert_memory_equal(out, question, sizeof(question) - 1);
	assert_int_equal(dns_question(ID, "", false, out), 12 + 1 + 4);
}

static void test_longest_name(void **state)
{
	(void)state;
	uint8_t out[DNS_QUESTION_MAX_BYTES];
	char name[254];

	for (size_t i = 0; i < 253; i++)
		name[i] = i % 64 == 63 ? '.' : 'a';
	name[253] = '\0';
	assert_int_equal(dns_question(ID, name, true, out), DNS_QUESTION_MAX_BYTES);
}

static void test_good_answer(void **state)
{
	(void)state;
	struct dns_found found = {0};

	assert_null(dns_answer(answer, sizeof(answer) - 1, ID, &found));
	assert_int_equal(found.serial, 0x01020304);
	assert_false(found.is_validated);
	assert_false(found.is_signed);
	assert_string_equal(dns_judge_signature(&found, 0), "its zone is not signed");
}

static void test_question_for_signatures(void **state)
{
	(void)state;
	static const uint8_t opt[] = "\x00\x00\x29\x04\xd0\x00\x00\x80\x00\x00\x00";
	uint8_t out[DNS_QUESTION_MAX_BYTES];
	size_t len = sizeof(question) - 1;

	assert_int_equal(dns_question(ID, "lyon.example", true, out), len + DNS_OPT_BYTES);
	assert_int_equal(out[11], 1);
	assert_memory_equal(out + 12, question + 12, len - 12);
	assert_memory_equal(out + len, opt, DNS_OPT_BYTES);
}

/** The answer with AD and two signatures over the SOA, and one over its NS; @expires of the later one. */
static size_t signed_answer(uint32_t expires, uint8_t out[512])
{
	static const struct {
		uint8_t covers;
		uint32_t before;
	} signatures[] = {{2, 0}, {6, 500}, {6, 0}};
	size_t len = sizeof(answer) - 1;

	memcpy(out, answer, len);
	out[3] |= 0x20;
	out[7] = 4;
	for (size_t i = 0; i < 3; i++) {
		uint32_t ends = expires - signatures[i].before, begins = ends - 1000;
		const uint8_t record[] = {0xc0, 0x0c, 0, 46, 0, 1, 0, 0, 14, 16, 0, 19, /* its data: */
		                          0, signatures[i].covers, 13, 2, 0, 0, 14, 16,
		                          (uint8_t)(ends >> 24), (uint8_t)(ends >> 16), (uint8_t)(ends >> 8),
		                          (uint8_t)ends,
		                          (uint8_t)(begins >> 24), (uint8_t)(begins >> 16), (uint8_t)(begins >> 8),
		                          (uint8_t)begins, 1, 2, 0};
		memcpy(out + len, record, sizeof(record));
		len += sizeof(record);
	}
	return len;
}

static void test_signatures(void **state)
{
	(void)state;
	static const struct {
		uint32_t now;
		const char *wrong;
	} cases[] = {
		{5000, NULL},
		{4000, NULL},
		{5001, "its zone's signature has expired"},
		{3999, "its zone's signature is of the future"},
	};
	const uint32_t shifts[] = {0, UINT32_MAX - 4500}; /* times are serial numbers, which begin again */
	struct dns_found found = {0};
	uint8_t message[512];

	for (size_t k = 0; k < 2; k++) {
		size_t len = signed_answer(5000 + shifts[k], message);
		assert_null(dns_answer(message, len, ID, &found));
		assert_true(found.is_validated && found.is_signed);
		for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
			const char *wrong = dns_judge_signature(&found, cases[i].now + shifts[k]);
			if (cases[i].wrong == NULL)
				assert_null(wrong);
			else
				assert_string_equal(wrong, cases[i].wrong);
		}
		for (size_t cut = sizeof(answer) - 1; cut < len; cut++)
			assert_string_equal(dns_answer(message, cut, ID, &found), "the answer is cut short");
	}
}

static void test_code_of_what_is_wrong(void **state)
{
	(void)state;
	struct dns_found found = {0};
	uint8_t message[sizeof(answer)];

	memcpy(message, answer, sizeof(answer));
	message[3] = 0x80 | DNS_SERVFAIL;
	assert_non_null(dns_answer(message, sizeof(answer) - 1, ID, &found));
	assert_int_equal(found.rcode, DNS_SERVFAIL);
}

static void test_cut_answer(void **state)
{
	(void)state;
	struct dns_found found = {.serial = 99};

	for (size_t len = 0; len < SERIAL_ENDS; len++) {
		uint8_t *cut = malloc(len + 1); /* so that a sanitizer sees the first byte too many */
		assert_non_null(cut);
		uint8_t *start = cut + 1;
		memcpy(start, answer, len);
		assert_string_equal(dns_answer(start, len, ID, &found), "the answer is cut short");
		free(cut);
	}
	assert_int_equal(found.serial, 0);
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
	struct dns_found found;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		memcpy(changed, answer, sizeof(answer));
		changed[cases[i].at] = cases[i].value;
		assert_string_equal(dns_answer(changed, sizeof(answer) - 1, ID, &found), cases[i].wrong);
	}
}

static void test_resolver(void **state)
{
	(void)state;
	static const struct {
		enum dns_trust name;
		const char *wrong;
		struct dns_found found;
		const char *expected;
	} cases[] = {
		{DNS_INSECURE, NULL, {0}, NULL},
		{DNS_SECURE, NULL, {.is_validated = true}, NULL},
		{DNS_SECURE, NULL, {0}, "it does not validate"},
		{DNS_SECURE, "it answers SERVFAIL", {.rcode = DNS_SERVFAIL}, "it answers SERVFAIL"},
		{DNS_BOGUS, "it answers SERVFAIL", {.rcode = DNS_SERVFAIL}, NULL},
		{DNS_BOGUS, NULL, {0}, "it believes a wrong signature"},
		{DNS_BOGUS, "it answers REFUSED", {.rcode = 5}, "it answers REFUSED"},
		{DNS_BOGUS, "Connection refused", {0}, "Connection refused"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *judged = dns_judge_resolver(cases[i].name, cases[i].wrong, &cases[i].found);
		if (cases[i].expected == NULL)
			assert_null(judged);
		else
			assert_string_equal(judged, cases[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_question),
		cmocka_unit_test(test_longest_name),
		cmocka_unit_test(test_good_answer),
		cmocka_unit_test(test_question_for_signatures),
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_resolver),
		cmocka_unit_test(test_code_of_what_is_wrong),
		cmocka_unit_test(test_cut_answer),
		cmocka_unit_test(test_bad_answers),
	};

	return cmocka_run_group_tests_name("probe/dns", tests, NULL, NULL);
}
