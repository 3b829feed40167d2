/* Messages as a server reads and answers them; the server is ldns with the same key, or another. */
/* SPDX-License-Identifier: MIT */
#include "rdns/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

static const struct tsig_key ours = {"rdnsd.", "hmac-sha256.", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="};
static const struct tsig_key others = {"rdnsd.", "hmac-sha256.", "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU="};
static const struct tsig_key renamed = {"mallory.", "hmac-sha256.", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="};

static ldns_rr *record(const char *text)
{
	ldns_rr *rr;

	assert_int_equal(ldns_rr_new_frm_str(&rr, text, 300, NULL, NULL), LDNS_STATUS_OK);
	return rr;
}

static int setup(void **state)
{
	*state = ldns_dname_new_frm_str("2.0.192.in-addr.arpa.");
	return 0;
}

static int teardown(void **state)
{
	ldns_rdf_deep_free(*state);
	return 0;
}

static void test_update_is_what_was_asked(void **state)
{
	ldns_rr_list *records = ldns_rr_list_new();
	struct message m;
	ldns_pkt *p;

	(void)ldns_rr_list_push_rr(records, record("7.2.0.192.in-addr.arpa. PTR host.example.net."));
	assert_int_equal(message_update(&m, *state, records, &ours), 0);
	assert_int_equal(ldns_wire2pkt(&p, m.bytes, m.len), LDNS_STATUS_OK);
	assert_int_equal(ldns_pkt_get_opcode(p), LDNS_PACKET_UPDATE);
	assert_int_equal(ldns_update_zocount(p), 1);
	assert_int_equal(ldns_update_prcount(p), 0);
	assert_int_equal(ldns_update_upcount(p), 1);
	const ldns_rr *zone = ldns_rr_list_rr(ldns_pkt_question(p), 0);
	assert_int_equal(ldns_rr_get_type(zone), LDNS_RR_TYPE_SOA);
	assert_int_equal(ldns_dname_compare(ldns_rr_owner(zone), *state), 0);
	assert_int_equal(ldns_rr_list_compare(ldns_pkt_authority(p), records), 0);
	assert_true(ldns_pkt_tsig_verify(p, m.bytes, m.len, ours.name, ours.secret, NULL));
	ldns_pkt_free(p);
	message_done(&m);
	ldns_rr_list_deep_free(records);
}

static void test_what_cannot_be_sent(void **state)
{
	static const struct tsig_key unusable[] = {
		{"rdnsd.", "hmac-md5.", "MDEy"},
		{"rdnsd.", "hmac-sha256.", "not base64"},
		{"rdnsd.", "hmac-sha256.", ""},
	};
	ldns_rr_list *records = ldns_rr_list_new();
	struct message m;

	for (size_t i = 0; i < 3; i++)
		assert_int_equal(message_transfer(&m, *state, &unusable[i]), -EKEYREJECTED);
	for (unsigned i = 0; i < 3000; i++)
		(void)ldns_rr_list_push_rr(records, record("7.2.0.192.in-addr.arpa. TXT \"more than twenty bytes\""));
	assert_int_equal(message_update(&m, *state, records, &ours), -EMSGSIZE);
	ldns_rr_list_deep_free(records);
}

enum spoiled { AS_IT_IS,
	       OTHER_ID,
	       NO_ANSWER,
	       OTHER_OPCODE,
	       CHANGED,
	       CUT };

/* Write what a server with @key (NULL: none) answers to @m. Return: its length. */
static size_t answer(const struct message *m, const struct tsig_key *key, uint8_t rcode, enum spoiled spoiled,
                     uint8_t out[512])
{
	ldns_pkt *p = ldns_pkt_new();
	uint8_t *bytes;
	size_t len;

	ldns_pkt_set_id(p, (uint16_t)(m->id ^ (spoiled == OTHER_ID)));
	ldns_pkt_set_qr(p, spoiled != NO_ANSWER);
	ldns_pkt_set_opcode(p, spoiled == OTHER_OPCODE ? LDNS_PACKET_NOTIFY : m->opcode);
	ldns_pkt_set_rcode(p, rcode);
	if (key != NULL)
		assert_int_equal(ldns_pkt_tsig_sign(p, key->name, key->secret, 300, key->algorithm, m->mac),
		                 LDNS_STATUS_OK);
	assert_int_equal(ldns_pkt2wire(&bytes, p, &len), LDNS_STATUS_OK);
	assert_true(len <= 512);
	memcpy(out, bytes, len);
	if (spoiled == CHANGED)
		out[3] ^= LDNS_RCODE_REFUSED;
	LDNS_FREE(bytes);
	ldns_pkt_free(p);
	return spoiled == CUT ? len - 1 : len;
}

static void test_answers(void **state)
{
	static const struct {
		const struct tsig_key *key;
		uint8_t rcode;
		enum spoiled spoiled;
		int rc;
	} cases[] = {
		{&ours, LDNS_RCODE_NOERROR, AS_IT_IS, 0},
		{&ours, LDNS_RCODE_REFUSED, AS_IT_IS, 0},
		{&others, LDNS_RCODE_NOERROR, AS_IT_IS, -EKEYREJECTED},
		{&renamed, LDNS_RCODE_NOERROR, AS_IT_IS, -EKEYREJECTED},
		{NULL, LDNS_RCODE_NOERROR, AS_IT_IS, -EKEYREJECTED},
		{NULL, LDNS_RCODE_NOTAUTH, AS_IT_IS, -EKEYREJECTED},
		{&ours, LDNS_RCODE_NOERROR, CHANGED, -EKEYREJECTED},
		{&ours, LDNS_RCODE_NOERROR, OTHER_ID, -EBADMSG},
		{&ours, LDNS_RCODE_NOERROR, NO_ANSWER, -EBADMSG},
		{&ours, LDNS_RCODE_NOERROR, OTHER_OPCODE, -EBADMSG},
		{&ours, LDNS_RCODE_NOERROR, CUT, -EBADMSG},
	};
	ldns_rr_list *none = ldns_rr_list_new();

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct message m;
		uint8_t bytes[512];
		ldns_pkt *p;
		assert_int_equal(message_update(&m, *state, none, &ours), 0);
		size_t len = answer(&m, cases[i].key, cases[i].rcode, cases[i].spoiled, bytes);
		int rc = message_check(&m, bytes, len, &p);
		assert_int_equal(rc, cases[i].rc);
		if (rc == 0) {
			assert_int_equal(ldns_pkt_get_rcode(p), cases[i].rcode);
			ldns_pkt_free(p);
		}
		message_done(&m);
	}
	ldns_rr_list_free(none);
}

static const char soa[] = "2.0.192.in-addr.arpa. SOA ns. mail. 1 2 3 4 5";
static const char newer[] = "2.0.192.in-addr.arpa. SOA ns. mail. 2 2 3 4 5";
static const char ptr[] = "7.2.0.192.in-addr.arpa. PTR host.example.net.";

/* Lists of records, one for each message, and what comes of the last of them. */
static void test_transfers(void **state)
{
	(void)state;
	static const struct {
		const char *messages[3][4];
		int rc;
		bool is_whole;
		size_t n_records;
	} cases[] = {
		{{{soa, ptr, soa}}, 0, true, 2},
		{{{soa, soa}}, 0, true, 1},
		{{{soa, ptr}, {ptr}, {ptr, soa}}, 0, true, 4},
		{{{soa, ptr}, {ptr}}, 0, false, 3},
		{{{soa}, {soa}}, 0, true, 1},
		{{{ptr, soa}}, -EBADMSG, false, 0},
		{{{soa, ptr, newer}}, -EBADMSG, false, 2}, /* the zone changed meanwhile */
		{{{soa, soa, ptr}}, -EBADMSG, true, 1},
		{{{soa, soa}, {ptr}}, -EBADMSG, true, 1},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct transfer t;
		int rc = 0;
		transfer_init(&t);
		for (size_t j = 0; j < 3 && cases[i].messages[j][0] != NULL; j++) {
			ldns_pkt *p = ldns_pkt_new();
			for (size_t k = 0; k < 4 && cases[i].messages[j][k] != NULL; k++)
				(void)ldns_pkt_push_rr(p, LDNS_SECTION_ANSWER, record(cases[i].messages[j][k]));
			rc = transfer_add(&t, p);
			ldns_pkt_free(p);
		}
		assert_int_equal(rc, cases[i].rc);
		assert_int_equal(t.is_whole, cases[i].is_whole);
		assert_int_equal(ldns_rr_list_rr_count(t.records), cases[i].n_records);
		transfer_done(&t);
	}
}

static void test_refused_transfers(void **state)
{
	(void)state;
	ldns_pkt *p = ldns_pkt_new();
	struct transfer t;

	transfer_init(&t);
	assert_int_equal(transfer_add(&t, p), -EBADMSG); /* nothing in it */
	(void)ldns_pkt_push_rr(p, LDNS_SECTION_ANSWER, record(soa));
	ldns_pkt_set_rcode(p, LDNS_RCODE_REFUSED);
	assert_int_equal(transfer_add(&t, p), -EBADMSG);
	transfer_done(&t);
	ldns_pkt_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_update_is_what_was_asked),
		cmocka_unit_test(test_what_cannot_be_sent),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_transfers),
		cmocka_unit_test(test_refused_transfers),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
