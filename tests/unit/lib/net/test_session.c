/* Sessions: who is known, for how long, and what a forged page does not know. */
/* SPDX-License-Identifier: MIT */
#include "net/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

enum { MAX = 4 };

#define ID       "aaaaaaaa"
#define OTHER_ID "bbbbbbbb"

static int setup(void **state)
{
	*state = sessions_new(MAX);
	return 0;
}

static int teardown(void **state)
{
	sessions_free(*state);
	return 0;
}

static const char *find(const struct sessions *s, enum session_kind kind, const char *secret, uint64_t now_s)
{
	return sessions_find(s, kind, secret, strlen(secret), now_s);
}

static void test_known_for_a_while(void **state)
{
	char secret[SESSION_SECRET_LEN + 1], other[SESSION_SECRET_LEN + 1];
	struct sessions *s = *state;

	session_secret_make(secret);
	session_secret_make(other);
	assert_string_not_equal(secret, other);
	assert_null(find(s, SESSION_COOKIE, secret, 0));
	sessions_start(s, SESSION_COOKIE, secret, SESSION_SECRET_LEN, ID, 100);
	assert_string_equal(find(s, SESSION_COOKIE, secret, 100), ID);
	assert_string_equal(find(s, SESSION_COOKIE, secret, 99 + SESSION_COOKIE_LASTS_S), ID);
	assert_null(find(s, SESSION_COOKIE, secret, 100 + SESSION_COOKIE_LASTS_S));
	assert_null(find(s, SESSION_COOKIE, other, 100));
	assert_null(sessions_find(s, SESSION_COOKIE, secret, SESSION_SECRET_LEN - 1, 100));
	assert_null(find(s, SESSION_TOKEN, secret, 100)); /* no program's token */

	sessions_start(s, SESSION_COOKIE, secret, SESSION_SECRET_LEN, ID, 200); /* once more */
	assert_string_equal(find(s, SESSION_COOKIE, secret, 199 + SESSION_COOKIE_LASTS_S), ID);
	sessions_end(s, other, SESSION_SECRET_LEN);
	assert_non_null(find(s, SESSION_COOKIE, secret, 200));
	sessions_end(s, secret, SESSION_SECRET_LEN);
	assert_null(find(s, SESSION_COOKIE, secret, 200)); /* the one before it is not there either */
}

static void test_tokens(void **state)
{
	struct token t = token_make();
	char text[TOKEN_LEN + 1], secret[SESSION_SECRET_LEN + 1];
	struct sessions *s = *state;

	token_text(&t, text);
	session_secret_make(secret);
	sessions_start(s, SESSION_TOKEN, text, TOKEN_LEN, ID, 0);
	sessions_start(s, SESSION_COOKIE, secret, SESSION_SECRET_LEN, ID, 0);
	assert_string_equal(find(s, SESSION_TOKEN, text, SESSION_TOKEN_LASTS_S - 1), ID);
	assert_null(find(s, SESSION_TOKEN, text, SESSION_TOKEN_LASTS_S));
	assert_null(find(s, SESSION_COOKIE, text, 0));
	sessions_end_token(s, OTHER_ID);
	assert_non_null(find(s, SESSION_TOKEN, text, 0));
	sessions_end_token(s, ID);
	assert_null(find(s, SESSION_TOKEN, text, 0));
	assert_null(find(s, SESSION_COOKIE, secret, 0));
}

/** When it is full, the one that ends first makes room; nothing grows. */
static void test_full(void **state)
{
	char secrets[2 * MAX][SESSION_SECRET_LEN + 1];
	struct sessions *s = *state;

	for (uint64_t i = 0; i < 2 * MAX; i++) {
		session_secret_make(secrets[i]);
		sessions_start(s, SESSION_COOKIE, secrets[i], SESSION_SECRET_LEN, ID, i);
	}
	for (size_t i = 0; i < 2 * MAX; i++)
		assert_int_equal(find(s, SESSION_COOKIE, secrets[i], 2 * MAX) != NULL, i >= MAX);
}

static void test_whatever_is_shown(void **state)
{
	char text[4096];
	struct sessions *s = *state;

	memset(text, 'x', sizeof(text));
	for (size_t len = 0; len <= sizeof(text); len += 17) {
		assert_null(sessions_find(s, SESSION_COOKIE, text, len, 0));
		assert_null(sessions_find(s, SESSION_TOKEN, text, len, 0));
		sessions_end(s, text, len);
	}
	sessions_end_token(s, "");
}

static void test_csrf(void **state)
{
	char secret[SESSION_SECRET_LEN + 1], csrf[SESSION_CSRF_LEN + 1], other[SESSION_CSRF_LEN + 1];
	struct sessions *s = *state, *restarted = sessions_new(MAX);

	session_secret_make(secret);
	sessions_csrf(s, secret, SESSION_SECRET_LEN, csrf);
	assert_true(sessions_csrf_holds(s, secret, SESSION_SECRET_LEN, csrf));
	assert_false(sessions_csrf_holds(s, secret, SESSION_SECRET_LEN, NULL));
	assert_false(sessions_csrf_holds(s, secret, SESSION_SECRET_LEN, ""));
	assert_false(sessions_csrf_holds(s, secret, SESSION_SECRET_LEN, secret));
	assert_false(sessions_csrf_holds(restarted, secret, SESSION_SECRET_LEN, csrf)); /* another key */
	memcpy(other, csrf, sizeof(other));
	other[0] = other[0] == 'a' ? 'b' : 'a';
	assert_false(sessions_csrf_holds(s, secret, SESSION_SECRET_LEN, other));
	session_secret_make(secret);
	assert_false(sessions_csrf_holds(s, secret, SESSION_SECRET_LEN, csrf)); /* of another session */
	sessions_free(restarted);
	sessions_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_known_for_a_while, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tokens, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full, setup, teardown),
		cmocka_unit_test_setup_teardown(test_whatever_is_shown, setup, teardown),
		cmocka_unit_test_setup_teardown(test_csrf, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
