/* A key as keymgr writes it, in other forms, and what is none. */
/* SPDX-License-Identifier: MIT */
#include "rdns/key_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>

static void test_forms(void **state)
{
	(void)state;
	static const char *const forms[] = {
		"# hmac-sha256:rdnsd:c2VjcmV0\nkey:\n  - id: rdnsd\n",
		"hmac-sha256:rdnsd:c2VjcmV0",
		"hmac-sha256.:rdnsd.:c2VjcmV0\r\n",
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct key_file file;
		assert_int_equal(key_file_parse(forms[i], &file), 0);
		struct tsig_key key = key_file_key(&file);
		assert_string_equal(key.name, "rdnsd.");
		assert_string_equal(key.algorithm, "hmac-sha256.");
		assert_string_equal(key.secret, "c2VjcmV0");
	}
}

static void test_none(void **state)
{
	(void)state;
	static const char *const none[] = {"", "# ", "# hmac-sha256", "hmac-sha256:rdnsd", "hmac-sha256:rdnsd:",
	                                   "hmac-sha256::c2VjcmV0", ":rdnsd:c2VjcmV0", "hmac-sha256\n:rdnsd:c2VjcmV0"};
	char long_name[KEY_FILE_FIELD_MAX + 32];
	struct key_file file;

	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		assert_int_equal(key_file_parse(none[i], &file), -EINVAL);
	(void)snprintf(long_name, sizeof(long_name), "hmac-sha256:%0*d:c2VjcmV0", KEY_FILE_FIELD_MAX - 1, 0);
	assert_int_equal(key_file_parse(long_name, &file), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
