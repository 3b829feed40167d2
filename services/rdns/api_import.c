/*
 * Happy path: each prefix has its member, the store makes all changes in one transaction, they are published
 * together. Failures: the first delegation that is refused refuses all, and is named.
 */
/* SPDX-License-Identifier: MIT */
#include "rdns/api_import.h"

#include "base/mem.h"
#include "rdns/edit.h"
#include "rdns/members_db.h"
#include "rdns/plan.h"
#include "rdns/publishing.h"
#include "rdns/roster.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct importing {
	int64_t first, last; /* changes; 0: all was so already */
	size_t n_changed;
	size_t at; /* the delegation that was refused */
	char in_the_way[PREFIX_TEXT_MAX];
};

static struct api_call *end(struct api_call *c)
{
	free(c->data);
	c->data = NULL;
	return c;
}

bool api_has_reachable_glue(const struct pop *p, const struct delegated *d, char reterr[API_DETAIL_MAX])
{
	char text[ADDR_TEXT_MAX];

	for (size_t i = 0; i < d->n_zones; i++)
		for (size_t k = 0; k < d->zones[i].n_servers; k++) {
			const struct delegation_server *s = &d->zones[i].servers[k];
			for (size_t j = 0; j < s->n_addresses; j++) {
				if (rdnsd_may_have(p, &s->addresses[j]))
					continue;
				(void)snprintf(reterr, API_DETAIL_MAX, "%s: %s: not all of the Internet can reach it",
				               s->name, addr_text(&s->addresses[j], text));
				return false;
			}
		}
	return true;
}

static int edit_one(sqlite3 *db, struct api_call *c, const struct batch_one *one)
{
	struct importing *g = c->data;
	struct edit e = {.at = time(NULL), .who = c->caller.text, .is_operators = true, .pop = c->d->pop};
	struct member m;

	int rc = members_db_find(db, one->asn, &m);
	if (rc < 0)
		return rc;
	e.member = m.id;
	rc = edit_delegation(db, &e, &one->delegated->prefix, one->delegated);
	(void)snprintf(g->in_the_way, sizeof(g->in_the_way), "%s", e.in_the_way);
	if (rc < 0 || e.change == 0)
		return rc;
	g->n_changed++;
	g->first = g->first == 0 ? e.change : g->first;
	g->last = e.change;
	return 0;
}

static int edit_all(sqlite3 *db, struct api_call *c)
{
	struct importing *g = c->data;
	const struct batch *b = c->wanted.batch;
	int rc = 0;

	for (g->at = 0; rc == 0 && g->at < b->n; g->at++)
		rc = edit_one(db, c, &b->all[g->at]);
	if (rc < 0)
		g->at--;
	return rc;
}

static void reply(struct api_call *c, bool is_live)
{
	const struct importing *g = c->data;

	c->root = yyjson_mut_obj(c->doc);
	yyjson_mut_obj_add_uint(c->doc, c->root, "changed", g->n_changed);
	yyjson_mut_obj_add_uint(c->doc, c->root, "unchanged", c->wanted.batch->n - g->n_changed);
	yyjson_mut_obj_add_bool(c->doc, c->root, "live", is_live);
	api_call_reply(end(c), 200);
}

static void on_published(enum change_end how, enum change_event why, void *data)
{
	struct api_call *c = data;
	(void)why;

	if (how == CHANGE_FAILED)
		api_call_problem(end(c), API_NOT_LIVE, "");
	else
		reply(c, how == CHANGE_LIVE);
}

static void refuse(struct api_call *c, size_t at, enum api_problem_id id, const char *why)
{
	struct api_problem p = {.id = id};

	(void)snprintf(p.detail, sizeof(p.detail), "delegations[%zu]: %.280s", at, why);
	api_call_reply_problem(end(c), &p);
}

static void on_edited(struct api_call *c, int rc)
{
	const struct importing *g = c->data;
	char why[API_DETAIL_MAX];

	if (rc == -EEXIST || rc == -EBUSY) {
		(void)snprintf(why, sizeof(why), "%s is in the way", g->in_the_way);
		refuse(c, g->at, api_problem_of(rc), why);
	} else if (rc < 0) {
		api_call_fail(end(c), rc);
	} else if (g->first == 0) {
		reply(c, true);
	} else if (publishing_import(c->d->publishing, g->first, g->last, on_published, c) < 0) {
		reply(c, false);
	}
}

void api_import_delegations(struct api_call *c)
{
	struct plan_context context = {&c->caller.who, roster_assignments(c->d->roster), &c->d->allocations};
	struct batch *b = c->wanted.batch;
	char why[API_DETAIL_MAX];

	enum refusal r = rights_refuse(&c->caller.who, ACTION_OPERATE, 0);
	if (r != REFUSAL_NONE) {
		api_call_refuse(c, r);
		return;
	}
	c->data = mem_new(sizeof(struct importing));
	for (size_t i = 0; i < b->n; i++) {
		r = plan_delegation(&context, &b->all[i].delegated->prefix, &b->all[i].asn);
		if (r != REFUSAL_NONE) {
			refuse(c, i, api_problem_of_refusal(r), refusal_what(r, c->language));
			return;
		}
		if (!api_has_reachable_glue(c->d->pop, b->all[i].delegated, why)) {
			refuse(c, i, API_INVALID, why);
			return;
		}
	}
	api_call_store(c, edit_all, on_edited);
}
