/* Projects that wait for the operator: why, what was seen, and whether it has been allowed. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_HOLDS_DB_H
#define FONTAINE_MIRROR_HOLDS_DB_H

#include "mirror/guard.h"
#include "mirror/mirror_db.h"

struct hold {
	int64_t run;
	int64_t at_s;
	enum guard_verdict verdict; /* GUARD_FINE: not the guard, but what the run met */
	char words[GUARD_TEXT_MAX]; /* for people */
	struct guard_seen seen;
	bool is_released;
};

/** Hold the project, which is paused from now on. */
int holds_db_put(sqlite3 *db, const char *project, const struct hold *h);

/** Return: also -ENOENT, when it is not held. */
int holds_db_get(sqlite3 *db, const char *project, struct hold *ret);

/** The operator allows what was seen: the project runs, once with that. Return: also -ENOENT. */
int holds_db_release(sqlite3 *db, const char *project, int64_t at_s);

/** What was held or allowed is over, for a run has published. */
int holds_db_end(sqlite3 *db, const char *project);

#endif
