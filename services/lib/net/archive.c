/*
 * Happy path: a handler makes a job, the store's thread does its work in a
 * transaction, and the job's on_done replies on the loop.
 *
 * Failures: a client that has gone leaves a job without a request; it is done all
 * the same. A database that cannot be opened is tried again every minute; until
 * then results are refused, and tests go on.
 */
/* SPDX-License-Identifier: MIT */
#include "net/archive.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "net/http_weak.h"
#include "net/limit.h"
#include "net/reply.h"
#include "net/workers.h"
#include "store/db.h"

#include <errno.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
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
	JOBS_MAX = 64,    /* of one worker: more are refused, so that memory has a bound */
	POSTS_BURST = 20, /* of one client, then one every POST_EVERY_S */
	POST_EVERY_S = 3,
	POST_CLIENTS = 512, /* remembered by each worker */
};

struct archive_worker {
	struct archive *archive;
	_Atomic(uv_loop_t *) loop;
	struct store *store; /* NULL: the database cannot be used */
	unsigned n_jobs;
	struct limit *posts;
	uv_timer_t timer;
	unsigned n_minutes;
};

struct archive {
	const struct archive_config *config;
	char *path; /* of the database; NULL: nothing is stored */
	_Atomic uint64_t outcomes[ARCHIVE_OUTCOMES];
	const char *write_paths[2];
	struct archive_worker workers[WORKERS_MAX];
};

void archive_count(struct archive *a, enum archive_outcome outcome)
{
	atomic_fetch_add(&a->outcomes[outcome], 1);
}

void archive_reply_text(struct http_request *r, int status, const char *text)
{
	http_reply(r, &(struct http_reply){.status = status,
	                                   .type = "text/plain; charset=utf-8",
	                                   .headers = REPLY_HEADERS,
	                                   .body = text,
	                                   .body_bytes = strlen(text)});
}

void archive_reply_failure(struct http_request *r, int rc)
{
	if (rc == -ENOENT)
		http_reply_status(r, 404);
	else if (rc == -ENOSPC)
		archive_reply_text(r, 507, "The disk is full: the result is not stored.\n");
	else
		archive_reply_text(r, 503, "Results cannot be stored or read at present.\n");
}

static struct archive_worker *worker_of(struct archive *a, const struct http_request *r)
{
	for (struct archive_worker *w = a->workers; w < a->workers + WORKERS_MAX; w++)
		if (w->loop == http_request_loop(r))
			return w;
	abort(); /* our own mistake: its worker was not opened */
}

void archive_job_init(struct archive_job *j, struct archive *a, struct http_request *r)
{
	j->archive = a;
	j->worker = worker_of(a, r);
	http_weak_set(&j->request, r);
	j->worker->n_jobs++;
}

void archive_job_done(struct archive_job *j)
{
	(void)http_weak_take(&j->request);
	j->worker->n_jobs--;
}

static int work(sqlite3 *db, void *data)
{
	struct archive_job *j = data;

	return j->work(db, j);
}

static void on_worked(void *data, int rc)
{
	struct archive_job *j = data;

	j->on_done(j, rc);
}

void archive_job_run(struct archive_job *j)
{
	struct archive_worker *w = j->worker;

	if (j->archive->config->policy->store == POP_STORE_NEVER)
		j->on_done(j, -ENOENT);
	else if (w->store == NULL || w->n_jobs > JOBS_MAX || store_run(w->store, work, on_worked, j) < 0)
		j->on_done(j, -EBUSY);
}

bool archive_may_post(struct archive_job *j)
{
	struct http_request *r = j->request;
	uint32_t wait_ms;

	if (r->method == HTTP_METHOD_OPTIONS) {
		reply_empty(r);
		return false;
	}
	if (j->archive->config->policy->store == POP_STORE_NEVER) {
		archive_count(j->archive, ARCHIVE_FORBIDDEN);
		archive_reply_text(r, 403, "This POP stores no results.\n");
		return false;
	}
	if (limit_take(j->worker->posts, &r->client, uv_hrtime() / 1000000 / POST_EVERY_S, &wait_ms) < 0) {
		archive_count(j->archive, ARCHIVE_LIMITED);
		http_reply_wait(r, 429, wait_ms * POST_EVERY_S);
		return false;
	}
	return true;
}

void archive_refuse(struct archive_job *j, const char *error)
{
	char *text = mem_printf("%s\n", error);

	archive_count(j->archive, ARCHIVE_INVALID);
	archive_reply_text(j->request, 400, text);
	free(text);
}

bool archive_is_stored(struct archive_job *j, int rc)
{
	enum archive_outcome failure = rc == -ENOSPC ? ARCHIVE_FULL : ARCHIVE_FAILED;

	archive_count(j->archive, rc == 0 ? ARCHIVE_STORED : failure);
	if (j->request != NULL && rc < 0)
		archive_reply_failure(j->request, rc);
	return j->request != NULL && rc == 0;
}

/* Delete what is too old. Data is the archive. */
static int purge(sqlite3 *db, void *data)
{
	struct archive *a = data;
	unsigned n = 0;

	int rc = result_table_purge(db, time(NULL) - (int64_t)a->config->policy->keep_days * DAY_S, &n);
	if (rc == 0)
		atomic_fetch_add(&a->outcomes[ARCHIVE_PURGED], n);
	return rc;
}

static int set_limit(sqlite3 *db, void *data)
{
	(void)data;
	return db_limit(db, DATABASE_MAX_BYTES);
}

static void ignore(void *data, int rc)
{
	(void)data;
	(void)rc; /* logged where it failed */
}

/* Open the database if it is not, and purge it when it is time. */
static void on_minute(uv_timer_t *timer)
{
	struct archive_worker *w = timer->data;
	struct archive *a = w->archive;

	if (w->store == NULL && store_open(w->loop, a->path, a->config->migrations, &w->store) == 0)
		(void)store_run(w->store, set_limit, ignore, a);
	if (w->store != NULL && w == a->workers && w->n_minutes++ % PURGE_MINUTES == 0)
		(void)store_run(w->store, purge, ignore, a);
}

struct archive_worker *archive_open(struct archive *a, unsigned index, uv_loop_t *loop)
{
	struct archive_worker *w = &a->workers[index];

	w->archive = a;
	w->loop = loop;
	w->posts = limit_new((struct limit_rate){1, POSTS_BURST}, POST_CLIENTS);
	w->timer.data = w;
	(void)uv_timer_init(loop, &w->timer);
	if (a->path != NULL) {
		(void)uv_timer_start(&w->timer, on_minute, MINUTE_MS, MINUTE_MS);
		on_minute(&w->timer);
	}
	return w;
}

void archive_close(struct archive_worker *w)
{
	uv_close((uv_handle_t *)&w->timer, NULL);
	if (w->store != NULL)
		store_close(w->store, NULL, NULL);
	w->store = NULL;
}

/* Make or update the database, before the workers need it all at once. */
static void prepare(struct archive *a)
{
	sqlite3 *db;

	a->path = mem_printf("%s/results.db", a->config->state);
	if (db_open(a->path, a->config->migrations, &db) == 0)
		(void)sqlite3_close(db);
	if (access(a->config->state, W_OK | X_OK) == 0)
		a->write_paths[0] = a->config->state;
}

struct archive *archive_new(const struct archive_config *config)
{
	struct archive *a = mem_new(sizeof(*a));

	a->config = config;
	if (config->policy->store == POP_STORE_NEVER)
		log_info("results: the POP file says to store none");
	else if (config->state == NULL)
		log_warn("results: no $STATE_DIRECTORY to store them in");
	else
		prepare(a);
	return a;
}

void archive_free(struct archive *a)
{
	for (size_t i = 0; i < WORKERS_MAX; i++)
		if (a->workers[i].posts != NULL)
			limit_free(a->workers[i].posts);
	free(a->path);
	free(a);
}

bool archive_stores(const struct archive *a)
{
	return a->path != NULL;
}

const char *const *archive_write_paths(const struct archive *a)
{
	return a->write_paths;
}

void archive_metrics(const struct archive *a, struct buf *b, const char *daemon)
{
	static const char *const posted[] = {
		[ARCHIVE_STORED] = "outcome=\"stored\"",
		[ARCHIVE_INVALID] = "outcome=\"invalid\"",
		[ARCHIVE_LIMITED] = "outcome=\"limited\"",
		[ARCHIVE_FORBIDDEN] = "outcome=\"forbidden\"",
		[ARCHIVE_FULL] = "outcome=\"disk_full\"",
		[ARCHIVE_FAILED] = "outcome=\"failed\"",
	};
	char name[64];

	(void)snprintf(name, sizeof(name), "%s_results_total", daemon);
	metrics_family(b, name, METRICS_COUNTER, "Results posted, by what became of them.");
	for (enum archive_outcome o = 0; o <= ARCHIVE_FAILED; o++)
		metrics_u64(b, name, posted[o], a->outcomes[o]);
	(void)snprintf(name, sizeof(name), "%s_results_deleted_total", daemon);
	metrics_family(b, name, METRICS_COUNTER, "Results deleted by their key.");
	metrics_u64(b, name, "", a->outcomes[ARCHIVE_DELETED]);
	(void)snprintf(name, sizeof(name), "%s_results_purged_total", daemon);
	metrics_family(b, name, METRICS_COUNTER, "Results deleted for their age.");
	metrics_u64(b, name, "", a->outcomes[ARCHIVE_PURGED]);
}

void archive_key_make(char ret[ARCHIVE_KEY_DIGITS + 1])
{
	unsigned char bytes[ARCHIVE_KEY_DIGITS / 2];

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		mem_exhausted(); /* OpenSSL's generator needs some, and a key that can be guessed is worse */
	for (size_t i = 0; i < sizeof(bytes); i++)
		(void)snprintf(ret + 2 * i, 3, "%02x", bytes[i]);
}

void archive_key_hash(const char *key, unsigned char ret[RESULT_KEY_HASH_BYTES])
{
	(void)SHA256((const unsigned char *)key, strlen(key), ret);
}
