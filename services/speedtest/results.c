/* SPDX-License-Identifier: MIT */
#include "speedtest/results.h"

#include "base/mem.h"
#include "net/http_weak.h"
#include "net/reply.h"
#include "speedtest/results_job.h"
#include "speedtest/speedtest.h"

#include <stdlib.h>

enum { TELEMETRY_MAX_BYTES = 256 * 1024 };

struct results_job *results_job_new(struct http_request *r, void *data)
{
	struct results *s = ((struct speedtest *)data)->results;
	struct results_job *j = mem_new(sizeof(*j));

	archive_job_init(&j->job, s->archive, r);
	j->results = s;
	j->language = reply_language(r, s->language);
	buf_init(&j->png, PICTURE_MAX_BYTES);
	return j;
}

void results_job_free(struct results_job *j)
{
	archive_job_done(&j->job);
	result_done(&j->record.result);
	buf_done(&j->png);
	free(j);
}

static int work(sqlite3 *db, struct archive_job *job)
{
	struct results_job *j = (struct results_job *)job;

	return j->work(db, j);
}

static void on_done(struct archive_job *job, int rc)
{
	struct results_job *j = (struct results_job *)job;

	j->on_done(j, rc);
}

void results_job_run(struct results_job *j)
{
	j->job.work = work;
	j->job.on_done = on_done;
	archive_job_run(&j->job);
}

struct results_worker *results_open(struct results *s, unsigned index, uv_loop_t *loop)
{
	struct results_worker *w = &s->workers[index];

	w->results = s;
	w->archive = archive_open(s->archive, index, loop);
	if (index == 0)
		whose_watch(s->whose, loop);
	return w;
}

void results_close(struct results_worker *w)
{
	archive_close(w->archive);
	if (w == w->results->workers)
		whose_unwatch(w->results->whose);
}

struct results *results_new(const struct pop *p, const char *state)
{
	struct results *s = mem_new(sizeof(*s));
	const struct pop_results *policy = p->services->speedtest->results;

	s->pop = p;
	s->language = language_of(p->site->languages[0], LANGUAGE_EN);
	s->config = (struct archive_config){.policy = policy, .state = state, .migrations = results_migrations};
	s->archive = archive_new(&s->config);
	bool stores = archive_stores(s->archive);
	s->whose = whose_new(p, (const char *const *)policy->origins, stores ? policy->n_origins : 0, NULL);
	if (stores)
		(void)pictures_open(PICTURE_FONTS, &s->pictures); /* without them there are no pictures */
	return s;
}

void results_free(struct results *s)
{
	if (s->pictures != NULL)
		pictures_close(s->pictures);
	whose_free(s->whose);
	archive_free(s->archive);
	free(s);
}

const char *const *results_read_paths(const struct results *s)
{
	return whose_read_paths(s->whose);
}

const char *const *results_write_paths(const struct results *s)
{
	return archive_write_paths(s->archive);
}

void results_metrics(struct results *s, struct buf *b)
{
	archive_metrics(s->archive, b, "speedtestd");
	whose_metrics(s->whose, b, "speedtestd");
}

/* LibreSpeed's paths, at the root and below backend/. */
#define LIBRESPEED(name, ...) \
	{.path = "/results/" name, __VA_ARGS__}, \
	{ \
		.path = "/backend/results/" name, __VA_ARGS__ \
	}

#define READ(handler) \
	.methods = HTTP_METHOD_GET, .on_request = (handler), .on_done = http_weak_gone
#define POST(handler, max_bytes) \
	.methods = HTTP_METHOD_POST | HTTP_METHOD_OPTIONS, .body = HTTP_BODY_KEEP, .max_body_bytes = (max_bytes), \
	.on_request = (handler), .on_done = http_weak_gone

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
         .on_done = http_weak_gone},
	{.path = NULL},
};
