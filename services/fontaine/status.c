/* fontaine status: ask every socket of the POP at once, then say how each service is. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/command.h"

#include "base/mem.h"
#include "base/pop_json.h"
#include "base/utc.h"
#include "fontaine/units.h"
#include "fontaine/watch.h"
#include "probe/probe.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <uv.h>

#define STATE_PATH "/var/lib/fontaine"

enum {
	LIMIT_MS = 5000, /* for each answer: a machine that starts is slow */
	ROOM_MIN_MIB = 64,
};

struct question {
	uv_work_t work;
	const struct prober *prober;
	const struct pop_endpoint *endpoint;
	struct finding finding;
};

/** How one service is: down as soon as one of its sockets is. */
struct state {
	const char *service;
	struct finding finding;
	char detail[ADDR_PORT_TEXT_MAX + 128]; /* with the socket that is down */
	uint64_t since_s;                      /* 0: unknown */
};

static void on_work(uv_work_t *work)
{
	struct question *q = work->data;

	probe(q->prober, q->endpoint, NULL, &q->finding);
}

/** Ask all @n at once: waiting for one, which is all that they do, holds up no other. */
static void ask_all(struct question *questions, size_t n)
{
	char n_threads[24];
	uv_loop_t loop;

	(void)signal(SIGPIPE, SIG_IGN); /* a server that hangs up is down, no more */
	(void)snprintf(n_threads, sizeof(n_threads), "%zu", n);
	(void)setenv("UV_THREADPOOL_SIZE", n_threads, 1);
	if (uv_loop_init(&loop) < 0)
		abort(); /* no descriptors left for a command that has just started */
	for (size_t i = 0; i < n; i++) {
		questions[i].work.data = &questions[i];
		(void)uv_queue_work(&loop, &questions[i].work, on_work, NULL);
	}
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	int rc = uv_loop_close(&loop);
	assert(rc == 0);
	(void)rc;
	uv_library_shutdown(); /* the threads end, and with them what libraries keep for each */
}

/** Take what was found at one more socket. */
static void add_finding(struct state *s, const struct question *q)
{
	char address[ADDR_PORT_TEXT_MAX];

	if (q->finding.is_up || s->detail[0] != '\0')
		return;
	s->finding.is_up = false;
	(void)snprintf(s->detail, sizeof(s->detail), "%s %s: %s", q->endpoint->protocol,
	               addr_port_text(&q->endpoint->addr, address), q->finding.detail);
}

/** The sockets of one service stand together. Return: how many services there are. */
static size_t sum_up(const struct question *questions, size_t n, struct state ret[POP_SERVICES])
{
	size_t n_states = 0;

	for (size_t i = 0; i < n; i++) {
		const char *service = questions[i].endpoint->service;
		if (n_states == 0 || strcmp(ret[n_states - 1].service, service) != 0)
			ret[n_states++] = (struct state){
				.service = service,
				.finding = questions[i].finding,
				.since_s = units_active_since_s(questions[i].prober->pop, service),
			};
		add_finding(&ret[n_states - 1], &questions[i]);
	}
	return n_states;
}

static void add_figure(yyjson_mut_doc *d, yyjson_mut_val *service, const struct finding *f)
{
	yyjson_mut_val *figure = yyjson_mut_obj_add_obj(d, service, "figure");

	yyjson_mut_obj_add_str(d, figure, "name", f->figure_name);
	yyjson_mut_obj_add_real(d, figure, "value", round(f->figure * 1000) / 1000);
	yyjson_mut_obj_add_str(d, figure, "unit", f->figure_unit);
}

static void add_state(yyjson_mut_doc *d, yyjson_mut_val *services, const struct state *s)
{
	char since[UTC_TEXT_MAX];
	yyjson_mut_val *o = yyjson_mut_obj_add_obj(d, services, s->service);

	yyjson_mut_obj_add_bool(d, o, "up", s->finding.is_up);
	if (s->since_s > 0)
		yyjson_mut_obj_add_strcpy(d, o, "since", utc_text((int64_t)s->since_s, since));
	else
		yyjson_mut_obj_add_null(d, o, "since");
	if (s->finding.is_up)
		add_figure(d, o, &s->finding);
	else
		yyjson_mut_obj_add_str(d, o, "detail", s->detail);
}

static void print_json(const struct state *states, size_t n)
{
	char now[UTC_TEXT_MAX];
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_obj(d);

	yyjson_mut_obj_add_str(d, root, "time", utc_text(time(NULL), now));
	yyjson_mut_val *services = yyjson_mut_obj_add_obj(d, root, "services");
	for (size_t i = 0; i < n; i++)
		add_state(d, services, &states[i]);
	char *text = pop_json_text(d, root);
	(void)fputs(text, stdout);
	free(text);
	yyjson_mut_doc_free(d);
}

/** "ntp            up    stratum 2, since 2026-01-01T00:00:00Z" */
static void print_table(const struct state *states, size_t n)
{
	char since[UTC_TEXT_MAX];

	for (size_t i = 0; i < n; i++) {
		const struct finding *f = &states[i].finding;
		if (!f->is_up) {
			(void)printf("%-14s down  %s\n", states[i].service, states[i].detail);
			continue;
		}
		(void)printf("%-14s up    %s %.10g%s%s", states[i].service, f->figure_name,
		             round(f->figure * 1000) / 1000, *f->figure_unit == '\0' ? "" : " ",
		             f->figure_unit);
		if (states[i].since_s > 0)
			(void)printf(", since %s", utc_text((int64_t)states[i].since_s, since));
		(void)printf("\n");
	}
}

/** On the POP itself. Services answer without room, so it is no service that is down. */
static void warn_of_room(void)
{
	struct statvfs s;

	if (statvfs(STATE_PATH, &s) < 0)
		return;
	uint64_t mib = (uint64_t)s.f_bavail * s.f_frsize >> 20;
	if (mib < ROOM_MIN_MIB)
		(void)fprintf(stderr, STATE_PATH ": %" PRIu64 " MiB are left on its disk\n"
		                                 "  make room: what answers goes on, but keeps nothing new\n",
		              mib);
}

int status_run(const struct arguments *a)
{
	struct pop_endpoint endpoints[PROBE_SOCKETS_MAX];
	struct question questions[PROBE_SOCKETS_MAX] = {0};
	struct state states[POP_SERVICES] = {0};
	struct prober prober;
	struct pop *p;

	if (a->watch)
		return watch_run();
	int rc = command_load_pop(a->pop_path, &p);
	if (rc != EXIT_FINE)
		return rc;
	if (prober_init(&prober, p, LIMIT_MS) < 0)
		mem_exhausted();
	size_t n = probe_list(p, endpoints);
	for (size_t i = 0; i < n; i++) {
		questions[i].prober = &prober;
		questions[i].endpoint = &endpoints[i];
	}
	ask_all(questions, n);
	size_t n_states = sum_up(questions, n, states);
	for (size_t i = 0; i < n_states; i++)
		if (!states[i].finding.is_up)
			rc = EXIT_FAILED;
	if (a->json)
		print_json(states, n_states);
	else
		print_table(states, n_states);
	warn_of_room();
	prober_done(&prober);
	pop_free(p);
	return rc;
}
