/* Signatures made with ldns' own keys: good, too late, too early, of others. */
/* SPDX-License-Identifier: MIT */
#include "delegation/signature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum {
	BEGIN = 1700000000,
	END = BEGIN + 86400,
};

struct fixture {
	ldns_key_list *signers;
	ldns_rr_list *keys, *others, *soa;
	ldns_pkt *packet; /* with the SOA, signed */
};

static ldns_key *new_key(ldns_rr_list *ret_public)
{
	ldns_key *key = ldns_key_new_frm_algorithm(LDNS_SIGN_ECDSAP256SHA256, 256);

	ldns_key_set_pubkey_owner(key, ldns_dname_new_frm_str("2.0.192.in-addr.arpa."));
	ldns_key_set_flags(key, 257);
	ldns_key_set_inception(key, BEGIN);
	ldns_key_set_expiration(key, END);
	ldns_rr *public = ldns_key2rr(key);
	ldns_key_set_keytag(key, ldns_calc_keytag(public));
	(void)ldns_rr_list_push_rr(ret_public, public);
	return key;
}

static ldns_rr *record(const char *text)
{
	ldns_rr *rr;

	assert_int_equal(ldns_rr_new_frm_str(&rr, text, 300, NULL, NULL), LDNS_STATUS_OK);
	return rr;
}

static int setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){
		.signers = ldns_key_list_new(),
		.keys = ldns_rr_list_new(),
		.others = ldns_rr_list_new(),
		.soa = ldns_rr_list_new(),
		.packet = ldns_pkt_new(),
	};
	(void)ldns_key_list_push_key(f.signers, new_key(f.keys));
	ldns_key_deep_free(new_key(f.others));
	ldns_rr *soa = record("2.0.192.in-addr.arpa. 300 IN SOA ns.example.net. mail.example.net. 1 2 3 4 5");
	(void)ldns_rr_list_push_rr(f.soa, soa);
	ldns_rr_list *signatures = ldns_sign_public(f.soa, f.signers);
	(void)ldns_pkt_push_rr(f.packet, LDNS_SECTION_ANSWER, ldns_rr_clone(soa));
	(void)ldns_pkt_push_rr_list(f.packet, LDNS_SECTION_ANSWER, signatures);
	ldns_rr_list_free(signatures);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	ldns_key_list_free(f->signers);
	ldns_rr_list_deep_free(f->keys);
	ldns_rr_list_deep_free(f->others);
	ldns_rr_list_deep_free(f->soa);
	ldns_pkt_free(f->packet);
	return 0;
}

static void test_times(void **state)
{
	struct fixture *f = *state;
	const struct {
		time_t now;
		enum signature expected;
	} cases[] = {
		{BEGIN - 1, SIGNATURE_EARLY},
		{BEGIN, SIGNATURE_VALID},
		{END - 1, SIGNATURE_VALID},
		{END + 1, SIGNATURE_EXPIRED},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(signature_of(f->soa, f->packet, LDNS_SECTION_ANSWER, f->keys, cases[i].now),
		                 cases[i].expected);
}

static void test_what_is_no_signature(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(signature_of(f->soa, f->packet, LDNS_SECTION_ANSWER, f->others, BEGIN), SIGNATURE_BOGUS);
	assert_int_equal(signature_of(f->soa, f->packet, LDNS_SECTION_AUTHORITY, f->keys, BEGIN), SIGNATURE_MISSING);

	ldns_rr_list *changed = ldns_rr_list_new();
	(void)ldns_rr_list_push_rr(
	    changed, record("2.0.192.in-addr.arpa. 300 IN SOA ns.example.net. mail.example.net. 2 2 3 4 5"));
	assert_int_equal(signature_of(changed, f->packet, LDNS_SECTION_ANSWER, f->keys, BEGIN), SIGNATURE_BOGUS);
	ldns_rr_list_deep_free(changed);

	ldns_rr_list *other = ldns_rr_list_new();
	(void)ldns_rr_list_push_rr(other, record("2.0.192.in-addr.arpa. 300 IN NS ns.example.net."));
	assert_int_equal(signature_of(other, f->packet, LDNS_SECTION_ANSWER, f->keys, BEGIN), SIGNATURE_MISSING);
	ldns_rr_list_deep_free(other);
}

static void test_ds_of_key(void **state)
{
	struct fixture *f = *state;
	static const ldns_hash hashes[] = {LDNS_SHA1, LDNS_SHA256, LDNS_SHA384};
	const ldns_rr *key = ldns_rr_list_rr(f->keys, 0), *other = ldns_rr_list_rr(f->others, 0);

	for (size_t i = 0; i < sizeof(hashes) / sizeof(*hashes); i++) {
		ldns_rr *ds = ldns_key_rr2ds(key, hashes[i]);
		assert_true(signature_is_ds_of(ds, key));
		assert_false(signature_is_ds_of(ds, other));
		ldns_rr_free(ds);
	}
	ldns_rr *removal = record("2.0.192.in-addr.arpa. 300 IN CDS 0 0 0 00");
	assert_false(signature_is_ds_of(removal, key));
	ldns_rr_free(removal);
	assert_true(signature_is_same_key(key, key));
	assert_false(signature_is_same_key(key, other));
}

/** Any number of wrong signatures costs no more than the first few of them. */
static void test_only_so_many_are_tried(void **state)
{
	struct fixture *f = *state;
	ldns_pkt *p = ldns_pkt_new();
	ldns_rr *good = ldns_rr_list_rr(ldns_pkt_answer(f->packet), 1);

	for (int n_wrong = 0; n_wrong < 7; n_wrong++) {
		ldns_rr *wrong = ldns_rr_clone(good);
		ldns_rdf *bytes = ldns_rr_rdf(wrong, 8);
		ldns_rdf_data(bytes)[n_wrong] ^= 1;
		(void)ldns_pkt_push_rr(p, LDNS_SECTION_ANSWER, wrong);
	}
	(void)ldns_pkt_push_rr(p, LDNS_SECTION_ANSWER, ldns_rr_clone(good));
	assert_int_equal(signature_of(f->soa, p, LDNS_SECTION_ANSWER, f->keys, BEGIN + 1), SIGNATURE_VALID);
	ldns_rr *last = ldns_rr_list_pop_rr(ldns_pkt_answer(p));
	(void)ldns_rr_list_push_rr(ldns_pkt_answer(p), ldns_rr_clone(ldns_rr_list_rr(ldns_pkt_answer(p), 0)));
	(void)ldns_rr_list_push_rr(ldns_pkt_answer(p), last);
	assert_int_equal(signature_of(f->soa, p, LDNS_SECTION_ANSWER, f->keys, BEGIN + 1), SIGNATURE_BOGUS);
	ldns_pkt_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_times, setup, teardown),
		cmocka_unit_test_setup_teardown(test_only_so_many_are_tried, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_no_signature, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ds_of_key, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
