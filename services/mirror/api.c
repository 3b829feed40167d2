/* SPDX-License-Identifier: MIT */
#include "mirror/api.h"

#include "base/json_write.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX  "/projects/"
#define HEADERS "Cache-Control: no-store\r\n"

enum {
	METRICS_MAX_BYTES = 4 << 20,
	RUN_DIGITS_MAX = 18,
};

static const struct {
	const char *name;
	enum http_method method;
	struct api_target target;
} targets[] = {
	{"runs", HTTP_METHOD_GET, {.what = API_RUNS}},
	{"log", HTTP_METHOD_GET, {.what = API_LOG}},
	{"push", HTTP_METHOD_POST, {.what = API_WISH, .wish = ENGINE_RUN}},
	{"start", HTTP_METHOD_POST, {.what = API_WISH, .wish = ENGINE_RESUME}},
	{"stop", HTTP_METHOD_POST, {.what = API_WISH, .wish = ENGINE_STOP}},
	{"hold", HTTP_METHOD_POST, {.what = API_WISH, .wish = ENGINE_HOLD}},
	{"release", HTTP_METHOD_POST, {.what = API_WISH, .wish = ENGINE_RELEASE}},
};

int api_target(const char *path, unsigned method, struct api_target *ret)
{
	const char *name = path + sizeof(PREFIX) - 1;

	if (strncmp(path, PREFIX, sizeof(PREFIX) - 1) != 0)
		return -ENOENT;
	size_t len = strcspn(name, "/");
	if (len == 0 || len >= sizeof(ret->project) || name[len] != '/')
		return -ENOENT;
	for (size_t i = 0; i < sizeof(targets) / sizeof(*targets); i++) {
		if (strcmp(name + len + 1, targets[i].name) != 0)
			continue;
		if (targets[i].method != method)
			return -ENOTSUP;
		*ret = targets[i].target;
		(void)snprintf(ret->project, sizeof(ret->project), "%.*s", (int)len, name);
		return 0;
	}
	return -ENOENT;
}

static void reply(struct http_request *r, int status, const char *type, const char *text)
{
	http_reply(r, &(struct http_reply){.status = status,
	                                   .type = type,
	                                   .headers = HEADERS,
	                                   .body = text,
	                                   .body_bytes = strlen(text)});
}

/** Reply with what could not be done, and what to do about it. */
static void reply_failure(struct http_request *r, int rc)
{
	static const struct {
		int rc, status;
		const char *error;
	} failures[] = {
		{-ENOENT, 404, "no such project, or nothing of what was asked for"},
		{-EBUSY, 409, "the project is held: see why, then release it"},
		{-ENOTSUP, 405, "not with this method"},
		{-EINVAL, 400, "run is not a number"},
		{0, 503, "not now: ask again"},
	};
	size_t i = 0;

	while (failures[i].rc != rc && failures[i].rc != 0)
		i++;
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *o = yyjson_mut_obj(doc);
	json_add_text(doc, o, "error", failures[i].error);
	char *text = json_take(doc, o);
	reply(r, failures[i].status, "application/json", text);
	free(text);
}

/* A request that waits for the engine; its client may go before. */

struct waiting {
	struct http_request *request; /* NULL: it has gone */
	const char *type;
};

static void on_gone(struct http_request *r, void *data)
{
	struct waiting *w = r->data;

	(void)data;
	if (w != NULL)
		w->request = NULL;
}

static void on_answer(void *data, int rc, const char *text)
{
	struct waiting *w = data;
	struct http_request *r = w->request;

	if (r != NULL) {
		r->data = NULL;
		if (rc == 0)
			reply(r, 200, w->type, text);
		else
			reply_failure(r, rc);
	}
	free(w);
}

static void on_wish_done(void *data, int rc)
{
	on_answer(data, rc, "{}");
}

/** Read ?run=, 0 without one. Return: 0 or -EINVAL. */
static int read_run(const struct http_request *r, int64_t *ret)
{
	char text[RUN_DIGITS_MAX + 2] = "";
	int rc = http_request_query(r, "run", text, sizeof(text));
	size_t digits = strspn(text, "0123456789");

	if (rc == -ENOENT)
		*ret = 0;
	if (rc == -ENOENT)
		return 0;
	if (rc < 0 || digits == 0 || digits > RUN_DIGITS_MAX || text[digits] != '\0')
		return -EINVAL;
	*ret = strtoll(text, NULL, 10);
	return 0;
}

static void on_project(struct http_request *r, void *data)
{
	struct engine *e = data;
	struct api_target t;
	int64_t run = 0;
	int rc = api_target(r->path, r->method == HTTP_METHOD_HEAD ? HTTP_METHOD_GET : r->method, &t);

	if (rc == 0 && t.what == API_LOG)
		rc = read_run(r, &run);
	if (rc < 0) {
		reply_failure(r, rc);
		return;
	}
	struct waiting *w = mem_new(sizeof(*w));
	*w = (struct waiting){r, t.what == API_LOG ? "text/plain; charset=utf-8" : "application/json"};
	r->data = w;
	if (t.what == API_WISH)
		engine_wish(e, t.project, t.wish, on_wish_done, w);
	else
		engine_ask(e, t.project, t.what == API_LOG ? &run : NULL, on_answer, w);
}

static void on_projects(struct http_request *r, void *data)
{
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *list = yyjson_mut_arr(doc);

	engine_list(data, doc, list);
	char *text = json_take(doc, list);
	reply(r, 200, "application/json", text);
	free(text);
}

static void on_metrics(struct http_request *r, void *data)
{
	struct buf b;

	buf_init(&b, METRICS_MAX_BYTES);
	engine_metrics(data, &b);
	char *text = buf_take_text(&b);
	reply(r, 200, "text/plain; version=0.0.4", text);
	free(text);
}

const struct http_route api_routes[] = {
	{.path = "/projects", .methods = HTTP_METHOD_GET, .on_request = on_projects},
	{.path = PREFIX "*",
         .methods = HTTP_METHOD_GET | HTTP_METHOD_POST,
         .on_request = on_project,
         .on_done = on_gone},
	{.path = "/metrics", .methods = HTTP_METHOD_GET, .on_request = on_metrics},
	{.path = NULL},
};
