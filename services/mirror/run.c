/* SPDX-License-Identifier: MIT */
#include "mirror/run.h"

#include <assert.h>
#include <stddef.h>

#define BIT(n) (1u << (n))

const char *const run_steps[RUN_STEPS + 1] = {
	"probe",
	"list",
	"guard",
	"prepare",
	"fetch",
	"delete",
	"verify",
	"publish",
	"trace",
	"over",
	NULL,
};

const char *const run_events[RUN_EVENTS + 1] = {
	"ok",
	"same",
	"failed",
	"stalled",
	"overtime",
	"full",
	"hold",
	"unsound",
	"broken",
	"stopped",
	NULL,
};

static const enum run_step orders[RUN_MODES][RUN_STEPS] = {
	[RUN_GENERATIONS] = {RUN_PROBE, RUN_LIST, RUN_GUARD, RUN_PREPARE, RUN_FETCH, RUN_DELETE, RUN_VERIFY,
                             RUN_PUBLISH, RUN_TRACE, RUN_OVER},
	[RUN_AT_ONCE] = {RUN_PROBE, RUN_FETCH, RUN_LIST, RUN_GUARD, RUN_VERIFY, RUN_PUBLISH, RUN_TRACE, RUN_OVER},
	[RUN_TWO_STAGE] = {RUN_PROBE, RUN_LIST, RUN_GUARD, RUN_FETCH, RUN_VERIFY, RUN_PUBLISH, RUN_DELETE, RUN_TRACE,
                           RUN_OVER},
	[RUN_COMMAND] = {RUN_PROBE, RUN_PREPARE, RUN_FETCH, RUN_LIST, RUN_GUARD, RUN_VERIFY, RUN_PUBLISH, RUN_TRACE,
                         RUN_OVER},
};

/* Any step but the last may be stopped, and may break. */
#define ALWAYS  (BIT(RUN_OK) | BIT(RUN_BROKEN) | BIT(RUN_STOPPED))
#define PROGRAM (ALWAYS | BIT(RUN_FAILED) | BIT(RUN_STALLED) | BIT(RUN_OVERTIME) | BIT(RUN_FULL))

static const unsigned events_of[RUN_STEPS] = {
	[RUN_PROBE] = PROGRAM | BIT(RUN_SAME),
	[RUN_LIST] = PROGRAM | BIT(RUN_SAME),
	[RUN_GUARD] = ALWAYS | BIT(RUN_HOLD) | BIT(RUN_FULL),
	[RUN_PREPARE] = PROGRAM,
	[RUN_FETCH] = PROGRAM,
	[RUN_DELETE] = ALWAYS | BIT(RUN_OVERTIME),
	[RUN_VERIFY] = ALWAYS | BIT(RUN_UNSOUND) | BIT(RUN_HOLD) | BIT(RUN_OVERTIME),
	[RUN_PUBLISH] = ALWAYS,
	[RUN_TRACE] = ALWAYS,
	[RUN_OVER] = 0, /* final */
};

/* What a run comes to that such an event ends; of RUN_FAILED the program says it. */
static const enum outcome outcomes[RUN_EVENTS] = {
	[RUN_OK] = OUTCOME_DONE,
	[RUN_SAME] = OUTCOME_UNCHANGED,
	[RUN_STALLED] = OUTCOME_RETRY,
	[RUN_OVERTIME] = OUTCOME_RETRY,
	[RUN_FULL] = OUTCOME_HELD,
	[RUN_HOLD] = OUTCOME_HELD,
	[RUN_UNSOUND] = OUTCOME_RERUN, /* the upstream was in mid-update */
	[RUN_BROKEN] = OUTCOME_HELD,
	[RUN_STOPPED] = OUTCOME_KILLED,
};

void run_begin(struct run *r, enum run_mode mode, bool has_probe)
{
	*r = (struct run){.mode = mode, .n_done = has_probe ? 0 : 1};
	r->step = orders[mode][r->n_done];
}

bool run_may(enum run_step step, enum run_event e)
{
	return (events_of[step] & BIT(e)) != 0;
}

static void end(struct run *r, enum run_event why, enum outcome outcome)
{
	r->why = why;
	r->ended_at = r->step;
	r->outcome = r->is_published ? OUTCOME_DONE : outcome; /* the rest can be done by the next run */
	r->step = RUN_OVER;
}

static void go_on(struct run *r)
{
	r->is_published = r->is_published || r->step == RUN_PUBLISH;
	enum run_step next = orders[r->mode][++r->n_done];
	if (next == RUN_OVER)
		end(r, RUN_OK, OUTCOME_DONE);
	else
		r->step = next;
}

void run_on(struct run *r, enum run_event e, enum outcome failed)
{
	assert(run_may(r->step, e));
	assert(e != RUN_FAILED || (failed != OUTCOME_DONE && failed != OUTCOME_UNCHANGED));
	bool has_no_probe = r->step == RUN_PROBE && e == RUN_FAILED && failed == OUTCOME_RERUN; /* no such file */

	if (e == RUN_OK || has_no_probe)
		go_on(r);
	else
		end(r, e, e == RUN_FAILED ? failed : outcomes[e]);
}
