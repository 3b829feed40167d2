/* Names of ASes: from the members that the POP file lists, or from an IX-F Member Export. */
/* SPDX-License-Identifier: MIT */
#include "base/as_names.h"

#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void test_members(void **state)
{
	char zero[] = "zero", one[] = "one", two[] = "two";
	struct pop_member members[] = {
		{.asn = 64502, .name = two}, {.asn = 64500, .name = zero}, {.asn = 64501, .name = one}};
	struct pop p = {.members = members, .n_members = 3};
	struct as_names *n = as_names_new(&p);
	(void)state;

	assert_string_equal(as_names_find(n, 64500), "zero");
	assert_string_equal(as_names_find(n, 64501), "one");
	assert_string_equal(as_names_find(n, 64502), "two");
	assert_null(as_names_find(n, 64503));
	as_names_free(n);
}

static void test_nobody(void **state)
{
	struct as_names *n = as_names_new(&(struct pop){0});
	(void)state;

	assert_null(as_names_find(n, 64500));
	as_names_free(n);
}

static void ignore(const struct log_record *record)
{
	(void)record;
}

static struct as_names *of_export(const char *text)
{
	char path[] = "/tmp/fontaine-ixf-XXXXXX";
	FILE *file = fdopen(mkstemp(path), "w");

	log_set_sink(ignore);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	struct as_names *n = as_names_new(&(struct pop){.ixf_export = path});
	(void)unlink(path);
	return n;
}

static void test_export(void **state)
{
	struct as_names *n = of_export(
	    "{\"member_list\":[{\"asnum\":64501,\"name\":\"One\"},{\"asnum\":64500},{\"name\":\"no number\"},"
	    "{\"asnum\":4294967296,\"name\":\"large\"},7]}");
	(void)state;

	assert_string_equal(as_names_find(n, 64501), "One");
	assert_null(as_names_find(n, 64500));
	assert_null(as_names_find(n, 0));
	as_names_free(n);
}

static void test_unusable_exports(void **state)
{
	static const char *const texts[] = {"", "{", "[]", "{\"member_list\":7}"};
	(void)state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct as_names *n = of_export(texts[i]);
		assert_null(as_names_find(n, 64500));
		as_names_free(n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_export),
		cmocka_unit_test(test_unusable_exports),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
