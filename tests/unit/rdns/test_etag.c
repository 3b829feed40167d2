/* Conditions on versions. */
/* SPDX-License-Identifier: MIT */
#include "rdns/etag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_conditions(void **state)
{
	static const struct {
		const char *if_match, *if_none_match;
		int64_t version;
		enum etag_outcome outcome;
	} cases[] = {
		{NULL, NULL, 0, ETAG_GO_ON},
		{NULL, NULL, 12, ETAG_GO_ON},
		{"\"12\"", NULL, 12, ETAG_GO_ON},
		{"\"1\", \"12\"", NULL, 12, ETAG_GO_ON},
		{"\"12\",\"1\"", NULL, 12, ETAG_GO_ON},
		{"\"a,b\" , \"12\" ", NULL, 12, ETAG_GO_ON},
		{"*", NULL, 12, ETAG_GO_ON},
		{"*", NULL, 0, ETAG_FAILED},
		{"\"12\"", NULL, 13, ETAG_FAILED},
		{"\"1\"", NULL, 12, ETAG_FAILED},
		{"\"12\"", NULL, 0, ETAG_FAILED},
		{"\"0\"", NULL, 0, ETAG_FAILED},
		{"W/\"12\"", NULL, 12, ETAG_FAILED}, /* compared strongly */
		{NULL, "*", 0, ETAG_GO_ON},
		{NULL, "*", 12, ETAG_FAILED},
		{NULL, "\"12\"", 12, ETAG_FAILED},
		{NULL, "W/\"12\"", 12, ETAG_FAILED}, /* compared weakly */
		{NULL, "\"11\"", 12, ETAG_GO_ON},
		{"\"12\"", "*", 12, ETAG_FAILED},
		{"12", NULL, 12, ETAG_MALFORMED},
		{"", NULL, 12, ETAG_MALFORMED},
		{"\"12", NULL, 12, ETAG_MALFORMED},
		{"\"12\" \"13\"", NULL, 12, ETAG_MALFORMED},
		{"\"12\",", NULL, 12, ETAG_MALFORMED},
		{NULL, "w/\"12\"", 12, ETAG_MALFORMED},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(etag_check(&(struct etag_conditions){cases[i].if_match, cases[i].if_none_match},
		                            cases[i].version),
		                 cases[i].outcome);
}

static void test_text(void **state)
{
	char text[ETAG_MAX];
	(void)state;

	assert_string_equal(etag_text(12, text), "\"12\"");
	assert_string_equal(etag_text(INT64_MAX, text), "\"9223372036854775807\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
