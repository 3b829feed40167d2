/* Time: our question, and every answer that is worth nothing. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/ntp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static const uint64_t nonce = 0x0123456789abcdef;

/** A good answer of stratum 2. */
static void make_answer(uint8_t out[NTP_PACKET_BYTES])
{
	memset(out, 0, NTP_PACKET_BYTES);
	out[0] = 4 << 3 | 4;
	out[1] = 2;
	memcpy(out + 24, &nonce, sizeof(nonce));
}

static void test_question(void **state)
{
	(void)state;
	uint8_t packet[NTP_PACKET_BYTES], rest[NTP_PACKET_BYTES] = {0};

	ntp_question(nonce, packet);
	assert_int_equal(packet[0], 4 << 3 | 3);   /* version 4, client */
	assert_memory_equal(packet + 1, rest, 39); /* tells nothing of us */
	assert_memory_equal(packet + 40, &nonce, sizeof(nonce));
}

static void test_good_answer(void **state)
{
	(void)state;
	uint8_t packet[NTP_PACKET_BYTES];
	unsigned stratum = 0;

	make_answer(packet);
	assert_null(ntp_answer(packet, sizeof(packet), nonce, &stratum));
	assert_int_equal(stratum, 2);
}

static void test_bad_answers(void **state)
{
	(void)state;
	static const struct {
		size_t at;
		uint8_t value;
		const char *wrong;
	} cases[] = {
		{0, 4 << 3 | 3, "the answer is not to our question"},
		{24, 0xff, "the answer is not to our question"},
		{0, 3 << 6 | 4 << 3 | 4, "its clock is not synchronised"},
		{1, 0, "it refuses to answer"},
		{1, 16, "it has no time source"},
	};
	uint8_t packet[NTP_PACKET_BYTES];
	unsigned stratum = 99;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		make_answer(packet);
		packet[cases[i].at] = cases[i].value;
		assert_string_equal(ntp_answer(packet, sizeof(packet), nonce, &stratum), cases[i].wrong);
	}
	make_answer(packet);
	assert_string_equal(ntp_answer(packet, 47, nonce, &stratum), "the answer is too short");
	assert_int_equal(stratum, 99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_question),
		cmocka_unit_test(test_good_answer),
		cmocka_unit_test(test_bad_answers),
	};

	return cmocka_run_group_tests_name("fontaine/ntp", tests, NULL, NULL);
}
