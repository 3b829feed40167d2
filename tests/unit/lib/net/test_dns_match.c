/* Messages that answer a question, and those that answer something else or nothing. */
/* SPDX-License-Identifier: MIT */
#include "net/dns_match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

enum { ID = 4711 };

static ldns_rr *question(const char *name, ldns_rr_type type)
{
	ldns_rr *rr = ldns_rr_new();

	ldns_rr_set_question(rr, true);
	ldns_rr_set_owner(rr, ldns_dname_new_frm_str(name));
	ldns_rr_set_type(rr, type);
	ldns_rr_set_class(rr, LDNS_RR_CLASS_IN);
	return rr;
}

/** What comes for the question "www.example.net A". */
struct message {
	uint16_t id;
	bool is_question;
	ldns_pkt_opcode opcode;
	ldns_pkt_rcode rcode;
	const char *name; /* of the question that it repeats; NULL: none */
	ldns_rr_type type;
	size_t cut; /* bytes that are missing at its end */
	bool is_answer;
};

static void check(const struct message *m)
{
	ldns_rr *asked = question("www.example.net", LDNS_RR_TYPE_A);
	ldns_pkt *p = ldns_pkt_new();
	uint8_t *bytes;
	size_t len;

	ldns_pkt_set_id(p, m->id);
	ldns_pkt_set_qr(p, !m->is_question);
	ldns_pkt_set_opcode(p, m->opcode);
	ldns_pkt_set_rcode(p, (uint8_t)m->rcode);
	if (m->name != NULL)
		(void)ldns_pkt_push_rr(p, LDNS_SECTION_QUESTION, question(m->name, m->type));
	assert_int_equal(ldns_pkt2wire(&bytes, p, &len), LDNS_STATUS_OK);
	ldns_pkt *answer = dns_match(asked, ID, bytes, len - m->cut);
	assert_int_equal(answer != NULL, m->is_answer);
	ldns_pkt_free(answer);
	ldns_pkt_free(p);
	ldns_rr_free(asked);
	free(bytes);
}

static void test_messages(void **state)
{
	static const struct message all[] = {
		{ID, .name = "www.example.net", .type = LDNS_RR_TYPE_A, .is_answer = true},
		{ID, .name = "WWW.example.NET", .type = LDNS_RR_TYPE_A, .is_answer = true},
		{ID, .rcode = LDNS_RCODE_NXDOMAIN, .name = "www.example.net", .type = LDNS_RR_TYPE_A,
	         .is_answer = true},
		{ID, .rcode = LDNS_RCODE_FORMERR, .is_answer = true},
		{ID, .name = NULL},
		{ID, .rcode = LDNS_RCODE_NXDOMAIN},
		{ID + 1, .name = "www.example.net", .type = LDNS_RR_TYPE_A},
		{ID, .name = "www.example.net", .type = LDNS_RR_TYPE_A, .is_question = true},
		{ID, .name = "www.example.net", .type = LDNS_RR_TYPE_A, .opcode = LDNS_PACKET_NOTIFY},
		{ID, .name = "www.example.org", .type = LDNS_RR_TYPE_A},
		{ID, .name = "www.example.net", .type = LDNS_RR_TYPE_AAAA},
		{ID, .name = "www.example.net", .type = LDNS_RR_TYPE_A, .cut = 1},
		{ID, .rcode = LDNS_RCODE_FORMERR, .cut = 1},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		check(&all[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_messages)};

	return cmocka_run_group_tests_name("net/dns_match", tests, NULL, NULL);
}
