/* What is known of the POP's health, as JSON and as metrics. */
/* SPDX-License-Identifier: MIT */
#include "health/report.h"

#include "base/json_write.h"
#include "base/metrics.h"
#include "base/utc.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const health_words[] = {
	[HEALTH_UNKNOWN] = "unknown", [HEALTH_DOWN] = "down", [HEALTH_HELD] = "held", [HEALTH_UP] = "up"};

static void add_time(yyjson_mut_doc *d, yyjson_mut_val *o, const char *key, int64_t time_s)
{
	char text[UTC_TEXT_MAX];

	json_add_text(d, o, key, time_s > 0 ? utc_text(time_s, text) : NULL);
}

/** The figure of the first of its sockets. */
static void add_figure(yyjson_mut_doc *d, yyjson_mut_val *o, const struct finding *f)
{
	if (!f->is_up || f->figure_name == NULL)
		return;
	yyjson_mut_val *figure = yyjson_mut_obj_add_obj(d, o, "figure");
	yyjson_mut_obj_add_str(d, figure, "name", f->figure_name);
	yyjson_mut_obj_add_real(d, figure, "value", round(f->figure * 1000) / 1000);
	yyjson_mut_obj_add_str(d, figure, "unit", f->figure_unit);
}

static void add_sockets(yyjson_mut_doc *d, yyjson_mut_val *o, const struct model *m, unsigned service)
{
	yyjson_mut_val *list = NULL;

	for (size_t i = 0; i < m->n_sockets; i++) {
		const struct model_socket *s = &m->sockets[i];
		char address[ADDR_PORT_TEXT_MAX];
		if (s->service != service)
			continue;
		if (list == NULL) {
			add_figure(d, o, &s->finding);
			list = yyjson_mut_obj_add_arr(d, o, "sockets");
		}
		yyjson_mut_val *one = yyjson_mut_arr_add_obj(d, list);
		yyjson_mut_obj_add_str(d, one, "protocol", s->endpoint.protocol);
		json_add_text(d, one, "address", addr_port_text(&s->endpoint.addr, address));
		yyjson_mut_obj_add_str(d, one, "state", health_words[s->steady.health]);
		json_add_text(d, one, "detail", s->finding.detail[0] != '\0' ? s->finding.detail : NULL);
	}
}

static void add_service(yyjson_mut_doc *d, yyjson_mut_val *services, const struct model *m, unsigned i)
{
	const struct model_service *s = &m->services[i];
	yyjson_mut_val *o = yyjson_mut_obj_add_obj(d, services, s->name);

	if (s->told == TOLD_UNKNOWN)
		yyjson_mut_obj_add_null(d, o, "up");
	else
		yyjson_mut_obj_add_bool(d, o, "up", s->told == TOLD_UP);
	yyjson_mut_obj_add_str(d, o, "state", health_words[s->health]);
	add_time(d, o, "since", s->since_s);
	yyjson_mut_obj_add_bool(d, o, "drained", s->is_drained);
	if (s->detail[0] != '\0')
		json_add_text(d, o, "detail", s->detail);
	add_sockets(d, o, m, i);
}

static void add_addresses(yyjson_mut_doc *d, yyjson_mut_val *root, const struct model *m)
{
	yyjson_mut_val *list = yyjson_mut_obj_add_arr(d, root, "addresses");

	for (size_t i = 0; i < m->n_addresses; i++) {
		const struct model_address *a = &m->addresses[i];
		char text[ADDR_TEXT_MAX];
		yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, list);
		json_add_text(d, o, "address", addr_text(&a->addr, text));
		yyjson_mut_obj_add_str(d, o, "state", announced_words[a->announce.now]);
		yyjson_mut_val *services = yyjson_mut_obj_add_arr(d, o, "services");
		for (unsigned k = 0; k < POP_SERVICES; k++)
			if ((a->services & 1U << k) != 0)
				yyjson_mut_arr_add_str(d, services, m->services[k].name);
	}
}

static void add_speed(yyjson_mut_doc *d, yyjson_mut_val *root, const struct rounds_counters *c)
{
	if (c->speed_s == 0) {
		yyjson_mut_obj_add_null(d, root, "speed");
		return;
	}
	yyjson_mut_val *o = yyjson_mut_obj_add_obj(d, root, "speed");
	add_time(d, o, "time", c->speed_s);
	yyjson_mut_obj_add_real(d, o, "ipv4", round(c->speed_bps[0] / 8));
	yyjson_mut_obj_add_real(d, o, "ipv6", round(c->speed_bps[1] / 8));
}

char *report_status(const struct model *m, const struct rounds_counters *c, int64_t now_s)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_obj(d);

	add_time(d, root, "time", now_s);
	yyjson_mut_obj_add_bool(d, root, "ready", model_is_ready(m));
	yyjson_mut_val *services = yyjson_mut_obj_add_obj(d, root, "services");
	for (unsigned i = 0; i < POP_SERVICES; i++)
		if (m->services[i].is_on)
			add_service(d, services, m, i);
	add_addresses(d, root, m);
	add_speed(d, root, c);
	return json_take(d, root);
}

/** A value of each service that is on. */
static void add_services(const struct model *m, struct buf *b, const char *name, const char *help,
                         double (*value)(const struct model_service *s))
{
	metrics_family(b, name, strstr(name, "_total") != NULL ? METRICS_COUNTER : METRICS_GAUGE, help);
	for (size_t i = 0; i < POP_SERVICES; i++) {
		char labels[64];
		if (!m->services[i].is_on)
			continue;
		(void)snprintf(labels, sizeof(labels), "service=\"%s\"", m->services[i].name);
		metrics_double(b, name, labels, value(&m->services[i]));
	}
}

static double up_of(const struct model_service *s)
{
	return s->health == HEALTH_HELD || s->health == HEALTH_UP;
}

static double fit_of(const struct model_service *s)
{
	return s->health == HEALTH_UP;
}

static double drained_of(const struct model_service *s)
{
	return s->is_drained;
}

static double falls_of(const struct model_service *s)
{
	return (double)s->n_falls;
}

static void add_announced(const struct model *m, struct buf *b)
{
	static const char name[] = "healthd_address_announced";

	metrics_family(b, name, METRICS_GAUGE, "Whether an address is announced to neighbours, in which way.");
	for (size_t i = 0; i < m->n_addresses; i++)
		for (unsigned k = ANNOUNCED_NOT; k <= ANNOUNCED_LEAVING; k++) {
			char text[ADDR_TEXT_MAX], labels[128];
			(void)snprintf(labels, sizeof(labels), "address=\"%s\",state=\"%s\"",
			               addr_text(&m->addresses[i].addr, text), announced_words[k]);
			metrics_u64(b, name, labels, m->addresses[i].announce.now == k);
		}
}

void report_metrics(const struct model *m, const struct rounds_counters *c, struct buf *b)
{
	add_services(m, b, "healthd_service_up", "Whether a service answers as it should.", up_of);
	add_services(m, b, "healthd_service_fit", "Whether it has done so for long enough to be announced.", fit_of);
	add_services(m, b, "healthd_service_drained", "Whether an operator drains it.", drained_of);
	add_services(m, b, "healthd_service_falls_total", "How often a service went down.", falls_of);
	add_announced(m, b);
	metrics_family(b, "healthd_questions_total", METRICS_COUNTER, "Questions to services.");
	metrics_u64(b, "healthd_questions_total", "", c->asked);
	metrics_family(b, "healthd_bad_answers_total", METRICS_COUNTER, "Wrong answers to them, and missing ones.");
	metrics_u64(b, "healthd_bad_answers_total", "", c->bad);
	metrics_family(b, "healthd_speed_bytes_per_second", METRICS_GAUGE, "Rate of the last speed test.");
	metrics_double(b, "healthd_speed_bytes_per_second", "family=\"ipv4\"", c->speed_bps[0] / 8);
	metrics_double(b, "healthd_speed_bytes_per_second", "family=\"ipv6\"", c->speed_bps[1] / 8);
}
