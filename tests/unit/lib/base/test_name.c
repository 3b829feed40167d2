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

static void test_authorities(void **state)
{
	(void)state;
	static const struct {
		const char *text, *host;
		uint16_t port;
	} good[] = {
		{"example.net", "example.net", 0},
		{"demo.localhost:8081", "demo.localhost", 8081},
		{"192.0.2.1:80", "192.0.2.1", 80},
		{"[2001:db8::1]", "[2001:db8::1]", 0},
		{"[::1]:65535", "[::1]", 65535},
	};
	static const char *const bad[] = {
		"", ":80", "a:", "a:0", "a:65536", "a:8o", "a:80:80", "[::1", "[::1]80", "[192.0.2.1]", "[]", "::1",
		"a b", "a/b", "u@a", "a\"", "[fe80::1%lo]", "a..b"};
	char host[NAME_HOST_MAX];
	uint16_t port;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_int_equal(name_split_authority(good[i].text, host, &port), 0);
		assert_string_equal(host, good[i].host);
		assert_int_equal(port, good[i].port);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (name_split_authority(bad[i], host, &port) == 0)
			fail_msg("\"%s\" passes as %s", bad[i], host);

	char longest[NAME_HOST_MAX + 8];
	memset(longest, '1', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_int_not_equal(name_split_authority(longest, host, &port), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_no_way_out),
		cmocka_unit_test(test_authorities),
	};

	return cmocka_run_group_tests_name("base/name", tests, NULL, NULL);
}
