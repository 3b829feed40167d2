/*
 * One run of a project: what is to be done next, after all that can happen. Nothing is published that was not
 * looked at before and verified after it was fetched; what fails leaves what is published as it is. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_RUN_H
#define FONTAINE_MIRROR_RUN_H

#include "mirror/outcome.h"

/** How the tree is published, and so in which order. */
enum run_mode {
	RUN_GENERATIONS, /* a tree beside the published one, of links to what they share */
	RUN_AT_ONCE,     /* the same, listed and fetched by one connection: that tree is as the published one so far */
	RUN_TWO_STAGE,   /* one tree: what is new comes before the indexes, what is old goes after them */
	RUN_COMMAND,     /* a program of the operator fills the new tree: what it did is looked at afterwards */
	RUN_MODES,
};

enum run_step {
	RUN_PROBE,   /* one small file of the upstream beside ours */
	RUN_LIST,    /* a dry run, or what was said of the fetch: what would come and go, as seen by visitors */
	RUN_GUARD,   /* whether that may be */
	RUN_PREPARE, /* the same for the tree that is written, when that is not what is published */
	RUN_FETCH,
	RUN_DELETE,
	RUN_VERIFY,
	RUN_PUBLISH,
	RUN_TRACE, /* say in the tree what it is */
	RUN_OVER,
	RUN_STEPS,
};

/** What came of a step. */
enum run_event {
	RUN_OK,
	RUN_SAME,     /* of a probe or a list: nothing is new */
	RUN_FAILED,   /* the program's outcome says how */
	RUN_STALLED,  /* nothing moved for too long */
	RUN_OVERTIME, /* it took too long */
	RUN_FULL,     /* the reserve of space was touched */
	RUN_HOLD,     /* the operator is to judge */
	RUN_UNSOUND,  /* it does not verify */
	RUN_BROKEN,   /* something here that should not fail did */
	RUN_STOPPED,  /* by the operator, or by the end of the daemon */
	RUN_EVENTS,
};

extern const char *const run_steps[RUN_STEPS + 1];   /* "probe", ..., NULL; as the database has them */
extern const char *const run_events[RUN_EVENTS + 1]; /* "ok", ..., NULL */

struct run {
	enum run_mode mode;
	enum run_step step;
	unsigned n_done; /* steps of its mode */
	bool is_published;
	/* of RUN_OVER: */
	enum outcome outcome;
	enum run_event why;     /* the event that ended it */
	enum run_step ended_at; /* the step it came from */
};

/** Begin; without a probe when there is nothing to ask, or somebody wants a whole run. */
void run_begin(struct run *r, enum run_mode mode, bool has_probe);

/** The step ended so; r->step is the next one. @failed: the program's outcome, of RUN_FAILED. */
void run_on(struct run *r, enum run_event e, enum outcome failed);

/** Whether the step can end so. */
bool run_may(enum run_step step, enum run_event e);

#endif
