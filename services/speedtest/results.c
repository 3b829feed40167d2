/*
 * Happy path: a handler makes a job, the store's thread does its work in a
 * transaction, and the job's on_done replies on the loop. Each worker has a store
 * of its own on the one database, so that a job never leaves its loop.
 *
 * Failures: a client that has gone leaves a job without a request; it is done all
 * the same. A database that cannot be opened is tried again every minute; until
 * then results are refused, and tests go on.
 */
/* SPDX-License-Identifier: MIT */
#include "speedtest/results.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "net/reply.h"
#include "speedtest/results_job.h"
#include "speedtest/speedtest.h"
#include "store/db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DATABASE_MAX_BYTES (UINT64_C(4) << 30)

enum {
	MINUTE_MS = 60 * 1000,
	PURGE_MINUTES = 60,
	DAY_S = 24 * 60 * 60,
	JOBS_MAX = 64,      /* of one worker: more are refused, so that memory has a bound */
	POSTS_BURST = 20,   /* of one client, then one every POST_EVERY_S */
	POST_CLIENTS = 512, /* remembered by each worker */
	TELEMETRY_MAX_BYTES = 256 * 1024,
};

void results_count(struct results *s, enum results_outcome outcome, uint64_t n)
{
	atomic_fetch_add(&s->outcomes[outcome], n);
}

void results_reply_text(struct http_request *r, int status, const char *text)
{
	http_reply(r, &(struct http_reply){.status = status,
	                                   .type = "text/plain; charset=utf-8",
	                                   .headers = REPLY_HEADERS,
	                                   .body = text,
	                                   .body_bytes = strlen(text)});
}

void results_reply_failure(struct http_request *r, int rc)
{
	if (rc == -ENOENT)
		http_reply_status(r, 404);
	else if (rc == -ENOSPC)
		results_reply_text(r, 507, "The disk is full: the result is not stored.\n");
	else
		results_reply_text(r, 503, "Results cannot be stored or read at present.\n");
}

static struct results_worker *worker_of(struct results *s, const struct http_request *r)
{
	struct results_worker *w = s->workers;

	while (w->loop != http_request_loop(r))
		w++;
	return w;
}

struct results_job *results_job_new(struct http_request *r, void *data)
{
	struct results *s = ((struct speedtest *)data)->results;
	struct results_job *j = mem_new(sizeof(*j));
	char wanted[8] = "";

	j->worker = worker_of(s, r);
	j->request = r;
	r->data = j;
	j->language = language_wanted(http_request_header(r, "Accept-Language"), s->language);
	if (http_request_query(r, "lang", wanted, sizeof(wanted)) == 0)
		j->language = language_of(wanted, j->language);
	buf_init(&j->png, PICTURE_MAX_BYTES);
	j->worker->n_jobs++;
	return j;
}

void results_job_free(struct results_job *j)
{
	if (j->request != NULL)
		j->request->data = NULL;
	j->worker->n_jobs--;
	result_done(&j->record.result);
	buf_done(&j->png);
	free(j);
}

void results_request_gone(struct http_request *r, void *data)
{
	struct results_job *j = r->data;
	(void)data;

	if (j != NULL)
		j->request = NULL;
}

static int work(sqlite3 *db, void *data)
{
	struct results_job *j = data;

	return j->work(db, j);
}

static void on_worked(void *data, int rc)
{
	struct results_job *j = data;

	j->on_done(j, rc);
}

void results_job_run(struct results_job *j)
{
	struct results_worker *w = j->worker;

	if (w->store == NULL || w->n_jobs > JOBS_MAX || store_run(w->store, work, on_worked, j) < 0)
		j->on_done(j, -EBUSY);
}

/* Delete what is too old. Data is the results'. */
static int purge(sqlite3 *db, void *data)
{
	struct results *s = data;
	unsigned n = 0;

	int rc = results_db_purge(db, time(NULL) - (int64_t)s->policy->keep_days * DAY_S, &n);
	if (rc == 0)
		results_count(s, RESULTS_PURGED, n);
	return rc;
}

static int set_limit(sqlite3 *db, void *data)
{
	(void)data;
	return results_db_limit(db, DATABASE_MAX_BYTES);
}

static void ignore(void *data, int rc)
{
	(void)data;
	(void)rc; /* logged where it failed */
}

/* Open the database if it is not, and purge it when it is time. */
static void on_minute(uv_timer_t *timer)
{
	struct results_worker *w = timer->data;
	struct results *s = w->results;

	if (w->store == NULL && store_open(w->loop, s->path, results_migrations, &w->store) == 0)
		(void)store_run(w->store, set_limit, ignore, s);
	if (w->store != NULL && w == s->workers && w->n_minutes++ % PURGE_MINUTES == 0)
		(void)store_run(w->store, purge, ignore, s);
}

struct results_worker *results_open(struct results *s, unsigned index, uv_loop_t *loop)
{
	struct results_worker *w = &s->workers[index];

	w->results = s;
	w->loop = loop;
	w->posts = limit_new((struct limit_rate){1, POSTS_BURST}, POST_CLIENTS);
	w->timer.data = w;
	(void)uv_timer_init(loop, &w->timer);
	if (s->path != NULL) {
		(void)uv_timer_start(&w->timer, on_minute, MINUTE_MS, MINUTE_MS);
		on_minute(&w->timer);
	}
	if (index == 0)
		whose_watch(s->whose, loop);
	return w;
}

void results_close(struct results_worker *w)
{
	uv_close((uv_handle_t *)&w->timer, NULL);
	if (w->store != NULL)
		store_close(w->store, NULL, NULL);
	w->store = NULL;
	if (w == w->results->workers)
		whose_unwatch(w->results->whose);
}

/* Make or update the database in the folder @state, before the workers need it all at once. */
static void prepare(struct results *s, const char *state)
{
	sqlite3 *db;

	s->path = mem_printf("%s/results.db", state);
	if (db_open(s->path, results_migrations, &db) == 0)
		(void)sqlite3_close(db);
	if (access(state, W_OK | X_OK) == 0)
		s->write_paths[0] = state;
	(void)pictures_open(PICTURE_FONTS, &s->pictures); /* without them there are no pictures */
}

struct results *results_new(const struct pop *p, const char *state)
{
	struct results *s = mem_new(sizeof(*s));
	const struct pop_results *policy = p->services->speedtest->results;

	s->pop = p;
	s->policy = policy;
	s->language = language_of(p->site->languages[0], LANGUAGE_EN);
	if (policy->store == POP_STORE_NEVER)
		log_info("results: the POP file says to store none");
	else if (state == NULL)
		log_warn("results: no $STATE_DIRECTORY to store them in");
	else
		prepare(s, state);
	s->whose = whose_new(p, (const char *const *)policy->origins, s->path != NULL ? policy->n_origins : 0, NULL);
	return s;
}

void results_free(struct results *s)
{
	for (size_t i = 0; i < WORKERS_MAX; i++)
		if (s->workers[i].posts != NULL)
			limit_free(s->workers[i].posts);
	if (s->pictures != NULL)
		pictures_close(s->pictures);
	whose_free(s->whose);
	free(s->path);
	free(s);
}

const char *const *results_read_paths(const struct results *s)
{
	return whose_read_paths(s->whose);
}

const char *const *results_write_paths(const struct results *s)
{
	return s->write_paths;
}

void results_metrics(struct results *s, struct buf *b)
{
	static const char *const posted[] = {
		[RESULTS_STORED] = "outcome=\"stored\"",
		[RESULTS_INVALID] = "outcome=\"invalid\"",
		[RESULTS_LIMITED] = "outcome=\"limited\"",
		[RESULTS_FORBIDDEN] = "outcome=\"forbidden\"",
		[RESULTS_FULL] = "outcome=\"disk_full\"",
		[RESULTS_FAILED] = "outcome=\"failed\"",
	};

	metrics_family(b, "speedtestd_results_total", METRICS_COUNTER, "Results posted, by what became of them.");
	for (enum results_outcome o = 0; o <= RESULTS_FAILED; o++)
		metrics_u64(b, "speedtestd_results_total", posted[o], s->outcomes[o]);
	metrics_family(b, "speedtestd_results_deleted_total", METRICS_COUNTER, "Results deleted by their key.");
	metrics_u64(b, "speedtestd_results_deleted_total", "", s->outcomes[RESULTS_DELETED]);
	metrics_family(b, "speedtestd_results_purged_total", METRICS_COUNTER, "Results deleted for their age.");
	metrics_u64(b, "speedtestd_results_purged_total", "", s->outcomes[RESULTS_PURGED]);
	whose_metrics(s->whose, b, "speedtestd");
}

/* LibreSpeed's paths, at the root and below backend/. */
#define LIBRESPEED(name, ...) \
	{.path = "/results/" name, __VA_ARGS__}, \
	{ \
		.path = "/backend/results/" name, __VA_ARGS__ \
	}

#define READ(handler) \
	.methods = HTTP_METHOD_GET, .on_request = (handler), .on_done = results_request_gone
#define POST(handler, max_bytes) \
	.methods = HTTP_METHOD_POST | HTTP_METHOD_OPTIONS, .body = HTTP_BODY_KEEP, .max_body_bytes = (max_bytes), \
	.on_request = (handler), .on_done = results_request_gone

const struct http_route results_routes[] = {
	{.path = "/results", POST(results_on_post, RESULT_MAX_BYTES)},
	LIBRESPEED("telemetry.php", POST(results_on_telemetry, TELEMETRY_MAX_BYTES)),
	LIBRESPEED("telemetry", POST(results_on_telemetry, TELEMETRY_MAX_BYTES)),
	LIBRESPEED("json.php", READ(results_on_librespeed_json)),
	LIBRESPEED("json", READ(results_on_librespeed_json)),
	LIBRESPEED("", READ(results_on_librespeed_picture)),
	LIBRESPEED("index.php", READ(results_on_librespeed_picture)),
	{.path = "/results/*",
         .methods = HTTP_METHOD_GET | HTTP_METHOD_POST,
         .body = HTTP_BODY_COUNT,
         .max_body_bytes = 1024,
         .on_request = results_on_get,
         .on_done = results_request_gone},
	{.path = NULL},
};
