/* What is known of projects from before: the tree that is published, the last run, and what was told of them. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_PUBLISHED_DB_H
#define FONTAINE_MIRROR_PUBLISHED_DB_H

#include "mirror/alert.h"
#include "mirror/mirror_db.h"
#include "mirror/runner.h"

/** The published tree; all 0: there is none. */
struct published {
	uint64_t generation;
	int64_t at_s;          /* since when */
	int64_t good_s;        /* when it last was as its upstream is; 0: never */
	uint64_t files, bytes; /* regular files; 0: not known */
};

/** What is published after a run that ended so. Pure. */
struct published published_after(const struct published *before, const struct runner_end *end, int64_t at_s);

int published_db_get(sqlite3 *db, const char *project, struct published *ret);
int published_db_set(sqlite3 *db, const char *project, const struct published *p);

/** Since when a generation is, or was, published; 0: not known. */
int published_db_since(sqlite3 *db, const char *project, uint64_t generation, int64_t *ret_s);

/** The last run that is over; ended_s is 0 when there is none. */
struct last_run {
	int64_t began_s, ended_s;
	enum outcome outcome;
	char words[RUNNER_WORDS_MAX]; /* what came of it, for people */
};

int last_run_db_get(sqlite3 *db, const char *project, struct last_run *ret);

int alert_db_get(sqlite3 *db, const char *project, enum alert *ret);
int alert_db_set(sqlite3 *db, const char *project, enum alert told);

#endif
