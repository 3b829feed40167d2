/* Over the limit, every second answer is a truncated one and the other is none. */
/* SPDX-License-Identifier: MIT */
#include "ipv6test/dns_limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static enum dns_verdict take(struct dns_limit *l, const char *client, uint64_t now_ms)
{
	struct addr a;

	assert_int_equal(addr_parse(client, 53, &a), 0);
	return dns_limit_take(l, &a, now_ms);
}

static void over_the_limit_every_second_one_slips(void **state)
{
	struct dns_limit *l = dns_limit_new(10);
	unsigned n[3] = {0};
	(void)state;

	for (unsigned i = 0; i < 110; i++)
		n[take(l, "192.0.2.1", 5000)]++;
	assert_int_equal(n[DNS_PASS], 10);
	assert_int_equal(n[DNS_SLIP], 50);
	assert_int_equal(n[DNS_DROP], 50);
	assert_int_equal(take(l, "192.0.2.1", 5100), DNS_PASS); /* a tenth of a second earns one */
	assert_int_not_equal(take(l, "192.0.2.1", 5100), DNS_PASS);
	dns_limit_free(l);
}

static void a_network_is_one_client(void **state)
{
	static const struct {
		const char *first, *second;
		bool same;
	} cases[] = {
		{"192.0.2.1", "192.0.2.254", true},
		{"192.0.2.1", "192.0.3.1", false},
		{"2001:db8:0:1200::1", "2001:db8:0:12ff::1", true},
		{"2001:db8:0:1200::1", "2001:db8:0:1300::1", false},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct dns_limit *l = dns_limit_new(1);
		assert_int_equal(take(l, cases[i].first, 5000), DNS_PASS);
		assert_int_equal(take(l, cases[i].second, 5000), cases[i].same ? DNS_SLIP : DNS_PASS);
		dns_limit_free(l);
	}
}

/* The workers' clocks are not quite the same. */
static void a_clock_that_is_behind_earns_nothing(void **state)
{
	struct dns_limit *l = dns_limit_new(1);
	(void)state;

	assert_int_equal(take(l, "192.0.2.1", 5000), DNS_PASS);
	assert_int_equal(take(l, "192.0.2.1", 4999), DNS_SLIP);
	assert_int_equal(take(l, "192.0.2.1", 5999), DNS_DROP);
	assert_int_equal(take(l, "192.0.2.1", 6000), DNS_PASS);
	dns_limit_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(over_the_limit_every_second_one_slips),
		cmocka_unit_test(a_network_is_one_client),
		cmocka_unit_test(a_clock_that_is_behind_earns_nothing),
	};

	return cmocka_run_group_tests_name("ipv6test/dns_limit", tests, NULL, NULL);
}
