/* The session's cookie among others, and how it is given. */
/* SPDX-License-Identifier: MIT */
#include "rdns/cookie.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#define SECRET "abcdefghijklmnopqrstuvwxyz234567"

static void test_cookies(void **state)
{
	static const struct {
		const char *header;
		bool is_found;
	} cases[] = {
		{NULL, false},
		{"", false},
		{"__Host-rdns=" SECRET, true},
		{"lang=fr; __Host-rdns=" SECRET "; theme=dark", true},
		{"lang=fr;__Host-rdns=" SECRET, true},
		{"__Host-rdns=; __Host-rdns=" SECRET, true},
		{"__Host-rdns=" SECRET "x", false},
		{"__Host-rdns=short", false},
		{"x__Host-rdns=" SECRET, false},
		{"x=__Host-rdns=" SECRET, false},
		{"__host-rdns=" SECRET, false},
		{";;; ;", false},
	};
	char text[COOKIE_MAX];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *found = cookie_find(cases[i].header);
		assert_int_equal(found != NULL, cases[i].is_found);
		if (found != NULL)
			assert_memory_equal(found, SECRET, SESSION_SECRET_LEN);
	}
	cookie_write(SECRET, text);
	assert_string_equal(text, "__Host-rdns=" SECRET "; Path=/; Max-Age=43200; Secure; HttpOnly; SameSite=Strict");
	cookie_write(NULL, text);
	assert_string_equal(text, "__Host-rdns=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cookies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
