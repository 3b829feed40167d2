/* Argon2id: a text of the reference implementation, our own, and texts that are none. */
/* SPDX-License-Identifier: MIT */
#include "base/argon2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

/* Of the reference implementation's own tests. */
static const char reference[] =
    "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

static void test_reference(void **state)
{
	(void)state;
	assert_int_equal(argon2_check("password", 8, reference), 0);
	assert_int_equal(argon2_check("passwore", 8, reference), -EACCES);
	assert_int_equal(argon2_check("password", 7, reference), -EACCES);
	assert_int_equal(argon2_check("", 0, reference), -EACCES);
}

static void test_own(void **state)
{
	char text[ARGON2_TEXT_MAX], other[ARGON2_TEXT_MAX];
	(void)state;

	assert_int_equal(argon2_hash("a\0b", 3, text), 0);
	assert_memory_equal(text, "$argon2id$v=19$m=19456,t=2,p=1$", 31);
	assert_int_equal(argon2_check("a\0b", 3, text), 0);
	assert_int_equal(argon2_check("a\0c", 3, text), -EACCES);
	assert_int_equal(argon2_hash("a\0b", 3, other), 0);
	assert_string_not_equal(text, other); /* another salt */
	text[strlen(text) - 2] = text[strlen(text) - 2] == 'A' ? 'B' : 'A';
	assert_int_equal(argon2_check("a\0b", 3, text), -EACCES);
}

static void test_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"$argon2id$",
		"$argon2i$v=19$m=64,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=16$m=64,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=262145,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=9999999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=7,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=64,t=0,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=64,t=17,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=64,t=2,p=0$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=64,t=2,p=17$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=64,t=2,p=1$c29t$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", /* short salt */
		"$argon2id$v=19$m=64,t=2,p=1$c29tZXNhb!Q$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ",
		"$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc=",
	};
	char long_salt[256];
	(void)state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_int_equal(argon2_check("password", 8, texts[i]), -EINVAL);
	memset(long_salt, 'A', sizeof(long_salt));
	memcpy(long_salt, "$argon2id$v=19$m=64,t=2,p=1$", 28);
	long_salt[sizeof(long_salt) - 1] = '\0';
	assert_int_equal(argon2_check("password", 8, long_salt), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reference),
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
