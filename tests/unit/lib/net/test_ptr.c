/* Names of addresses: what of an answer counts. */
/* SPDX-License-Identifier: MIT */
#include "net/ptr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

static struct addr address(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(text, 0, &a), 0);
	return a;
}

/* An answer to @name and @type with these @n records, as one that a resolver sends. */
static ldns_pkt *answer(const char *name, ldns_rr_type type, const char *const *records, size_t n)
{
	ldns_pkt *p = ldns_pkt_query_new(ldns_dname_new_frm_str(name), type, LDNS_RR_CLASS_IN, LDNS_RD);

	ldns_pkt_set_qr(p, true);
	ldns_pkt_set_id(p, 4711);
	for (size_t i = 0; i < n; i++) {
		ldns_rr *rr;
		assert_int_equal(ldns_rr_new_frm_str(&rr, records[i], 0, NULL, NULL), LDNS_STATUS_OK);
		assert_true(ldns_pkt_push_rr(p, LDNS_SECTION_ANSWER, rr));
	}
	return p;
}

#define REVERSE "1.2.0.192.in-addr.arpa."

static void test_names(void **state)
{
	static const struct {
		const char *records[3];
		const char *name; /* NULL: none */
	} cases[] = {
		{{REVERSE " 60 IN PTR host.example."}, "host.example."},
		{{REVERSE " 60 IN CNAME 1.b.example.", "1.b.example. 60 IN PTR a.example."},
	         "a.example."},
		{{REVERSE " 60 IN PTR a.example.", REVERSE " 60 IN PTR b.example."}, "a.example."},
		{{REVERSE " 60 IN TXT \"no.example.\""}, NULL},
		{{NULL}, NULL},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t n = 0;
		while (n < 3 && cases[i].records[n] != NULL)
			n++;
		ldns_pkt *p = answer(REVERSE, LDNS_RR_TYPE_PTR, cases[i].records, n);
		char *name = ptr_name_in(p);
		if (cases[i].name == NULL)
			assert_null(name);
		else
			assert_string_equal(name, cases[i].name);
		free(name);
		ldns_pkt_free(p);
	}
}

static void test_confirmation(void **state)
{
	static const char *const records[] = {
		"host.example. 60 IN CNAME a.example.", "a.example. 60 IN A 192.0.2.7", "a.example. 60 IN A 192.0.2.1",
		"a.example. 60 IN AAAA 2001:db8::1"};
	ldns_pkt *p = answer("host.example.", LDNS_RR_TYPE_A, records, 4);
	static const struct {
		const char *address;
		bool expected;
	} cases[] = {
		{"192.0.2.1", true},
		{"192.0.2.7", true},
		{"192.0.2.2", false},
		{"2001:db8::1", true},
		{"2001:db8::2", false},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct addr a = address(cases[i].address);
		assert_int_equal(ptr_has_address(p, &a), cases[i].expected);
	}
	ldns_pkt_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_confirmation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
