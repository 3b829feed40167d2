/* RPKI states (RFC 6811), and which lines of the CSV are malformed. */
/* SPDX-License-Identifier: MIT */
#include "base/rpki.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NOW = 1700000000 };

static const char *const payloads[] = {
	"ASN,IP Prefix,Max Length,Trust Anchor,Expires\n",
	"AS64496,192.0.2.0/24,24,arin,1700000001\n",
	"AS64497,198.51.100.0/22,24,ripe,1800000000\r\n", /* with room down to /24 */
	"AS64498,198.51.100.0/24,24,ripe,1800000000\n",
	"AS64499,203.0.113.0/24,24,apnic,1800000000\n", /* one prefix, three ASes */
	"AS64500,203.0.113.0/24,26,apnic,1800000000\n",
	"AS64501,203.0.113.0/24,24,apnic,1800000000\n",
	"AS0,100.64.0.0/10,32,iana,1800000000\n", /* nobody may announce it (RFC 6483, 4) */
	"AS0,100.65.0.0/16,16,iana,1800000000\n",
	"AS64502,100.65.0.0/16,16,iana,1800000000\n", /* but an AS that another payload allows may */
	"AS64503,10.0.0.0/8,24,lacnic,1699999999\n",  /* ended */
	"AS64503,10.1.0.0/16,16,lacnic,1700000000\n", /* ends now */
	"AS64496,2001:db8::/32,48,arin,1800000000\n",
	"AS64504,2001:db8:1::/48,48,arin,1800000000\n",
	"AS64505,2001:db8:f::/48,128,arin,1800000000\n",
	"AS4294967295,32.0.0.0/3,3,ripe,1800000000", /* no end of line */
};

static struct prefix_table *table(void)
{
	struct prefix_table *t = prefix_table_new(&rpki_kind);

	for (size_t i = 0; i < sizeof(payloads) / sizeof(*payloads); i++)
		assert_int_equal(prefix_table_add_line(t, payloads[i]), i > 0);
	assert_int_equal(prefix_table_seal(t), sizeof(payloads) / sizeof(*payloads) - 1);
	return t;
}

static void test_states(void **state)
{
	static const struct {
		const char *prefix;
		uint32_t asn;
		const char *expected;
	} cases[] = {
		{"192.0.2.0/24", 64496, "valid"},
		{"192.0.2.0/24", 64511, "invalid"},   /* another's */
		{"192.0.2.0/25", 64496, "invalid"},   /* longer than its payload allows */
		{"192.0.2.0/23", 64496, "not-found"}, /* shorter than the payload's prefix: not covered */
		{"192.0.3.0/24", 64496, "not-found"},
		{"198.51.100.0/22", 64497, "valid"},
		{"198.51.101.0/24", 64497, "valid"},
		{"198.51.101.0/25", 64497, "invalid"},
		{"198.51.101.0/24", 64498, "invalid"}, /* its payload is next door */
		{"198.51.100.0/24", 64498, "valid"},   /* by the longer payload */
		{"198.51.100.0/24", 64497, "valid"},   /* by the shorter one */
		{"198.51.100.0/23", 64498, "invalid"},
		{"203.0.113.0/24", 64499, "valid"},
		{"203.0.113.0/24", 64500, "valid"},
		{"203.0.113.0/24", 64501, "valid"},
		{"203.0.113.0/26", 64500, "valid"},
		{"203.0.113.0/26", 64499, "invalid"},
		{"203.0.113.0/24", 64502, "invalid"},
		{"100.64.0.0/10", 64496, "invalid"},
		{"100.64.0.0/10", 0, "invalid"}, /* AS 0 itself is no origin */
		{"100.65.0.0/16", 64502, "valid"},
		{"100.65.0.0/17", 64502, "invalid"},
		{"192.0.2.0/24", 0, "invalid"}, /* an AS set is nobody's (RFC 6811, 2) */
		{"198.18.0.0/15", 0, "not-found"},
		{"10.0.0.0/8", 64503, "not-found"},
		{"10.1.0.0/16", 64503, "not-found"},
		{"32.0.0.0/3", 4294967295, "valid"},
		{"0.0.0.0/0", 4294967295, "not-found"},
		{"2001:db8::/32", 64496, "valid"},
		{"2001:db8:1::/48", 64496, "valid"}, /* by what covers it from above */
		{"2001:db8:1::/48", 64504, "valid"},
		{"2001:db8:2::/48", 64504, "invalid"},
		{"2001:db8:2::/49", 64496, "invalid"},
		{"2001:db8:f::1/128", 64505, "valid"},
		{"2001:db9::/32", 64496, "not-found"},
		{"::/0", 64496, "not-found"},
	};
	struct prefix_table *t = table();
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct prefix p;
		assert_int_equal(prefix_parse(cases[i].prefix, &p), 0);
		const char *told = rpki_state_names[rpki_validate(t, &p, cases[i].asn, NOW)];
		if (strcmp(told, cases[i].expected) != 0)
			fail_msg("%s from AS%u: %s, not %s", cases[i].prefix, cases[i].asn, told, cases[i].expected);
	}
	prefix_table_release(t);
}

static void test_a_payload_ends(void **state)
{
	struct prefix_table *t = table();
	struct prefix p;
	(void)state;

	assert_int_equal(prefix_parse("192.0.2.0/24", &p), 0);
	assert_int_equal(rpki_validate(t, &p, 64496, NOW), RPKI_VALID);
	assert_int_equal(rpki_validate(t, &p, 64496, NOW + 1), RPKI_NOT_FOUND);
	prefix_table_release(t);
}

static void test_a_payload_for_everything(void **state)
{
	struct prefix_table *t = prefix_table_new(&rpki_kind);
	struct prefix p;
	(void)state;

	assert_int_equal(prefix_table_add_line(t, "AS64496,::/0,0,arin,1800000000"), 1);
	(void)prefix_table_seal(t);
	assert_int_equal(prefix_parse("::/0", &p), 0);
	assert_int_equal(rpki_validate(t, &p, 64496, NOW), RPKI_VALID);
	assert_int_equal(prefix_parse("2001:db8::/32", &p), 0);
	assert_int_equal(rpki_validate(t, &p, 64496, NOW), RPKI_INVALID);
	assert_int_equal(prefix_parse("192.0.2.0/24", &p), 0);
	assert_int_equal(rpki_validate(t, &p, 64496, NOW), RPKI_NOT_FOUND); /* the other family */
	prefix_table_release(t);
}

static void test_without_a_table(void **state)
{
	struct prefix p;
	(void)state;

	assert_int_equal(prefix_parse("192.0.2.0/24", &p), 0);
	assert_string_equal(rpki_state_names[rpki_validate(NULL, &p, 64496, NOW)], "unknown");
}

static void test_malformed_lines(void **state)
{
	static const char *const lines[] = {
		"AS64496", "AS64496,192.0.2.0/24", "AS64496,192.0.2.0/24,24", "AS64496,192.0.2.0/24,24,arin",
		"AS64496,192.0.2.0/24,24,arin,", "AS64496,192.0.2.0/24,24,arin,soon",
		"AS64496,192.0.2.0/24,24,arin,1,2",
		"64496,192.0.2.0/24,24,arin,1800000000", "AS,192.0.2.0/24,24,arin,1800000000",
		"AS4294967296,192.0.2.0/24,24,arin,1800000000", "AS-1,192.0.2.0/24,24,arin,1800000000",
		"AS64496,192.0.2.1/24,24,arin,1800000000", "AS64496,192.0.2.0/33,33,arin,1800000000",
		"AS64496,192.0.2.0/24,23,arin,1800000000", "AS64496,192.0.2.0/24,33,arin,1800000000",
		"AS64496,2001:db8::/32,129,arin,1800000000",
		"AS64496,2001:db8::/32,31,arin,1800000000",
		"AS64496,192.0.2.0/24,,arin,1800000000", "AS64496,,24,arin,1800000000",
		"AS64496 192.0.2.0/24 24 arin 1",
		"AS64496,192.0.2.0/24,24,arin,4294967296", " AS64496,192.0.2.0/24,24,arin,1800000000", ",,,,", "{}",
		"AS64496,2001:db8:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0::/32,32,arin,1800000000"};
	struct prefix_table *t = prefix_table_new(&rpki_kind);
	(void)state;

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (prefix_table_add_line(t, lines[i]) != -EINVAL)
			fail_msg("line %zu: \"%s\"", i, lines[i]);
	assert_int_equal(prefix_table_add_line(t, ""), 0);
	assert_int_equal(prefix_table_add_line(t, "\n"), 0);
	assert_int_equal(prefix_table_seal(t), 0);
	prefix_table_release(t);
}

static void test_a_file(void **state)
{
	static const char text[] = "ASN,IP Prefix,Max Length,Trust Anchor,Expires\n"
				   "AS64496,192.0.2.0/24,24,arin,1800000000\nrubbish\n"
				   "AS64496,2001:db8::/32,32,arin,1800000000\n";
	char path[] = "/tmp/fontaine-rpki-XXXXXX";
	struct prefix_table *t = prefix_table_new(&rpki_kind);
	struct prefix_report report;
	int fd = mkstemp(path);
	(void)state;

	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	(void)close(fd);
	assert_int_equal(prefix_table_add_file(t, path, &report), 0);
	assert_int_equal(report.n_used, 2);
	assert_int_equal(report.n_malformed, 1);
	assert_int_equal(report.first_malformed, 3);
	(void)unlink(path);
	prefix_table_release(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_a_payload_ends),
		cmocka_unit_test(test_a_payload_for_everything),
		cmocka_unit_test(test_without_a_table),
		cmocka_unit_test(test_malformed_lines),
		cmocka_unit_test(test_a_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
