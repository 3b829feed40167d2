/*
 * What the engine keeps in the database at each turn of a run, all of a turn or nothing of it. Blocking; jobs of the
 * store.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_RECORD_H
#define FONTAINE_MIRROR_RECORD_H

#include "base/pop.h"
#include "mirror/holds_db.h"
#include "mirror/published_db.h"
#include "mirror/runs_db.h"

/** What is known of a project from before; upstreams are as many as it has. */
struct record {
	struct schedule_kept kept;
	struct upstream *upstreams; /* owned by the caller; filled in */
	bool is_held;               /* hold is there */
	struct hold hold;
	struct published published;
	struct last_run last;
	enum alert told;
};

int record_load(sqlite3 *db, const struct pop_mirror_project *p, struct record *ret);

/** A run that is over. */
struct record_end {
	const char *project;
	const char *url; /* of its upstream, "" for none */
	int64_t run;
	struct run_ended ended;
	struct upstream upstream;
	const struct hold *hold;    /* the project is held now; NULL: no more than before */
	struct published published; /* from now on */
	bool is_wanted;             /* it was cut off, and is to run again after a restart */
};

int record_end(sqlite3 *db, const struct record_end *e);

#endif
