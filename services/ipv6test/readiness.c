/*
 * Happy path: a test is counted by a job of the archive; what all are is written once after
 * that, for each length of time, and kept until the next test or day.
 * Failures: a database that cannot be written or read leaves the statistics without this test,
 * or the client with 503.
 */
/* SPDX-License-Identifier: MIT */
#include "ipv6test/readiness.h"

#include "base/json_shape.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "ipv6test/counted.h"
#include "ipv6test/ipv6test.h"
#include "ipv6test/readiness_db.h"
#include "net/http_weak.h"
#include "net/reply.h"
#include "net/whose.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	DAY_S = 24 * 60 * 60,
	BODY_MAX_BYTES = 256,
	READY_SCORE = 9, /* of IPv6, from 10: all that a visitor notices works */
	COUNTED_MAX = 65536,
};

/* Not just any number of days, so that there is little to keep. */
static const char *const ranges[] = {"7", "30", "90", "365"};

enum {
	RANGES = sizeof(ranges) / sizeof(*ranges),
	RANGE_DEFAULT = 2,
};

enum outcome {
	OUTCOME_COUNTED,
	OUTCOME_AGAIN, /* counted today already */
	OUTCOME_INVALID,
	OUTCOME_FAILED,
	OUTCOMES,
};

struct readiness {
	struct counted *counted;
	_Atomic uint64_t outcomes[OUTCOMES];
	pthread_mutex_t lock; /* guards what follows */
	uint64_t n_counted;   /* what was read before the last of them is out of date */
	struct told {
		char *json; /* NULL: out of date */
		int64_t day;
	} told[RANGES];
};

struct readiness_job {
	struct archive_job job;
	struct readiness *readiness;
	struct readiness_test test; /* one to count */
	size_t range;               /* or what to tell of, on test.day */
	uint64_t n_counted;         /* when that was asked */
	char *json;
};

struct readiness *readiness_new(void)
{
	struct readiness *r = mem_new(sizeof(*r));

	r->counted = counted_new(COUNTED_MAX);
	(void)pthread_mutex_init(&r->lock, NULL);
	return r;
}

/* What is told is no longer all. */
static void forget_told(struct readiness *r)
{
	(void)pthread_mutex_lock(&r->lock);
	r->n_counted++;
	for (size_t i = 0; i < RANGES; i++) {
		free(r->told[i].json);
		r->told[i].json = NULL;
	}
	(void)pthread_mutex_unlock(&r->lock);
}

void readiness_free(struct readiness *r)
{
	forget_told(r);
	(void)pthread_mutex_destroy(&r->lock);
	counted_free(r->counted);
	free(r);
}

static void count_outcome(struct readiness *r, enum outcome outcome)
{
	atomic_fetch_add(&r->outcomes[outcome], 1);
}

static struct readiness_job *new_job(struct http_request *r, struct ipv6test *t)
{
	struct readiness_job *j = mem_new(sizeof(*j));

	archive_job_init(&j->job, t->archive, r);
	j->readiness = t->readiness;
	j->test.day = time(NULL) / DAY_S;
	return j;
}

static void free_job(struct readiness_job *j)
{
	archive_job_done(&j->job);
	free(j->json);
	free(j);
}

static int count(sqlite3 *db, struct archive_job *job)
{
	return readiness_db_count(db, &((struct readiness_job *)job)->test);
}

static void on_counted(struct archive_job *job, int rc)
{
	struct readiness_job *j = (struct readiness_job *)job;

	count_outcome(j->readiness, rc == 0 ? OUTCOME_COUNTED : OUTCOME_FAILED);
	forget_told(j->readiness);
	if (job->request != NULL && rc < 0)
		archive_reply_failure(job->request, rc);
	else if (job->request != NULL)
		reply_empty(job->request);
	free_job(j);
}

/* Read {"ipv4":10,"ipv6":0}. Return: 0, or -EINVAL and what is wrong. */
static int read_scores(const struct buf *body, bool *ret_ipv6_ready, char reterr[JSON_SHAPE_ERROR_MAX])
{
	static const struct json_field fields[] = {
		{"ipv4", JSON_NUMBER, .max = 10},
		{"ipv6", JSON_NUMBER, .max = 10},
		{0},
	};
	yyjson_doc *doc = json_shape_read(body->data, body->len, "the scores", reterr);

	if (doc == NULL)
		return -EINVAL;
	yyjson_val *root = yyjson_doc_get_root(doc);
	int rc = json_shape_check(root, fields, "the scores", reterr);
	yyjson_val *ipv4 = yyjson_obj_get(root, "ipv4"), *ipv6 = yyjson_obj_get(root, "ipv6");
	if (rc == 0 && (!yyjson_is_num(ipv4) || !yyjson_is_num(ipv6))) {
		(void)snprintf(reterr, JSON_SHAPE_ERROR_MAX, "the scores: must have ipv4 and ipv6");
		rc = -EINVAL;
	}
	if (rc == 0)
		*ret_ipv6_ready = yyjson_get_num(ipv6) >= READY_SCORE;
	yyjson_doc_free(doc);
	return rc;
}

static void refuse(struct http_request *r, struct readiness *readiness, const char *error)
{
	char *text = mem_printf("%s\n", error);

	count_outcome(readiness, OUTCOME_INVALID);
	archive_reply_text(r, 400, text);
	free(text);
}

static void on_post(struct http_request *r, void *data)
{
	struct ipv6test *t = data;
	char error[JSON_SHAPE_ERROR_MAX];
	struct whose_answer whose;
	bool ipv6_ready = false;

	if (r->method == HTTP_METHOD_OPTIONS) {
		reply_empty(r);
		return;
	}
	if (read_scores(&r->body, &ipv6_ready, error) < 0) {
		refuse(r, t->readiness, error);
		return;
	}
	if (!counted_take(t->readiness->counted, &r->client, time(NULL) / DAY_S)) {
		count_outcome(t->readiness, OUTCOME_AGAIN);
		reply_empty(r);
		return;
	}
	struct readiness_job *j = new_job(r, t);
	j->test.ipv6_ready = ipv6_ready;
	j->test.as_name = "";
	if (whose_find(t->whose, &r->client, &whose) == 0 && whose.n_asns == 1) {
		j->test.asn = whose.asns[0].asn;
		j->test.as_name = whose.asns[0].name != NULL ? whose.asns[0].name : "";
	}
	j->job.work = count;
	j->job.on_done = on_counted;
	archive_job_run(&j->job);
}

static int tell(sqlite3 *db, struct archive_job *job)
{
	struct readiness_job *j = (struct readiness_job *)job;

	return readiness_db_json(db, j->test.day - strtol(ranges[j->range], NULL, 10) + 1, &j->json);
}

/* Keep what @j has found for who asks next. */
static void keep_told(struct readiness_job *j)
{
	struct told *told = &j->readiness->told[j->range];

	(void)pthread_mutex_lock(&j->readiness->lock);
	if (j->readiness->n_counted == j->n_counted) {
		free(told->json);
		*told = (struct told){mem_strdup(j->json), j->test.day};
	}
	(void)pthread_mutex_unlock(&j->readiness->lock);
}

static void on_told(struct archive_job *job, int rc)
{
	struct readiness_job *j = (struct readiness_job *)job;

	if (rc == 0)
		keep_told(j);
	if (job->request != NULL && rc < 0)
		archive_reply_failure(job->request, rc);
	else if (job->request != NULL)
		reply_json(job->request, j->json, strlen(j->json));
	free_job(j);
}

/* What is known already, for free(), or NULL and *ret_n_counted. */
static char *told_already(struct readiness *r, size_t range, int64_t day, uint64_t *ret_n_counted)
{
	struct told *told = &r->told[range];

	(void)pthread_mutex_lock(&r->lock);
	*ret_n_counted = r->n_counted;
	char *json = told->day == day ? mem_strdup(told->json) : NULL;
	(void)pthread_mutex_unlock(&r->lock);
	return json;
}

static void on_get(struct http_request *r, void *data)
{
	struct ipv6test *t = data;
	char days[8] = "";
	size_t range = 0;
	uint64_t n_counted;

	if (http_request_query(r, "days", days, sizeof(days)) == -ENOENT)
		(void)snprintf(days, sizeof(days), "%s", ranges[RANGE_DEFAULT]);
	while (range < RANGES && strcmp(ranges[range], days) != 0)
		range++;
	if (range == RANGES) {
		archive_reply_text(r, 400, "days: must be one of 7, 30, 90, 365\n");
		return;
	}
	char *json = told_already(t->readiness, range, time(NULL) / DAY_S, &n_counted);
	if (json != NULL) {
		reply_json(r, json, strlen(json));
		free(json);
		return;
	}
	struct readiness_job *j = new_job(r, t);
	j->range = range;
	j->n_counted = n_counted;
	j->job.work = tell;
	j->job.on_done = on_told;
	archive_job_run(&j->job);
}

void readiness_metrics(const struct readiness *r, struct buf *b)
{
	static const char *const labels[OUTCOMES] = {
		[OUTCOME_COUNTED] = "outcome=\"counted\"",
		[OUTCOME_AGAIN] = "outcome=\"again\"",
		[OUTCOME_INVALID] = "outcome=\"invalid\"",
		[OUTCOME_FAILED] = "outcome=\"failed\"",
	};

	metrics_family(b, "ipv6testd_readiness_total", METRICS_COUNTER, "Tests to be counted, by what became of them.");
	for (enum outcome o = 0; o < OUTCOMES; o++)
		metrics_u64(b, "ipv6testd_readiness_total", labels[o], r->outcomes[o]);
}

const struct http_route readiness_routes[] = {
	{.path = "/readiness",
         .methods = HTTP_METHOD_POST | HTTP_METHOD_OPTIONS,
         .body = HTTP_BODY_KEEP,
         .max_body_bytes = BODY_MAX_BYTES,
         .on_request = on_post,
         .on_done = http_weak_gone},
	{.path = "/readiness.json", .methods = HTTP_METHOD_GET, .on_request = on_get, .on_done = http_weak_gone},
	{.path = NULL},
};
