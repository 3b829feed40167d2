/*
 * Happy path: redirect_request() reads what is asked for, step() asks one POP after the other, the nearest first,
 * whether it has the file, and the first that does is where send_on() leads to. Nobody is sent on twice.
 */
/* SPDX-License-Identifier: MIT */
#include "mirror/redirect.h"

#include "base/json_write.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "base/pop_neighbour.h"
#include "mirror/engine_state.h"
#include "mirror/nearest.h"
#include "mirror/neighbours.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TRIES_MAX = 3, /* POPs that are asked for one file */
	ADDRESS_MAX = 64,
	URL_MAX_BYTES = 300,
};

/** What became of a request. */
enum sent {
	SENT_FOUND,     /* to a POP that has said that it has the file */
	SENT_UNCHECKED, /* to the nearest that has the project: a folder, or too much is asked */
	SENT_NOT_TWICE,
	SENT_NOT_INDEX, /* of a project that is here */
	SENT_NOBODY,    /* has the project */
	SENT_MISSING,   /* whoever has the project does not have the file */
	SENTS,
};

static const char *const sent_names[SENTS] = {"found", "unchecked", "not-twice", "not-index", "nobody", "missing"};

struct redirect {
	const struct pop *pop;
	struct engine *engine;
	const struct traffic *traffic;
	struct nearest *nearest;
	struct neighbours *neighbours;
	uint64_t n[SENTS];
};

struct sending {
	struct redirect *redirect;
	struct http_request *request; /* NULL: its client has gone */
	struct elsewhere_path path;
	size_t ways[TRIES_MAX], n_ways, next; /* POPs that have the project */
};

struct redirect *redirect_new(uv_loop_t *loop, const struct pop *p, struct engine *e, const struct traffic *t)
{
	struct redirect *d = mem_new(sizeof(*d));

	d->pop = p;
	d->engine = e;
	d->traffic = t;
	d->nearest = nearest_new(p);
	d->neighbours = neighbours_new(loop, p);
	return d;
}

static size_t order_for(const struct redirect *d, const struct addr *a, struct nearest_place ret[NEAREST_MAX])
{
	struct prefix_table *origins = traffic_origins(d->traffic);
	size_t n = nearest_order(d->nearest, a, origins, ret);

	prefix_table_release(origins);
	return n;
}

static void refuse(struct redirect *d, struct http_request *r, enum sent why)
{
	d->n[why]++;
	http_reply_status(r, 404);
}

/** The POP's own address for a visitor, by the scheme that they came by where it has both. */
static char *target_of(const struct pop_neighbour *p, const struct http_request *r)
{
	const char *came_by = http_request_header(r, "X-Forwarded-Proto");
	bool is_http = came_by != NULL && strcmp(came_by, "http") == 0;
	char *pages = pop_neighbour_pages(p, is_http ? "http:" : "https:");
	char *url = mem_printf("%s%s?%s%s" ELSEWHERE_MARK, pages, r->path, r->query, *r->query == '\0' ? "" : "&");

	free(pages);
	return url;
}

static void send_on(struct redirect *d, struct http_request *r, size_t i, enum sent why)
{
	char *target = target_of(&d->pop->neighbours[i], r);
	char *headers = mem_printf("Location: %s\r\nCache-Control: private, max-age=30\r\n", target);

	d->n[why]++;
	http_reply(r, &(struct http_reply){.status = 302, .headers = headers});
	free(headers);
	free(target);
}

static void on_answer(void *data, enum elsewhere_answer answer);

/** Ask whoever is next. Return: whether there is a reply, and so @s is over. */
static bool step(struct sending *s)
{
	struct redirect *d = s->redirect;
	enum elsewhere_answer answer = ELSEWHERE_UNKNOWN;

	while (s->next < s->n_ways) {
		size_t i = s->ways[s->next];
		int rc = s->path.is_folder ? -EBUSY
		                           : neighbours_look(d->neighbours, i, s->request->path, &answer, on_answer, s);
		if (rc == -EINPROGRESS)
			return false;
		if (rc == -EBUSY || answer == ELSEWHERE_THERE) {
			send_on(d, s->request, i, rc == 0 ? SENT_FOUND : SENT_UNCHECKED);
			return true;
		}
		s->next++;
	}
	refuse(d, s->request, SENT_MISSING);
	return true;
}

/** With whoever is next; or @s is over. */
static void go_on(struct sending *s)
{
	struct http_request *r = s->request;

	r->data = NULL; /* a reply is the last of it */
	if (step(s))
		free(s);
	else
		r->data = s;
}

static void on_answer(void *data, enum elsewhere_answer answer)
{
	struct sending *s = data;
	struct http_request *r = s->request;

	if (r != NULL && answer != ELSEWHERE_THERE) {
		s->next++;
		go_on(s);
		return;
	}
	if (r != NULL) {
		r->data = NULL;
		send_on(s->redirect, r, s->ways[s->next], SENT_FOUND);
	}
	free(s);
}

void redirect_gone(struct http_request *r, void *data)
{
	struct sending *s = r->data;

	(void)data;
	if (s != NULL)
		s->request = NULL;
}

/** Whether a generation of it is served here. */
static bool is_here(const struct redirect *d, const char *project)
{
	const struct project *p = engine_find(d->engine, project);

	return p != NULL && p->record.published.at_s > 0;
}

void redirect_request(struct redirect *d, struct http_request *r)
{
	struct nearest_place places[NEAREST_MAX];
	struct elsewhere_path path;

	if (elsewhere_read(r->path, r->query, &path) < 0) {
		refuse(d, r, SENT_NOBODY);
		return;
	}
	if (path.was_sent || (is_here(d, path.project) && (path.is_index || path.is_folder))) {
		refuse(d, r, path.was_sent ? SENT_NOT_TWICE : SENT_NOT_INDEX);
		return;
	}
	struct sending *s = mem_new(sizeof(*s));
	*s = (struct sending){.redirect = d, .request = r, .path = path};
	size_t n = order_for(d, &r->client, places);
	size_t n_max = path.is_index ? 1 : TRIES_MAX; /* indexes are all from one POP */
	for (size_t k = 0; k < n && s->n_ways < n_max; k++) {
		int i = places[k].neighbour;
		if (i != NEAREST_HERE && neighbours_has(d->neighbours, (size_t)i, path.project))
			s->ways[s->n_ways++] = (size_t)i;
	}
	if (s->n_ways > 0) {
		go_on(s);
		return;
	}
	refuse(d, r, SENT_NOBODY);
	free(s);
}

/* The list of POPs. */

static void add_projects(const struct redirect *d, yyjson_mut_doc *doc, yyjson_mut_val *o, int neighbour)
{
	yyjson_mut_val *list = yyjson_mut_obj_add_arr(doc, o, "projects");

	if (neighbour == NEAREST_HERE) {
		for (size_t i = 0; i < engine_n(d->engine); i++)
			if (is_here(d, d->engine->projects[i].pop->name))
				yyjson_mut_arr_add_str(doc, list, d->engine->projects[i].pop->name);
		return;
	}
	const struct elsewhere_held *held = neighbours_held(d->neighbours, (size_t)neighbour);
	for (size_t i = 0; i < held->n; i++)
		yyjson_mut_arr_add_strcpy(doc, list, held->names[i]);
}

static void add_pop(const struct redirect *d, yyjson_mut_doc *doc, yyjson_mut_val *list,
                    const struct nearest_place *at)
{
	const struct pop_site *site = d->pop->site;
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(doc, list);
	struct pop_neighbour here = {
		.name = site->name, .title = site->title, .city = site->city, .country = site->country};
	bool is_this = at->neighbour == NEAREST_HERE;
	const struct pop_neighbour *p = is_this ? &here : &d->pop->neighbours[at->neighbour];

	json_add_text(doc, o, "name", p->name);
	json_add_text(doc, o, "title", p->title);
	json_add_text(doc, o, "city", p->city);
	json_add_text(doc, o, "country", p->country);
	yyjson_mut_obj_add_bool(doc, o, "here", is_this);
	json_add_text(doc, o, "why", nearest_whys[at->why]);
	json_add_text(doc, o, "pages", is_this ? NULL : p->mirror->pages);
	json_add_text(doc, o, "rsync", is_this ? NULL : p->mirror->rsync);
	yyjson_mut_obj_add_bool(doc, o, "up", is_this || neighbours_is_up(d->neighbours, (size_t)at->neighbour));
	add_projects(d, doc, o, at->neighbour);
}

int redirect_pops(struct redirect *d, struct http_request *r)
{
	struct nearest_place places[NEAREST_MAX];
	char text[ADDRESS_MAX];
	struct addr a = r->client;
	int rc = http_request_query(r, "address", text, sizeof(text));

	if (rc == 0)
		rc = addr_parse(text, 0, &a);
	if (rc < 0 && rc != -ENOENT)
		return -EINVAL;
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *list = yyjson_mut_arr(doc);
	size_t n = order_for(d, &a, places);
	for (size_t i = 0; i < n; i++)
		add_pop(d, doc, list, &places[i]);
	char *json = json_take(doc, list);
	http_reply(r, &(struct http_reply){.status = 200,
	                                   .type = "application/json",
	                                   .headers = "Cache-Control: no-store\r\nAccess-Control-Allow-Origin: *\r\n",
	                                   .body = json,
	                                   .body_bytes = strlen(json)});
	free(json);
	return 0;
}

void redirect_metrics(const struct redirect *d, struct buf *b)
{
	static const char sent[] = "mirrord_redirects_total";
	char labels[64];

	metrics_family(b, sent, METRICS_COUNTER, "Requests for what is not here, by what became of them.");
	for (unsigned i = 0; i < SENTS; i++) {
		(void)snprintf(labels, sizeof(labels), "reason=\"%s\"", sent_names[i]);
		metrics_u64(b, sent, labels, d->n[i]);
	}
	neighbours_metrics(d->neighbours, b);
}

void redirect_close(struct redirect *d, void (*on_closed)(void *data), void *data)
{
	struct nearest *nearest = d->nearest;
	struct neighbours *neighbours = d->neighbours;

	neighbours_close(neighbours, on_closed, data); /* which tells what still waits, of which no request is left */
	nearest_free(nearest);
	free(d);
}
