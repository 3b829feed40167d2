/* Delegations of every length and names of single addresses, as records in canonical text. */
/* SPDX-License-Identifier: MIT */
#include "rdns/records.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ZONE      "2.0.192.in-addr.arpa"
#define DS_DIGEST "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
#define DS_TEXT   "12345 13 2 " DS_DIGEST

/* Whether @text, with blanks between its fields, is a record of @list. */
static bool has(const ldns_rr_list *list, const char *text)
{
	ldns_rr *wanted;
	bool found = false;

	assert_int_equal(ldns_rr_new_frm_str(&wanted, text, RECORDS_TTL_S, NULL, NULL), LDNS_STATUS_OK);
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(list, i);
		found = found || (ldns_rr_compare(rr, wanted) == 0 && ldns_rr_ttl(rr) == RECORDS_TTL_S);
	}
	ldns_rr_free(wanted);
	return found;
}

static ldns_rr_list *delegated(const char *zone, const char *origin, const char *const servers[2], const char *ds,
                               int rc)
{
	ldns_rr_list *list = ldns_rr_list_new();
	struct delegation d;

	assert_null(delegation_init(&d, zone));
	for (size_t i = 0; i < 2; i++)
		assert_null(delegation_add_server(&d, servers[i]));
	if (ds != NULL)
		assert_null(delegation_add_ds(&d, ds));
	assert_int_equal(records_add_delegation(list, &d, origin), rc);
	delegation_done(&d);
	return list;
}

static const char *const outside[2] = {"ns1.example.net", "ns2.example.net=198.51.100.1"};

static void test_octets_and_nibbles(void **state)
{
	(void)state;
	ldns_rr_list *list = delegated("203.0.113.0/24", "0.203.in-addr.arpa", outside, DS_TEXT, 0);

	assert_int_equal(ldns_rr_list_rr_count(list), 3); /* no glue for names outside */
	assert_true(has(list, "113.0.203.in-addr.arpa. NS ns1.example.net."));
	assert_true(has(list, "113.0.203.in-addr.arpa. NS ns2.example.net."));
	assert_true(has(list, "113.0.203.in-addr.arpa. DS " DS_TEXT));
	ldns_rr_list_deep_free(list);

	list = delegated("2001:db8:10::/48", "8.b.d.0.1.0.0.2.ip6.arpa", outside, NULL, 0);
	assert_int_equal(ldns_rr_list_rr_count(list), 2);
	assert_true(has(list, "0.1.0.0.8.b.d.0.1.0.0.2.ip6.arpa. NS ns1.example.net."));
	ldns_rr_list_deep_free(list);
}

static void test_glue(void **state)
{
	(void)state;
	static const char *const inside[2] = {
		"ns.113.0.203.in-addr.arpa=203.0.113.53,2001:db8::53",
		"ns.114.0.203.in-addr.arpa=203.0.114.53",
	};
	ldns_rr_list *list = delegated("203.0.113.0/24", "0.203.in-addr.arpa", inside, NULL, 0);

	assert_int_equal(ldns_rr_list_rr_count(list), 4);
	assert_true(has(list, "ns.113.0.203.in-addr.arpa. A 203.0.113.53"));
	assert_true(has(list, "ns.113.0.203.in-addr.arpa. AAAA 2001:db8::53"));
	ldns_rr_list_deep_free(list);
}

static void test_classless(void **state)
{
	(void)state;
	static const struct {
		const char *zone, *name;
	} forms[] = {
		{"192.0.2.64/26", "64-127"},
		{"64/26.2.0.192.in-addr.arpa", "64/26"},
		{"64-26.2.0.192.in-addr.arpa", "64-26"},
	};

	for (size_t i = 0; i < 3; i++) {
		ldns_rr_list *list = delegated(forms[i].zone, "2.0.192.in-addr.arpa", outside, NULL, 0);
		assert_int_equal(ldns_rr_list_rr_count(list), 2 + 64);
		for (unsigned a = 64; a < 128; a++) {
			char alias[128];
			(void)snprintf(alias, sizeof(alias), "%u." ZONE ". CNAME %u.%s." ZONE ".", a, a, forms[i].name);
			assert_true(has(list, alias));
		}
		ldns_rr_list_deep_free(list);
	}
	/* Two addresses; one address is a zone of its own, without aliases. */
	ldns_rr_list *list = delegated("192.0.2.254/31", "2.0.192.in-addr.arpa", outside, NULL, 0);
	assert_int_equal(ldns_rr_list_rr_count(list), 2 + 2);
	assert_true(has(list, "255.2.0.192.in-addr.arpa. CNAME 255.254-255.2.0.192.in-addr.arpa."));
	ldns_rr_list_deep_free(list);
	list = delegated("192.0.2.7/32", "2.0.192.in-addr.arpa", outside, NULL, 0);
	assert_int_equal(ldns_rr_list_rr_count(list), 2);
	assert_true(has(list, "7.2.0.192.in-addr.arpa. NS ns1.example.net."));
	ldns_rr_list_deep_free(list);
}

static void test_not_below(void **state)
{
	(void)state;
	static const char *const origins[] = {"113.0.203.in-addr.arpa", "2.0.192.in-addr.arpa", "3.0.203.in-addr.arpa"};

	for (size_t i = 0; i < 3; i++) {
		ldns_rr_list *list = delegated("203.0.113.0/24", origins[i], outside, DS_TEXT, -EINVAL);
		assert_int_equal(ldns_rr_list_rr_count(list), 0);
		ldns_rr_list_deep_free(list);
	}
}

/* A name that ldns cannot write leaves nothing behind. */
static void test_impossible_name(void **state)
{
	(void)state;
	ldns_rr_list *list = ldns_rr_list_new();
	struct delegation d;

	assert_null(delegation_init(&d, "192.0.2.0/25"));
	assert_null(delegation_add_server(&d, "ns1.example.net"));
	assert_null(delegation_add_server(&d, "ns2.example.net"));
	(void)strcpy(d.servers[1].name, "two..dots");
	assert_int_equal(records_add_delegation(list, &d, "2.0.192.in-addr.arpa"), -EINVAL);
	assert_int_equal(ldns_rr_list_rr_count(list), 0);
	delegation_done(&d);
	ldns_rr_list_deep_free(list);
}

static void test_ptr(void **state)
{
	(void)state;
	static const struct {
		const char *address, *name, *origin, *record;
	} cases[] = {
		{"192.0.2.7", "host.example.net", "2.0.192.in-addr.arpa",
	         "7.2.0.192.in-addr.arpa. PTR host.example.net."},
		{"192.0.2.7", "host.example.net", "192.in-addr.arpa", "7.2.0.192.in-addr.arpa. PTR host.example.net."},
		{"192.0.2.70", "host.example.net", "64-127.2.0.192.in-addr.arpa",
	         "70.64-127.2.0.192.in-addr.arpa. PTR host.example.net."},
		{"2001:db8::1", "host.example.net", "8.b.d.0.1.0.0.2.ip6.arpa",
	         "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR host.example.net."},
		{"192.0.3.7", "host.example.net", "2.0.192.in-addr.arpa", NULL},
		{"192.0.2.7", "host.example.net", "64-127.2.0.192.in-addr.arpa", NULL},
		{"2001:db8::1", "host.example.net", "2.0.192.in-addr.arpa", NULL},
		{"192.0.2.7", "two..dots", "2.0.192.in-addr.arpa", NULL},
		{"192.0.2.7", "host.example.net", "example.net", NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ldns_rr_list *list = ldns_rr_list_new();
		struct addr a;
		assert_int_equal(addr_parse(cases[i].address, 0, &a), 0);
		int rc = records_add_ptr(list, &a, cases[i].name, cases[i].origin);
		assert_int_equal(rc, cases[i].record == NULL ? -EINVAL : 0);
		assert_int_equal(ldns_rr_list_rr_count(list), cases[i].record == NULL ? 0 : 1);
		assert_true(cases[i].record == NULL || has(list, cases[i].record));
		ldns_rr_list_deep_free(list);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_octets_and_nibbles),
		cmocka_unit_test(test_glue),
		cmocka_unit_test(test_classless),
		cmocka_unit_test(test_not_below),
		cmocka_unit_test(test_impossible_name),
		cmocka_unit_test(test_ptr),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
