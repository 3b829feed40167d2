/* Runs in the database of mirrord, from their beginning to what came of them, and what they published. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_RUNS_DB_H
#define FONTAINE_MIRROR_RUNS_DB_H

#include "mirror/mirror_db.h"
#include "mirror/run.h"

#include <yyjson.h>

enum { RUNS_DB_KEEP = 200 }; /* of a project; more than it may keep generations */

/** Texts are borrowed for the call. */
struct run_ended {
	int64_t at_s;
	struct run run;    /* at RUN_OVER */
	const char *words; /* what came of it, for people */
	uint64_t n_coming, n_going, bytes;
	const char *log; /* the end of what its programs said */
};

/** The run begins, and the project is no longer wanted: both or neither, for a push must not be lost. */
int runs_db_begin(sqlite3 *db, const char *project, const char *upstream, int64_t at_s, int64_t *ret_id);

int runs_db_note(sqlite3 *db, int64_t id, enum run_step step);
int runs_db_end(sqlite3 *db, int64_t id, const struct run_ended *e);

/** After a start, what was cut off: it ends as killed, and its project is wanted. */
int runs_db_cut_off(sqlite3 *db, int64_t at_s, unsigned *ret_n);

/**
 * Forget the oldest generations and runs of the project beyond RUNS_DB_KEEP of each; never runs of a hold, or of a
 * generation that is not forgotten.
 */
int runs_db_purge(sqlite3 *db, const char *project);

/** What the run published. */
int runs_db_published(sqlite3 *db, const char *project, uint64_t generation, int64_t run, int64_t at_s);

/** Add the project's newest @limit runs to @list, the newest first, without their logs. */
int runs_db_list(sqlite3 *db, const char *project, unsigned limit, yyjson_mut_doc *doc, yyjson_mut_val *list);

/** The log of run @id, or, of 0, of the newest; for free(). Return: also -ENOENT. */
int runs_db_log(sqlite3 *db, const char *project, int64_t id, char **ret);

#endif
