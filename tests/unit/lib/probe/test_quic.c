/* QUIC: our question, and what is worth nothing as an answer. */
/* SPDX-License-Identifier: MIT */
#include "probe/quic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static const uint8_t id[QUIC_ID_BYTES] = {1, 2, 3, 4, 5, 6, 7, 8};

static const uint8_t answer[] = {
	0xc1, 0, 0, 0, 0,          /* negotiation of versions */
	8, 1, 2, 3, 4, 5, 6, 7, 8, /* to us */
	8, 1, 2, 3, 4, 5, 6, 7, 8, /* from whom we called the same */
	0x6b, 0x33, 0x43, 0xcf,    /* version 2 */
	0, 0, 0, 1,                /* version 1 */
};

static void a_question_is_of_a_version_that_nobody_has(void **state)
{
	uint8_t packet[QUIC_QUESTION_BYTES];
	(void)state;

	quic_question(id, packet);
	assert_int_equal(packet[0] & 0xc0, 0xc0); /* RFC 9000, 17.2 */
	for (int i = 1; i < 5; i++)
		assert_int_equal(packet[i] & 0x0f, 0x0a);
	assert_int_equal(packet[5], QUIC_ID_BYTES);
	assert_memory_equal(packet + 6, id, QUIC_ID_BYTES);
}

static void version_1_is_enough(void **state)
{
	uint8_t packet[sizeof(answer)];
	(void)state;

	assert_null(quic_answer(answer, sizeof(answer), id));
	memcpy(packet, answer, sizeof(answer));
	packet[0] = 0x80; /* the other bits mean nothing */
	assert_null(quic_answer(packet, sizeof(packet), id));
}

static void nothing_else_is(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
		const char *wrong;
	} cases[] = {
		{0, 0x41, "it answers without its versions"}, /* a short head */
		{4, 0x01, "it answers without its versions"}, /* an answer in version 1 */
		{5, 0x07, "the answer is not to our question"},
		{6, 0x00, "the answer is not to our question"},
		{14, 0x09, "the answer is not to our question"},
		{22, 0x00, "the answer is not to our question"},
		{30, 0x02, "it does not speak version 1"},
	};
	uint8_t packet[sizeof(answer)];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		memcpy(packet, answer, sizeof(packet));
		packet[cases[i].at] = cases[i].value;
		assert_string_equal(quic_answer(packet, sizeof(packet), id), cases[i].wrong);
	}
}

static void an_answer_may_be_cut_anywhere(void **state)
{
	(void)state;

	for (size_t len = 0; len < sizeof(answer); len++)
		assert_non_null(quic_answer(answer, len, id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_is_of_a_version_that_nobody_has),
		cmocka_unit_test(version_1_is_enough),
		cmocka_unit_test(nothing_else_is),
		cmocka_unit_test(an_answer_may_be_cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
