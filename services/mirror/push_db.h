/* Pushes in the database: what followers are still to be told. Blocking; jobs of the store. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_PUSH_DB_H
#define FONTAINE_MIRROR_PUSH_DB_H

#include "mirror/mirror_db.h"
#include "mirror/push.h"

/** The publication of @run is to be told, and no older one any more. */
int push_db_want(sqlite3 *db, const char *follower, const char *project, int64_t run);

/** All 0 when there was none yet. */
int push_db_get(sqlite3 *db, const char *follower, const char *project, struct push *ret);

/** Keep what came of telling of @run, unless a newer publication is to be told meanwhile. */
int push_db_set(sqlite3 *db, const char *follower, const char *project, int64_t run, const struct push *p);

#endif
