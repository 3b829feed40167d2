/* Which program a step of a run is, and with which arguments. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_PROGRAM_H
#define FONTAINE_MIRROR_PROGRAM_H

#include "base/pop.h"
#include "mirror/outcome.h"
#include "mirror/rsync.h"
#include "mirror/run.h"
#include "mirror/workplace.h"

/** Borrowed for the call. */
struct program_of {
	const struct pop_mirror_project *project;
	const struct workplace *place;
	const char *upstream;
	enum run_mode mode;
	bool has_current; /* something is published */
	bool is_dirty;    /* and work/ is not what was */
};

struct program {
	struct command command; /* for command_free() */
	enum fetcher fetcher;
	const char *out; /* file for its standard output, of the workplace; NULL: none */
};

/** Of RUN_PROBE, whose kind has one, RUN_LIST, RUN_PREPARE or RUN_FETCH. */
struct program program_of(enum run_step step, const struct program_of *what);

#endif
