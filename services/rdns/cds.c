/* SPDX-License-Identifier: MIT */
#include "rdns/cds.h"

#include "delegation/keys.h"
#include "delegation/signature.h"

#include <stdio.h>

enum {
	DS_TTL_S = 3600,
	ALGORITHMS = 256,
	DS_ALGORITHM = 1, /* places in a DS or CDS record */
	DS_DIGEST_TYPE = 2,
	DS_DIGEST = 3,
};

static uint8_t byte_at(const ldns_rr *rr, size_t place)
{
	return ldns_rdf2native_int8(ldns_rr_rdf(rr, place));
}

static bool shows(const struct observed_target *t)
{
	return observed_has_authority(&t->answers[PROBE_DNSKEY]) && observed_has_authority(&t->answers[PROBE_CDS]) &&
	       observed_has_authority(&t->answers[PROBE_CDNSKEY]);
}

static bool is_empty(const struct wanted *w)
{
	return w->cds == NULL && w->cdnskey == NULL;
}

/** More than could be meant, when each DS has its digests and some are of no use: it is not even compared. */
static bool is_too_much(const struct wanted *w)
{
	enum { RECORDS_MAX = 3 * DELEGATION_DS_MAX };

	return ldns_rr_list_rr_count(w->cds) > RECORDS_MAX || ldns_rr_list_rr_count(w->cdnskey) > RECORDS_MAX;
}

/** What all servers that answer ask for. Return: FOLLOW_CHANGE and *ret, for wanted_done(); or why there is none. */
static enum follow_outcome read_wanted(const struct observed *o, struct wanted *ret)
{
	struct wanted first = {NULL, NULL};
	enum follow_outcome outcome = FOLLOW_SILENT;

	for (size_t i = 0; i < o->n_targets && outcome != FOLLOW_SERVERS_DIFFER; i++) {
		if (!shows(&o->targets[i]))
			continue;
		struct wanted other = wanted_of(&o->targets[i]);
		if (outcome == FOLLOW_SILENT) {
			first = other;
			outcome = FOLLOW_CHANGE;
			continue;
		}
		if (!wanted_is_same(&first, &other))
			outcome = FOLLOW_SERVERS_DIFFER;
		wanted_done(&other);
	}
	if (outcome == FOLLOW_CHANGE && is_empty(&first))
		outcome = FOLLOW_NOTHING;
	if (outcome == FOLLOW_CHANGE && is_too_much(&first))
		outcome = FOLLOW_MANY;
	if (outcome == FOLLOW_CHANGE && !wanted_is_one(&first))
		outcome = FOLLOW_TYPES_DIFFER;
	if (outcome != FOLLOW_CHANGE)
		wanted_done(&first);
	else
		*ret = first;
	return outcome;
}

/** Whether it is "0 0 0 00", or of a CDNSKEY "0 3 0 AA==": no other form is to be taken (RFC 8078, 4). */
static bool is_exact_removal(const ldns_rr *rr)
{
	static const uint8_t cds[] = {0, 0, 0, 0, 0}, cdnskey[] = {0, 0, 3, 0, 0};
	const uint8_t *expected = ldns_rr_get_type(rr) == LDNS_RR_TYPE_CDS ? cds : cdnskey;
	size_t at = 0;

	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
		const ldns_rdf *rdf = ldns_rr_rdf(rr, i);
		for (size_t k = 0; k < ldns_rdf_size(rdf); k++, at++)
			if (at >= sizeof(cds) || ldns_rdf_data(rdf)[k] != expected[at])
				return false;
	}
	return at == sizeof(cds);
}

static bool is_usable(const ldns_rr *ds)
{
	static const size_t digest_bytes[] = {[LDNS_SHA256] = 32, [LDNS_SHA384] = 48}; /* not SHA-1: RFC 9905 */
	uint8_t type = byte_at(ds, DS_DIGEST_TYPE);

	return type < sizeof(digest_bytes) / sizeof(*digest_bytes) && digest_bytes[type] > 0 &&
	       ldns_rdf_size(ldns_rr_rdf(ds, DS_DIGEST)) == digest_bytes[type];
}

/** One record of @w as a DS record, owned; NULL: none can be made of it. */
static ldns_rr *ds_of(const ldns_rr *rr)
{
	ldns_rr *plain = ldns_rr_clone(rr), *ds = plain;

	if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_CDNSKEY) {
		ldns_rr_set_type(plain, LDNS_RR_TYPE_DNSKEY);
		ds = ldns_key_rr2ds(plain, LDNS_SHA256);
		ldns_rr_free(plain);
	}
	if (ds == NULL)
		return NULL;
	ldns_rr_set_type(ds, LDNS_RR_TYPE_DS);
	ldns_rr_set_ttl(ds, DS_TTL_S);
	return ds;
}

/**
 * Make *ret_ds of what is wanted: of CDS, and where there is none, of CDNSKEY. Digests that are of no use are
 * passed over. Return: FOLLOW_CHANGE, or why not.
 */
static enum follow_outcome make_ds(const struct wanted *w, ldns_rr_list **ret_ds)
{
	const ldns_rr_list *from = w->cds != NULL ? w->cds : w->cdnskey;
	ldns_rr_list *list = ldns_rr_list_new();
	enum follow_outcome outcome = FOLLOW_CHANGE;
	size_t n = ldns_rr_list_rr_count(from);

	if (wanted_is_removal(from)) {
		outcome = is_exact_removal(ldns_rr_list_rr(from, 0)) ? FOLLOW_CHANGE : FOLLOW_REMOVAL;
		n = 0;
	}
	for (size_t i = 0; outcome == FOLLOW_CHANGE && i < n; i++) {
		ldns_rr *ds = ds_of(ldns_rr_list_rr(from, i));
		if (ds == NULL || ldns_rr_rd_count(ds) != 4)
			outcome = FOLLOW_BREAKS;
		else if (byte_at(ds, DS_ALGORITHM) == 0)
			outcome = FOLLOW_REMOVAL; /* one among others */
		if (outcome == FOLLOW_CHANGE && is_usable(ds))
			(void)ldns_rr_list_push_rr(list, ds);
		else
			ldns_rr_free(ds);
	}
	if (outcome == FOLLOW_CHANGE && n > 0 && ldns_rr_list_rr_count(list) == 0)
		outcome = FOLLOW_DIGEST;
	if (ldns_rr_list_rr_count(list) > DELEGATION_DS_MAX)
		outcome = FOLLOW_MANY;
	ldns_rr_list_sort(list);
	if (outcome == FOLLOW_CHANGE)
		*ret_ds = list;
	else
		ldns_rr_list_deep_free(list);
	return outcome;
}

/** Whether for each pair of key and digest type that are in @ds, that key's digest of that type is. */
static bool has_even_digests(const ldns_rr_list *ds)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(ds); i++) {
		for (size_t k = 0; k < ldns_rr_list_rr_count(ds); k++) {
			const ldns_rr *key = ldns_rr_list_rr(ds, i), *type = ldns_rr_list_rr(ds, k);
			bool has_one = false;
			for (size_t n = 0; n < ldns_rr_list_rr_count(ds); n++) {
				const ldns_rr *one = ldns_rr_list_rr(ds, n);
				has_one = has_one || (ldns_rdf_compare(ldns_rr_rdf(one, 0), ldns_rr_rdf(key, 0)) == 0 &&
				                      byte_at(one, DS_ALGORITHM) == byte_at(key, DS_ALGORITHM) &&
				                      byte_at(one, DS_DIGEST_TYPE) == byte_at(type, DS_DIGEST_TYPE));
			}
			if (!has_one)
				return false;
		}
	}
	return true;
}

/** Whether @ds leads to the keys that @t shows, by each of its algorithms: no resolver is to fail (RFC 7344, 4.1). */
static bool keeps_chain(const struct observed_target *t, const ldns_rr_list *ds, time_t now)
{
	struct keys k = keys_of(t, ds);
	bool is_seen[ALGORITHMS] = {false}, keeps = k.all != NULL;

	for (size_t i = 0; keeps && i < ldns_rr_list_rr_count(ds); i++) {
		uint8_t algorithm = byte_at(ldns_rr_list_rr(ds, i), DS_ALGORITHM);
		if (is_seen[algorithm])
			continue;
		is_seen[algorithm] = true;
		ldns_rr_list *keys = ldns_rr_list_new();
		for (size_t n = 0; n < ldns_rr_list_rr_count(k.by_ds); n++)
			if (byte_at(ldns_rr_list_rr(k.by_ds, n), 2) == algorithm)
				(void)ldns_rr_list_push_rr(keys, ldns_rr_list_rr(k.by_ds, n));
		keeps = signature_of(k.all, t->answers[PROBE_DNSKEY].packet, LDNS_SECTION_ANSWER, keys, now) ==
		        SIGNATURE_VALID;
		ldns_rr_list_free(keys);
	}
	keys_done(&k);
	return keeps;
}

/** Note when the oldest signature of @list begins. Return: whether there is one by @keys. */
static bool is_signed(const struct observed_answer *a, const ldns_rr_list *list, const ldns_rr_list *keys, time_t now,
                      time_t *oldest)
{
	time_t inception;

	if (list == NULL)
		return true;
	if (!signature_oldest(list, a->packet, keys, now, &inception))
		return false;
	*oldest = inception < *oldest ? inception : *oldest;
	return true;
}

/** Whether @t shows it signed by a key that @present leads to (RFC 7344, 4.1). Return: FOLLOW_CHANGE, or why not. */
static enum follow_outcome authenticate(const struct observed_target *t, const ldns_rr_list *present, time_t now,
                                        time_t *oldest)
{
	const struct observed_answer *a = t->answers;
	struct keys k = keys_of(t, present);
	struct wanted w = wanted_of(t);
	enum follow_outcome outcome = FOLLOW_CHANGE;

	if (!keys_are_led_to(&k, t, now))
		outcome = FOLLOW_KEYS;
	else if (!is_signed(&a[PROBE_CDS], w.cds, k.by_ds, now, oldest) ||
	         !is_signed(&a[PROBE_CDNSKEY], w.cdnskey, k.by_ds, now, oldest))
		outcome = FOLLOW_SIGNER;
	wanted_done(&w);
	keys_done(&k);
	return outcome;
}

/** Whether @ds may take the place of @present. Return: FOLLOW_CHANGE, or why not. */
static enum follow_outcome examine(const struct observed *o, const ldns_rr_list *present, const ldns_rr_list *ds,
                                   time_t since, time_t now, time_t *ret_signed_since)
{
	enum follow_outcome outcome = has_even_digests(ds) ? FOLLOW_CHANGE : FOLLOW_BREAKS;
	time_t oldest = now;

	for (size_t i = 0; outcome == FOLLOW_CHANGE && i < o->n_targets; i++) {
		const struct observed_target *t = &o->targets[i];
		if (!shows(t))
			continue;
		outcome = authenticate(t, present, now, &oldest);
		if (outcome == FOLLOW_CHANGE && ldns_rr_list_rr_count(ds) > 0 && !keeps_chain(t, ds, now))
			outcome = FOLLOW_BREAKS;
	}
	if (outcome == FOLLOW_CHANGE && oldest < since)
		outcome = FOLLOW_OLD;
	*ret_signed_since = oldest;
	return outcome;
}

/** Read what is wanted, and whether it is anything new. Return: FOLLOW_CHANGE, *ret_wanted and *ret_ds; or why not. */
static enum follow_outcome read_wish(const struct observed *o, struct wanted *ret_wanted, ldns_rr_list **ret_ds)
{
	struct wanted w;
	ldns_rr_list *ds;
	enum follow_outcome outcome = read_wanted(o, &w);

	if (outcome != FOLLOW_CHANGE)
		return outcome;
	outcome = make_ds(&w, &ds);
	if (outcome != FOLLOW_CHANGE) {
		wanted_done(&w);
		return outcome;
	}
	if (ldns_rr_list_rr_count(ds) == ldns_rr_list_rr_count(o->d->ds) &&
	    keys_all_have(ds, o->d->ds, signature_is_same_key)) {
		wanted_done(&w);
		ldns_rr_list_deep_free(ds);
		return FOLLOW_SAME;
	}
	*ret_wanted = w;
	*ret_ds = ds;
	return FOLLOW_CHANGE;
}

/** @ds is taken. */
static struct cds_decision decided(enum follow_outcome outcome, ldns_rr_list *ds, time_t signed_since)
{
	if (outcome == FOLLOW_CHANGE)
		return (struct cds_decision){outcome, ds, signed_since};
	ldns_rr_list_deep_free(ds);
	return (struct cds_decision){.outcome = outcome};
}

struct cds_decision cds_decide(const struct observed *o, time_t since, time_t now)
{
	time_t signed_since = 0;
	ldns_rr_list *ds = NULL;
	struct wanted w;
	enum follow_outcome outcome = read_wish(o, &w, &ds);

	if (outcome != FOLLOW_CHANGE)
		return decided(outcome, NULL, 0);
	wanted_done(&w);
	if (ldns_rr_list_rr_count(o->d->ds) == 0)
		outcome = FOLLOW_SIGNALS;
	else
		outcome = examine(o, o->d->ds, ds, since, now, &signed_since);
	return decided(outcome, ds, signed_since);
}

const char *cds_signal_name(const char *zone, const char *server, char out[CDS_SIGNAL_MAX])
{
	(void)snprintf(out, CDS_SIGNAL_MAX, "_dsboot.%s._signal.%s", zone, server);
	return out;
}

static bool is_authenticated(const struct observed_answer *a)
{
	return a->packet != NULL && ldns_pkt_ad(a->packet) &&
	       (ldns_pkt_get_rcode(a->packet) == LDNS_RCODE_NOERROR ||
	        ldns_pkt_get_rcode(a->packet) == LDNS_RCODE_NXDOMAIN);
}

/** Whether every server outside the zone says the same as the zone. Return: FOLLOW_CHANGE, or why not. */
static enum follow_outcome hear(const struct delegation *d, const struct cds_signals *s, const struct wanted *w)
{
	enum follow_outcome outcome = FOLLOW_NO_SIGNAL;

	for (size_t i = 0; i < d->n_servers; i++) {
		if (d->servers[i].is_inside)
			continue;
		if (!is_authenticated(&s->cds[i]) || !is_authenticated(&s->cdnskey[i]))
			return FOLLOW_SIGNAL_UNSIGNED;
		struct wanted said = wanted_in(&s->cds[i], &s->cdnskey[i]);
		bool is_same = wanted_is_same(&said, w), says_nothing = is_empty(&said);
		wanted_done(&said);
		if (!is_same)
			return says_nothing ? FOLLOW_NO_SIGNAL : FOLLOW_SIGNAL_DIFFERS;
		outcome = FOLLOW_CHANGE;
	}
	return outcome;
}

struct cds_decision cds_bootstrap(const struct observed *o, const struct cds_signals *signals, time_t since,
                                  time_t now)
{
	time_t signed_since = 0;
	ldns_rr_list *ds = NULL;
	struct wanted w;
	enum follow_outcome outcome = read_wish(o, &w, &ds);

	if (outcome != FOLLOW_CHANGE)
		return decided(outcome, NULL, 0);
	for (size_t i = 0; outcome == FOLLOW_CHANGE && i < o->n_targets; i++)
		outcome = shows(&o->targets[i]) ? FOLLOW_CHANGE : FOLLOW_NOT_ALL;
	if (outcome == FOLLOW_CHANGE)
		outcome = hear(o->d, signals, &w);
	if (outcome == FOLLOW_CHANGE)
		outcome = examine(o, ds, ds, since, now, &signed_since);
	wanted_done(&w);
	return decided(outcome, ds, signed_since);
}

void cds_done(struct cds_decision *d)
{
	ldns_rr_list_deep_free(d->ds);
	d->ds = NULL;
}

void cds_signals_done(struct cds_signals *s)
{
	observed_answers_done(s->cds, DELEGATION_SERVERS_MAX);
	observed_answers_done(s->cdnskey, DELEGATION_SERVERS_MAX);
}
