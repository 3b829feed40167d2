/* What one server shows of a zone's keys, and of the DS records that the zone asks its parent for. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_DELEGATION_KEYS_H
#define FONTAINE_DELEGATION_KEYS_H

#include "delegation/observed.h"

struct keys {
	ldns_rr_list *all;   /* owned; NULL: none */
	ldns_rr_list *by_ds; /* those that a DS names; borrowed records */
};

/** The keys that @t shows; by_ds are zone keys, not revoked, that one of @ds names. Release with keys_done(). */
struct keys keys_of(const struct observed_target *t, const ldns_rr_list *ds);
void keys_done(struct keys *k);

/** Whether a key of by_ds has signed all keys that @t shows: a DS leads to them (RFC 4035, 5.2). */
bool keys_are_led_to(const struct keys *k, const struct observed_target *t, time_t now);

/** CDS and CDNSKEY records (RFC 7344), canonical and sorted; NULL: none. */
struct wanted {
	ldns_rr_list *cds, *cdnskey; /* owned */
};

/** What @t shows with authority. Release with wanted_done(). */
struct wanted wanted_of(const struct observed_target *t);

/** What two answers, for CDS and CDNSKEY, have; whoever gave them. */
struct wanted wanted_in(const struct observed_answer *cds, const struct observed_answer *cdnskey);
void wanted_done(struct wanted *w);

/** Whether both ask for the same, by type. */
bool wanted_is_same(const struct wanted *a, const struct wanted *b);

/** Whether the CDS and the CDNSKEY records ask for the same, where there are both (RFC 7344, 4). */
bool wanted_is_one(const struct wanted *w);

/** A lone record of algorithm 0 asks that there be no DS any more (RFC 8078, 4). */
bool wanted_is_removal(const ldns_rr_list *list);

/** Whether each of @list has its counterpart, as @is_pair says, in @others. */
bool keys_all_have(const ldns_rr_list *list, const ldns_rr_list *others,
                   bool (*is_pair)(const ldns_rr *a, const ldns_rr *b));

#endif
