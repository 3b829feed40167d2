/* Inside results: one request on its way through the database. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_RESULTS_JOB_H
#define FONTAINE_SPEEDTEST_RESULTS_JOB_H

#include "net/archive.h"
#include "net/whose.h"
#include "net/workers.h"
#include "speedtest/picture.h"
#include "speedtest/results.h"
#include "speedtest/results_db.h"

struct results_worker {
	struct results *results;
	struct archive_worker *archive;
};

struct results {
	const struct pop *pop;
	enum language language; /* the POP's first */
	struct archive_config config;
	struct archive *archive;
	struct whose *whose;
	struct pictures *pictures; /* NULL: there are none */
	atomic_uint n_drawing;
	struct results_worker workers[WORKERS_MAX];
};

/** A request that waits for the database. */
struct results_job {
	struct archive_job job;
	struct results *results;
	int (*work)(sqlite3 *db, struct results_job *j);
	void (*on_done)(struct results_job *j, int rc);
	struct result_record record;
	char key[ARCHIVE_KEY_DIGITS + 1];    /* that deletes it */
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

/* Handlers. */
void results_on_post(struct http_request *r, void *data);
void results_on_telemetry(struct http_request *r, void *data);
void results_on_get(struct http_request *r, void *data);
void results_on_librespeed_picture(struct http_request *r, void *data);
void results_on_librespeed_json(struct http_request *r, void *data);

#endif
