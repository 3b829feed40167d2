/* Which delegations are to the POP itself, and what the catalog has of them. */
/* SPDX-License-Identifier: MIT */
#include "rdns/synthesised.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static char domain[] = "pop.test";
static struct pop_site site = {.domain = domain};
static const struct pop pop = {.site = &site};

static struct delegated *delegated(const char *prefix, const char *body)
{
	char error[DELEGATED_ERROR_MAX];
	struct delegated *d;
	struct prefix p;

	assert_int_equal(prefix_parse(prefix, &p), 0);
	yyjson_doc *doc = yyjson_read(body, strlen(body), 0);
	assert_int_equal(delegated_parse(&p, yyjson_doc_get_root(doc), &d, error), 0);
	yyjson_doc_free(doc);
	return d;
}

#define OWN "{\"nameservers\":[{\"name\":\"ns1.pop.test\"}]}"

static void test_which(void **state)
{
	(void)state;
	static const struct {
		const char *prefix, *body;
		bool is;
	} cases[] = {
		{"2001:db8::/64", OWN, true},
		{"2001:db8::/62", OWN, true}, /* four zones */
		{"2001:db8::/64", "{\"nameservers\":[{\"name\":\"ns2.pop.test\"}]}", false},
		{"2001:db8::/64", "{\"nameservers\":[{\"name\":\"ns1.pop.test\"},{\"name\":\"ns.example\"}]}", false},
		{"2001:db8::/64",
	         "{\"nameservers\":[{\"name\":\"ns1.pop.test\"}],\"ds\":[{\"zone\":"
	         "\"0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa\",\"key_tag\":1,\"algorithm\":13,\"digest_type\":1,"
	         "\"digest\":\"0000000000000000000000000000000000000000\"}]}",
	         false},
		{"192.0.2.0/26", OWN, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct delegated *d = delegated(cases[i].prefix, cases[i].body);
		assert_int_equal(synthesised_is(d, &pop), cases[i].is);
		delegated_free(d);
	}
}

static void assert_record(const ldns_rr_list *list, size_t i, const char *expected)
{
	char *text = ldns_rr2str(ldns_rr_list_rr(list, i));

	assert_string_equal(text, expected);
	free(text);
}

static void test_catalog(void **state)
{
	char catalog[SYNTHESISED_NAME_MAX];
	ldns_rr_list *list = ldns_rr_list_new();
	(void)state;

	synthesised_add_apex(list, synthesised_catalog(&pop, catalog));
	synthesised_add(list, "1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", catalog);
	assert_int_equal(ldns_rr_list_rr_count(list), 3);
	assert_record(list, 0, "synthesised.pop.test.\t0\tIN\tNS\tinvalid.\n");
	assert_record(list, 1, "version.synthesised.pop.test.\t0\tIN\tTXT\t\"2\"\n");
	assert_record(list, 2,
	              "10008bd01002.zones.synthesised.pop.test.\t0\tIN\tPTR\t1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.\n");
	ldns_rr_list_deep_free(list);
}

static void push(ldns_rr_list *list, const char *text)
{
	ldns_rr *rr;

	assert_int_equal(ldns_rr_new_frm_str(&rr, text, 0, NULL, NULL), LDNS_STATUS_OK);
	(void)ldns_rr_list_push_rr(list, rr);
}

static void test_zones(void **state)
{
	ldns_rr_list *list = ldns_rr_list_new();
	(void)state;

	push(list, "1.ip6.arpa. 60 NS NS1.pop.test.");
	push(list, "2.ip6.arpa. 60 NS ns1.pop.test.");
	push(list, "2.ip6.arpa. 60 NS ns2.example.");
	push(list, "3.ip6.arpa. 60 PTR ns1.pop.test.");
	push(list, "4.ip6.arpa. 60 NS ns1.pop.test.");
	push(list, "2.0.192.in-addr.arpa. 60 NS ns1.pop.test.");
	ldns_rr_list *zones = synthesised_zones(list, &pop);
	assert_int_equal(ldns_rr_list_rr_count(zones), 2);
	ldns_rr_list *members = synthesised_members(zones, "c.test");
	assert_int_equal(ldns_rr_list_rr_count(members), 2);
	assert_record(members, 0, "1.zones.c.test.\t0\tIN\tPTR\t1.ip6.arpa.\n");
	assert_record(members, 1, "4.zones.c.test.\t0\tIN\tPTR\t4.ip6.arpa.\n");
	ldns_rr_list_deep_free(members);
	ldns_rr_list_deep_free(zones);
	ldns_rr_list_deep_free(list);
}

static void test_what_a_zone_has(void **state)
{
	static const struct {
		const char *address, *name;
	} cases[] = {
		{"2001:db8:1::7", "2001-db8-1--7"},
		{"2001:db8:1:2:3:4:5:6", "2001-db8-1-2-3-4-5-6"},
		{"2001:db8:1::", "2001-db8-1--0"},
		{"2001:db8:1:2:3:4::", "2001-db8-1-2-3-4-0-0"},
		{"2001:db8:1:2:3:4:5:0", "2001-db8-1-2-3-4-5-0"},
	};
	ldns_rr_list *list = ldns_rr_list_new();
	(void)state;

	synthesised_add_own(list, "1.ip6.arpa", &pop);
	assert_record(list, 0, "1.ip6.arpa.\t3600\tIN\tNS\tns1.pop.test.\n");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct addr a;
		assert_int_equal(addr_parse(cases[i].address, 0, &a), 0);
		synthesised_add_ptr(list, &a, &pop);
		char *name = ldns_rdf2str(ldns_rr_rdf(ldns_rr_list_rr(list, i + 1), 0));
		char *expected = mem_printf("%s.ip6.pop.test.", cases[i].name);
		assert_string_equal(name, expected);
		free(expected);
		free(name);
	}
	ldns_rr_list_deep_free(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_which),
		cmocka_unit_test(test_catalog),
		cmocka_unit_test(test_zones),
		cmocka_unit_test(test_what_a_zone_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
