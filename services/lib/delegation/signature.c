/* SPDX-License-Identifier: MIT */
#include "delegation/signature.h"

/* What is tried of one set: a zone can be made to cost its validators far more (CVE-2023-50387). */
enum {
	SIGNATURES_MAX = 8,
	KEYS_MAX = 4, /* that share a tag */
};

/** Those of @keys that @sig can be by, its tag says. Borrowed records. */
static ldns_rr_list *keys_with_tag(const ldns_rr_list *keys, const ldns_rr *sig)
{
	ldns_rr_list *few = ldns_rr_list_new();

	for (size_t i = 0; i < ldns_rr_list_rr_count(keys) && ldns_rr_list_rr_count(few) < KEYS_MAX; i++) {
		ldns_rr *key = ldns_rr_list_rr(keys, i);
		if (ldns_calc_keytag(key) == ldns_rdf2native_int16(ldns_rr_rrsig_keytag(sig)))
			(void)ldns_rr_list_push_rr(few, key);
	}
	return few;
}

/** How @sig, one of @rrs or of other records of their name, signs them; LDNS_STATUS_NULL: it is none of @rrs. */
static ldns_status verify(const ldns_rr_list *rrs, const ldns_rr *sig, const ldns_rr_list *keys, time_t now)
{
	const ldns_rr *first = ldns_rr_list_rr(rrs, 0);

	if (ldns_rr_rd_count(sig) != 9 ||
	    ldns_rdf2rr_type(ldns_rr_rrsig_typecovered(sig)) != ldns_rr_get_type(first))
		return LDNS_STATUS_NULL;
	ldns_rr_list *few = keys_with_tag(keys, sig), *good = ldns_rr_list_new();
	ldns_status s = ldns_verify_rrsig_keylist_time(rrs, sig, few, now, good);
	ldns_rr_list_free(good);
	ldns_rr_list_free(few);
	return s;
}

static ldns_rr_list *signatures_of(const ldns_rr_list *rrs, const ldns_pkt *p, ldns_pkt_section section)
{
	const ldns_rr *first = ldns_rr_list_rr(rrs, 0);

	return ldns_pkt_rr_list_by_name_and_type(p, ldns_rr_owner(first), LDNS_RR_TYPE_RRSIG, section);
}

enum signature signature_of(const ldns_rr_list *rrs, const ldns_pkt *p, ldns_pkt_section section,
                            const ldns_rr_list *keys, time_t now)
{
	ldns_rr_list *all = signatures_of(rrs, p, section);
	enum signature found = SIGNATURE_MISSING;
	size_t n = all == NULL ? 0 : ldns_rr_list_rr_count(all), n_tried = 0;
	bool has_expired = false, is_early = false;

	for (size_t i = 0; i < n && found != SIGNATURE_VALID && n_tried < SIGNATURES_MAX; i++) {
		ldns_status s = verify(rrs, ldns_rr_list_rr(all, i), keys, now);
		if (s == LDNS_STATUS_NULL)
			continue;
		n_tried++;
		has_expired = has_expired || s == LDNS_STATUS_CRYPTO_SIG_EXPIRED;
		is_early = is_early || s == LDNS_STATUS_CRYPTO_SIG_NOT_INCEPTED;
		found = s == LDNS_STATUS_OK ? SIGNATURE_VALID : SIGNATURE_BOGUS;
	}
	ldns_rr_list_deep_free(all);
	if (found == SIGNATURE_BOGUS && has_expired)
		return SIGNATURE_EXPIRED;
	return found == SIGNATURE_BOGUS && is_early ? SIGNATURE_EARLY : found;
}

bool signature_oldest(const ldns_rr_list *rrs, const ldns_pkt *p, const ldns_rr_list *keys, time_t now,
                      time_t *ret_inception)
{
	ldns_rr_list *all = signatures_of(rrs, p, LDNS_SECTION_ANSWER);
	size_t n = all == NULL ? 0 : ldns_rr_list_rr_count(all), n_tried = 0;
	time_t oldest = now;
	bool has_one = false;

	for (size_t i = 0; i < n && n_tried < SIGNATURES_MAX; i++) {
		const ldns_rr *sig = ldns_rr_list_rr(all, i);
		ldns_status s = verify(rrs, sig, keys, now);
		n_tried += s != LDNS_STATUS_NULL;
		if (s != LDNS_STATUS_OK)
			continue;
		time_t inception = ldns_rdf2native_time_t(ldns_rr_rrsig_inception(sig));
		has_one = true;
		oldest = inception < oldest ? inception : oldest;
	}
	ldns_rr_list_deep_free(all);
	if (has_one)
		*ret_inception = oldest;
	return has_one;
}

static bool has_same_data(const ldns_rr *a, const ldns_rr *b)
{
	if (ldns_rr_rd_count(a) != ldns_rr_rd_count(b))
		return false;
	for (size_t i = 0; i < ldns_rr_rd_count(a); i++)
		if (ldns_rdf_compare(ldns_rr_rdf(a, i), ldns_rr_rdf(b, i)) != 0)
			return false;
	return true;
}

bool signature_is_ds_of(const ldns_rr *ds, const ldns_rr *key)
{
	if (ldns_rr_rd_count(ds) != 4 || ldns_rr_rd_count(key) != 4)
		return false;
	ldns_rr *plain = ldns_rr_clone(key);
	ldns_rr_set_type(plain, LDNS_RR_TYPE_DNSKEY);
	ldns_rr *own = ldns_key_rr2ds(plain, (ldns_hash)ldns_rdf2native_int8(ldns_rr_rdf(ds, 2)));
	bool is_own = own != NULL && has_same_data(ds, own);

	ldns_rr_free(own);
	ldns_rr_free(plain);
	return is_own;
}

bool signature_is_same_key(const ldns_rr *a, const ldns_rr *b)
{
	return has_same_data(a, b);
}
