/* SPDX-License-Identifier: MIT */
#include "peers/api.h"

#include "base/json_write.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "base/utc.h"
#include "net/http_metrics.h"
#include "net/http_weak.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	METRICS_MAX_BYTES = 1 << 20,
	WORD_MAX_BYTES = 64,
};

static void reply(struct http_request *r, const char *type, const char *text)
{
	http_reply(r, &(struct http_reply){.status = 200,
	                                   .type = type,
	                                   .headers = "Cache-Control: no-store\r\n",
	                                   .body = text,
	                                   .body_bytes = strlen(text)});
}

static void refuse(struct http_request *r, int status, const char *text)
{
	http_reply(r, &(struct http_reply){.status = status,
	                                   .type = "text/plain; charset=utf-8",
	                                   .body = text,
	                                   .body_bytes = strlen(text)});
}

/** The last round of one family; null where the target has no address of it. */
static yyjson_mut_val *family_json(yyjson_mut_doc *d, const struct prober_series *s)
{
	char address[ADDR_TEXT_MAX], when[UTC_TEXT_MAX];

	if (!s->has_address)
		return yyjson_mut_null(d);
	yyjson_mut_val *o = yyjson_mut_obj(d);
	bool has_round = s->last.sent > 0, has_answers = s->figure.lost < s->figure.sent;
	json_add_text(d, o, "address", addr_text(&s->address, address));
	json_add_text(d, o, "time", has_round ? utc_text(s->last.time_s, when) : NULL);
	yyjson_mut_obj_add_uint(d, o, "sent", s->figure.sent);
	yyjson_mut_obj_add_uint(d, o, "lost", s->figure.lost);
	const struct {
		const char *key;
		uint32_t us;
	} figures[] = {{"least_us", s->figure.us[0]},
	               {"median_us", s->figure.us[FIGURE_MEDIAN]},
	               {"most_us", s->figure.us[FIGURE_QUANTILES - 1]},
	               {"jitter_us", s->figure.jitter_us}};
	for (size_t i = 0; i < sizeof(figures) / sizeof(*figures); i++) {
		if (has_answers)
			yyjson_mut_obj_add_uint(d, o, figures[i].key, figures[i].us);
		else
			yyjson_mut_obj_add_null(d, o, figures[i].key);
	}
	return o;
}

static void on_targets(struct http_request *r, void *data)
{
	const struct api *api = data;
	const struct prober_series *all;
	size_t n = prober_series(api->prober, &all);
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_obj(d);

	yyjson_mut_obj_add_str(d, root, "method", prober_is_icmp(api->prober) ? "icmp" : "tcp");
	yyjson_mut_val *targets = yyjson_mut_obj_add_arr(d, root, "targets"), *o = NULL;
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || all[i].target != all[i - 1].target) {
			o = yyjson_mut_arr_add_obj(d, targets);
			yyjson_mut_obj_add_str(d, o, "name", all[i].target);
			yyjson_mut_obj_add_str(d, o, "title", all[i].title);
		}
		yyjson_mut_obj_add_val(d, o, all[i].family, family_json(d, &all[i]));
	}
	char *text = json_take(d, root);
	reply(r, "application/json", text);
	free(text);
}

/** A request that waits for the store, and outlives its client. */
struct call {
	struct http_request *request; /* NULL: its client has gone */
	const struct prober_series *series;
	const struct latency_span *span;
	int64_t now_s;
	char *text;
};

static int read_history(sqlite3 *db, void *data)
{
	struct call *c = data;

	return latency_db_read(db, c->series->target, c->series->family, c->span, c->now_s, &c->text);
}

static void on_history_read(void *data, int rc)
{
	struct call *c = data;
	struct http_request *r = http_weak_take(&c->request);

	if (r != NULL && rc == 0)
		reply(r, "application/json", c->text);
	else if (r != NULL)
		http_reply_status(r, 500);
	free(c->text);
	free(c);
}

static const struct prober_series *find_series(const struct api *api, struct http_request *r)
{
	char target[WORD_MAX_BYTES] = "", family[WORD_MAX_BYTES] = "";
	const struct prober_series *all;
	size_t n = prober_series(api->prober, &all);

	(void)http_request_query(r, "target", target, sizeof(target)); /* what is wrong is nobody's name */
	(void)http_request_query(r, "family", family, sizeof(family));
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].target, target) == 0 && strcmp(all[i].family, family) == 0)
			return &all[i];
	return NULL;
}

static const struct latency_span *find_span(struct http_request *r)
{
	char name[WORD_MAX_BYTES] = "";
	const struct latency_span *s = latency_spans;

	if (http_request_query(r, "span", name, sizeof(name)) == -ENOENT)
		return s;
	while (s->name != NULL && strcmp(s->name, name) != 0)
		s++;
	return s->name != NULL ? s : NULL;
}

static void on_history(struct http_request *r, void *data)
{
	const struct api *api = data;
	const struct call values = {
		.series = find_series(api, r), .span = find_span(r), .now_s = (int64_t)time(NULL)};

	if (values.series == NULL) {
		refuse(r, 404, "target, family: give a name of /api/v1/latency, and ipv4 or ipv6\n");
		return;
	}
	if (values.span == NULL) {
		refuse(r, 400, "span: give day, month or years\n");
		return;
	}
	struct call *c = mem_new(sizeof(*c));
	*c = values;
	http_weak_set(&c->request, r);
	if (store_run(api->store, read_history, on_history_read, c) == 0)
		return;
	http_reply_status(http_weak_take(&c->request), 503);
	free(c);
}

static double answers_of(const struct prober_series *s)
{
	return (double)s->answered;
}

static double losses_of(const struct prober_series *s)
{
	return (double)s->lost;
}

static double median_of(const struct prober_series *s)
{
	return s->figure.us[FIGURE_MEDIAN] / 1e6;
}

static double jitter_of(const struct prober_series *s)
{
	return s->figure.jitter_us / 1e6;
}

static void write_metrics(const struct api *api, struct buf *b)
{
	static const struct {
		const char *name, *help;
		double (*value)(const struct prober_series *s);
		enum metrics_type type;
		bool needs_answers; /* of the last round */
	} families[] = {
		{"peerd_latency_answers_total", "Probes that were answered.", answers_of, METRICS_COUNTER, false},
		{"peerd_latency_lost_total", "Probes that were not.", losses_of, METRICS_COUNTER, false},
		{"peerd_latency_median_seconds", "Median round trip of the last minute.", median_of,
	         METRICS_GAUGE, true},
		{"peerd_latency_jitter_seconds",
	         "Mean difference of one round trip from the one before, in the last minute.", jitter_of,
	         METRICS_GAUGE, true},
	};
	const struct prober_series *all;
	size_t n = prober_series(api->prober, &all);

	for (size_t k = 0; k < sizeof(families) / sizeof(*families); k++) {
		metrics_family(b, families[k].name, families[k].type, families[k].help);
		for (size_t i = 0; i < n; i++) {
			char labels[2 * WORD_MAX_BYTES];
			if (!all[i].has_address || (families[k].needs_answers && all[i].last.n == 0))
				continue;
			(void)snprintf(labels, sizeof(labels), "target=\"%s\",family=\"%s\"", all[i].target,
			               all[i].family);
			metrics_double(b, families[k].name, labels, families[k].value(&all[i]));
		}
	}
}

static void on_metrics(struct http_request *r, void *data)
{
	static const char build[] = "peerd_build_info";
	const struct api *api = data;
	struct buf b;

	buf_init(&b, METRICS_MAX_BYTES);
	metrics_family(&b, build, METRICS_GAUGE, "The version that runs.");
	metrics_u64(&b, build, "version=\"" FONTAINE_VERSION "\"", 1);
	http_metrics_write(&b, "peerd", api->counters, api->n_counters);
	if (api->prober != NULL)
		write_metrics(api, &b);
	if (api->notices != NULL)
		notices_metrics(api->notices, &b);
	char *text = buf_take_text(&b);
	reply(r, "text/plain; version=0.0.4", text);
	free(text);
}

const struct http_route api_routes[] = {
	{.path = "/api/v1/latency", .methods = HTTP_METHOD_GET, .on_request = on_targets},
	{.path = "/api/v1/latency/history",
         .methods = HTTP_METHOD_GET,
         .on_request = on_history,
         .on_done = http_weak_gone},
	{.path = NULL},
};

const struct http_route api_control_routes[] = {
	{.path = "/metrics", .methods = HTTP_METHOD_GET, .on_request = on_metrics},
	{.path = NULL},
};
