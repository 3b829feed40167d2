/*
 * One run of a project, carried out: programs as children, what blocks on worker threads, both under the
 * watchdogs; what comes next is decided by mirror/run.h.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_RUNNER_H
#define FONTAINE_MIRROR_RUNNER_H

#include "base/pop.h"
#include "mirror/guard.h"
#include "mirror/large.h"
#include "mirror/run.h"
#include "mirror/workplace.h"

#include <stdatomic.h>
#include <uv.h>

enum {
	RUNNER_WORDS_MAX = 512,
	RUNNER_LOOK_MS = 1000, /* how often the watchdogs look */
};

/** A run, as those who know the rules of its tree see it. Borrowed, but for what verify() fills in. */
struct runner_job {
	const struct pop_mirror_project *project;
	const struct workplace *place;
	const char *upstream; /* "" for a command without any */
	enum run_mode mode;
	const atomic_bool *is_cancelled;
	int64_t began_s;                 /* Unix */
	uint64_t fetched_bytes, fetch_s; /* over the network */
	/* of verify(): */
	struct guard_seen *seen;      /* serial and date, where they are known */
	char words[RUNNER_WORDS_MAX]; /* why it may not be published */
	struct large_search *large;   /* notes those of the whole tree; NULL: all of it is not looked at */
};

/** What the rules of the project's tree are: each blocks, is called on a worker thread, one at a time. */
struct runner_tree {
	/** Whether it may be published. Return: 0; -EBADMSG; -ECANCELED; or a negative errno. */
	int (*verify)(struct runner_job *job, void *data);
	/** Publish it. Return: 0 and the generation, or a negative errno: then nothing has changed. */
	int (*publish)(struct runner_job *job, uint64_t *ret_generation, void *data);
	/** What is to be done once it is published. Return: 0 or a negative errno. */
	int (*trace)(struct runner_job *job, void *data);
	void *data;
};

/** What came of a run; borrowed for the call. */
struct runner_end {
	struct run run;
	const char *words; /* for people */
	const char *log;   /* the end of what the programs said */
	enum guard_verdict verdict;
	struct guard_seen seen;
	struct listing listing;
	uint64_t generation;      /* of what was published */
	struct large_list *large; /* of it, and may be taken; NULL: not known */
};

/** Copied; what it points to is borrowed until on_end(). */
struct runner_config {
	uv_loop_t *loop;
	const struct pop_mirror_project *project;
	const char *folder;                /* of the project; exists */
	const char *upstream;              /* one of the project's; "" for a command without any */
	int lock;                          /* of lock_take(), and of its workplace */
	const char *cgroup;                /* or NULL */
	uint64_t published_bytes;          /* of the whole tree; 0: not known */
	struct guard_limits limits;        /* but for the reserve: */
	const char *reserve;               /* of the file system, as in the POP file */
	const struct guard_seen *released; /* what the operator has allowed, or NULL */
	bool is_whole;                     /* without a probe */
	struct runner_tree tree;
	void (*on_step)(enum run_step step, void *data); /* may be NULL */
	void (*on_end)(const struct runner_end *end, void *data);
	void *data;
};

struct runner; /* opaque; freed after on_end() */

/** Begin. Never NULL; on_end() comes later, on the loop. */
struct runner *runner_start(const struct runner_config *config);

/** End it soon, without publishing what is not published; on_end() comes as ever. */
void runner_stop(struct runner *r);

/** The end of what its programs have said so far; until the loop goes on. */
const char *runner_log(const struct runner *r);

#endif
