/*
 * POPs that follow ours are told of what is published. What each is to be told is written down with the publication
 * itself (engine_push_want()), so no kill loses it; engine_push() tells it, one thing at a time to each POP, so that
 * one that is away keeps nobody waiting.
 */
/* SPDX-License-Identifier: MIT */
#include "mirror/engine_state.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "base/pop_neighbour.h"
#include "mirror/push_db.h"
#include "sys/credential.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LIMIT_MS = 10000,
	REPLY_MAX_BYTES = 65536,
	LABELS_MAX = 160,
};

/** A POP that follows some of our projects. */
struct following {
	char *token; /* NULL: there is none, so it is told of nothing */
	bool is_busy;
	uint64_t n[PUSH_OUTCOMES];
};

struct engine_push {
	struct web_client *client;
	size_t n; /* neighbours */
	struct following all[];
};

/** One push under way, and then what came of it on its way into the database. */
struct telling {
	struct engine *engine;
	struct project *project;
	struct follower *follower;
	int64_t run;
	struct push push;
};

/* The token for a POP is a credential that the service manager passes. */
static char *read_token(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	char *credential = mem_printf("mirror-push.%s", name), *token = credential_read(credential);

	free(credential);
	if (token != NULL && token[strspn(token, letters)] != '\0') {
		free(token);
		token = NULL;
	}
	return token;
}

static bool is_followed(const struct pop_neighbour *n, const char *project)
{
	for (unsigned i = 0; n->mirror != NULL && i < n->mirror->n_push; i++)
		if (strcmp(n->mirror->push[i], project) == 0)
			return true;
	return false;
}

void engine_push_fill(struct project *p)
{
	const struct engine_config *c = &p->engine->config;

	for (unsigned i = 0; i < c->n_neighbours; i++) {
		if (!is_followed(&c->neighbours[i], p->pop->name))
			continue;
		p->followers = mem_resize(p->followers, p->n_followers + 1, sizeof(*p->followers));
		p->followers[p->n_followers++] = (struct follower){.name = c->neighbours[i].name, .neighbour = i};
	}
}

int engine_push_load(sqlite3 *db, struct project *p)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < p->n_followers; i++)
		rc = push_db_get(db, p->followers[i].name, p->pop->name, &p->followers[i].push);
	return rc;
}

int engine_push_want(sqlite3 *db, const struct project *p)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && p->end.ended.run.is_published && i < p->n_followers; i++)
		rc = push_db_want(db, p->followers[i].name, p->pop->name, p->run);
	return rc;
}

void engine_push_wanted(struct project *p)
{
	for (size_t i = 0; p->end.ended.run.is_published && i < p->n_followers; i++) {
		struct push *push = &p->followers[i].push;
		push->wanted = p->run;
		push->tries = 0;
		push->due_s = 0;
	}
}

void engine_push_open(struct engine *e)
{
	size_t n = e->config.n_neighbours;
	struct engine_push *all = mem_new(sizeof(*all) + n * sizeof(all->all[0]));

	all->client = web_client_new(e->loop);
	all->n = n;
	e->push = all;
	for (size_t i = 0; i < n; i++) {
		const struct pop_neighbour *neighbour = &e->config.neighbours[i];
		if (neighbour->mirror == NULL || neighbour->mirror->n_push == 0)
			continue;
		all->all[i].token = read_token(neighbour->name);
		if (all->all[i].token == NULL)
			log_warn("neighbours: %s: it is told of nothing: no token is in the credential mirror-push.%s: "
			         "put it into /etc/credstore/mirror-push.%s and restart mirrord",
			         neighbour->name, neighbour->name, neighbour->name);
	}
}

static int write_told(sqlite3 *db, void *data)
{
	const struct telling *t = data;

	return push_db_set(db, t->follower->name, t->project->pop->name, t->run, &t->push);
}

static void on_written(void *data, int rc)
{
	struct telling *t = data;
	struct engine *e = t->engine;

	if (rc < 0)
		log_warn("mirror: %s: what %s was told is not kept: %s", t->project->pop->name, t->follower->name,
		         strerror(-rc));
	free(t);
	engine_settle(e);
}

static void take_up(struct telling *t, const struct web_answer *f)
{
	struct push *push = &t->follower->push;

	t->push = *push;
	enum push_outcome o = push_note(&t->push, f->status, f->why, engine_now().wall_s, arc4random_uniform);
	t->engine->push->all[t->follower->neighbour].n[o]++;
	if (o != PUSH_TOLD && t->push.tries == 1)
		log_warn("mirror: %s: %s is not told of it: %s", t->project->pop->name, t->follower->name,
		         t->push.words);
	if (push->wanted == t->run)
		*push = t->push;
	else
		push->told_s = t->push.told_s; /* something newer was published meanwhile */
}

static void on_done(void *data, const struct web_answer *f)
{
	struct telling *t = data;
	struct engine *e = t->engine;

	e->push->all[t->follower->neighbour].is_busy = false;
	if (f->status >= 0)
		take_up(t, f);
	if (f->status < 0 || engine_store(e, write_told, on_written, t) < 0)
		free(t); /* it is told once more */
	engine_pump(e);
	engine_settle(e);
}

static void tell(struct project *p, struct follower *f)
{
	struct engine *e = p->engine;
	char *pages = pop_neighbour_pages(&e->config.neighbours[f->neighbour], "https:");
	char *url = mem_printf("%s/api/v1/mirrors/%s/push", pages, p->pop->name);
	struct telling *t = mem_new(sizeof(*t));

	*t = (struct telling){.engine = e, .project = p, .follower = f, .run = f->push.wanted};
	e->push->all[f->neighbour].is_busy = true;
	engine_await(e);
	web_client_ask(e->push->client, &(struct web_question){.method = "POST",
	                                                       .url = url,
	                                                       .token = e->push->all[f->neighbour].token,
	                                                       .limit_ms = LIMIT_MS,
	                                                       .max_bytes = REPLY_MAX_BYTES,
	                                                       .on_done = on_done,
	                                                       .data = t});
	free(url);
	free(pages);
}

uint32_t engine_push(struct engine *e, uint32_t wait_s)
{
	int64_t now_s = engine_now().wall_s;

	for (size_t i = 0; i < e->n; i++)
		for (size_t k = 0; k < e->projects[i].n_followers; k++) {
			struct follower *f = &e->projects[i].followers[k];
			const struct following *to = &e->push->all[f->neighbour];
			if (f->push.wanted == 0 || to->token == NULL || to->is_busy)
				continue;
			int64_t rest_s = f->push.due_s - now_s;
			if (rest_s <= 0 || rest_s > PUSH_REST_MAX_S) /* the clock was set back */
				tell(&e->projects[i], f);
			else if (rest_s < wait_s)
				wait_s = (uint32_t)rest_s;
		}
	return wait_s;
}

void engine_push_metrics(const struct engine *e, struct buf *b)
{
	static const char told[] = "mirrord_pushes_sent_total", waiting[] = "mirrord_pushes_waiting";
	char labels[LABELS_MAX];

	metrics_family(b, told, METRICS_COUNTER, "Publications that POPs were to be told of, by what came of it.");
	for (size_t i = 0; i < e->push->n; i++)
		for (unsigned o = 0; o < PUSH_OUTCOMES; o++) {
			(void)snprintf(labels, sizeof(labels), "pop=\"%s\",outcome=\"%s\"",
			               e->config.neighbours[i].name, push_outcome_names[o]);
			metrics_u64(b, told, labels, e->push->all[i].n[o]);
		}
	metrics_family(b, waiting, METRICS_GAUGE, "Publications that a POP is still to be told of.");
	for (size_t i = 0; i < e->push->n; i++) {
		uint64_t n = 0;
		for (size_t k = 0; k < e->n; k++)
			for (size_t j = 0; j < e->projects[k].n_followers; j++)
				n += e->projects[k].followers[j].neighbour == i &&
				     e->projects[k].followers[j].push.wanted != 0;
		(void)snprintf(labels, sizeof(labels), "pop=\"%s\"", e->config.neighbours[i].name);
		metrics_u64(b, waiting, labels, n);
	}
}

void engine_push_close(struct engine *e)
{
	struct engine_push *all = e->push;

	if (all == NULL)
		return;
	web_client_close(all->client, NULL, NULL);
	for (size_t i = 0; i < all->n; i++)
		free(all->all[i].token);
	free(all);
	e->push = NULL;
}
