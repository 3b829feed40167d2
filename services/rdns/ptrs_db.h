/* Hosted names of addresses in the database. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_PTRS_DB_H
#define FONTAINE_RDNS_PTRS_DB_H

#include "rdns/hosted.h"
#include "rdns/rdns_db.h"

struct ptrs_row {
	struct addr address;
	char name[HOSTED_NAME_MAX];
	int64_t member, version;
	uint32_t asn; /* the member's */
	enum rdns_state state;
};

/** Return: also -ENOENT. */
int ptrs_db_get(sqlite3 *db, const struct addr *address, struct ptrs_row *ret);

/** Give @address the name @name, instead of what it has; pending. */
int ptrs_db_put(sqlite3 *db, const struct addr *address, const char *name, int64_t member, int64_t version);

/** Return: also -ENOENT. */
int ptrs_db_remove(sqlite3 *db, const struct addr *address);

/** Find the first name inside @within that is not the member @but's (0: anybody's). Return: also -ENOENT. */
int ptrs_db_find(sqlite3 *db, const struct prefix *within, int64_t but, char ret[PREFIX_TEXT_MAX]);

/** Find a name inside @within that is on its way into Knot. Return: also -ENOENT. */
int ptrs_db_find_in_progress(sqlite3 *db, const struct prefix *within, char ret[PREFIX_TEXT_MAX]);

struct ptrs_filter {
	int64_t member;              /* 0: of all members */
	const struct prefix *within; /* NULL: anywhere */
	const struct addr *after;    /* NULL: from the first on */
	unsigned limit;
};

/**
 * Add names, by address, to the array @list: {"address","asn","state","etag","name"}.
 * @ret_more is what the next page comes after, "" after the last.
 */
int ptrs_db_list(sqlite3 *db, const struct ptrs_filter *filter, yyjson_mut_doc *doc, yyjson_mut_val *list,
                 char ret_more[ADDR_TEXT_MAX]);

/** One of that list, owned by @doc. */
yyjson_mut_val *ptrs_row_json(const struct ptrs_row *row, yyjson_mut_doc *doc);

#endif
