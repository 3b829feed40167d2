/*
 * What the parts of the engine share: engine.c runs projects, engine_wish.c changes them, engine_report.c and
 * engine_alert.c tell, engine_push.c tells other POPs, engine_rollback.c goes back.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_ENGINE_STATE_H
#define FONTAINE_MIRROR_ENGINE_STATE_H

#include "mirror/engine.h"
#include "mirror/large_db.h"
#include "mirror/push.h"
#include "mirror/record.h"
#include "mirror/schedule.h"
#include "net/web_client.h"
#include "net/webhook.h"

struct project {
	struct engine *engine;
	const struct pop_mirror_project *pop;
	size_t index;
	char folder[PATH_MAX];
	char path[80]; /* that it is served at, "/debian/" */
	struct follower *followers;
	size_t n_followers;
	struct record record;
	size_t upstream; /* of the run, or of the next one */
	char host[UPSTREAM_HOST_MAX];
	/* of the run: */
	bool is_busy; /* until what came of it is in the database */
	struct runner *runner;
	enum run_step step;
	int64_t run, began_s;
	int lock;              /* -1: none */
	char cgroup[PATH_MAX]; /* "": none */
	struct guard_seen released;
	struct record_end end;
	struct hold hold;
	char *log;
	struct large_counts large; /* as far as is_unlisted does not say more */
	struct large_list found;   /* of what is published, when it is known without looking: */
	bool is_found;
	/* since the start: */
	bool is_telling;  /* what was told of it is being written down */
	bool is_unlisted; /* what is published may have other large files than are known */
	uint64_t n_runs[OUTCOMES], n_pushes, n_rollbacks, n_hashed_bytes;
	int64_t since_s;   /* Unix, of the start */
	uint32_t period_s; /* between two runs, at most */
};

struct engine {
	struct engine_config config;
	uv_loop_t *loop;
	struct store *store;
	struct schedule *schedule;
	struct project *projects;
	size_t n;
	size_t n_pending; /* runs, and jobs of the store: all that has to end before the engine does */
	uv_timer_t timer;
	struct webhook *webhook;  /* NULL: nobody is told */
	struct engine_push *push; /* NULL: before the start, and at the end */
	struct engine_background *background;
	bool is_started, is_closing;
	void (*on_closed)(void *data);
	void *closed_data;
};

struct schedule_now engine_now(void);

/** Begin what is due, and come back when something else is. */
void engine_pump(struct engine *e);

/** How the project is, but for its name and what else the POP file says; texts are its own. */
struct project_status engine_status_of(const struct project *p);

/** A run of the project @data has come to @step: kept, for who looks after it was cut off. */
void engine_on_step(enum run_step step, void *data);

/** Tell whom it concerns what has changed about any project. */
void engine_alert_open(struct engine *e);
void engine_alert(struct engine *e);
void engine_alert_close(struct engine *e);

/** Find out who follows the project, and what each is still to be told. */
void engine_push_fill(struct project *p);
int engine_push_load(sqlite3 *db, struct project *p);

/** The run of the project that has ended may have published: followers are to be told, in the database; in memory. */
int engine_push_want(sqlite3 *db, const struct project *p);
void engine_push_wanted(struct project *p);

/** Tell followers what they are to be told. Return: when to come back, after @wait_s at most. */
uint32_t engine_push(struct engine *e, uint32_t wait_s);
void engine_push_open(struct engine *e);
void engine_push_metrics(const struct engine *e, struct buf *b);
void engine_push_close(struct engine *e);

/** Describe large files in the background: of all projects; of one, of which something else is published; no more. */
void engine_large_open(struct engine *e);
void engine_list_large(struct project *p);

/** What is published is what the run has published that ends so; another is: what its large files are is not known. */
void engine_find_large(struct project *p, const struct runner_end *end);
void engine_lose_large(struct project *p);
void engine_large_stop(struct engine *e);

/** When none is read; @on_closed is called on the loop with @e. */
void engine_large_close(struct engine *e, void (*on_closed)(void *data));

/** @name's, or NULL. */
struct project *engine_find(const struct engine *e, const char *name);

#endif
