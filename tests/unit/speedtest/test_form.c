/* Forms: both encodings, whole and broken. */
/* SPDX-License-Identifier: MIT */
#include "speedtest/form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MULTIPART         "multipart/form-data; boundary=XyZ"
#define PART(name, value) "--XyZ\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" value "\r\n"

static const struct {
	const char *type, *body, *name;
	int rc;
	const char *value;
} cases[] = {
	{"application/x-www-form-urlencoded", "dl=94.5&ul=20.1&log=a+b%21", "ul", 0, "20.1"},
	{"application/x-www-form-urlencoded", "dl=94.5&ul=20.1&log=a+b%21", "log", 0, "a b!"},
	{NULL, "dl=94.5", "dl", 0, "94.5"},
	{NULL, "dl=94.5", "ul", -ENOENT, NULL},
	{NULL, "dl=%zz", "dl", -EINVAL, NULL},
	{NULL, "", "dl", -ENOENT, NULL},
	{MULTIPART, PART("ispinfo", "{}") PART("dl", "94.5") PART("ul", "") "--XyZ--\r\n", "dl", 0, "94.5"},
	{MULTIPART, PART("ispinfo", "{}") PART("dl", "94.5") PART("ul", "") "--XyZ--\r\n", "ul", 0, ""},
	{MULTIPART, PART("log", "two\r\nlines\r\n") "--XyZ--\r\n", "log", 0, "two\r\nlines\r\n"},
	{MULTIPART, "preamble\r\n" PART("dl", "1") "--XyZ--", "dl", 0, "1"},
	{"Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"",
         "--a b\r\nContent-Disposition: form-data; name=\"dl\"\r\nContent-Type: text/plain\r\n\r\n3\r\n--a b--\r\n",
         "dl", 0, "3"},
	{MULTIPART, PART("dl", "1") PART("dl", "2") "--XyZ--\r\n", "dl", 0, "1"},
	{MULTIPART, PART("dl", "1") "--XyZ--\r\n", "ul", -ENOENT, NULL},
	{MULTIPART, PART("dl", "0123456789abcdef") "--XyZ--\r\n", "dl", -EINVAL, NULL}, /* too long for us */
	{MULTIPART, PART("dl", "1"), "dl", -EINVAL, NULL},
	{MULTIPART, PART("ul", "1"), "dl", -EINVAL, NULL},
	{MULTIPART, "--XyZ\r\nContent-Disposition: form-data; name=\"dl\"\r\n", "dl", -EINVAL, NULL},
	{MULTIPART, "--XyZ", "dl", -EINVAL, NULL},
	{MULTIPART, "dl=94.5", "dl", -EINVAL, NULL},
	{MULTIPART, "--XyZ\r\nContent-Disposition: form-data; filename=\"dl\"\r\n\r\n1\r\n--XyZ--", "dl", -ENOENT,
         NULL},
	{"multipart/form-data", PART("dl", "1") "--XyZ--", "dl", -EINVAL, NULL},
	{"multipart/form-data; boundary=", PART("dl", "1") "--XyZ--", "dl", -EINVAL, NULL},
	{"multipart/form-data; boundary=0123456789012345678901234567890123456789012345678901234567890123456789x", "--",
         "dl", -EINVAL, NULL},
};

static void test_cases(void **state)
{
	char value[16];
	struct buf body;
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf_init(&body, 4096);
		assert_int_equal(buf_add(&body, cases[i].body, strlen(cases[i].body)), 0);
		int rc = form_field(cases[i].type, &body, cases[i].name, value, sizeof(value));
		buf_done(&body);
		if (rc != cases[i].rc)
			fail_msg("case %zu: %d", i, rc);
		if (rc == 0)
			assert_string_equal(value, cases[i].value);
	}
}

static void test_a_nul_in_a_value(void **state)
{
	static const char text[] = PART("dl", "1\0002") "--XyZ--\r\n";
	char value[16];
	struct buf body;
	(void)state;

	buf_init(&body, 4096);
	assert_int_equal(buf_add(&body, text, sizeof(text) - 1), 0);
	assert_int_equal(form_field(MULTIPART, &body, "dl", value, sizeof(value)), -EINVAL);
	buf_done(&body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_a_nul_in_a_value),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
