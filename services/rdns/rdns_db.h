/*
 * The database of rdnsd: schema, and what its modules share. Everything here and in members_db, zones_db,
 * ptrs_db, audit_db and edit is blocking, runs as a job of the store, and returns 0 or a negative errno, as db_exec().
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_RDNS_DB_H
#define FONTAINE_RDNS_RDNS_DB_H

#include "base/addr.h"
#include "store/store.h"

#include <yyjson.h>

extern const char *const rdns_migrations[];

/** What became of a delegation or a hosted name. */
enum rdns_state {
	RDNS_PENDING, /* written here, not seen in Knot yet */
	RDNS_LIVE,
	RDNS_BROKEN, /* live, and its last check failed */
	RDNS_STATES
};

extern const char *const rdns_states[RDNS_STATES + 1]; /* "pending", "live", "broken", NULL: as the database has them */

/** Bind the first address of @p at @place and the last one after it, as 16 bytes that sort as addresses do. */
void rdns_db_bind_range(sqlite3_stmt *s, int place, const struct prefix *p);

/** The text in the first row of @s, an address or a prefix, which is finalized. Return: 0, -ENOENT, or an errno. */
int rdns_db_first(sqlite3_stmt *s, char ret[PREFIX_TEXT_MAX]);

/** Bind a number, or NULL instead of 0. */
void rdns_db_bind_id(sqlite3_stmt *s, int place, int64_t id);

/** Add the number in a column, or null, to @o under @key. */
void rdns_db_add_number(yyjson_mut_doc *doc, yyjson_mut_val *o, const char *key, sqlite3_stmt *row, int column);

#endif
