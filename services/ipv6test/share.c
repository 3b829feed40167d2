/* SPDX-License-Identifier: MIT */
#include "ipv6test/share.h"

#include "base/mem.h"
#include "base/metrics.h"
#include "base/pop.h"
#include "base/utc.h"
#include "ipv6test/ipv6test.h"
#include "ipv6test/share_db.h"
#include "net/archive_deletion.h"
#include "net/http_daemon.h"
#include "net/http_weak.h"
#include "net/limit.h"
#include "net/reply.h"
#include "net/whose.h"

#include <errno.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A client's look-ups: so many at once, then one every LOOK_UP_EVERY_S. */
enum {
	LOOK_UPS_BURST = 20,
	LOOK_UP_EVERY_S = 10,
	LOOK_UP_CLIENTS = 4096, /* remembered */
	CODE_TRIES = 3,         /* that one of 40 random bits is taken already will hardly happen even once */
};

struct share {
	pthread_mutex_t lock; /* guards the limit: one for all workers, or each would allow as much */
	struct limit *look_ups;
	_Atomic uint64_t n_limited;
};

struct share *share_new(void)
{
	struct share *s = mem_new(sizeof(*s));

	(void)pthread_mutex_init(&s->lock, NULL);
	s->look_ups = limit_new((struct limit_rate){1, LOOK_UPS_BURST}, LOOK_UP_CLIENTS);
	return s;
}

void share_free(struct share *s)
{
	limit_free(s->look_ups);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}

struct share_job {
	struct archive_job job;
	struct share_record record;
	char key[ARCHIVE_KEY_DIGITS + 1]; /* that deletes it */
};

static void free_job(struct share_job *j)
{
	archive_job_done(&j->job);
	observations_done(&j->record.observations);
	free(j);
}

static void make_code(struct share_record *r)
{
	uint8_t bytes[CODE_BYTES];

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		mem_exhausted(); /* as for keys, in archive.c */
	code_of(bytes, r->code);
}

/* What we know of a result besides what was observed. The whole address ends here. */
static void complete(struct share_job *j, struct whose *whose)
{
	const struct addr *client = &j->job.request->client;
	struct prefix network = prefix_kept(client);
	struct share_record *r = &j->record;
	struct whose_answer a;

	(void)prefix_text(&network, r->network);
	if (whose_find(whose, client, &a) == 0 && a.n_asns == 1) {
		r->asn = a.asns[0].asn;
		(void)snprintf(r->as_name, sizeof(r->as_name), "%s", a.asns[0].name != NULL ? a.asns[0].name : "");
	}
	r->time = time(NULL);
	archive_key_make(j->key);
	archive_key_hash(j->key, r->key_hash);
}

static int store(sqlite3 *db, struct archive_job *job)
{
	struct share_record *r = &((struct share_job *)job)->record;
	int rc = -EEXIST;

	for (int i = 0; rc == -EEXIST && i < CODE_TRIES; i++) {
		make_code(r);
		rc = share_db_add(db, r);
	}
	return rc;
}

static void on_stored(struct archive_job *job, int rc)
{
	struct share_job *j = (struct share_job *)job;
	char code[CODE_SHOWN_LEN + 1];

	if (archive_is_stored(job, rc)) {
		code_show(j->record.code, code);
		char *body = mem_printf("{\"code\":\"%s\",\"url\":\"/r/%s\","
		                        "\"delete_url\":\"/results/%s/delete?key=%s\"}\n",
		                        code, code, code, j->key);
		http_reply(job->request, &(struct http_reply){.status = 201,
		                                              .type = "application/json",
		                                              .headers = REPLY_HEADERS,
		                                              .body = body,
		                                              .body_bytes = strlen(body)});
		free(body);
	}
	free_job(j);
}

static void on_post(struct http_request *r, void *data)
{
	struct ipv6test *t = data;
	struct share_job *j = mem_new(sizeof(*j));
	char error[JSON_SHAPE_ERROR_MAX];

	archive_job_init(&j->job, t->archive, r);
	if (!archive_may_post(&j->job)) {
		free_job(j);
		return;
	}
	if (observations_parse(r->body.data, r->body.len, &j->record.observations, error) < 0) {
		archive_refuse(&j->job, error);
		free_job(j);
		return;
	}
	complete(j, t->whose);
	j->job.work = store;
	j->job.on_done = on_stored;
	archive_job_run(&j->job);
}

/* Whether the client may look up one more code; if not, it is replied to. */
static bool may_look_up(struct share *s, struct http_request *r)
{
	uint32_t wait_ms;

	(void)pthread_mutex_lock(&s->lock);
	int rc = limit_take(s->look_ups, &r->client, uv_hrtime() / 1000000 / LOOK_UP_EVERY_S, &wait_ms);
	(void)pthread_mutex_unlock(&s->lock);
	if (rc == 0)
		return true;
	atomic_fetch_add(&s->n_limited, 1);
	http_reply_wait(r, 429, wait_ms * LOOK_UP_EVERY_S);
	return false;
}

static int find(sqlite3 *db, struct archive_job *job)
{
	return share_db_get(db, &((struct share_job *)job)->record);
}

static void reply_result(struct http_request *r, const struct share_record *record)
{
	char code[CODE_SHOWN_LEN + 1], when[UTC_TEXT_MAX];

	code_show(record->code, code);
	char *body = mem_printf("{\"code\":\"%s\",\"time\":\"%s\",%s\n", code, utc_text(record->time, when),
	                        record->observations.json + 1);
	reply_json(r, body, strlen(body));
	free(body);
}

static void on_found(struct archive_job *job, int rc)
{
	struct share_job *j = (struct share_job *)job;

	if (job->request != NULL && rc < 0)
		archive_reply_failure(job->request, rc);
	else if (job->request != NULL)
		reply_result(job->request, &j->record);
	free_job(j);
}

static void show(struct http_request *r, struct ipv6test *t, const char code[CODE_LEN + 1])
{
	struct share_job *j = mem_new(sizeof(*j));

	archive_job_init(&j->job, t->archive, r);
	memcpy(j->record.code, code, CODE_LEN + 1);
	j->job.work = find;
	j->job.on_done = on_found;
	archive_job_run(&j->job);
}

static void on_result(struct http_request *r, void *data)
{
	struct ipv6test *t = data;
	const char *path = r->path + strlen("/results/"), *rest = path + strcspn(path, "./");
	bool is_json = strcmp(rest, ".json") == 0 && r->method != HTTP_METHOD_POST;
	char code[CODE_LEN + 1];

	if ((!is_json && strcmp(rest, "/delete") != 0) || code_parse(path, (size_t)(rest - path), code) < 0)
		http_reply_status(r, 404);
	else if (!may_look_up(t->share, r))
		return;
	else if (is_json)
		show(r, t, code);
	else
		archive_delete(t->archive, r, code, language_of(t->pop->site->languages[0], LANGUAGE_EN));
}

/* The page itself, which asks for the result. */
static void on_page(struct http_request *r, void *data)
{
	http_daemon_reply_page(((struct ipv6test *)data)->daemon, r);
}

void share_metrics(const struct share *s, struct buf *b)
{
	metrics_family(b, "ipv6testd_look_ups_limited_total", METRICS_COUNTER,
	               "Look-ups of codes refused to clients that tried too many.");
	metrics_u64(b, "ipv6testd_look_ups_limited_total", "", s->n_limited);
}

const struct http_route share_routes[] = {
	{.path = "/results",
         .methods = HTTP_METHOD_POST | HTTP_METHOD_OPTIONS,
         .body = HTTP_BODY_KEEP,
         .max_body_bytes = OBSERVATIONS_MAX_BYTES,
         .on_request = on_post,
         .on_done = http_weak_gone},
	{.path = "/results/*",
         .methods = HTTP_METHOD_GET | HTTP_METHOD_POST,
         .body = HTTP_BODY_COUNT,
         .max_body_bytes = 1024,
         .on_request = on_result,
         .on_done = http_weak_gone},
	{.path = "/r/*", .methods = HTTP_METHOD_GET, .on_request = on_page},
	{.path = NULL},
};
