/*
 * The last check of each delegation, and when it is checked again; of each member, the last check of a
 * delegation that is not there. Rows of schedule and result come and go with their delegation,
 * but for what a change may bring back.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_CHECKS_DB_H
#define FONTAINE_RDNS_CHECKS_DB_H

#include "rdns/check_result.h"
#include "rdns/delegated.h"
#include "rdns/rdns_db.h"

enum {
	CHECKS_RETRY_S = 900,   /* until what has failed is checked again */
	CHECKS_TO_BREAK = 2,    /* failures in a row: a lost packet is no broken delegation */
	CHECKS_JITTER_PART = 8, /* the interval, give or take this part of it */
};

/** What a check has changed about its delegation. */
enum checks_turn {
	CHECKS_SAME,
	CHECKS_BROKE,
	CHECKS_MENDED,
};

struct checks_note {
	const struct delegated *d; /* what was checked */
	const struct check_result *result;
	int64_t at;         /* Unix seconds */
	int64_t member;     /* who asked for it; 0: nobody, it was time */
	int64_t interval_s; /* between two checks */

	/* Set by checks_db_note(). */
	enum checks_turn turn;
	uint32_t asn; /* whose delegation it is, with a turn */
};

/**
 * The change of the delegation @prefix was taken back: what it had before, check, schedule and state, is its own again.
 * Until then, or until the change is verified, that is kept. Return: as db_exec().
 */
int checks_db_restore(sqlite3 *db, const struct prefix *prefix);

/**
 * Note a check. Of what is delegated just so, it is that delegation's: it says when the next one is, and may
 * turn its state. Of anything else, it is the last one that @n->member has tried, or nothing when nobody asked.
 */
int checks_db_note(sqlite3 *db, struct checks_note *n);

/**
 * Take up to @max delegations whose check is due at @now, for delegated_free(), the longest due first: they are
 * due again CHECKS_RETRY_S later, if nothing comes of it.
 */
int checks_db_take(sqlite3 *db, int64_t now, int64_t interval_s, struct delegated **ret, size_t max, size_t *ret_n);

/**
 * The last check of @prefix, the newer one of its delegation's and @member's (0: anybody's), owned by @doc:
 * {"prefix","asn","checked_at","trial","passed","errors","warnings","notices","verdicts"}. Return: also -ENOENT.
 */
int checks_db_get(sqlite3 *db, const struct prefix *prefix, int64_t member, enum language language,
                  yyjson_mut_doc *doc, yyjson_mut_val **ret);

struct checks_filter {
	int64_t member;             /* 0: of all members */
	const struct prefix *after; /* NULL: from the first on */
	unsigned limit;
};

/** Add the checks of delegations, by address, without verdicts. @ret_more is what the next page comes after, or "". */
int checks_db_list(sqlite3 *db, const struct checks_filter *filter, yyjson_mut_doc *doc, yyjson_mut_val *list,
                   char ret_more[PREFIX_TEXT_MAX]);

/** How many delegations there are in each state. */
int checks_db_count(sqlite3 *db, uint64_t ret[RDNS_STATES]);

#endif
