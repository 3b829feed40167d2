/* Assignments read again: what is told of members and prefixes, and that nothing is told twice. */
/* SPDX-License-Identifier: MIT */
#include "rdns/reread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static struct assignments *table(const char *csv)
{
	struct assignments *a = assignments_new();
	char error[ASSIGNMENTS_ERROR_MAX];

	if (assignments_add_csv(a, csv, strlen(csv), error) < 0 || assignments_seal(a, error) < 0)
		fail_msg("%s", error);
	return a;
}

static void on_member(enum member_event event, uint32_t asn, const char *name, void *data)
{
	char *out = data;

	(void)sprintf(out + strlen(out), "%s %u %s; ", member_event_names[event], asn, name);
}

static void test_members(void **state)
{
	static const struct {
		const char *csv;
		struct known_member known[3];
		size_t n;
		const char *told;
	} cases[] = {
		{"", {{0}}, 0, ""},
		{"192.0.2.0/24,2,Two,", {{0}}, 0, "new 2 Two; "},
		{"192.0.2.0/24,2,Two,", {{2, "Two", false}}, 1, ""},
		{"192.0.2.0/24,2,Two,", {{2, "Old", false}}, 1, "renamed 2 Two; "},
		{"192.0.2.0/24,2,Two,", {{2, "Two", true}}, 1, "back 2 Two; "},
		{"192.0.2.0/24,2,Two,", {{2, "Old", true}}, 1, "back 2 Two; "},
		{"", {{2, "Two", false}}, 1, "vanished 2 Two; "},
		{"", {{2, "Two", true}}, 1, ""}, /* frozen already */
		{"192.0.2.0/24,2,Two,",
	         {{1, "One", false}, {3, "Three", false}},
	         2,
	         "vanished 1 One; new 2 Two; vanished 3 Three; "},
		{"192.0.2.0/25,3,Three,\n192.0.2.128/25,1,One,",
	         {{2, "Two", false}},
	         1,
	         "new 1 One; vanished 2 Two; new 3 Three; "},
		{"192.0.2.0/25,3,Three,\n192.0.2.128/25,1,One,",
	         {{1, "One", true}, {2, "Two", true}, {3, "Trois", false}},
	         3,
	         "back 1 One; renamed 3 Three; "},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct assignments *a = table(cases[i].csv);
		char told[256] = "";
		reread_members(cases[i].known, cases[i].n, a, on_member, told);
		assert_string_equal(told, cases[i].told);
		assignments_free(a);
	}
}

static void on_assignment(const struct assignment *before, const struct assignment *after, void *data)
{
	char text[PREFIX_TEXT_MAX], *out = data;

	if (before != NULL && after != NULL)
		assert_int_equal(prefix_compare(&before->prefix, &after->prefix), 0);
	const struct prefix *p = before != NULL ? &before->prefix : &after->prefix;
	(void)sprintf(out + strlen(out), "%s %u>%u; ", prefix_text(p, text),
	              before != NULL ? before->asn : 0, after != NULL ? after->asn : 0);
}

static void test_prefixes(void **state)
{
	static const struct {
		const char *before, *after; /* CSV; NULL: no table */
		const char *told;
	} cases[] = {
		{NULL, "", ""},
		{"", "", ""},
		{NULL, "192.0.2.0/24,2,Two,", "192.0.2.0/24 0>2; "},
		{"192.0.2.0/24,2,Two,", "192.0.2.0/24,2,Deux,", ""},
		{"192.0.2.0/24,2,Two,", "192.0.2.0/24,3,Three,", "192.0.2.0/24 2>3; "},
		{"192.0.2.0/24,2,Two,", "", "192.0.2.0/24 2>0; "},
		{"192.0.2.0/24,2,Two,", "192.0.2.0/25,2,Two,", "192.0.2.0/24 2>0; 192.0.2.0/25 0>2; "},
		{"192.0.2.0/24,2,Two,\n2001:db8::/32,2,Two,", "2001:db8::/32,2,Two,\n198.51.100.0/24,3,Three,",
	         "192.0.2.0/24 2>0; 198.51.100.0/24 0>3; "},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct assignments *before = cases[i].before != NULL ? table(cases[i].before) : NULL;
		struct assignments *after = table(cases[i].after);
		char told[256] = "";
		reread_assignments(before, after, on_assignment, told);
		assert_string_equal(told, cases[i].told);
		assignments_free(before);
		assignments_free(after);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_prefixes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
