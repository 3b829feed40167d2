/* Delegations in the database: one row for each zone, those of one prefix always together. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_ZONES_DB_H
#define FONTAINE_RDNS_ZONES_DB_H

#include "rdns/delegated.h"
#include "rdns/rdns_db.h"

struct zones_row {
	struct delegated *delegated; /* owned: delegated_free() */
	int64_t member, version;
	uint32_t asn; /* the member's */
	enum rdns_state state;
};

/** Return: also -ENOENT when @prefix itself is not delegated. */
int zones_db_get(sqlite3 *db, const struct prefix *prefix, struct zones_row *ret);

/** Write what d->prefix is delegated to, instead of what there is; pending. */
int zones_db_put(sqlite3 *db, const struct delegated *d, int64_t member, int64_t version);

/** Return: also -ENOENT. */
int zones_db_remove(sqlite3 *db, const struct prefix *prefix);

/** After a check. Return: also -ENOENT. */
int zones_db_set_state(sqlite3 *db, const struct prefix *prefix, enum rdns_state state);

/** Find a delegated prefix that is around @prefix or inside it, not @prefix itself. Return: 0, or -ENOENT. */
int zones_db_find_overlap(sqlite3 *db, const struct prefix *prefix, char ret[PREFIX_TEXT_MAX]);

/** The zone that is delegated and has @address in it. Return: also -ENOENT. */
int zones_db_find_zone(sqlite3 *db, const struct addr *address, struct prefix *ret);

struct zones_filter {
	int64_t member;             /* 0: of all members */
	const char *state;          /* NULL: any */
	const struct prefix *after; /* NULL: from the first on */
	unsigned limit;
};

/**
 * Add delegations, by address, to the array @list: {"prefix","asn","state","etag","zones"} and
 * delegated_json()'s fields. @ret_more is what the next page comes after, "" after the last.
 */
int zones_db_list(sqlite3 *db, const struct zones_filter *filter, yyjson_mut_doc *doc, yyjson_mut_val *list,
                  char ret_more[PREFIX_TEXT_MAX]);

/** One of that list, owned by @doc. */
yyjson_mut_val *zones_row_json(const struct zones_row *row, yyjson_mut_doc *doc);

#endif
