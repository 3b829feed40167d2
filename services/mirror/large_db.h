/* The large files of projects, and the hashes of those that were read. Blocking; jobs of the store. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_LARGE_DB_H
#define FONTAINE_MIRROR_LARGE_DB_H

#include "mirror/large.h"
#include "mirror/pieces.h"

#include <sqlite3.h>
#include <yyjson.h>

enum { LARGE_KEEP_S = 30 * 86400 }; /* hashes of what is published no more, as it may come back */

struct large_counts {
	uint64_t n, n_waiting; /* for their hashes */
};

/** A project has these now, and no others. */
int large_db_replace(sqlite3 *db, const char *project, const struct large_list *l, int64_t at_s);

/** How many there are, and one that was not read yet; its path is for free(). Return: also -ENOENT: all were. */
int large_db_next(sqlite3 *db, const char *project, struct large_counts *ret_counts, struct large_file *ret);

/** It could not be read: it is none of them, until the next large_db_replace(). */
int large_db_drop(sqlite3 *db, const char *project, const struct large_file *f);

/** What a version of a file has in it; of large_db_get(), for pieces_done(). Return: also -ENOENT. */
int large_db_put(sqlite3 *db, const char *project, const struct large_version *v, const struct pieces *p, int64_t at_s);
int large_db_get(sqlite3 *db, const char *project, const struct large_version *v, struct pieces *ret);

/** Add what there is to say of each to @list, as services/mirror/web/openapi.yaml has it. */
int large_db_list(sqlite3 *db, const char *project, yyjson_mut_doc *doc, yyjson_mut_val *list);

#endif
