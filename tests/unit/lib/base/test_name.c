/* Names: what passes, and that nothing passes which could end a line, a quote or a block. */
/* SPDX-License-Identifier: MIT */
#include "base/name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static const struct {
	bool (*is)(const char *text);
	const char *text;
	bool expected;
} cases[] = {
	{name_is_label, "lyon", true},
	{name_is_label, "a-1", true},
	{name_is_label, "", false},
	{name_is_label, "-a", false},
	{name_is_label, "a-", false},
	{name_is_label, "a_b", false},
	{name_is_label, "a.b", false},
	{name_is_domain, "lyon.fontaine.example", true},
	{name_is_domain, "localhost", true},
	{name_is_domain, "", false},
	{name_is_domain, ".", false},
	{name_is_domain, "example.", false},
	{name_is_domain, "a..b", false},
	{name_is_domain, "caf\xc3\xa9.example", false},
	{name_is_mail, "noc@example.net", true},
	{name_is_mail, "first.last+tag@example.net", true},
	{name_is_mail, "noc", false},
	{name_is_mail, "@example.net", false},
	{name_is_mail, "noc@", false},
	{name_is_mail, "noc@@example.net", false},
	{name_is_mail, "no c@example.net", false},
	{name_is_url, "https://www.example.net/", true},
	{name_is_url, "http://demo.localhost:8080/?a=b&c=%20#d", true},
	{name_is_url, "https://", false},
	{name_is_url, "ftp://example.net/", false},
	{name_is_url, "javascript:alert(1)", false},
	{name_is_url, "https://example.net/<script>", false},
};

static void test_cases(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (cases[i].is(cases[i].text) != cases[i].expected)
			fail_msg("case %zu: \"%s\"", i, cases[i].text);
}

static void test_lengths(void **state)
{
	(void)state;
	char text[300];

	memset(text, 'a', sizeof(text));
	text[63] = '\0';
	assert_true(name_is_label(text));
	text[63] = 'a';
	text[64] = '\0';
	assert_false(name_is_label(text));

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 2 == 0 ? 'a' : '.';
	text[253] = '\0';
	assert_true(name_is_domain(text));
	text[253] = '.';
	text[255] = '\0';
	assert_false(name_is_domain(text));
}

static void test_no_way_out(void **state)
{
	(void)state;
	static bool (*const all[])(const char *) = {name_is_label, name_is_domain, name_is_mail,
	                                            name_is_url};
	static const char *const starts[] = {"a", "a.b", "a@b.c", "https://a/"};

	for (size_t i = 0; i < 4; i++)
		for (const char *c = " \t\r\n\"'`\\;{}()<>|$"; *c != '\0'; c++) {
			char text[32];
			(void)snprintf(text, sizeof(text), "%s%c", starts[i], *c);
			assert_false(all[i](text));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_no_way_out),
	};

	return cmocka_run_group_tests_name("base/name", tests, NULL, NULL);
}
