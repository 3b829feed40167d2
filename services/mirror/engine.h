/*
 * All projects: each runs when it is to (mirror/schedule.h), from the upstream that behaves best, and what came of
 * it is in the database before the next run of the project begins. One loop.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_ENGINE_H
#define FONTAINE_MIRROR_ENGINE_H

#include "base/buf.h"
#include "base/pop.h"
#include "mirror/metainfo.h"
#include "mirror/runner.h"
#include "mirror/status_json.h"
#include "store/store.h"

#include <yyjson.h>

struct engine_config {
	const struct pop_mirror *mirror; /* borrowed for the engine's life */
	const char *database;            /* path; borrowed until engine_start() */
	struct runner_tree tree;
	const char *site;                       /* name of the POP, for alerts; borrowed */
	const struct pop_neighbour *neighbours; /* who may follow our projects; borrowed for its life */
	unsigned n_neighbours;
};

struct engine; /* opaque; ends with engine_close() */

/**
 * Make the projects' folders, end what runs of an earlier daemon have left over, and read what is known of each.
 * Blocks; to be called before the sandbox. Return: 0 and *ret, or a negative errno, logged.
 */
int engine_open(const struct engine_config *config, struct engine **ret);

/** Let go of one that was not started. */
void engine_free(struct engine *e);

/** Begin what is due, on @loop. Return: 0, or as store_open(): then it is not started. */
int engine_start(struct engine *e, uv_loop_t *loop);

/** What an operator or an upstream may want of a project. */
enum engine_wish {
	ENGINE_RUN,     /* as soon as there is room; once more, if it runs now; not before a hold is released */
	ENGINE_STOP,    /* end its run, and begin none */
	ENGINE_HOLD,    /* begin none */
	ENGINE_RESUME,  /* and run */
	ENGINE_RELEASE, /* what it is held for is allowed, once */
	ENGINE_WISHES,
};

/**
 * Tell @on_done on the loop when the wish is in the database, and so survives whatever comes: 0; -ENOENT: there is
 * no such project; -ENODATA: nothing of it is held; -EBUSY: it is held; or another negative errno.
 */
void engine_wish(struct engine *e, const char *project, enum engine_wish wish, void (*on_done)(void *data, int rc),
                 void *data);

/** What is known of a project's past. */
enum engine_history {
	ENGINE_RUNS,  /* its newest, as JSON */
	ENGINE_LOG,   /* of a run, as text; of one that goes on, as much as there is */
	ENGINE_LARGE, /* files, as JSON */
};

struct engine_question {
	const char *project;
	enum engine_history of;
	int64_t run; /* of ENGINE_LOG; 0: the newest */
};

/**
 * @on_answer is called on the loop, maybe at once, with a text (borrowed), or with rc: -ENOENT, or a negative errno.
 */
void engine_ask(struct engine *e, const struct engine_question *what,
                void (*on_answer)(void *data, int rc, const char *text), void *data);

/** What is wanted of a large file (mirror/metainfo.h). */
struct engine_large {
	const char *project, *path; /* in its tree */
	enum metainfo_kind kind;
	const char *site; /* where visitors find our projects: "https://www.example.net" */
};

/**
 * @on_answer is called on the loop with the bytes (borrowed), or with rc: -ENOENT: there is no such file, it is not
 * large, or was not read yet; or another negative errno.
 */
void engine_describe(struct engine *e, const struct engine_large *what,
                     void (*on_answer)(void *data, int rc, const struct buf *answer), void *data);

/**
 * Publish generation @to of a project again, or, of 0, the one before the published one, and hold the project: it
 * follows its upstream again when it is released. Tell @on_done on the loop: 0; -ENOENT: there is no such project;
 * -ENODATA: no such generation, or none before; -EINPROGRESS: a run of it goes on; or another negative errno.
 */
void engine_rollback(struct engine *e, const char *project, uint64_t to, void (*on_done)(void *data, int rc),
                     void *data);

/** How all projects are; texts are borrowed until the loop goes on. Return: engine_n(), for free(). */
struct project_status *engine_status(const struct engine *e);
size_t engine_n(const struct engine *e);

/** Add what there is to say of every project, or of the one @name, to @list. */
void engine_list(const struct engine *e, const char *name, yyjson_mut_doc *doc, yyjson_mut_val *list);

void engine_metrics(const struct engine *e, struct buf *b);

/**
 * Have a job of the store done for another part of the daemon; after @on_done, engine_settle() is to be called, and
 * the engine does not end before. Return: 0, or -ENOBUFS.
 */
int engine_store(struct engine *e, store_work work, store_done on_done, void *data);
void engine_settle(struct engine *e);

/** The engine does not end before engine_settle(). */
void engine_await(struct engine *e);

/** End all runs, keep what is to be kept, free @e; then call @on_closed. */
void engine_close(struct engine *e, void (*on_closed)(void *data), void *data);

#endif
