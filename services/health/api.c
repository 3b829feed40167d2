/* What healthd is asked. */
/* SPDX-License-Identifier: MIT */
#include "health/api.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "health/feed.h"
#include "health/report.h"
#include "net/http_metrics.h"
#include "net/http_weak.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	METRICS_MAX_BYTES = 1 << 20,
	NAME_MAX_BYTES = 32,
	DAYS_DEFAULT = 90,
};

#define NO_STORE "Cache-Control: no-store\r\n"

static void reply(struct http_request *r, int status, const char *type, const char *text)
{
	http_reply(r, &(struct http_reply){.status = status,
	                                   .type = type,
	                                   .headers = NO_STORE,
	                                   .body = text,
	                                   .body_bytes = strlen(text)});
}

static void reply_status(struct http_request *r, const struct api *api)
{
	char *text = report_status(api->model, rounds_counters(api->rounds), (int64_t)time(NULL));

	reply(r, 200, "application/json", text);
	free(text);
}

static void on_status(struct http_request *r, void *data)
{
	reply_status(r, data);
}

static void on_healthz(struct http_request *r, void *data)
{
	(void)data;
	reply(r, 200, "text/plain; charset=utf-8", "healthd lives\n");
}

static void on_readyz(struct http_request *r, void *data)
{
	static const char not_ready[] = "not ready: /status.json says which service is not\n";
	const struct api *api = data;
	bool is_ready = model_is_ready(api->model);

	if (is_ready)
		reply(r, 200, "text/plain; charset=utf-8", "ready\n");
	else
		http_reply(r, &(struct http_reply){.status = 503,
		                                   .type = "text/plain; charset=utf-8",
		                                   .headers = NO_STORE "Retry-After: 1\r\n", /* it asks each second */
		                                   .body = not_ready,
		                                   .body_bytes = sizeof(not_ready) - 1});
}

/** A request that waits for the store, and outlives its client. */
struct call {
	const struct api *api;
	struct http_request *request; /* NULL: its client has gone */
	int64_t from_s, now_s;
	enum language language;
	const char *type;  /* of the text */
	char *text;        /* of the history, or the feed */
	unsigned services; /* to drain or not, as bits */
	bool is_drained;
};

/** Begin it. Return: whether it is on its way; else 503 was replied. */
static void start_call(const struct call *values, store_work work, store_done on_done)
{
	struct call *c = mem_new(sizeof(*c));

	*c = *values;
	c->now_s = (int64_t)time(NULL);
	http_weak_set(&c->request, values->request);
	if (store_run(c->api->store, work, on_done, c) == 0)
		return;
	http_reply_status(http_weak_take(&c->request), 503);
	free(c);
}

/** Let go of the call. Return: its request, or NULL when its client has gone. */
static struct http_request *end_call(struct call *c)
{
	struct http_request *r = http_weak_take(&c->request);

	free(c->text);
	free(c);
	return r;
}

static int read_history(sqlite3 *db, void *data)
{
	struct call *c = data;

	return health_db_history(db, c->from_s, c->now_s, &c->text);
}

static int read_feed(sqlite3 *db, void *data)
{
	struct call *c = data;

	return feed_write(db, c->api->model->pop, c->language, &c->text);
}

static void on_read(void *data, int rc)
{
	struct call *c = data;

	if (c->request != NULL && rc == 0)
		reply(c->request, 200, c->type, c->text);
	else if (c->request != NULL)
		http_reply_status(c->request, 500);
	(void)end_call(c);
}

static void on_history(struct http_request *r, void *data)
{
	char text[8] = "";
	unsigned long days = DAYS_DEFAULT;

	if (http_request_query(r, "days", text, sizeof(text)) != -ENOENT) {
		char *end;
		days = strtoul(text, &end, 10);
		if (*text == '\0' || *end != '\0' || days < 1 || days > HEALTH_DB_KEEP_DAYS) {
			reply(r, 400, "text/plain; charset=utf-8", "days: give a number from 1 to 400\n");
			return;
		}
	}
	const struct call values = {.api = data,
	                            .request = r,
	                            .type = "application/json",
	                            .from_s = (int64_t)time(NULL) - (int64_t)days * 86400};
	start_call(&values, read_history, on_read);
}

static void on_feed(struct http_request *r, void *data)
{
	const struct api *api = data;
	char wanted[8] = "";
	int rc = http_request_query(r, "language", wanted, sizeof(wanted));
	if (rc == -ENOENT)
		(void)snprintf(wanted, sizeof(wanted), "%s", api->model->pop->site->languages[0]);
	enum language language = rc == -EINVAL ? LANGUAGES : language_of(wanted, LANGUAGES);

	if (language == LANGUAGES) {
		reply(r, 400, "text/plain; charset=utf-8", "language: give en or fr\n");
		return;
	}
	const struct call values = {.api = api, .request = r, .type = "application/atom+xml", .language = language};
	start_call(&values, read_feed, on_read);
}

static int write_drained(sqlite3 *db, void *data)
{
	const struct call *c = data;
	int rc = 0;

	for (unsigned i = 0; i < POP_SERVICES && rc == 0; i++)
		if ((c->services & 1U << i) != 0)
			rc = health_db_set_drained(db, c->api->model->services[i].name, c->is_drained, c->now_s);
	return rc;
}

static void on_drained_written(void *data, int rc)
{
	struct call *c = data;
	const struct api *api = c->api;

	for (unsigned i = 0; i < POP_SERVICES && rc == 0; i++)
		if ((c->services & 1U << i) != 0)
			api->model->services[i].is_drained = c->is_drained;
	if (rc == 0)
		rounds_announce(api->rounds);
	struct http_request *r = end_call(c);
	if (r != NULL && rc == 0)
		reply_status(r, api);
	else if (r != NULL)
		http_reply_status(r, 500);
}

/** The services that ?service= names, all that are on without it; 0 when there is no such one. */
static unsigned services_of(struct http_request *r, const struct model *m)
{
	char name[NAME_MAX_BYTES] = "";
	unsigned services = 0;

	if (http_request_query(r, "service", name, sizeof(name)) == -EINVAL)
		return 0;
	for (unsigned i = 0; i < POP_SERVICES; i++)
		if (m->services[i].is_on && (*name == '\0' || strcmp(name, m->services[i].name) == 0))
			services |= 1U << i;
	return services;
}

static void on_drain(struct http_request *r, void *data)
{
	const struct api *api = data;
	const struct call values = {.api = api,
	                            .request = r,
	                            .services = services_of(r, api->model),
	                            .is_drained = strcmp(r->path, "/drain") == 0};

	if (values.services == 0) {
		reply(r, 404, "text/plain; charset=utf-8", "the POP file switches no such service on\n");
		return;
	}
	log_info("health: %s by the operator", r->path + 1);
	start_call(&values, write_drained, on_drained_written);
}

static void on_metrics(struct http_request *r, void *data)
{
	static const char build[] = "healthd_build_info";
	const struct api *api = data;
	struct buf b;

	buf_init(&b, METRICS_MAX_BYTES);
	metrics_family(&b, build, METRICS_GAUGE, "The version that runs.");
	metrics_u64(&b, build, "version=\"" FONTAINE_VERSION "\"", 1);
	http_metrics_write(&b, "healthd", api->counters, api->n_counters);
	report_metrics(api->model, rounds_counters(api->rounds), &b);
	char *text = buf_take_text(&b);
	reply(r, 200, "text/plain; version=0.0.4", text);
	free(text);
}

const struct http_route api_routes[] = {
	{.path = "/status.json", .methods = HTTP_METHOD_GET, .on_request = on_status},
	{.path = "/history.json", .methods = HTTP_METHOD_GET, .on_request = on_history, .on_done = http_weak_gone},
	{.path = "/status.atom", .methods = HTTP_METHOD_GET, .on_request = on_feed, .on_done = http_weak_gone},
	{.path = "/healthz", .methods = HTTP_METHOD_GET, .on_request = on_healthz},
	{.path = "/readyz", .methods = HTTP_METHOD_GET, .on_request = on_readyz},
	{.path = NULL},
};

const struct http_route api_control_routes[] = {
	{.path = "/drain", .methods = HTTP_METHOD_POST, .on_request = on_drain, .on_done = http_weak_gone},
	{.path = "/undrain", .methods = HTTP_METHOD_POST, .on_request = on_drain, .on_done = http_weak_gone},
	{.path = "/metrics", .methods = HTTP_METHOD_GET, .on_request = on_metrics},
	{.path = NULL},
};
