/* Which addresses may be asked. */
/* SPDX-License-Identifier: MIT */
#include "base/reachable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void check(const char *const *cases, size_t n, bool is_global)
{
	for (size_t i = 0; i < n; i++) {
		struct addr a;
		print_message("%s\n", cases[i]);
		assert_int_equal(addr_parse(cases[i], 53, &a), 0);
		assert_int_equal(addr_is_global(&a), is_global);
	}
}

static void test_global(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"1.1.1.1",
		"9.255.255.255",
		"11.0.0.0",
		"100.63.255.255",
		"100.128.0.0",
		"172.15.255.255",
		"172.32.0.0",
		"192.0.0.9",
		"192.0.1.0",
		"192.0.3.0",
		"192.169.0.0",
		"198.17.255.255",
		"198.20.0.0",
		"223.255.255.255",
		"2000::",
		"2001:4:112::1",
		"2001:200::1",
		"2001:db7::1",
		"2001:db9::1",
		"2003::1",
		"3ffe::1",
		"3fff:1000::1",
	};
	check(cases, COUNT(cases), true);
}

static void test_not_global(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"0.0.0.0",
		"10.0.0.1",
		"100.64.0.1",
		"100.127.255.255",
		"127.0.0.53",
		"169.254.169.254",
		"172.16.0.1",
		"172.31.255.255",
		"192.0.0.1",
		"192.0.2.1",
		"192.88.99.1",
		"192.168.1.1",
		"198.18.0.1",
		"198.19.255.255",
		"198.51.100.1",
		"203.0.113.1",
		"224.0.0.251",
		"239.0.0.1",
		"240.0.0.1",
		"255.255.255.255",
		"::",
		"::1",
		"::ffff:192.168.0.1",
		"64:ff9b::a00:1",
		"64:ff9b:1::1",
		"100::1",
		"2001::1",
		"2001:2::1",
		"2001:20::1",
		"2001:db8::1",
		"2002:a00:1::1",
		"3fff::1",
		"4000::1",
		"5f00::1",
		"fc00::1",
		"fd00::1",
		"fe80::1",
		"fec0::1",
		"ff02::fb",
	};
	check(cases, COUNT(cases), false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_global),
		cmocka_unit_test(test_not_global),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
