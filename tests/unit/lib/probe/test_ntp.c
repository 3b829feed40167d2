/* Time: our question, and every answer that is worth nothing. */
/* SPDX-License-Identifier: MIT */
#include "probe/ntp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

static const uint64_t nonce = 0x0123456789abcdef;

static const uint32_t served_s = 3976000000; /* since 1900 */

static void put_32(uint8_t *at, uint32_t value)
{
	for (size_t i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void put_time(uint8_t *at, uint32_t s)
{
	put_32(at, s);
	put_32(at + 4, 0);
}

/** As asked by a clock that is behind by @behind_s; the answer has been on its way for 20 ms. */
static struct ntp_reading at(double behind_s)
{
	double unix_s = (double)served_s - 2208988800.0 - behind_s;

	return (struct ntp_reading){.asked_s = unix_s - 0.01, .now_s = unix_s + 0.01};
}

static bool near(double a, double b)
{
	return fabs(a - b) < 1e-4;
}

/** A good answer of stratum 2. */
static void make_answer(uint8_t out[NTP_PACKET_BYTES])
{
	memset(out, 0, NTP_PACKET_BYTES);
	out[0] = 4 << 3 | 4;
	out[1] = 2;
	put_32(out + 4, 0x8000); /* root delay */
	put_32(out + 8, 0x4000); /* root dispersion */
	memcpy(out + 24, &nonce, sizeof(nonce));
	put_time(out + 32, served_s);
	put_time(out + 40, served_s);
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
	struct ntp_reading r = at(0);

	make_answer(packet);
	assert_null(ntp_answer(packet, sizeof(packet), nonce, &r));
	assert_int_equal(r.stratum, 2);
	assert_true(near(r.offset_s, 0) && near(r.delay_s, 0.02) && near(r.distance_s, 0.5 / 2 + 0.25));
}

static void test_offset(void **state)
{
	(void)state;
	const double offsets[] = {0.05, -0.05, 3600, -86400, 1e9};
	uint8_t packet[NTP_PACKET_BYTES];

	make_answer(packet);
	for (size_t i = 0; i < sizeof(offsets) / sizeof(*offsets); i++) {
		struct ntp_reading r = at(offsets[i]);
		assert_null(ntp_answer(packet, sizeof(packet), nonce, &r));
		assert_true(near(r.offset_s, offsets[i]));
	}
}

static void test_next_era(void **state)
{
	(void)state;
	uint8_t packet[NTP_PACKET_BYTES];
	struct ntp_reading r = {.asked_s = 2085978496.0 + 99.99, .now_s = 2085978496.0 + 100.01}; /* 2036-02-07 */

	make_answer(packet);
	put_time(packet + 32, 100);
	put_time(packet + 40, 100);
	assert_null(ntp_answer(packet, sizeof(packet), nonce, &r));
	assert_true(near(r.offset_s, 0));
}

static void test_judgement(void **state)
{
	(void)state;
	static const struct {
		struct ntp_reading reading;
		const char *wrong;
	} cases[] = {
		{{.offset_s = 0.09}, NULL},
		{{.offset_s = -0.2, .delay_s = 0.3}, NULL}, /* the way alone may be that */
		{{.offset_s = 0.2}, "its time is 0.200 s ahead of this machine's clock"},
		{{.offset_s = -3600, .delay_s = 0.3}, "its time is 3600.000 s behind this machine's clock"},
		{{.distance_s = 1.4}, NULL},
		{{.distance_s = 2}, "its time may be wrong by 2.000 s"},
	};
	char room[NTP_WRONG_MAX];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *wrong = ntp_judge(&cases[i].reading, room);
		if (cases[i].wrong == NULL)
			assert_null(wrong);
		else
			assert_string_equal(wrong, cases[i].wrong);
	}
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
	struct ntp_reading r = {.stratum = 99};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		make_answer(packet);
		packet[cases[i].at] = cases[i].value;
		assert_string_equal(ntp_answer(packet, sizeof(packet), nonce, &r), cases[i].wrong);
	}
	make_answer(packet);
	assert_string_equal(ntp_answer(packet, 47, nonce, &r), "the answer is too short");
	assert_int_equal(r.stratum, 99);
}

static void test_nts(void **state)
{
	(void)state;
	static const uint8_t good[] = {0x80, 1, 0, 2, 0, 0, 0x80, 4, 0, 2, 0, 15, 0, 5, 0,
	                               3, 'a', 'b', 'c', 0x80, 0, 0, 0};
	static const uint8_t refused[] = {0x80, 2, 0, 2, 0, 1, 0x80, 0, 0, 0};
	static const uint8_t empty[] = {0x80, 1, 0, 2, 0, 0, 0x80, 0, 0, 0};
	uint8_t question[NTS_QUESTION_BYTES];

	nts_question(question);
	assert_true(nts_is_whole(question, sizeof(question)));
	assert_null(nts_answer(good, sizeof(good)));
	for (size_t len = 0; len < sizeof(good); len++) {
		assert_false(nts_is_whole(good, len));
		assert_string_equal(nts_answer(good, len), "it gives no keys");
	}
	assert_string_equal(nts_answer(refused, sizeof(refused)), "it refuses to give keys");
	assert_string_equal(nts_answer(empty, sizeof(empty)), "it gives keys without cookies");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_question),
		cmocka_unit_test(test_good_answer),
		cmocka_unit_test(test_offset),
		cmocka_unit_test(test_next_era),
		cmocka_unit_test(test_judgement),
		cmocka_unit_test(test_bad_answers),
		cmocka_unit_test(test_nts),
	};

	return cmocka_run_group_tests_name("probe/ntp", tests, NULL, NULL);
}
