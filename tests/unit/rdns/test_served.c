/* Answers with and without what an update said. */
/* SPDX-License-Identifier: MIT */
#include "rdns/served.h"

#include "rdns/difference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

static ldns_rr *record(const char *text)
{
	ldns_rr *rr;

	assert_int_equal(ldns_rr_new_frm_str(&rr, text, 3600, NULL, NULL), LDNS_STATUS_OK);
	return rr;
}

static void test_questions(void **state)
{
	(void)state;
	static const size_t counts[][2] = {{0, 0}, {1, 1}, {4, 4}, {5, 4}, {300, 4}};

	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		const ldns_rr *questions[SERVED_QUESTIONS_MAX];
		ldns_rr_list *before = ldns_rr_list_new(), *after = ldns_rr_list_new(), *updates = ldns_rr_list_new();
		for (size_t j = 0; j < counts[i][0]; j++) {
			char text[64];
			(void)snprintf(text, sizeof(text), "%zu.b.arpa. NS ns%zu.example.", j, j);
			(void)ldns_rr_list_push_rr(j % 2 == 0 ? before : after, record(text));
		}
		difference_replace(before, after, updates);
		assert_int_equal(served_questions(updates, questions), counts[i][1]);
		for (size_t j = 0; j < counts[i][1]; j++) {
			assert_int_equal(ldns_rr_get_class(questions[j]), LDNS_RR_CLASS_ANY);
			assert_true(j == 0 || questions[j] != questions[j - 1]);
		}
		ldns_rr_list_deep_free(before);
		ldns_rr_list_deep_free(after);
		ldns_rr_list_deep_free(updates);
	}
}

static const char ns1[] = "1.b.arpa. NS ns1.example.", ns2[] = "1.b.arpa. NS ns2.example.";
static const char ns3[] = "1.b.arpa. NS ns3.example.", shouted[] = "1.B.arpa. NS NS1.Example.";
static const char brief[] = "1.b.arpa. 60 NS ns1.example.", other[] = "2.b.arpa. NS ns1.example.";
static const char alias[] = "1.b.arpa. CNAME 1.0-1.b.arpa.";

static void test_answers(void **state)
{
	(void)state;
	static const struct {
		const char *wanted[2], *served[3];
		ldns_pkt_section section;
		ldns_pkt_rcode rcode;
		bool has;
	} cases[] = {
		{{ns1, ns2}, {ns2, ns1}, LDNS_SECTION_ANSWER, LDNS_RCODE_NOERROR, true},
		{{ns1, ns2}, {ns2, ns1}, LDNS_SECTION_AUTHORITY, LDNS_RCODE_NOERROR, true},
		{{ns1, ns2}, {ns2, ns1}, LDNS_SECTION_ADDITIONAL, LDNS_RCODE_NOERROR, true},
		{{ns1}, {shouted}, LDNS_SECTION_AUTHORITY, LDNS_RCODE_NOERROR, true},
		{{ns1}, {ns1, other, alias}, LDNS_SECTION_AUTHORITY, LDNS_RCODE_NOERROR, true},
		{{ns1, ns2}, {ns1}, LDNS_SECTION_AUTHORITY, LDNS_RCODE_NOERROR, false},
		{{ns1}, {ns1, ns2}, LDNS_SECTION_AUTHORITY, LDNS_RCODE_NOERROR, false},
		{{ns1, ns2}, {ns1, ns3}, LDNS_SECTION_AUTHORITY, LDNS_RCODE_NOERROR, false},
		{{ns1}, {brief}, LDNS_SECTION_AUTHORITY, LDNS_RCODE_NOERROR, false},
		{{ns1}, {NULL}, LDNS_SECTION_AUTHORITY, LDNS_RCODE_NXDOMAIN, false},
		{{NULL}, {NULL}, LDNS_SECTION_AUTHORITY, LDNS_RCODE_NXDOMAIN, true},
		{{NULL}, {other}, LDNS_SECTION_AUTHORITY, LDNS_RCODE_NOERROR, true},
		{{NULL}, {ns1}, LDNS_SECTION_AUTHORITY, LDNS_RCODE_NOERROR, false},
		{{NULL}, {NULL}, LDNS_SECTION_AUTHORITY, LDNS_RCODE_SERVFAIL, false},
		{{ns1}, {ns1}, LDNS_SECTION_AUTHORITY, LDNS_RCODE_REFUSED, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ldns_rr_list *before = ldns_rr_list_new(), *after = ldns_rr_list_new(), *updates = ldns_rr_list_new();
		const ldns_rr *questions[SERVED_QUESTIONS_MAX];
		ldns_pkt *answer = ldns_pkt_new();
		(void)ldns_rr_list_push_rr(before, record(ns3));
		for (size_t j = 0; j < 2 && cases[i].wanted[j] != NULL; j++)
			(void)ldns_rr_list_push_rr(after, record(cases[i].wanted[j]));
		for (size_t j = 0; j < 3 && cases[i].served[j] != NULL; j++)
			(void)ldns_pkt_push_rr(answer, cases[i].section, record(cases[i].served[j]));
		ldns_pkt_set_rcode(answer, (uint8_t)cases[i].rcode);
		difference_replace(before, after, updates);
		assert_int_equal(served_questions(updates, questions), 1);
		print_message("case %zu\n", i);
		assert_int_equal(served_has(answer, questions[0], updates), cases[i].has);
		ldns_pkt_free(answer);
		ldns_rr_list_deep_free(before);
		ldns_rr_list_deep_free(after);
		ldns_rr_list_deep_free(updates);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_questions),
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
