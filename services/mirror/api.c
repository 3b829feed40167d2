/*
 * Happy path: a request becomes a call, which outlives its client: who asks is found out (mirror/auth.h), then the
 * engine is asked, and its answer is the reply. Whatever fails on the way is a problem (mirror/api_problem.h).
 */
/* SPDX-License-Identifier: MIT */
#include "mirror/api.h"

#include "base/json_write.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "mirror/api_problem.h"
#include "net/bearer.h"
#include "net/http_metrics.h"
#include "net/http_weak.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX     API_MIRRORS "/"
#define NO_STORE   "Cache-Control: no-store\r\n"
#define FOR_ALL    "Cache-Control: max-age=10\r\nAccess-Control-Allow-Origin: *\r\n"
#define JSON       "application/json"
#define PLAIN_TEXT "text/plain; charset=utf-8"

enum {
	METRICS_MAX_BYTES = 4 << 20,
	DIGITS_MAX = 18,
	URL_MAX_BYTES = 300,
};

static const struct {
	const char *name;
	enum http_method method;
	struct api_target target;
} targets[] = {
	{"", HTTP_METHOD_GET, {.what = API_SHOW}},
	{"/runs", HTTP_METHOD_GET, {.what = API_RUNS, .right = API_OPERATOR}},
	{"/log", HTTP_METHOD_GET, {.what = API_LOG, .right = API_OPERATOR}},
	{"/large", HTTP_METHOD_GET, {.what = API_LARGE}},
	{"/push", HTTP_METHOD_POST, {.what = API_WISH, .right = API_PUSHER, .wish = ENGINE_RUN}},
	{"/start", HTTP_METHOD_POST, {.what = API_WISH, .right = API_OPERATOR, .wish = ENGINE_RESUME}},
	{"/stop", HTTP_METHOD_POST, {.what = API_WISH, .right = API_OPERATOR, .wish = ENGINE_STOP}},
	{"/hold", HTTP_METHOD_POST, {.what = API_WISH, .right = API_OPERATOR, .wish = ENGINE_HOLD}},
	{"/release", HTTP_METHOD_POST, {.what = API_WISH, .right = API_OPERATOR, .wish = ENGINE_RELEASE}},
	{"/rollback", HTTP_METHOD_POST, {.what = API_ROLLBACK, .right = API_OPERATOR}},
};

int api_target(const char *path, unsigned method, struct api_target *ret)
{
	const char *name = path + sizeof(PREFIX) - 1;

	if (strncmp(path, PREFIX, sizeof(PREFIX) - 1) != 0)
		return -ENOENT;
	size_t len = strcspn(name, "/");
	if (len == 0 || len >= sizeof(ret->project))
		return -ENOENT;
	for (size_t i = 0; i < sizeof(targets) / sizeof(*targets); i++) {
		if (strcmp(name + len, targets[i].name) != 0)
			continue;
		if (targets[i].method != method)
			return -ENOTSUP;
		*ret = targets[i].target;
		(void)snprintf(ret->project, sizeof(ret->project), "%.*s", (int)len, name);
		return 0;
	}
	return -ENOENT;
}

static void reply(struct http_request *r, int status, const char *type, const char *headers, const char *text)
{
	http_reply(r, &(struct http_reply){.status = status,
	                                   .type = type,
	                                   .headers = headers,
	                                   .body = text,
	                                   .body_bytes = strlen(text)});
}

/** Say what could not be done, and what to do about it. */
static void reply_problem(struct http_request *r, int rc, unsigned wait_s)
{
	const struct api_problem *p = api_problem_of(rc);
	char headers[128] = NO_STORE;
	size_t len = strlen(headers);

	if (p->status == 401)
		(void)snprintf(headers + len, sizeof(headers) - len, "WWW-Authenticate: Bearer\r\n");
	if (p->status == 429 || p->status == 503)
		(void)snprintf(headers + len, sizeof(headers) - len, "Retry-After: %u\r\n", wait_s > 0 ? wait_s : 2);
	if (p->status == 405) /* (RFC 9110, 10.2.1) */
		(void)snprintf(headers + len, sizeof(headers) - len, "Allow: %s\r\n",
		               r->method == HTTP_METHOD_POST ? "GET, HEAD" : "POST");
	char *text = api_problem_text(p, r->path);
	reply(r, p->status, API_PROBLEM_TYPE, headers, text);
	free(text);
}

struct call {
	const struct api *api;
	struct http_request *request; /* NULL: its client has gone */
	struct api_target target;
	int64_t number; /* of a run or a generation; 0: none is said */
};

/** Let go of the call. Return: its request, or NULL when its client has gone. */
static struct http_request *end(struct call *c)
{
	struct http_request *r = http_weak_take(&c->request);

	free(c);
	return r;
}

static void fail(struct call *c, int rc, unsigned wait_s)
{
	struct http_request *r = end(c);

	if (r != NULL)
		reply_problem(r, rc, wait_s);
}

static void on_answer(void *data, int rc, const char *text)
{
	struct call *c = data;
	const char *type = c->target.what == API_LOG ? PLAIN_TEXT : JSON;

	if (rc < 0) {
		fail(c, rc, 0);
		return;
	}
	struct http_request *r = end(c);
	if (r != NULL)
		reply(r, 200, type, NO_STORE, text);
}

/** The project as it is now. */
static void show(struct call *c)
{
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *list = yyjson_mut_arr(doc);

	engine_list(c->api->engine, c->target.project, doc, list);
	yyjson_mut_val *one = yyjson_mut_arr_get_first(list);
	if (one == NULL) {
		yyjson_mut_doc_free(doc);
		fail(c, -ENOENT, 0);
		return;
	}
	struct http_request *r = end(c);
	char *text = json_take(doc, one);
	if (r != NULL)
		reply(r, 200, JSON, NO_STORE, text);
	free(text);
}

static void on_wish_done(void *data, int rc)
{
	if (rc < 0)
		fail(data, rc, 0);
	else
		show(data);
}

/** Whoever asks may. @who: for the journal. */
static void carry_out(struct call *c, const char *who)
{
	const struct api_target *t = &c->target;
	struct engine *e = c->api->engine;

	if (t->what == API_WISH || t->what == API_ROLLBACK)
		log_info("mirror: %s: %s by %s", t->project, strrchr(c->request->path, '/') + 1, who);
	switch (t->what) {
	case API_SHOW:
		show(c);
		break;
	case API_RUNS:
		engine_ask(e, &(struct engine_question){t->project, ENGINE_RUNS, 0}, on_answer, c);
		break;
	case API_LOG:
		engine_ask(e, &(struct engine_question){t->project, ENGINE_LOG, c->number}, on_answer, c);
		break;
	case API_LARGE:
		engine_ask(e, &(struct engine_question){t->project, ENGINE_LARGE, 0}, on_answer, c);
		break;
	case API_WISH:
		engine_wish(e, t->project, t->wish, on_wish_done, c);
		break;
	case API_ROLLBACK:
		engine_rollback(e, t->project, (uint64_t)c->number, on_wish_done, c);
		break;
	case API_TRAFFIC:
		traffic_ask(c->api->traffic, (enum traffic_span)c->number, c->api->is_open, on_answer, c);
		break;
	}
}

static void on_known(void *data, const struct auth_known *known)
{
	const struct token_row *token = &known->token;
	struct call *c = data;
	bool is_pusher = c->target.right == API_PUSHER && strcmp(token->project, c->target.project) == 0;
	int rc = known->rc;

	if (rc == 0 && token->project[0] != '\0' && !is_pusher)
		rc = -EPERM;
	if (rc < 0 || c->request == NULL) /* its client has gone: nothing was begun */
		fail(c, rc, known->wait_s);
	else
		carry_out(c, token->label);
}

/** Read ?@key=, 0 without one. Return: 0 or -EINVAL. */
static int read_number(const struct http_request *r, const char *key, int64_t *ret)
{
	char text[DIGITS_MAX + 2] = "";
	int rc = http_request_query(r, key, text, sizeof(text));
	size_t digits = strspn(text, "0123456789");

	if (rc == -ENOENT)
		*ret = 0;
	if (rc == -ENOENT)
		return 0;
	if (rc < 0 || digits == 0 || digits > DIGITS_MAX || text[digits] != '\0')
		return -EINVAL;
	*ret = strtoll(text, NULL, 10);
	return 0;
}

static void begin(struct http_request *r, const struct api *api, const struct api_target *t, int64_t number)
{
	struct call *c = mem_new(sizeof(*c));

	*c = (struct call){.api = api, .target = *t, .number = number};
	http_weak_set(&c->request, r);
	if (api->is_open || t->right == API_ANYBODY)
		carry_out(c, "the operator");
	else
		auth_find(api->auth, http_request_loop(r), bearer_text(r), &r->client, on_known, c);
}

static void on_project(struct http_request *r, void *data)
{
	const struct api *api = data;
	struct api_target t;
	int64_t number = 0;
	int rc = api_target(r->path, r->method == HTTP_METHOD_HEAD ? HTTP_METHOD_GET : r->method, &t);

	if (rc == 0 && t.what == API_LOG)
		rc = read_number(r, "run", &number);
	if (rc == 0 && t.what == API_ROLLBACK)
		rc = read_number(r, "generation", &number);
	if (rc < 0) {
		reply_problem(r, rc, 0);
		return;
	}
	begin(r, api, &t, number);
}

static void on_list(struct http_request *r, void *data)
{
	const struct api *api = data;
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *list = yyjson_mut_arr(doc);

	engine_list(api->engine, NULL, doc, list);
	char *text = json_take(doc, list);
	reply(r, 200, JSON, api->is_open ? NO_STORE : FOR_ALL, text);
	free(text);
}

static void on_traffic(struct http_request *r, void *data)
{
	char text[16] = "day";
	int64_t span = 0;
	int rc = http_request_query(r, "span", text, sizeof(text));

	while (traffic_spans[span] != NULL && strcmp(traffic_spans[span], text) != 0)
		span++;
	if ((rc < 0 && rc != -ENOENT) || traffic_spans[span] == NULL)
		reply_problem(r, -EINVAL, 0);
	else
		begin(r, data, &(struct api_target){.what = API_TRAFFIC}, span);
}

static void on_jobs(struct http_request *r, void *data)
{
	const struct api *api = data;
	struct project_status *all = engine_status(api->engine);
	char *text = status_jobs(all, engine_n(api->engine));

	reply(r, 200, JSON, FOR_ALL, text);
	free(text);
	free(all);
}

static void on_mirrorz(struct http_request *r, void *data)
{
	const struct api *api = data;
	const struct pop_site *s = api->pop->site;
	char url[URL_MAX_BYTES];
	struct site_status site = {url, s->name, s->title, s->operated_by->contact};
	struct project_status *all = engine_status(api->engine);

	(void)snprintf(url, sizeof(url), "https://www.%s", s->domain);
	char *text = status_mirrorz(&site, all, engine_n(api->engine));
	reply(r, 200, JSON, FOR_ALL, text);
	free(text);
	free(all);
}

static void on_metrics(struct http_request *r, void *data)
{
	static const char build[] = "mirrord_build_info";
	const struct api *api = data;
	struct buf b;

	buf_init(&b, METRICS_MAX_BYTES);
	metrics_family(&b, build, METRICS_GAUGE, "The version that runs.");
	metrics_u64(&b, build, "version=\"" FONTAINE_VERSION "\"", 1);
	http_metrics_write(&b, "mirrord", api->counters, api->n_counters);
	engine_metrics(api->engine, &b);
	auth_metrics(api->auth, &b);
	traffic_metrics(api->traffic, &b);
	redirect_metrics(api->redirect, &b);
	char *text = buf_take_text(&b);
	reply(r, 200, "text/plain; version=0.0.4", NO_STORE, text);
	free(text);
}

static void on_pops(struct http_request *r, void *data)
{
	const struct api *api = data;

	int rc = redirect_pops(api->redirect, r);
	if (rc < 0)
		reply_problem(r, rc, 0);
}

static void on_missing(struct http_request *r, void *data)
{
	const struct api *api = data;

	redirect_request(api->redirect, r);
}

const struct http_route api_routes[] = {
	{.path = API_MIRRORS, .methods = HTTP_METHOD_GET, .on_request = on_list},
	{.path = PREFIX "*",
         .methods = HTTP_METHOD_GET | HTTP_METHOD_POST,
         .on_request = on_project,
         .on_done = http_weak_gone},
	{.path = "/api/v1/traffic", .methods = HTTP_METHOD_GET, .on_request = on_traffic, .on_done = http_weak_gone},
	{.path = "/api/v1/pops", .methods = HTTP_METHOD_GET, .on_request = on_pops},
	{.path = "/jobs", .methods = HTTP_METHOD_GET, .on_request = on_jobs},
	{.path = "/mirrorz.json", .methods = HTTP_METHOD_GET, .on_request = on_mirrorz},
	{.path = NULL},
};

const struct http_route api_metrics_routes[] = {
	{.path = "/metrics", .methods = HTTP_METHOD_GET, .on_request = on_metrics},
	{.path = NULL},
};

const struct http_route api_missing_routes[] = {
	{.path = "/*", .methods = HTTP_METHOD_GET, .on_request = on_missing, .on_done = redirect_gone},
	{.path = NULL},
};
