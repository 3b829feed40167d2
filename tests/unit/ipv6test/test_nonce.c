/* SPDX-License-Identifier: MIT */
#include "ipv6test/nonce.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { NOW_S = 1000000 };

static const struct nonce_key key = {{1, 2}};

static bool check(const char *text, uint64_t now_s)
{
	return nonce_check(&key, text, strlen(text), now_s);
}

static void a_nonce_is_good_for_ten_minutes(void **state)
{
	char text[NONCE_LEN + 1];
	(void)state;

	nonce_make(&key, NOW_S, text);
	assert_int_equal(strlen(text), NONCE_LEN);
	assert_int_equal(strspn(text, "abcdefghijklmnopqrstuvwxyz234567"), NONCE_LEN);
	assert_true(check(text, NOW_S));
	assert_true(check(text, NOW_S + NONCE_MAX_AGE_S));
	assert_false(check(text, NOW_S + NONCE_MAX_AGE_S + 1));
	assert_false(check(text, NOW_S - 1)); /* none comes from the future */
}

static void resolvers_may_change_the_case(void **state)
{
	char text[NONCE_LEN + 1];
	(void)state;

	nonce_make(&key, NOW_S, text);
	for (unsigned i = 0; i < NONCE_LEN; i += 2)
		text[i] = (char)toupper(text[i]);
	assert_true(check(text, NOW_S));
}

static void no_two_are_alike(void **state)
{
	char one[NONCE_LEN + 1], other[NONCE_LEN + 1];
	(void)state;

	nonce_make(&key, NOW_S, one);
	nonce_make(&key, NOW_S, other);
	assert_string_not_equal(one, other);
}

static void a_changed_digit_is_noticed(void **state)
{
	char text[NONCE_LEN + 1];
	(void)state;

	nonce_make(&key, NOW_S, text);
	for (unsigned i = 0; i < NONCE_LEN; i++)
		for (const char *digit = "abcdefghijklmnopqrstuvwxyz234567"; *digit != '\0'; digit++) {
			char was = text[i];
			text[i] = *digit;
			assert_true(check(text, NOW_S) == (*digit == was));
			text[i] = was;
		}
}

static void only_its_own_key_knows_it(void **state)
{
	struct nonce_key one = nonce_key_new(), other = nonce_key_new();
	char text[NONCE_LEN + 1];
	(void)state;

	nonce_make(&one, NOW_S, text);
	assert_true(nonce_check(&one, text, NONCE_LEN, NOW_S));
	assert_false(nonce_check(&other, text, NONCE_LEN, NOW_S));
}

static void what_is_no_nonce_is_refused(void **state)
{
	static const char *const texts[] = {
		"", "www", "aaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"1aaaaaaaaaaaaaaaaaaaaaaaaa", "-aaaaaaaaaaaaaaaaaaaaaaaaa", "\377aaaaaaaaaaaaaaaaaaaaaaaaa"};
	(void)state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_false(check(texts[i], NOW_S));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_nonce_is_good_for_ten_minutes),
		cmocka_unit_test(resolvers_may_change_the_case),
		cmocka_unit_test(no_two_are_alike),
		cmocka_unit_test(a_changed_digit_is_noticed),
		cmocka_unit_test(only_its_own_key_knows_it),
		cmocka_unit_test(what_is_no_nonce_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
