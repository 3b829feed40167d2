/* Tokens: what is shown reads back, and nothing else does. */
/* SPDX-License-Identifier: MIT */
#include "base/token.h"

#include "base/argon2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <ctype.h>
#include <errno.h>
#include <string.h>

static void test_reads_back(void **state)
{
	char text[TOKEN_LEN + 1];
	(void)state;

	for (int i = 0; i < 1000; i++) {
		struct token t = token_make(), read;
		token_text(&t, text);
		assert_int_equal(strlen(text), TOKEN_LEN);
		assert_memory_equal(text, "fontaine_", 9);
		assert_int_equal(token_parse(text, TOKEN_LEN, &read), 0);
		assert_string_equal(read.id, t.id);
		assert_memory_equal(read.secret, t.secret, sizeof(t.secret));
	}
}

static void test_any_case(void **state)
{
	char text[TOKEN_LEN + 1];
	struct token t = token_make(), read;
	(void)state;

	token_text(&t, text);
	for (char *c = text; *c != '\0'; c++)
		*c = (char)toupper((unsigned char)*c);
	assert_int_equal(token_parse(text, TOKEN_LEN, &read), 0);
	assert_string_equal(read.id, t.id);
	assert_memory_equal(read.secret, t.secret, sizeof(t.secret));
}

static void test_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"fontaine_",
		"fontaine_abcdefgh_",
		"fontaine_abcdefgh_abcdefghijklmnopqrstuvwxyz23456",
		"fontaine_abcdefgh_abcdefghijklmnopqrstuvwxyz2345677",
		"fontaine-abcdefgh_abcdefghijklmnopqrstuvwxyz234567",
		"fontaine_abcdefgh-abcdefghijklmnopqrstuvwxyz234567",
		"fontaine_abcdefg1_abcdefghijklmnopqrstuvwxyz234567",
		"fontaine_abcdefgh_abcdefghijklmnopqrstuvwxyz23456 ",
	};
	struct token t;
	(void)state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_int_equal(token_parse(texts[i], strlen(texts[i]), &t), -EINVAL);
	assert_int_equal(token_parse("fontaine_abcdefgh_abcdefghijklmnopqrstuvwxyz234567", TOKEN_LEN, &t), 0);
	assert_string_equal(t.id, "abcdefgh");
}

/** What is stored lets this one in, and no other with the same id. */
static void test_stored(void **state)
{
	struct token t = token_make(), other = token_make();
	char hash[ARGON2_TEXT_MAX];
	(void)state;

	assert_int_equal(argon2_hash(t.secret, sizeof(t.secret), hash), 0);
	assert_int_equal(argon2_check(t.secret, sizeof(t.secret), hash), 0);
	assert_int_equal(argon2_check(other.secret, sizeof(other.secret), hash), -EACCES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_back),
		cmocka_unit_test(test_any_case),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_stored),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
