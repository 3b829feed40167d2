/* The zone's keys and signatures, and whether they lead from the DS records given to its data. */
/* SPDX-License-Identifier: MIT */
#include "delegation/judge.h"
#include "delegation/keys.h"
#include "delegation/signature.h"

#include <stdio.h>

enum { DENIALS_MAX = 8 }; /* records of a proof that are looked at: it needs three */

static void judge_ds(struct verdict *v, const struct observed *o, const struct observed_target *t, const struct keys *k)
{
	enum problem_id problem = ldns_rr_list_rr_count(k->by_ds) == 0 ? PROBLEM_DS_NO_KEY : PROBLEM_DS_SPARE;

	for (size_t i = 0; i < ldns_rr_list_rr_count(o->d->ds); i++) {
		const ldns_rr *ds = ldns_rr_list_rr(o->d->ds, i);
		bool is_known = false;
		char text[32];
		for (size_t n = 0; n < ldns_rr_list_rr_count(k->by_ds); n++)
			is_known = is_known || signature_is_ds_of(ds, ldns_rr_list_rr(k->by_ds, n));
		(void)snprintf(text, sizeof(text), "DS %u", ldns_rdf2native_int16(ldns_rr_rdf(ds, 0)));
		if (!is_known)
			verdict_see(v, problem, t, &t->answers[PROBE_DNSKEY], text);
	}
}

static void judge_dnskey(struct verdict *v, const struct observed_target *t, const struct keys *k, time_t now)
{
	static const enum problem_id found[SIGNATURES] = {
		[SIGNATURE_MISSING] = PROBLEM_DNSKEY_UNSIGNED,
		[SIGNATURE_EXPIRED] = PROBLEM_DNSKEY_EXPIRED,
		[SIGNATURE_EARLY] = PROBLEM_DNSKEY_EARLY,
		[SIGNATURE_BOGUS] = PROBLEM_DNSKEY_BOGUS,
	};
	const struct observed_answer *a = &t->answers[PROBE_DNSKEY];
	bool has_ds = ldns_rr_list_rr_count(k->by_ds) > 0;
	enum signature s = signature_of(k->all, a->packet, LDNS_SECTION_ANSWER, k->all, now);

	if (s != SIGNATURE_VALID)
		verdict_see(v, found[s], t, a, NULL);
	else if (has_ds && signature_of(k->all, a->packet, LDNS_SECTION_ANSWER, k->by_ds, now) != SIGNATURE_VALID)
		verdict_see(v, PROBLEM_DNSKEY_NOT_BY_DS, t, a, NULL);
}

static void judge_soa(struct verdict *v, const struct observed_target *t, const struct keys *k, time_t now)
{
	static const enum problem_id found[SIGNATURES] = {
		[SIGNATURE_MISSING] = PROBLEM_SOA_UNSIGNED,
		[SIGNATURE_EXPIRED] = PROBLEM_SOA_EXPIRED,
		[SIGNATURE_EARLY] = PROBLEM_SOA_EARLY,
		[SIGNATURE_BOGUS] = PROBLEM_SOA_BOGUS,
	};
	const struct observed_answer *a = observed_soa(t);
	ldns_rr_list *soa = observed_has_authority(a) ? observed_records(a, LDNS_RR_TYPE_SOA) : NULL;

	if (soa != NULL) {
		enum signature s = signature_of(soa, a->packet, LDNS_SECTION_ANSWER, k->all, now);
		if (s != SIGNATURE_VALID)
			verdict_see(v, found[s], t, a, NULL);
	}
	ldns_rr_list_deep_free(soa);
}

/** Each NSEC or NSEC3 record is a set of its own. */
static void judge_denial(struct verdict *v, const struct observed_target *t, const struct keys *k, time_t now)
{
	const struct observed_answer *a = &t->answers[PROBE_DENIAL];
	const ldns_rr_list *list = a->packet == NULL ? NULL : ldns_pkt_authority(a->packet);
	bool is_signed = true;
	size_t n = 0;

	for (size_t i = 0; list != NULL && i < ldns_rr_list_rr_count(list) && n < DENIALS_MAX; i++) {
		ldns_rr *rr = ldns_rr_list_rr(list, i);
		if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_NSEC && ldns_rr_get_type(rr) != LDNS_RR_TYPE_NSEC3)
			continue;
		ldns_rr_list *set = ldns_rr_list_new();
		(void)ldns_rr_list_push_rr(set, rr);
		n++;
		is_signed = is_signed && signature_of(set, a->packet, LDNS_SECTION_AUTHORITY, k->all, now) ==
		                             SIGNATURE_VALID;
		ldns_rr_list_free(set);
	}
	if (n == 0)
		verdict_see(v, PROBLEM_NO_DENIAL, t, a, NULL);
	else if (!is_signed)
		verdict_see(v, PROBLEM_DENIAL_BOGUS, t, a, NULL);
}

static void judge_wanted(struct verdict *v, const struct observed_target *t, const struct keys *k, time_t now)
{
	struct wanted w = wanted_of(t);
	const struct observed_answer *cds = &t->answers[PROBE_CDS], *cdnskey = &t->answers[PROBE_CDNSKEY];

	if (k->all == NULL) {
		if (w.cds != NULL || w.cdnskey != NULL)
			verdict_see(v, PROBLEM_CDS_UNSIGNED, t, w.cds != NULL ? cds : cdnskey, NULL);
		wanted_done(&w);
		return;
	}

	if (w.cds != NULL && signature_of(w.cds, cds->packet, LDNS_SECTION_ANSWER, k->all, now) != SIGNATURE_VALID)
		verdict_see(v, PROBLEM_CDS_UNSIGNED, t, cds, NULL);
	if (w.cdnskey != NULL &&
	    signature_of(w.cdnskey, cdnskey->packet, LDNS_SECTION_ANSWER, k->all, now) != SIGNATURE_VALID)
		verdict_see(v, PROBLEM_CDS_UNSIGNED, t, cdnskey, NULL);
	if (w.cds != NULL && !wanted_is_removal(w.cds) && !keys_all_have(w.cds, k->all, signature_is_ds_of))
		verdict_see(v, PROBLEM_CDS_NO_KEY, t, cds, NULL);
	if (w.cdnskey != NULL && !wanted_is_removal(w.cdnskey) &&
	    !keys_all_have(w.cdnskey, k->all, signature_is_same_key))
		verdict_see(v, PROBLEM_CDS_NO_KEY, t, cdnskey, NULL);
	if (!wanted_is_one(&w))
		verdict_see(v, PROBLEM_CDS_DIFFER, t, cds, NULL);
	wanted_done(&w);
}

/** Servers that show the zone must all ask for the same. */
static void compare_wanted(struct verdict *v, const struct observed *o)
{
	const struct observed_target *first = NULL;
	struct wanted w = {NULL, NULL};

	for (size_t i = 0; i < o->n_targets; i++) {
		const struct observed_target *t = &o->targets[i];
		if (!observed_has_authority(&t->answers[PROBE_CDS]) ||
		    !observed_has_authority(&t->answers[PROBE_CDNSKEY]))
			continue;
		struct wanted other = wanted_of(t);
		if (first == NULL) {
			first = t;
			w = other;
			continue;
		}
		if (!wanted_is_same(&w, &other)) {
			verdict_see(v, PROBLEM_CDS_DIFFER, first, &first->answers[PROBE_CDS], NULL);
			verdict_see(v, PROBLEM_CDS_DIFFER, t, &t->answers[PROBE_CDS], NULL);
		}
		wanted_done(&other);
	}
	wanted_done(&w);
}

/** Return: whether the server shows keys. */
static bool judge_target(struct verdict *v, const struct observed *o, const struct observed_target *t, time_t now)
{
	bool has_ds = ldns_rr_list_rr_count(o->d->ds) > 0;
	struct keys k = keys_of(t, o->d->ds);
	bool has_keys = k.all != NULL;

	if (has_keys) {
		judge_ds(v, o, t, &k);
		judge_dnskey(v, t, &k, now);
		judge_soa(v, t, &k, now);
		judge_denial(v, t, &k, now);
	} else if (has_ds && observed_has_authority(&t->answers[PROBE_DNSKEY])) {
		verdict_see(v, PROBLEM_DS_UNSIGNED, t, &t->answers[PROBE_DNSKEY], NULL);
	}
	judge_wanted(v, t, &k, now);
	keys_done(&k);
	return has_keys;
}

void judge_dnssec(struct verdict *v, const struct observed *o, time_t now)
{
	static const enum check_id of_signed[] = {CHECK_DS, CHECK_DNSKEY, CHECK_SOA_SIGNED, CHECK_DENIAL, CHECK_CDS};
	bool is_signed = false, has_answer = false;

	for (size_t i = 0; i < o->n_targets; i++) {
		is_signed = judge_target(v, o, &o->targets[i], now) || is_signed;
		has_answer = has_answer || observed_has_authority(&o->targets[i].answers[PROBE_DNSKEY]);
	}
	compare_wanted(v, o);
	if (!has_answer)
		verdict_untested(v, CHECK_DS_UNSIGNED, UNTESTED_NO_SERVER);
	if (ldns_rr_list_rr_count(o->d->ds) == 0)
		verdict_untested(v, CHECK_DS, UNTESTED_NO_DS);
	for (size_t i = 0; !is_signed && i < sizeof(of_signed) / sizeof(*of_signed); i++)
		verdict_untested(v, of_signed[i], has_answer ? UNTESTED_UNSIGNED : UNTESTED_NO_SERVER);
}
