/* Origins: what their lines say, and which are malformed. */
/* SPDX-License-Identifier: MIT */
#include "origin_table.h"

#include <string.h>

static void test_what_most_peers_see_counts(void **state)
{
	static const char *const lines[] = {"64501\t192.0.2.0/24\t5", "64500\t192.0.2.0/24\t300",
	                                    "64502\t192.0.2.0/24\t7", NULL};
	struct prefix_table *o = prefix_table_new(&origin_kind);
	char text[128];
	(void)state;

	for (size_t i = 0; i < 3; i++)
		(void)prefix_table_add_line(o, lines[i]);
	assert_int_equal(prefix_table_seal(o), 1);
	assert_string_equal(answer(o, "192.0.2.1", text), "192.0.2.0/24 64500");
	prefix_table_release(o);
}

static void test_sets(void **state)
{
	static const char *const lines[] = {"{64500,64501}\t192.0.2.0/24\t5", "{64502}\t198.51.100.0/24\t5",
	                                    "{64500,64501,64502}\t203.0.113.0/24\t1", NULL};
	struct prefix_table *o = table(lines);
	char text[128];
	(void)state;

	assert_string_equal(answer(o, "192.0.2.1", text), "192.0.2.0/24 64500 64501");
	assert_string_equal(answer(o, "198.51.100.1", text), "198.51.100.0/24 64502");
	assert_string_equal(answer(o, "203.0.113.1", text), "203.0.113.0/24 64500 64501 64502");
	prefix_table_release(o);
}

static void test_lines_that_say_nothing(void **state)
{
	static const char *const lines[] = {"% a comment\n", "%\n", "\n", "", "\r\n", "  \n", "64500\t0.0.0.0/0\t300\n",
	                                    "64500\t::/0\t300", NULL};
	struct prefix_table *o = table(lines);
	char text[128];
	(void)state;

	assert_string_equal(answer(o, "192.0.2.1", text), "none");
	assert_string_equal(answer(o, "2001:db8::1", text), "none");
	prefix_table_release(o);
}

static void test_malformed_lines(void **state)
{
	static const char *const lines[] = {
		"64500", "64500\t", "64500\t192.0.2.0/24", "64500\t192.0.2.0/24\t", "64500 192.0.2.0/24 3",
		"AS64500\t192.0.2.0/24\t3", "-1\t192.0.2.0/24\t3", "0\t192.0.2.0/24\t3",
		"4294967296\t192.0.2.0/24\t3", "64500\t192.0.2.1/24\t3", "64500\t192.0.2.0/33\t3",
		"64500\t192.0.2/24\t3", "64500\t2001:db8::/129\t3", "64500\tx\t3", "64500\t192.0.2.0/24\tmany",
		"64500\t192.0.2.0/24\t3\t4", "64500\t192.0.2.0/24\t3 ", "{64500\t192.0.2.0/24\t3",
		"{}\t192.0.2.0/24\t3", "{64500,}\t192.0.2.0/24\t3", "{,64500}\t192.0.2.0/24\t3",
		"64500}\t192.0.2.0/24\t3", "{64500 64501}\t192.0.2.0/24\t3", "64500,64501\t192.0.2.0/24\t3",
		"\t192.0.2.0/24\t3", " % not at its start", "64500\t2001:db8:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0::/32\t3"};
	struct prefix_table *o = prefix_table_new(&origin_kind);
	(void)state;

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (prefix_table_add_line(o, lines[i]) != -EINVAL)
			fail_msg("line %zu: \"%s\"", i, lines[i]);
	assert_int_equal(prefix_table_seal(o), 0);
	prefix_table_release(o);
}

static void test_a_set_has_a_limit(void **state)
{
	struct prefix_table *o = prefix_table_new(&origin_kind);
	char set[256] = "{1", line[512];
	(void)state;

	for (int i = 0; i < 63; i++)
		strcat(set, ",1");
	(void)snprintf(line, sizeof(line), "%s}\t192.0.2.0/24\t3", set);
	assert_int_equal(prefix_table_add_line(o, line), 1);
	(void)snprintf(line, sizeof(line), "%s,1}\t192.0.2.0/24\t3", set);
	assert_int_equal(prefix_table_add_line(o, line), -EINVAL);
	prefix_table_release(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_most_peers_see_counts),
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_lines_that_say_nothing),
		cmocka_unit_test(test_malformed_lines),
		cmocka_unit_test(test_a_set_has_a_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
