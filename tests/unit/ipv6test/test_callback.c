/* SPDX-License-Identifier: MIT */
#include "ipv6test/callback.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void names_of_functions_are_legal(void **state)
{
	static const char *const names[] = {"f", "_", "$", "jQuery1910_123", "a.b.c", "Test.$cb.x9", "GIGO.cb._"};
	(void)state;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_true(callback_is_legal(names[i]));
}

static void scripts_are_not(void **state)
{
	static const char *const names[] = {
		"", ".", "a.", ".a", "a..b", "1a", "a.1", "a b", "a(", "alert(1)//", "a;b", "a-b", "a[0]", "a\n", "<a>",
		"\xc3\xa9", "a\xff"};
	(void)state;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_false(callback_is_legal(names[i]));
}

static void sixty_four_bytes_are_enough(void **state)
{
	char name[CALLBACK_MAX + 2];
	(void)state;

	memset(name, 'a', sizeof(name));
	name[CALLBACK_MAX] = '\0';
	assert_true(callback_is_legal(name));
	name[CALLBACK_MAX] = 'a';
	name[CALLBACK_MAX + 1] = '\0';
	assert_false(callback_is_legal(name));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_functions_are_legal),
		cmocka_unit_test(scripts_are_not),
		cmocka_unit_test(sixty_four_bytes_are_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
