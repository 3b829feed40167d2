/* Inside results: what each worker has, and one request on its way through the database. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_RESULTS_JOB_H
#define FONTAINE_SPEEDTEST_RESULTS_JOB_H

#include "net/limit.h"
#include "net/whose.h"
#include "net/workers.h"
#include "speedtest/picture.h"
#include "speedtest/results.h"
#include "speedtest/results_db.h"

/** What became of results that were posted, and of those stored. */
enum results_outcome {
	RESULTS_STORED,
	RESULTS_INVALID,
	RESULTS_LIMITED,
	RESULTS_FORBIDDEN,
	RESULTS_FULL,
	RESULTS_FAILED,
	RESULTS_DELETED,
	RESULTS_PURGED,
	RESULTS_OUTCOMES,
};

struct results_worker {
	struct results *results;
	_Atomic(uv_loop_t *) loop;
	struct store *store; /* NULL: the database cannot be used */
	unsigned n_jobs;
	struct limit *posts;
	uv_timer_t timer;
	unsigned n_minutes;
};

struct results {
	const struct pop *pop;
	const struct pop_results *policy;
	enum language language; /* the POP's first */
	char *path;             /* of the database; NULL: nothing is stored */
	struct whose *whose;
	struct pictures *pictures; /* NULL: there are none */
	atomic_uint n_drawing;
	_Atomic uint64_t outcomes[RESULTS_OUTCOMES];
	const char *write_paths[2];
	struct results_worker workers[WORKERS_MAX];
};

/** A request that waits for the database. */
struct results_job {
	struct results_worker *worker;
	struct http_request *request; /* NULL: it is replied to, or its client has gone */
	int (*work)(sqlite3 *db, struct results_job *j);
	void (*on_done)(struct results_job *j, int rc);
	struct result_record record;
	char key[RESULT_ID_DIGITS + 1]; /* that deletes it */
	bool delete_it;
	bool (*show)(struct results_job *j); /* what was found */
	enum language language;
	uv_work_t drawing;
	struct buf png;
};

/** For @r, a request to handlers with @data. Ends with results_job_free(). */
struct results_job *results_job_new(struct http_request *r, void *data);
void results_job_free(struct results_job *j);

/** Run j->work on the worker thread, then j->on_done, which frees @j; with -EBUSY when it can't be run. */
void results_job_run(struct results_job *j);

void results_hash_key(const char *key, unsigned char ret[RESULT_KEY_HASH_BYTES]);

void results_count(struct results *s, enum results_outcome outcome, uint64_t n);

/** The on_done of every route: what waits for @r waits no more. */
void results_request_gone(struct http_request *r, void *data);

/** Reply with @status and one line of text, which is ours or checked. */
void results_reply_text(struct http_request *r, int status, const char *text);

/** Reply to a job whose work has failed with @rc. */
void results_reply_failure(struct http_request *r, int rc);

/* Handlers. */
void results_on_post(struct http_request *r, void *data);
void results_on_telemetry(struct http_request *r, void *data);
void results_on_get(struct http_request *r, void *data);
void results_on_librespeed_picture(struct http_request *r, void *data);
void results_on_librespeed_json(struct http_request *r, void *data);

#endif
