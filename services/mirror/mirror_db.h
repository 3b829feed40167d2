/*
 * The database of mirrord: schema, and what lasts of projects and their upstreams. Everything here and in runs_db
 * and holds_db is blocking, runs as a job of the store, and returns 0 or a negative errno, as db_exec().
 * Times are Unix seconds.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_MIRROR_DB_H
#define FONTAINE_MIRROR_MIRROR_DB_H

#include "mirror/schedule.h"
#include "mirror/upstream.h"
#include "store/store.h"

extern const char *const mirror_migrations[];

/** What lasts of the project, which is made when it is new. */
int mirror_db_get_kept(sqlite3 *db, const char *project, struct schedule_kept *ret);

/* Each of them sets what it says and leaves the rest, which may have been written meanwhile. Return: also -ENOENT. */
int mirror_db_set_due(sqlite3 *db, const char *project, int64_t due_s);
int mirror_db_set_wanted(sqlite3 *db, const char *project, bool is_wanted);
int mirror_db_set_paused(sqlite3 *db, const char *project, bool is_paused);

/** How an upstream of the project has behaved; all is well with one that is not known. */
int mirror_db_get_upstream(sqlite3 *db, const char *project, const char *url, struct upstream *ret);
int mirror_db_set_upstream(sqlite3 *db, const char *project, const char *url, const struct upstream *u);

/** Bind @n numbers, from @place on. */
void mirror_db_bind(sqlite3_stmt *s, int place, const int64_t *numbers, size_t n);

#endif
