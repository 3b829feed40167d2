/* SPDX-License-Identifier: MIT */
#include "delegation/keys.h"

#include "delegation/signature.h"

enum {
	FLAG_ZONE = 0x0100,   /* RFC 4034, 2.1.1 */
	FLAG_REVOKED = 0x0080 /* RFC 5011, 7 */
};

static bool is_named(const ldns_rr_list *ds, const ldns_rr *key)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(ds); i++)
		if (signature_is_ds_of(ldns_rr_list_rr(ds, i), key))
			return true;
	return false;
}

struct keys keys_of(const struct observed_target *t, const ldns_rr_list *ds)
{
	const struct observed_answer *a = &t->answers[PROBE_DNSKEY];
	struct keys k = {.by_ds = ldns_rr_list_new()};

	if (observed_has_authority(a))
		k.all = observed_records(a, LDNS_RR_TYPE_DNSKEY);
	for (size_t i = 0; k.all != NULL && i < ldns_rr_list_rr_count(k.all); i++) {
		ldns_rr *key = ldns_rr_list_rr(k.all, i);
		uint16_t flags = ldns_rr_rd_count(key) == 4 ? ldns_rdf2native_int16(ldns_rr_rdf(key, 0)) : 0;
		if ((flags & FLAG_ZONE) != 0 && (flags & FLAG_REVOKED) == 0 && is_named(ds, key))
			(void)ldns_rr_list_push_rr(k.by_ds, key);
	}
	return k;
}

void keys_done(struct keys *k)
{
	ldns_rr_list_free(k->by_ds);
	ldns_rr_list_deep_free(k->all);
}

bool keys_are_led_to(const struct keys *k, const struct observed_target *t, time_t now)
{
	return k->all != NULL && signature_of(k->all, t->answers[PROBE_DNSKEY].packet, LDNS_SECTION_ANSWER, k->by_ds,
	                                      now) == SIGNATURE_VALID;
}

static ldns_rr_list *sorted(const struct observed_answer *a, ldns_rr_type type)
{
	ldns_rr_list *list = observed_records(a, type);

	if (list != NULL) {
		ldns_rr_list2canonical(list);
		ldns_rr_list_sort(list);
	}
	return list;
}

struct wanted wanted_in(const struct observed_answer *cds, const struct observed_answer *cdnskey)
{
	return (struct wanted){sorted(cds, LDNS_RR_TYPE_CDS), sorted(cdnskey, LDNS_RR_TYPE_CDNSKEY)};
}

struct wanted wanted_of(const struct observed_target *t)
{
	const struct observed_answer *cds = &t->answers[PROBE_CDS], *cdnskey = &t->answers[PROBE_CDNSKEY];

	return wanted_in(observed_has_authority(cds) ? cds : NULL, observed_has_authority(cdnskey) ? cdnskey : NULL);
}

void wanted_done(struct wanted *w)
{
	ldns_rr_list_deep_free(w->cds);
	ldns_rr_list_deep_free(w->cdnskey);
}

/** Owners may differ: a zone's, and a name elsewhere that repeats its records. */
static bool is_same_list(const ldns_rr_list *a, const ldns_rr_list *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return ldns_rr_list_rr_count(a) == ldns_rr_list_rr_count(b) && keys_all_have(a, b, signature_is_same_key);
}

bool wanted_is_same(const struct wanted *a, const struct wanted *b)
{
	return is_same_list(a->cds, b->cds) && is_same_list(a->cdnskey, b->cdnskey);
}

bool wanted_is_removal(const ldns_rr_list *list)
{
	const ldns_rr *rr = ldns_rr_list_rr_count(list) == 1 ? ldns_rr_list_rr(list, 0) : NULL;

	if (rr == NULL || ldns_rr_rd_count(rr) != 4)
		return false;
	size_t algorithm_at = ldns_rr_get_type(rr) == LDNS_RR_TYPE_CDNSKEY ? 2 : 1;
	return ldns_rdf2native_int8(ldns_rr_rdf(rr, algorithm_at)) == 0;
}

bool keys_all_have(const ldns_rr_list *list, const ldns_rr_list *others,
                   bool (*is_pair)(const ldns_rr *a, const ldns_rr *b))
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		bool has_one = false;
		for (size_t k = 0; others != NULL && k < ldns_rr_list_rr_count(others); k++)
			has_one = has_one || is_pair(ldns_rr_list_rr(list, i), ldns_rr_list_rr(others, k));
		if (!has_one)
			return false;
	}
	return true;
}

static bool is_key_of_ds(const ldns_rr *key, const ldns_rr *ds)
{
	return signature_is_ds_of(ds, key);
}

bool wanted_is_one(const struct wanted *w)
{
	if (w->cds == NULL || w->cdnskey == NULL)
		return true;
	if (wanted_is_removal(w->cds) || wanted_is_removal(w->cdnskey))
		return wanted_is_removal(w->cds) && wanted_is_removal(w->cdnskey);
	return keys_all_have(w->cds, w->cdnskey, signature_is_ds_of) &&
	       keys_all_have(w->cdnskey, w->cds, is_key_of_ds);
}
