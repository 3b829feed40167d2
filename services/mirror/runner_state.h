/* What the parts of a run share: runner.c goes from step to step, runner_jobs.c has what blocks. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_RUNNER_STATE_H
#define FONTAINE_MIRROR_RUNNER_STATE_H

#include "base/buf.h"
#include "mirror/child.h"
#include "mirror/runner.h"
#include "mirror/watchdog.h"

struct runner {
	struct runner_config config;
	struct workplace place;
	struct run run;
	struct watchdog watchdog;
	uv_timer_t timer;
	struct child *child; /* or */
	uv_work_t work;
	int (*job)(struct runner *r);
	int job_rc;
	atomic_bool is_cancelled;
	enum run_event cause; /* why it is being stopped; RUN_OK: it is not */
	enum fetcher fetcher; /* of the child */
	uv_fs_t space;        /* asked for while a program writes */
	bool is_asking, is_over;
	bool is_dirty;    /* work/ is not what is published */
	bool has_current; /* something is */
	/* what is known of it: */
	struct workplace_probe probe;
	struct listing listing; /* against what is published */
	struct listing names;   /* of what is fetched */
	struct guard_seen seen;
	struct runner_job about; /* for the rules of the tree */
	struct large_search large;
	int64_t fetch_began_s; /* by the loop's clock */
	enum guard_verdict verdict;
	enum outcome failed;
	uint64_t generation;
	char words[RUNNER_WORDS_MAX];
	struct buf log;
	bool has_said; /* the child has, something */
};

/* Work of a step, on a thread. Each returns 0 or a negative errno. */

/** Before the first step: what is there, and how it is to be published. */
int job_begin(struct runner *r);
/** Compare the probe with what is published. */
int job_compare(struct runner *r);
/** Read what would come and go, of what is published; and how much room there is. -EBADMSG: it is not whole. */
int job_list(struct runner *r);
/** Read what is to be fetched. Return: as job_list(). */
int job_names(struct runner *r);
int job_set_dirty(struct runner *r);
int job_delete(struct runner *r);
/** -EBADMSG: it may not be published, and r->about.words says why. */
int job_verify(struct runner *r);
int job_publish(struct runner *r);
int job_trace(struct runner *r);
/** Make work/ what is published again: what was deleted there is back, what came takes no room any more. */
int job_restore(struct runner *r);

#endif
