/* STUN: our question, and every answer that is worth nothing. */
/* SPDX-License-Identifier: MIT */
#include "probe/stun.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t id[STUN_ID_BYTES] = {0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae};

/* The answers of RFC 5769, 2.2 and 2.3, without their integrity and fingerprint. */
static const uint8_t ipv4_answer[] = {
	0x01, 0x01, 0x00, 0x1c,                                /* success, 28 bytes */
	0x21, 0x12, 0xa4, 0x42,                                /* cookie */
	0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34,                    /* id */
	0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae,                    /* */
	0x80, 0x22, 0x00, 0x0b,                                /* SOFTWARE, 11 bytes and one more */
	't', 'e', 's', 't', ' ', 'v', 'e', 'c', 't', 'o', 'r', /* */
	0x20,                                                  /* */
	0x00, 0x20, 0x00, 0x08,                                /* XOR-MAPPED-ADDRESS */
	0x00, 0x01, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43,        /* 192.0.2.1, port 32853 */
};

static const uint8_t ipv6_answer[] = {
	0x01, 0x01, 0x00, 0x18,                         /* success, 24 bytes */
	0x21, 0x12, 0xa4, 0x42,                         /* cookie */
	0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34,             /* id */
	0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae,             /* */
	0x00, 0x20, 0x00, 0x14,                         /* XOR-MAPPED-ADDRESS */
	0x00, 0x02, 0xa1, 0x47, 0x01, 0x13, 0xa9, 0xfa, /* 2001:db8:1234:5678:11:2233:4455:6677 */
	0xa5, 0xd3, 0xf1, 0x79, 0xbc, 0x25, 0xf4, 0xb5, /* */
	0xbe, 0xd2, 0xb9, 0xd9,                         /* */
};

static void test_question(void **state)
{
	(void)state;
	static const uint8_t head[] = {0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42};
	uint8_t packet[STUN_QUESTION_BYTES];

	stun_question(id, packet);
	assert_memory_equal(packet, head, sizeof(head));
	assert_memory_equal(packet + sizeof(head), id, sizeof(id));
}

static void test_good_answers(void **state)
{
	(void)state;
	assert_null(stun_answer(ipv4_answer, sizeof(ipv4_answer), id));
	assert_null(stun_answer(ipv6_answer, sizeof(ipv6_answer), id));
}

static void test_bad_answers(void **state)
{
	(void)state;
	static const struct {
		size_t at;
		uint8_t value;
		const char *wrong;
	} cases[] = {
		{0, 0x00, "the answer is not to our question"}, /* a request */
		{1, 0x03, "the answer is not to our question"}, /* to another method */
		{1, 0x11, "it answers with an error"},
		{3, 0x1d, "the answer has a wrong length"},
		{4, 0x20, "the answer is not to our question"},  /* another cookie */
		{19, 0xaf, "the answer is not to our question"}, /* another id */
		{22, 0xff, "it answers without an address"},     /* an attribute too long */
		{23, 0x0c, NULL},                                /* no filling needed */
		{23, 0x18, "it answers without an address"},     /* one that leaves nothing */
		{37, 0x21, "it answers without an address"},     /* of another type */
		{39, 0x07, "it answers without an address"},     /* of another size */
		{41, 0x02, "it answers without an address"},     /* the family that it is not */
	};
	uint8_t packet[sizeof(ipv4_answer)];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		memcpy(packet, ipv4_answer, sizeof(packet));
		packet[cases[i].at] = cases[i].value;
		const char *wrong = stun_answer(packet, sizeof(packet), id);
		if (cases[i].wrong == NULL)
			assert_null(wrong);
		else
			assert_string_equal(wrong, cases[i].wrong);
	}
}

/** Cut anywhere, also where the length in the header agrees: never read beyond the end. */
static void test_short_answers(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof(ipv4_answer); len++) {
		uint8_t *packet = malloc(len > 0 ? len : 1); /* as large as it is, so that ASan sees */
		assert_non_null(packet);
		memcpy(packet, ipv4_answer, len);
		assert_non_null(stun_answer(packet, len, id));
		if (len >= 20) {
			packet[3] = (uint8_t)(len - 20);
			assert_string_equal(stun_answer(packet, len, id), "it answers without an address");
		}
		free(packet);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_question),
		cmocka_unit_test(test_good_answers),
		cmocka_unit_test(test_bad_answers),
		cmocka_unit_test(test_short_answers),
	};

	return cmocka_run_group_tests_name("probe/stun", tests, NULL, NULL);
}
