/* Results that are looked at, as page, picture or JSON, and deleted. */
/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "base/name.h"
#include "base/utc.h"
#include "net/archive_deletion.h"
#include "net/reply.h"
#include "speedtest/results_job.h"
#include "speedtest/results_page.h"
#include "speedtest/speedtest.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	DRAWINGS_MAX = 8, /* that wait or draw: a picture costs what a test needs, too */
	DRAWING_WAIT_MS = 1000,
	BASE_MAX_BYTES = NAME_HOST_MAX + 16,
};

#define PICTURE_HEADERS "Cache-Control: max-age=300\r\nAccess-Control-Allow-Origin: *\r\n"

static bool is_id(const char *text)
{
	return strlen(text) == RESULT_ID_DIGITS && strspn(text, "0123456789abcdef") == RESULT_ID_DIGITS;
}

/* The server's URL without a path, as the client calls it; "" when it does not say or the name is no name. */
static void write_base(const struct http_request *r, char ret[BASE_MAX_BYTES])
{
	const char *authority = http_request_header(r, "Host");
	char host[NAME_HOST_MAX], port_text[8] = "";
	uint16_t port;

	*ret = '\0';
	if (authority == NULL || name_split_authority(authority, host, &port) < 0)
		return;
	if (port != 0)
		(void)snprintf(port_text, sizeof(port_text), ":%u", port);
	(void)snprintf(ret, BASE_MAX_BYTES, "%s://%s%s", http_request_is_secure(r) ? "https" : "http", host, port_text);
}

static struct card card_for(const struct results_job *j)
{
	struct card c;

	card_of(&j->record.result, j->record.time, j->results->pop->site->title, j->language, &c);
	return c;
}

static int get(sqlite3 *db, struct results_job *j)
{
	return results_db_get(db, &j->record);
}

static bool share(struct results_job *j)
{
	struct card c = card_for(j);
	char base[BASE_MAX_BYTES];
	struct buf page;

	write_base(j->job.request, base);
	buf_init(&page, RESULTS_PAGE_MAX_BYTES);
	results_page_share(&page, &c, j->record.id, base);
	http_reply(j->job.request, &(struct http_reply){.status = 200,
	                                                .type = "text/html; charset=utf-8",
	                                                .headers = ARCHIVE_PAGE_HEADERS,
	                                                .body = page.data,
	                                                .body_bytes = page.len});
	buf_done(&page);
	return true;
}

static bool json(struct results_job *j)
{
	const struct result_record *record = &j->record;
	char when[UTC_TEXT_MAX];

	char *body = mem_printf("{\"id\":\"%s\",\"time\":\"%s\",\"client\":\"%s\",\"result\":%s}\n", record->id,
	                        utc_text(record->time, when), record->client, record->result.json);
	reply_json(j->job.request, body, strlen(body));
	free(body);
	return true;
}

/* The family that LibreSpeed's fields, which know only one, tell of. */
static const struct result_figures *figures_of(const struct result *result)
{
	bool ipv4 = result_figures_any(&result->figures[RESULT_IPV4]);

	return &result->figures[ipv4 ? RESULT_IPV4 : RESULT_IPV6];
}

/* "94.31" as LibreSpeed's text; "" when it is not known. */
static void write_figure(double figure, char ret[32])
{
	if (isnan(figure))
		*ret = '\0';
	else
		(void)snprintf(ret, 32, "%.2f", figure);
}

static bool librespeed_json(struct results_job *j)
{
	const struct result_figures *f = figures_of(&j->record.result);
	char when[32], download[32], upload[32], ping[32], jitter[32];
	time_t at = j->record.time;
	struct tm tm;

	(void)strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", gmtime_r(&at, &tm));
	write_figure(f->download_bps / 1e6, download);
	write_figure(f->upload_bps / 1e6, upload);
	write_figure(f->latency_ms, ping);
	write_figure(f->jitter_ms, jitter);
	char *body = mem_printf("{\"timestamp\":\"%s\",\"download\":\"%s\",\"upload\":\"%s\",\"ping\":\"%s\","
	                        "\"jitter\":\"%s\",\"ispinfo\":\"\"}",
	                        when, download, upload, ping, jitter);
	reply_json(j->job.request, body, strlen(body));
	free(body);
	return true;
}

static void draw(uv_work_t *drawing)
{
	struct results_job *j = drawing->data;
	struct card c = card_for(j);

	(void)pictures_draw(j->results->pictures, &c, &j->png); /* fits: its size is ours */
}

static void on_drawn(uv_work_t *drawing, int status)
{
	struct results_job *j = drawing->data;
	(void)status;

	atomic_fetch_sub(&j->results->n_drawing, 1);
	if (j->job.request != NULL)
		http_reply(j->job.request, &(struct http_reply){.status = 200,
		                                                .type = "image/png",
		                                                .headers = PICTURE_HEADERS,
		                                                .body = j->png.data,
		                                                .body_bytes = j->png.len});
	results_job_free(j);
}

/* Have a worker thread draw, unless too many pictures wait already. */
static bool picture(struct results_job *j)
{
	struct results *s = j->results;

	j->drawing.data = j;
	if (atomic_fetch_add(&s->n_drawing, 1) < DRAWINGS_MAX && s->pictures != NULL &&
	    uv_queue_work(http_request_loop(j->job.request), &j->drawing, draw, on_drawn) == 0)
		return false;
	atomic_fetch_sub(&s->n_drawing, 1);
	http_reply_wait(j->job.request, 503, DRAWING_WAIT_MS);
	return true;
}

static void on_found(struct results_job *j, int rc)
{
	if (j->job.request != NULL && rc < 0)
		archive_reply_failure(j->job.request, rc);
	if (j->job.request == NULL || rc < 0 || j->show(j))
		results_job_free(j);
}

/* Return: a job for the result @id; NULL: there is none, and @r is replied to. */
static struct results_job *begin(struct http_request *r, void *data, const char *id)
{
	if (!is_id(id)) {
		http_reply_status(r, 404);
		return NULL;
	}
	struct results_job *j = results_job_new(r, data);
	memcpy(j->record.id, id, RESULT_ID_DIGITS);
	return j;
}

/* Show what is found in one of the ways above: each replies, or returns false to free the job itself. */
static void show(struct results_job *j, bool (*way)(struct results_job *j))
{
	if (j == NULL)
		return;
	j->work = get;
	j->on_done = on_found;
	j->show = way;
	results_job_run(j);
}

void results_on_get(struct http_request *r, void *data)
{
	static const struct {
		const char *rest;
		bool (*way)(struct results_job *j);
	} ways[] = {{"", share}, {".png", picture}, {".json", json}};
	struct results *s = ((struct speedtest *)data)->results;
	const char *path = r->path + strlen("/results/"), *rest = path + strcspn(path, "./");
	char id[RESULT_ID_DIGITS + 1] = "";

	if (rest - path < (ptrdiff_t)sizeof(id))
		memcpy(id, path, (size_t)(rest - path));
	if (strcmp(rest, "/delete") == 0 && is_id(id)) {
		archive_delete(s->archive, r, id, s->language);
		return;
	}
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (strcmp(rest, ways[i].rest) == 0 && r->method != HTTP_METHOD_POST) {
			show(begin(r, data, id), ways[i].way);
			return;
		}
	http_reply_status(r, 404);
}

static struct results_job *begin_librespeed(struct http_request *r, void *data)
{
	char id[RESULT_ID_DIGITS + 1] = "";

	(void)http_request_query(r, "id", id, sizeof(id));
	return begin(r, data, id);
}

void results_on_librespeed_picture(struct http_request *r, void *data)
{
	show(begin_librespeed(r, data), picture);
}

void results_on_librespeed_json(struct http_request *r, void *data)
{
	show(begin_librespeed(r, data), librespeed_json);
}
