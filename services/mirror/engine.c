/*
 * engine_pump() takes whatever is due: begin() has the run written into the database, on_begun() starts it,
 * on_run_end() has what came of it written, and on_recorded() lets the schedule go on.
 */
/* SPDX-License-Identifier: MIT */
#include "mirror/engine_state.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/pop_mirror.h"
#include "mirror/cgroup.h"
#include "mirror/lock.h"
#include "store/db.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	REAP_LIMIT_MS = 10000,
	RETRY_MIN_S = 30, /* and up to twice as long */
};

struct schedule_now engine_now(void)
{
	return (struct schedule_now){.wall_s = time(NULL), .mono_s = (int64_t)(uv_hrtime() / 1000000000)};
}

struct project *engine_find(const struct engine *e, const char *name)
{
	for (size_t i = 0; i < e->n; i++)
		if (strcmp(e->projects[i].pop->name, name) == 0)
			return &e->projects[i];
	return NULL;
}

int engine_store(struct engine *e, store_work work, store_done on_done, void *data)
{
	int rc = store_run(e->store, work, on_done, data);

	if (rc == 0)
		e->n_pending++;
	return rc;
}

static const char *url_of(const struct project *p)
{
	return p->pop->n_upstreams == 0 ? "" : p->pop->upstreams[p->upstream];
}

/** Which upstream is next. Return: how long it wants to rest before. */
static uint32_t choose_upstream(struct project *p)
{
	uint32_t wait_s = 0;

	if (p->pop->n_upstreams == 0)
		return 0;
	p->upstream = upstream_choose(p->record.upstreams, p->pop->n_upstreams, engine_now().wall_s, &wait_s);
	(void)upstream_host(url_of(p), p->host);
	schedule_set_upstream(p->engine->schedule, p->index, p->host);
	return wait_s;
}

static uint32_t some_time(void)
{
	return RETRY_MIN_S + arc4random_uniform(RETRY_MIN_S + 1);
}

/* When a project is due is kept after each run; whoever loses it by a kill runs once more. */

struct due {
	struct project *project;
	int64_t at_s;
};

static int set_due(sqlite3 *db, void *data)
{
	const struct due *d = data;

	return mirror_db_set_due(db, d->project->pop->name, d->at_s);
}

static void on_due_set(void *data, int rc)
{
	struct due *d = data;
	struct engine *e = d->project->engine;

	if (rc < 0)
		log_warn("mirror: %s: when it is due is not kept: %s", d->project->pop->name, strerror(-rc));
	free(d);
	engine_settle(e);
}

static void keep_due(struct project *p)
{
	struct engine *e = p->engine;
	struct due *d = mem_new(sizeof(*d));

	*d = (struct due){p, schedule_kept(e->schedule, p->index, engine_now()).due_s};
	if (engine_store(e, set_due, on_due_set, d) < 0)
		free(d);
}

/** The project runs no more; it may again after @retry_s, or, of 0, at its next time. */
static void let_go(struct project *p, uint32_t retry_s)
{
	struct engine *e = p->engine;

	if (p->lock >= 0)
		(void)close(p->lock);
	p->lock = -1;
	if (p->cgroup[0] != '\0' && cgroup_remove(p->cgroup) < 0)
		log_warn("mirror: %s: something still is in %s", p->pop->name, p->cgroup);
	free(p->log);
	p->log = NULL;
	p->is_busy = false;
	schedule_ended(e->schedule, p->index, retry_s, engine_now());
	(void)choose_upstream(p);
	keep_due(p);
	engine_pump(e);
	engine_settle(e);
}

static int record_ended(sqlite3 *db, void *data)
{
	const struct project *p = data;

	int rc = record_end(db, &p->end);
	return rc < 0 ? rc : engine_push_want(db, p);
}

static void take_up(struct project *p, int rc)
{
	const struct record_end *end = &p->end;
	struct record *r = &p->record;

	if (rc < 0)
		log_error("mirror: %s: what came of its run is not kept: %s", p->pop->name, strerror(-rc));
	r->published = end->published;
	engine_push_wanted(p);
	if (end->ended.run.is_published) {
		r->is_held = false;
		engine_list_large(p);
	}
	if (end->hold != NULL) {
		r->is_held = true;
		r->hold = *end->hold;
		schedule_pause(p->engine->schedule, p->index, true);
	}
	if (!outcome_is_retried(end->ended.run.outcome)) {
		let_go(p, 0);
		return;
	}
	uint32_t rest_s = 0;
	if (p->pop->n_upstreams > 0)
		(void)upstream_choose(r->upstreams, p->pop->n_upstreams, engine_now().wall_s, &rest_s);
	let_go(p, rest_s > RETRY_MIN_S ? rest_s : some_time());
}

static void on_recorded(void *data, int rc)
{
	struct project *p = data;
	struct engine *e = p->engine;

	take_up(p, rc);
	engine_settle(e);
}

static void fill_end(struct project *p, const struct runner_end *end)
{
	int64_t at_s = engine_now().wall_s;
	struct record *r = &p->record;

	r->last = (struct last_run){.began_s = p->began_s, .ended_s = at_s, .outcome = end->run.outcome};
	(void)snprintf(r->last.words, sizeof(r->last.words), "%s", end->words);
	p->log = mem_strdup(end->log);
	p->hold = (struct hold){.run = p->run, .at_s = at_s, .verdict = end->verdict, .seen = end->seen};
	(void)snprintf(p->hold.words, sizeof(p->hold.words), "%.*s", (int)sizeof(p->hold.words) - 1, end->words);
	p->end = (struct record_end){
		.project = p->pop->name,
		.url = url_of(p),
		.run = p->run,
		.ended = {.at_s = at_s,
	                  .run = end->run,
	                  .words = r->last.words,
	                  .n_coming = end->listing.n_coming,
	                  .n_going = end->listing.n_going,
	                  .bytes = end->listing.fetch_bytes,
	                  .log = p->log},
		.hold = end->run.outcome == OUTCOME_HELD ? &p->hold : NULL,
		.published = published_after(&r->published, end, at_s),
		.is_wanted = end->run.why == RUN_STOPPED && p->engine->is_closing,
	};
	if (p->pop->n_upstreams > 0)
		p->end.upstream = p->record.upstreams[p->upstream];
}

static void on_run_end(const struct runner_end *end, void *data)
{
	struct project *p = data;
	enum outcome o = end->run.outcome;

	p->runner = NULL;
	p->n_runs[o]++;
	if (p->pop->n_upstreams > 0 && end->run.why != RUN_STOPPED)
		upstream_note(&p->record.upstreams[p->upstream], o, engine_now().wall_s, arc4random_uniform);
	fill_end(p, end);
	engine_find_large(p, end);
	log_info("mirror: %s: %s: %s", p->pop->name, outcome_names[o], p->record.last.words);
	int rc = engine_store(p->engine, record_ended, on_recorded, p);
	if (rc < 0)
		take_up(p, rc);
}

static void start(struct project *p)
{
	struct engine *e = p->engine;
	bool is_released = p->record.is_held && p->record.hold.is_released;
	struct runner_config config = {
		.loop = e->loop,
		.project = p->pop,
		.folder = p->folder,
		.upstream = url_of(p),
		.lock = p->lock,
		.cgroup = p->cgroup[0] == '\0' ? NULL : p->cgroup,
		.published_bytes = p->record.published.bytes,
		.limits = {.max_delete_percent = p->pop->max_delete_percent,
	                   .max_delete_files = p->pop->max_delete_files},
		.reserve = e->config.mirror->reserve,
		.released = is_released ? &p->released : NULL,
		.is_whole = is_released,
		.tree = e->config.tree,
		.on_step = engine_on_step,
		.on_end = on_run_end,
		.data = p,
	};

	p->released = p->record.hold.seen;
	p->runner = runner_start(&config);
	if (e->is_closing)
		runner_stop(p->runner);
}

static int record_begun(sqlite3 *db, void *data)
{
	struct project *p = data;

	return runs_db_begin(db, p->pop->name, url_of(p), p->began_s, &p->run);
}

/** It could not even begin: it is as much wanted as before. */
static void fail_to_begin(struct project *p, const char *why)
{
	log_error("mirror: %s: its run does not begin: %s", p->pop->name, why);
	(void)snprintf(p->record.last.words, sizeof(p->record.last.words), "%s", why);
	let_go(p, some_time());
}

static void on_begun(void *data, int rc)
{
	struct project *p = data;
	struct engine *e = p->engine;

	if (rc == 0)
		start(p);
	else
		fail_to_begin(p, strerror(-rc));
	engine_settle(e);
}

/** Take the project's lock and have the run written down. It is one of n_pending until let_go(). */
static void begin(struct project *p)
{
	char path[PATH_MAX + 8], name[96];

	p->engine->n_pending++;
	p->is_busy = true;
	p->began_s = engine_now().wall_s;
	p->step = RUN_PROBE;
	(void)snprintf(path, sizeof(path), "%s/lock", p->folder);
	(void)snprintf(name, sizeof(name), "run-%s", p->pop->name);
	if (cgroup_make(name, p->cgroup) < 0)
		p->cgroup[0] = '\0';
	int rc = lock_take(path, &p->lock);
	if (rc == 0)
		rc = engine_store(p->engine, record_begun, on_begun, p);
	if (rc < 0)
		fail_to_begin(p, rc == -EWOULDBLOCK ? "something of an earlier run still lives" : strerror(-rc));
}

static void on_timer(uv_timer_t *timer)
{
	engine_pump(timer->data);
}

void engine_pump(struct engine *e)
{
	size_t i;

	if (!e->is_started || e->is_closing)
		return;
	engine_alert(e);
	while (schedule_take(e->schedule, engine_now(), &i))
		begin(&e->projects[i]);
	uint64_t wait_s = engine_push(e, schedule_wait(e->schedule, engine_now()));
	(void)uv_timer_start(&e->timer, on_timer, 1000 * (wait_s + 1), 0); /* the clock is read in seconds */
}

/* The beginning and the end. */

static int load(sqlite3 *db, void *data)
{
	struct engine *e = data;
	unsigned n_cut_off = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < e->n; i++)
		rc = record_load(db, e->projects[i].pop, &e->projects[i].record);
	for (size_t i = 0; rc == 0 && i < e->n; i++)
		rc = engine_push_load(db, &e->projects[i]);
	if (rc == 0)
		rc = runs_db_cut_off(db, engine_now().wall_s, &n_cut_off);
	for (size_t i = 0; rc == 0 && i < e->n; i++) /* which may have made some of them wanted */
		rc = mirror_db_get_kept(db, e->projects[i].pop->name, &e->projects[i].record.kept);
	if (n_cut_off > 0)
		log_warn("mirror: %u runs were cut off; they begin again", n_cut_off);
	return rc;
}

static int read_database(struct engine *e)
{
	sqlite3 *db;
	int rc = db_open(e->config.database, mirror_migrations, &db);

	if (rc < 0)
		return rc;
	rc = db_transact(db, load, e);
	(void)sqlite3_close(db);
	return rc;
}

static void schedule_project(struct project *p)
{
	struct schedule_rule rule = {.interval_s = 0};

	if (p->pop->interval != NULL)
		(void)pop_mirror_interval(p->pop->interval, &rule.interval_s); /* both were checked */
	else
		(void)cron_parse(p->pop->cron, &rule.cron);
	(void)schedule_add(p->engine->schedule, &rule, &p->record.kept, engine_now());
	p->since_s = engine_now().wall_s;
	p->period_s = schedule_period(&rule, p->since_s);
	(void)choose_upstream(p);
}

int engine_start(struct engine *e, uv_loop_t *loop)
{
	int rc = store_open(loop, e->config.database, mirror_migrations, &e->store);

	if (rc < 0)
		return rc;
	e->loop = loop;
	e->timer.data = e;
	(void)uv_timer_init(loop, &e->timer);
	for (size_t i = 0; i < e->n; i++)
		schedule_project(&e->projects[i]);
	engine_alert_open(e);
	engine_push_open(e);
	engine_large_open(e);
	e->is_started = true;
	engine_pump(e);
	return 0;
}

static int open_project(struct project *p, const char *root)
{
	char path[PATH_MAX + 8];
	int n = snprintf(p->folder, sizeof(p->folder), "%s/%s", root, p->pop->name);

	if (n < 0 || n >= (int)sizeof(p->folder) - WORKPLACE_ROOM)
		return -ENAMETOOLONG;
	if (mkdir(p->folder, 0755) < 0 && errno != EEXIST)
		return -errno;
	(void)snprintf(path, sizeof(path), "%s/lock", p->folder);
	int rc = lock_reap(path, REAP_LIMIT_MS);
	if (rc > 0)
		log_warn("mirror: %s: killed what an earlier run had left", p->pop->name);
	return rc < 0 ? rc : 0;
}

void engine_free(struct engine *e)
{
	for (size_t i = 0; i < e->n; i++) {
		free(e->projects[i].record.upstreams);
		free(e->projects[i].followers);
		engine_lose_large(&e->projects[i]);
	}
	schedule_free(e->schedule);
	free(e->projects);
	free(e);
}

static struct engine *engine_new(const struct engine_config *config)
{
	const struct pop_mirror *m = config->mirror;
	struct schedule_config limits = {m->runs_at_once, m->runs_per_upstream, arc4random_uniform};
	struct engine *e = mem_new(sizeof(*e));

	e->config = *config;
	e->schedule = schedule_new(&limits);
	e->n = m->n_projects;
	e->projects = mem_new(e->n * sizeof(*e->projects));
	for (size_t i = 0; i < e->n; i++) {
		struct project *p = &e->projects[i];
		*p = (struct project){.engine = e, .pop = &m->projects[i], .index = i, .lock = -1};
		(void)snprintf(p->path, sizeof(p->path), "/%s/", p->pop->name);
		p->record.upstreams = mem_new((p->pop->n_upstreams + 1) * sizeof(*p->record.upstreams));
		engine_push_fill(p);
	}
	return e;
}

int engine_open(const struct engine_config *config, struct engine **ret)
{
	struct engine *e = engine_new(config);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < e->n; i++) {
		rc = open_project(&e->projects[i], config->mirror->root);
		if (rc < 0)
			log_error("%s: cannot be used: %s", e->projects[i].folder, strerror(-rc));
	}
	if (rc == 0)
		rc = read_database(e);
	if (rc < 0)
		engine_free(e);
	else
		*ret = e;
	return rc;
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct engine *e = handle->data;
	void (*on_closed)(void *data) = e->on_closed;
	void *data = e->closed_data;

	engine_free(e);
	if (on_closed != NULL)
		on_closed(data);
}

static void on_background_closed(void *data)
{
	struct engine *e = data;

	uv_close((uv_handle_t *)&e->timer, on_timer_closed);
}

static void on_store_closed(void *data)
{
	engine_large_close(data, on_background_closed);
}

void engine_await(struct engine *e)
{
	e->n_pending++;
}

void engine_settle(struct engine *e)
{
	assert(e->n_pending > 0);
	if (--e->n_pending == 0 && e->is_closing)
		store_close(e->store, on_store_closed, e);
}

void engine_close(struct engine *e, void (*on_closed)(void *data), void *data)
{
	engine_await(e); /* the end of what is closed here */
	e->is_closing = true;
	e->on_closed = on_closed;
	e->closed_data = data;
	(void)uv_timer_stop(&e->timer);
	engine_alert_close(e);
	engine_push_close(e);
	engine_large_stop(e);
	for (size_t i = 0; i < e->n; i++)
		if (e->projects[i].runner != NULL)
			runner_stop(e->projects[i].runner);
	engine_settle(e);
}
