/* What the parent would say: what is taken, and what is refused with which words. */
/* SPDX-License-Identifier: MIT */
#include "delegation/delegation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void test_zones(void **state)
{
	(void)state;
	static const struct {
		const char *text, *zone, *wrong;
	} cases[] = {
		{"2.0.192.in-addr.arpa", "2.0.192.in-addr.arpa", NULL},
		{"2.0.192.IN-ADDR.arpa.", "2.0.192.in-addr.arpa", NULL},
		{"0/25.2.0.192.in-addr.arpa", "0/25.2.0.192.in-addr.arpa", NULL},
		{"192.0.2.0/24", "2.0.192.in-addr.arpa", NULL},
		{"192.0.2.64/26", "64-127.2.0.192.in-addr.arpa", NULL},
		{"2001:db8::/32", "8.b.d.0.1.0.0.2.ip6.arpa", NULL},
		{"192.0.2.0/23", NULL, "more than one zone"},
		{"2001:db8::/33", NULL, "more than one zone"},
		{"192.0.2.1/24", NULL, "no reverse zone"},
		{"example.net", NULL, "no reverse zone"},
		{"", NULL, "no reverse zone"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct delegation d;
		const char *wrong = delegation_init(&d, cases[i].text);
		print_message("%s\n", cases[i].text);
		if (cases[i].wrong == NULL) {
			assert_null(wrong);
			assert_string_equal(d.zone, cases[i].zone);
		} else {
			assert_non_null(strstr(wrong, cases[i].wrong));
		}
		delegation_done(&d);
	}
}

static void test_servers(void **state)
{
	(void)state;
	static const struct {
		const char *text, *name, *wrong;
		size_t n_addresses;
		bool is_inside;
	} cases[] = {
		{"ns1.example.net", "ns1.example.net", NULL, 0, false},
		{"NS2.Example.NET.", "ns2.example.net", NULL, 0, false},
		{"ns3.example.net=192.0.2.1", "ns3.example.net", NULL, 1, false},
		{"ns4.example.net=192.0.2.1,2001:db8::1", "ns4.example.net", NULL, 2, false},
		{"ns1.2.0.192.in-addr.arpa=192.0.2.1", "ns1.2.0.192.in-addr.arpa", NULL, 1, true},
		{"2.0.192.in-addr.arpa=192.0.2.1", "2.0.192.in-addr.arpa", NULL, 1, true},
		{"ns.0/25.3.0.192.in-addr.arpa", "ns.0/25.3.0.192.in-addr.arpa", NULL, 0, false},
		{"ns.12.0.192.in-addr.arpa", "ns.12.0.192.in-addr.arpa", NULL, 0, false},
		{"ns1.example.net.", NULL, "twice", 0, false},
		{"", NULL, "no name", 0, false},
		{"ns 5.example.net", NULL, "no name", 0, false},
		{"ns/5.example.net", NULL, "no name", 0, false},
		{"ns5..net", NULL, "no name", 0, false},
		{"ns5.example.net=", NULL, "no address", 0, false},
		{"ns5.example.net=ns6.example.net", NULL, "addresses", 0, false},
		{"ns5.example.net=192.0.2.1,", "ns5.example.net", NULL, 1, false},
		{"ns6.example.net=1.1.1.1,1.1.1.2,1.1.1.3,1.1.1.4,1.1.1.5", NULL, "more than four", 0, false},
	};
	struct delegation d;
	size_t n = 0;

	assert_null(delegation_init(&d, "2.0.192.in-addr.arpa"));
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *wrong = delegation_add_server(&d, cases[i].text);
		print_message("%s\n", cases[i].text);
		if (cases[i].wrong != NULL) {
			assert_non_null(strstr(wrong, cases[i].wrong));
			assert_int_equal(d.n_servers, n);
			continue;
		}
		assert_null(wrong);
		assert_string_equal(d.servers[n].name, cases[i].name);
		assert_int_equal(d.servers[n].n_addresses, cases[i].n_addresses);
		assert_int_equal(d.servers[n].is_inside, cases[i].is_inside);
		n++;
	}
	delegation_done(&d);
}

static void test_too_many_servers(void **state)
{
	(void)state;
	struct delegation d;
	char name[32];

	assert_null(delegation_init(&d, "2.0.192.in-addr.arpa"));
	for (int i = 0; i < DELEGATION_SERVERS_MAX; i++) {
		(void)snprintf(name, sizeof(name), "ns%d.example.net", i);
		assert_null(delegation_add_server(&d, name));
	}
	assert_non_null(strstr(delegation_add_server(&d, "more.example.net"), "more than twelve"));
	delegation_done(&d);
}

#define SHA1   "0123456789abcdef0123456789abcdef01234567"
#define SHA256 "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef"

static void test_ds(void **state)
{
	(void)state;
	static const struct {
		const char *text, *wrong;
	} cases[] = {
		{"12345 13 2 " SHA256, NULL},
		{"12345 8 1 " SHA1, NULL},
		{"65535 15 4 " SHA256 "0123456789abcdef0123456789abcdef", NULL},
		{"12345 13 2 " SHA1, "wrong length"},
		{"12345 13 1 " SHA256, "wrong length"},
		{"12345 13 3 " SHA256, "digest type"},
		{"12345 13 0 00", "digest type"},
		{"0 0 0 00", "digest type"},
		{"12345 13 2", "write a DS"},
		{"", "write a DS"},
		{"12345 13 2 xyz", "write a DS"},
		{"many 13 2 " SHA256, "write a DS"},
	};
	struct delegation d;
	size_t n = 0;

	assert_null(delegation_init(&d, "2.0.192.in-addr.arpa"));
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *wrong = delegation_add_ds(&d, cases[i].text);
		print_message("%s\n", cases[i].text);
		if (cases[i].wrong == NULL) {
			assert_null(wrong);
			n++;
		} else {
			assert_non_null(wrong);
			assert_non_null(strstr(wrong, cases[i].wrong));
		}
		assert_int_equal(ldns_rr_list_rr_count(d.ds), n);
	}
	while (n++ < DELEGATION_DS_MAX)
		assert_null(delegation_add_ds(&d, cases[0].text));
	assert_non_null(strstr(delegation_add_ds(&d, cases[0].text), "more than twelve"));
	delegation_done(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zones),
		cmocka_unit_test(test_servers),
		cmocka_unit_test(test_too_many_servers),
		cmocka_unit_test(test_ds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
