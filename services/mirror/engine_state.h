/* What the parts of the engine share: engine.c runs projects, engine_wish.c changes them, engine_report.c tells. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_ENGINE_STATE_H
#define FONTAINE_MIRROR_ENGINE_STATE_H

#include "mirror/engine.h"
#include "mirror/record.h"
#include "mirror/schedule.h"

struct project {
	struct engine *engine;
	const struct pop_mirror_project *pop;
	size_t index;
	char folder[PATH_MAX];
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
	char words[RUNNER_WORDS_MAX]; /* of the last run; "" before it */
	char *log;
	/* since the start: */
	uint64_t n_runs[OUTCOMES];
	int64_t last_done_s; /* Unix; 0: never */
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
	bool is_started, is_closing;
	void (*on_closed)(void *data);
	void *closed_data;
};

struct schedule_now engine_now(void);

/** Begin what is due, and come back when something else is. */
void engine_pump(struct engine *e);

/** One of n_pending is over. */
void engine_settle(struct engine *e);

/** Have a job of the store done; then @on_done is called, and engine_settle() is to be. Return: 0 or -ENOBUFS. */
int engine_store(struct engine *e, store_work work, store_done on_done, void *data);

/** @name's, or NULL. */
struct project *engine_find(const struct engine *e, const char *name);

#endif
