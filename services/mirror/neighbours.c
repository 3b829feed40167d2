/* SPDX-License-Identifier: MIT */
#include "mirror/neighbours.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "base/pop_neighbour.h"
#include "net/web_client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	POLL_MS = 5000, /* of those that do not answer, and up to a tenth more; of others: */
	POLLS_UP = 6,   /* times that */
	POLL_LIMIT_MS = 5000,
	STATE_MAX_BYTES = 2 << 20,
	LOOK_LIMIT_MS = 500,
	LOOKS_AT_ONCE = 16,    /* at each */
	LOOKS_PER_SECOND = 50, /* at each */
	LABELS_MAX = 128,
};

enum looked {
	LOOKED_THERE,
	LOOKED_MISSING,
	LOOKED_FAILED,
	LOOKED_BUSY,
	LOOKED,
};

static const char *const looked_names[LOOKED] = {"there", "missing", "failed", "busy"};

struct neighbour {
	const struct pop_neighbour *pop;
	bool is_up, was_told;
	struct elsewhere_held held;
	unsigned n_looks; /* under way */
	bool is_polled;
	int64_t second; /* in which so many were asked: */
	unsigned n_in_second;
	uint64_t n[LOOKED];
};

struct neighbours {
	struct web_client *client;
	uv_timer_t timer;
	unsigned n_polls;
	struct elsewhere_answers *answers;
	bool is_closing;
	void (*on_closed)(void *data);
	void *closed_data;
	size_t n;
	struct neighbour all[];
};

struct poll {
	struct neighbours *neighbours;
	struct neighbour *neighbour;
};

struct look {
	struct neighbours *neighbours;
	size_t i;
	char *path;
	void (*on_done)(void *data, enum elsewhere_answer answer);
	void *data;
};

static int64_t now_s(void)
{
	return (int64_t)(uv_hrtime() / 1000000000);
}

/** The address of @path at a POP, for us: we speak HTTPS. */
static char *url_of(const struct pop_neighbour *p, const char *path, const char *query)
{
	char *pages = pop_neighbour_pages(p, "https:");
	char *url = mem_printf("%s%s%s", pages, path, query);

	free(pages);
	return url;
}

static void set_up(struct neighbour *o, bool is_up, const char *why)
{
	if (!is_up && (o->is_up || !o->was_told))
		log_warn("neighbours: %s: nobody is sent there: %s", o->pop->name, why);
	if (is_up && o->was_told && !o->is_up)
		log_info("neighbours: %s: it answers again", o->pop->name);
	o->was_told = true;
	o->is_up = is_up;
}

static void on_state(void *data, const struct web_answer *a)
{
	struct poll *p = data;
	struct neighbour *o = p->neighbour;
	struct elsewhere_held held;

	free(p);
	o->is_polled = false;
	if (a->status < 0)
		return;
	if (a->status != 200) {
		set_up(o, false, a->status == 0 ? a->why : "it does not say what it has");
	} else if (elsewhere_held_read(a->body, a->body_bytes, &held) < 0) {
		set_up(o, false, "what it says is no list of mirrors");
	} else {
		elsewhere_held_done(&o->held);
		o->held = held;
		set_up(o, true, "");
	}
}

static void on_timer(uv_timer_t *timer)
{
	struct neighbours *n = timer->data;

	for (size_t i = 0; i < n->n; i++) {
		if (n->all[i].pop->mirror == NULL || n->all[i].is_polled)
			continue;
		if (n->all[i].is_up && n->n_polls % POLLS_UP != 0)
			continue;
		struct poll *p = mem_new(sizeof(*p));
		n->all[i].is_polled = true;
		*p = (struct poll){n, &n->all[i]};
		char *url = url_of(n->all[i].pop, "/api/v1/mirrors", "");
		web_client_ask(n->client, &(struct web_question){.method = "GET",
		                                                 .url = url,
		                                                 .limit_ms = POLL_LIMIT_MS,
		                                                 .max_bytes = STATE_MAX_BYTES,
		                                                 .on_done = on_state,
		                                                 .data = p});
		free(url);
	}
	n->n_polls++;
	(void)uv_timer_start(timer, on_timer, POLL_MS + arc4random_uniform(POLL_MS / 10), 0);
}

struct neighbours *neighbours_new(uv_loop_t *loop, const struct pop *p)
{
	struct neighbours *n = mem_new(sizeof(*n) + p->n_neighbours * sizeof(n->all[0]));
	uint64_t key[2];

	arc4random_buf(key, sizeof(key));
	n->answers = elsewhere_answers_new(key);
	n->client = web_client_new(loop);
	n->n = p->n_neighbours;
	for (size_t i = 0; i < n->n; i++)
		n->all[i].pop = &p->neighbours[i];
	n->timer.data = n;
	(void)uv_timer_init(loop, &n->timer);
	on_timer(&n->timer);
	return n;
}

bool neighbours_is_up(const struct neighbours *n, size_t i)
{
	return n->all[i].is_up;
}

const struct elsewhere_held *neighbours_held(const struct neighbours *n, size_t i)
{
	return &n->all[i].held;
}

bool neighbours_has(const struct neighbours *n, size_t i, const char *project)
{
	return n->all[i].is_up && elsewhere_held_has(&n->all[i].held, project);
}

static void on_looked(void *data, const struct web_answer *a)
{
	struct look *l = data;
	struct neighbours *n = l->neighbours;
	struct neighbour *o = &n->all[l->i];
	enum elsewhere_answer answer = a->status == 200 ? ELSEWHERE_THERE : ELSEWHERE_MISSING;

	o->n_looks--;
	if (a->status < 0) {
		answer = ELSEWHERE_UNKNOWN;
	} else if (a->status == 0) { /* until it is asked again what it has */
		o->n[LOOKED_FAILED]++;
		answer = ELSEWHERE_UNKNOWN;
		set_up(o, false, a->why);
	} else {
		o->n[answer == ELSEWHERE_THERE ? LOOKED_THERE : LOOKED_MISSING]++;
		elsewhere_answers_put(n->answers, l->i, l->path, answer, now_s());
	}
	l->on_done(l->data, answer);
	free(l->path);
	free(l);
}

static bool is_too_much(struct neighbour *o)
{
	int64_t second = now_s();

	if (o->second != second) {
		o->second = second;
		o->n_in_second = 0;
	}
	return o->n_looks >= LOOKS_AT_ONCE || ++o->n_in_second > LOOKS_PER_SECOND;
}

int neighbours_look(struct neighbours *n, size_t i, const char *path, enum elsewhere_answer *ret,
                    void (*on_done)(void *data, enum elsewhere_answer answer), void *data)
{
	struct neighbour *o = &n->all[i];

	*ret = elsewhere_answers_get(n->answers, i, path, now_s());
	if (*ret != ELSEWHERE_UNKNOWN)
		return 0;
	if (n->is_closing || is_too_much(o)) {
		o->n[LOOKED_BUSY]++;
		return -EBUSY;
	}
	struct look *l = mem_new(sizeof(*l));
	*l = (struct look){n, i, mem_strdup(path), on_done, data};
	o->n_looks++;
	char *url = url_of(o->pop, path, "?" ELSEWHERE_MARK); /* or it would ask us */
	web_client_ask(n->client, &(struct web_question){.method = "HEAD",
	                                                 .url = url,
	                                                 .limit_ms = LOOK_LIMIT_MS,
	                                                 .max_bytes = 1,
	                                                 .on_done = on_looked,
	                                                 .data = l});
	free(url);
	return -EINPROGRESS;
}

void neighbours_metrics(const struct neighbours *n, struct buf *b)
{
	static const char looks[] = "mirrord_neighbour_looks_total";
	static const struct {
		const char *name, *help;
	} gauges[] = {{"mirrord_neighbour_up", "Whether the POP says which mirrors it has."},
	              {"mirrord_neighbour_projects", "Projects that the POP has published."}};
	char labels[LABELS_MAX];

	for (size_t k = 0; k < sizeof(gauges) / sizeof(*gauges); k++) {
		metrics_family(b, gauges[k].name, METRICS_GAUGE, gauges[k].help);
		for (size_t i = 0; i < n->n; i++) {
			const uint64_t values[] = {n->all[i].is_up, n->all[i].held.n};
			(void)snprintf(labels, sizeof(labels), "pop=\"%s\"", n->all[i].pop->name);
			metrics_u64(b, gauges[k].name, labels, values[k]);
		}
	}
	metrics_family(b, looks, METRICS_COUNTER, "Files that the POP was asked for on behalf of visitors.");
	for (size_t i = 0; i < n->n; i++)
		for (unsigned o = 0; o < LOOKED; o++) {
			(void)snprintf(labels, sizeof(labels), "pop=\"%s\",outcome=\"%s\"", n->all[i].pop->name,
			               looked_names[o]);
			metrics_u64(b, looks, labels, n->all[i].n[o]);
		}
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct neighbours *n = handle->data;

	for (size_t i = 0; i < n->n; i++)
		elsewhere_held_done(&n->all[i].held);
	free(n->answers);
	if (n->on_closed != NULL)
		n->on_closed(n->closed_data);
	free(n);
}

static void on_client_closed(void *data)
{
	struct neighbours *n = data;

	uv_close((uv_handle_t *)&n->timer, on_timer_closed);
}

void neighbours_close(struct neighbours *n, void (*on_closed)(void *data), void *data)
{
	n->is_closing = true;
	n->on_closed = on_closed;
	n->closed_data = data;
	(void)uv_timer_stop(&n->timer);
	web_client_close(n->client, on_client_closed, n);
}
