/* The zone's keys and signatures, and whether they lead from the DS records given to its data. */
/* SPDX-License-Identifier: MIT */
#include "delegation/judge.h"
#include "delegation/signature.h"

#include <stdio.h>

enum {
	FLAG_ZONE = 0x0100,   /* RFC 4034, 2.1.1 */
	FLAG_REVOKED = 0x0080 /* RFC 5011, 7 */
};

/** What @t shows of the zone's keys. */
struct keys {
	ldns_rr_list *all;   /* owned; NULL: none */
	ldns_rr_list *by_ds; /* those that a DS names; borrowed records */
};

static bool is_named(const ldns_rr_list *ds, const ldns_rr *key)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(ds); i++)
		if (signature_is_ds_of(ldns_rr_list_rr(ds, i), key))
			return true;
	return false;
}

static struct keys keys_of(const struct observed *o, const struct observed_target *t)
{
	const struct observed_answer *a = &t->answers[PROBE_DNSKEY];
	struct keys k = {.by_ds = ldns_rr_list_new()};

	if (observed_has_authority(a))
		k.all = observed_records(a, LDNS_RR_TYPE_DNSKEY);
	for (size_t i = 0; k.all != NULL && i < ldns_rr_list_rr_count(k.all); i++) {
		ldns_rr *key = ldns_rr_list_rr(k.all, i);
		uint16_t flags = ldns_rr_rd_count(key) == 4 ? ldns_rdf2native_int16(ldns_rr_rdf(key, 0)) : 0;
		if ((flags & FLAG_ZONE) != 0 && (flags & FLAG_REVOKED) == 0 && is_named(o->d->ds, key))
			(void)ldns_rr_list_push_rr(k.by_ds, key);
	}
	return k;
}

static void keys_done(struct keys *k)
{
	ldns_rr_list_free(k->by_ds);
	ldns_rr_list_deep_free(k->all);
}

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
	bool has_one = false, is_signed = true;

	for (size_t i = 0; list != NULL && i < ldns_rr_list_rr_count(list); i++) {
		ldns_rr *rr = ldns_rr_list_rr(list, i);
		if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_NSEC && ldns_rr_get_type(rr) != LDNS_RR_TYPE_NSEC3)
			continue;
		ldns_rr_list *set = ldns_rr_list_new();
		(void)ldns_rr_list_push_rr(set, rr);
		has_one = true;
		is_signed = is_signed && signature_of(set, a->packet, LDNS_SECTION_AUTHORITY, k->all, now) ==
		                             SIGNATURE_VALID;
		ldns_rr_list_free(set);
	}
	if (!has_one)
		verdict_see(v, PROBLEM_NO_DENIAL, t, a, NULL);
	else if (!is_signed)
		verdict_see(v, PROBLEM_DENIAL_BOGUS, t, a, NULL);
}

/** What the zone asks its parent for, as @t shows it; NULL: nothing. */
struct wanted {
	ldns_rr_list *cds, *cdnskey; /* owned */
};

static ldns_rr_list *sorted(const struct observed_answer *a, ldns_rr_type type)
{
	ldns_rr_list *list = observed_has_authority(a) ? observed_records(a, type) : NULL;

	if (list != NULL) {
		ldns_rr_list2canonical(list);
		ldns_rr_list_sort(list);
	}
	return list;
}

static struct wanted wanted_of(const struct observed_target *t)
{
	return (struct wanted){
		.cds = sorted(&t->answers[PROBE_CDS], LDNS_RR_TYPE_CDS),
		.cdnskey = sorted(&t->answers[PROBE_CDNSKEY], LDNS_RR_TYPE_CDNSKEY),
	};
}

static void wanted_done(struct wanted *w)
{
	ldns_rr_list_deep_free(w->cds);
	ldns_rr_list_deep_free(w->cdnskey);
}

/** A lone record of algorithm 0 asks that there be no DS any more (RFC 8078, 4). */
static bool is_removal(const ldns_rr_list *list, size_t algorithm_at)
{
	const ldns_rr *rr = ldns_rr_list_rr_count(list) == 1 ? ldns_rr_list_rr(list, 0) : NULL;

	return rr != NULL && ldns_rr_rd_count(rr) == 4 && ldns_rdf2native_int8(ldns_rr_rdf(rr, algorithm_at)) == 0;
}

/** Whether each of @list has its counterpart, as @is_pair says, in @others. */
static bool all_have(const ldns_rr_list *list, const ldns_rr_list *others,
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

/** CDS and CDNSKEY of one server: whether they ask for the same (RFC 7344, 4). */
static bool is_one_wish(const struct wanted *w)
{
	if (w->cds == NULL || w->cdnskey == NULL)
		return true;
	if (is_removal(w->cds, 1) || is_removal(w->cdnskey, 2))
		return is_removal(w->cds, 1) && is_removal(w->cdnskey, 2);
	return all_have(w->cds, w->cdnskey, signature_is_ds_of) && all_have(w->cdnskey, w->cds, is_key_of_ds);
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
	if (w.cds != NULL && !is_removal(w.cds, 1) && !all_have(w.cds, k->all, signature_is_ds_of))
		verdict_see(v, PROBLEM_CDS_NO_KEY, t, cds, NULL);
	if (w.cdnskey != NULL && !is_removal(w.cdnskey, 2) && !all_have(w.cdnskey, k->all, signature_is_same_key))
		verdict_see(v, PROBLEM_CDS_NO_KEY, t, cdnskey, NULL);
	if (!is_one_wish(&w))
		verdict_see(v, PROBLEM_CDS_DIFFER, t, cds, NULL);
	wanted_done(&w);
}

static bool is_same_list(const ldns_rr_list *a, const ldns_rr_list *b)
{
	return a == NULL || b == NULL ? a == b : ldns_rr_list_compare(a, b) == 0;
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
		if (!is_same_list(w.cds, other.cds) || !is_same_list(w.cdnskey, other.cdnskey)) {
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
	struct keys k = keys_of(o, t);
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
