/* Results that are looked at, as page, picture or JSON, and deleted. */
/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "base/name.h"
#include "net/reply.h"
#include "speedtest/results_job.h"
#include "speedtest/results_page.h"

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

/* Nothing from elsewhere, no script but the one that picks the theme. */
#define PAGE_HEADERS \
	"Cache-Control: no-cache\r\nVary: Accept-Language\r\nReferrer-Policy: no-referrer\r\n" \
	"Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; " \
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'\r\n"
#define PICTURE_HEADERS "Cache-Control: max-age=300\r\nAccess-Control-Allow-Origin: *\r\n"

static bool is_id(const char *text, size_t len)
{
	return len == RESULT_ID_DIGITS && strspn(text, "0123456789abcdef") >= RESULT_ID_DIGITS;
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

	card_of(&j->record.result, j->record.time, j->worker->results->pop->site->title, j->language, &c);
	return c;
}

static int get(sqlite3 *db, struct results_job *j)
{
	return results_db_get(db, &j->record);
}

static void reply_page(struct http_request *r, int status, struct buf *page)
{
	http_reply(r, &(struct http_reply){.status = status,
	                                   .type = "text/html; charset=utf-8",
	                                   .headers = PAGE_HEADERS,
	                                   .body = page->data,
	                                   .body_bytes = page->len});
	buf_done(page);
}

static bool share(struct results_job *j)
{
	struct card c = card_for(j);
	char base[BASE_MAX_BYTES];
	struct buf page;

	write_base(j->request, base);
	buf_init(&page, RESULTS_PAGE_MAX_BYTES);
	results_page_share(&page, &c, j->record.id, base);
	reply_page(j->request, 200, &page);
	return true;
}

static bool json(struct results_job *j)
{
	const struct result_record *record = &j->record;
	time_t at = record->time;
	struct tm tm;
	char when[32];

	(void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&at, &tm));
	char *body = mem_printf("{\"id\":\"%s\",\"time\":\"%s\",\"client\":\"%s\",\"result\":%s}\n", record->id, when,
	                        record->client, record->result.json);
	reply_json(j->request, body, strlen(body));
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
	reply_json(j->request, body, strlen(body));
	free(body);
	return true;
}

static void draw(uv_work_t *drawing)
{
	struct results_job *j = drawing->data;
	struct card c = card_for(j);

	(void)pictures_draw(j->worker->results->pictures, &c, &j->png); /* fits: its size is ours */
}

static void on_drawn(uv_work_t *drawing, int status)
{
	struct results_job *j = drawing->data;
	(void)status;

	atomic_fetch_sub(&j->worker->results->n_drawing, 1);
	if (j->request != NULL)
		http_reply(j->request, &(struct http_reply){.status = 200,
		                                            .type = "image/png",
		                                            .headers = PICTURE_HEADERS,
		                                            .body = j->png.data,
		                                            .body_bytes = j->png.len});
	results_job_free(j);
}

/* Have a worker thread draw, unless too many pictures wait already. */
static bool picture(struct results_job *j)
{
	struct results *s = j->worker->results;

	j->drawing.data = j;
	if (atomic_fetch_add(&s->n_drawing, 1) < DRAWINGS_MAX && s->pictures != NULL &&
	    uv_queue_work(j->worker->loop, &j->drawing, draw, on_drawn) == 0)
		return false;
	atomic_fetch_sub(&s->n_drawing, 1);
	http_reply_wait(j->request, 503, DRAWING_WAIT_MS);
	return true;
}

static void on_found(struct results_job *j, int rc)
{
	if (j->request != NULL && rc < 0)
		results_reply_failure(j->request, rc);
	if (j->request == NULL || rc < 0 || j->show(j))
		results_job_free(j);
}

/* Return: a job for the result whose id is the first @len bytes at @id; NULL: there is none, and @r is replied to. */
static struct results_job *begin(struct http_request *r, void *data, const char *id, size_t len)
{
	struct results_job *j = results_job_new(r, data);

	if (is_id(id, len) && j->worker->results->policy->store != POP_STORE_NEVER) {
		memcpy(j->record.id, id, len);
		return j;
	}
	http_reply_status(r, 404);
	results_job_free(j);
	return NULL;
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

/* Delete the result if the key is its own, or only say whether it is. */
static int check_and_delete(sqlite3 *db, struct results_job *j)
{
	int rc = results_db_check_key(db, j->record.id, j->record.key_hash);

	return rc == 0 && j->delete_it ? results_db_delete(db, j->record.id) : rc;
}

static void on_checked(struct results_job *j, int rc)
{
	enum results_deletion deletion = j->delete_it ? DELETION_DONE : DELETION_ASKED;
	struct buf page;

	if (rc == 0 && j->delete_it)
		results_count(j->worker->results, RESULTS_DELETED, 1);
	buf_init(&page, RESULTS_PAGE_MAX_BYTES);
	results_page_delete(&page, rc == -EACCES ? DELETION_REFUSED : deletion, j->language);
	if (j->request != NULL && (rc == 0 || rc == -EACCES))
		reply_page(j->request, rc == 0 ? 200 : 403, &page);
	else if (j->request != NULL)
		results_reply_failure(j->request, rc);
	buf_done(&page);
	results_job_free(j);
}

static void delete(struct results_job *j)
{
	char key[RESULT_ID_DIGITS + 1] = "";

	if (j == NULL)
		return;
	(void)http_request_query(j->request, "key", key, sizeof(key)); /* without one it is a wrong one */
	results_hash_key(key, j->record.key_hash);
	j->delete_it = j->request->method == HTTP_METHOD_POST;
	j->work = check_and_delete;
	j->on_done = on_checked;
	results_job_run(j);
}

void results_on_get(struct http_request *r, void *data)
{
	static const struct {
		const char *rest;
		bool (*way)(struct results_job *j);
	} ways[] = {{"", share}, {".png", picture}, {".json", json}};
	const char *id = r->path + strlen("/results/");
	size_t len = strcspn(id, "./");

	if (strcmp(id + len, "/delete") == 0) {
		delete (begin(r, data, id, len));
		return;
	}
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (strcmp(id + len, ways[i].rest) == 0 && r->method != HTTP_METHOD_POST) {
			show(begin(r, data, id, len), ways[i].way);
			return;
		}
	http_reply_status(r, 404);
}

static struct results_job *begin_librespeed(struct http_request *r, void *data)
{
	char id[RESULT_ID_DIGITS + 1] = "";

	(void)http_request_query(r, "id", id, sizeof(id));
	return begin(r, data, id, strlen(id));
}

void results_on_librespeed_picture(struct http_request *r, void *data)
{
	show(begin_librespeed(r, data), picture);
}

void results_on_librespeed_json(struct http_request *r, void *data)
{
	show(begin_librespeed(r, data), librespeed_json);
}
