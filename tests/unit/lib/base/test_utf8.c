/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* What a decoder by arithmetic says of the bytes of one character: 1 to 4 with the bits as their length wants. */
static bool is_character(const uint8_t *bytes, size_t len)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000}; /* that needs so many bytes */
	static const uint8_t lead_mask[] = {0, 0x80, 0xe0, 0xf0, 0xf8}, lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
	uint32_t value = bytes[0] & (uint8_t)~lead_mask[len];

	if ((bytes[0] & lead_mask[len]) != lead[len])
		return false;
	for (size_t i = 1; i < len; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return false;
		value = value << 6 | (bytes[i] & 0x3f);
	}
	return value >= least[len] && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
}

/* Whether the bytes are one character to the module, whole at the last byte and not before. */
static bool is_taken(const uint8_t *bytes, size_t len)
{
	struct utf8 u = {0};

	for (size_t i = 0; i < len; i++)
		if ((i > 0 && utf8_is_whole(&u)) || !utf8_take(&u, bytes[i]))
			return false;
	return utf8_is_whole(&u);
}

static void every_sequence_up_to_three_bytes_is_judged_as_by_arithmetic(void **state)
{
	size_t n_wrong = 0;
	(void)state;

	for (size_t len = 1; len <= 3; len++)
		for (uint32_t i = 0; i < 1u << (8 * len); i++) {
			uint8_t bytes[] = {(uint8_t)i, (uint8_t)(i >> 8), (uint8_t)(i >> 16)};
			n_wrong += is_taken(bytes, len) != is_character(bytes, len);
		}
	assert_int_equal(n_wrong, 0);
}

static void sequences_of_four_bytes_too(void **state)
{
	static const uint8_t last[] = {0x00, 0x7f, 0x80, 0xbf, 0xc0, 0xff};
	size_t n_wrong = 0;
	(void)state;

	for (uint32_t i = 0; i < 1u << 24; i++)
		for (size_t k = 0; k < sizeof(last) && (i & 0xf0) == 0xf0; k++) {
			uint8_t bytes[] = {(uint8_t)i, (uint8_t)(i >> 8), (uint8_t)(i >> 16), last[k]};
			n_wrong += is_taken(bytes, 4) != is_character(bytes, 4);
		}
	assert_int_equal(n_wrong, 0);
}

static void a_text_goes_on_after_a_character(void **state)
{
	static const char text[] = "na\xc3\xafve \xe2\x82\xac \xf0\x9f\x98\x80.";
	struct utf8 u = {0};
	(void)state;

	for (size_t i = 0; i < sizeof(text) - 1; i++)
		assert_true(utf8_take(&u, (uint8_t)text[i]));
	assert_true(utf8_is_whole(&u));
	assert_true(utf8_take(&u, 0xe2));
	assert_false(utf8_is_whole(&u));
}

static void what_is_escaped(void **state)
{
	static const struct {
		const char *raw, *escaped;
	} cases[] = {
		{"", ""},
		{"pool/a b.deb", "pool/a b.deb"},
		{"new\nline\tand\x7f", "new\\012line\\011and\\177"},
		{"caf\xc3\xa9 \xf0\x9f\x90\xa7", "caf\xc3\xa9 \xf0\x9f\x90\xa7"},
		{"\xff\xc3", "\\377\\303"},
		{"\xc2\x9b[31m", "\\302\\233[31m"}, /* a control character in UTF-8 */
		{"\xed\xa0\x80", "\\355\\240\\200"},
	};
	char text[64];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		utf8_escape(cases[i].raw, text, sizeof(text));
		assert_string_equal(text, cases[i].escaped);
	}
	utf8_escape("abc\n", text, 7); /* no half of what is escaped */
	assert_string_equal(text, "abc");
	utf8_escape("abc\xc3\xa9", text, 5);
	assert_string_equal(text, "abc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sequence_up_to_three_bytes_is_judged_as_by_arithmetic),
		cmocka_unit_test(sequences_of_four_bytes_too),
		cmocka_unit_test(a_text_goes_on_after_a_character),
		cmocka_unit_test(what_is_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
