/*
 * Happy path: whose it will be is known by assignments and zones (rdns/plan.h), the store makes the change
 * (rdns/edit.h), Knot gets it (rdns/publishing.h), and the reply shows what is there now.
 *
 * Failures: what is refused has changed nothing. What is another member's is told as if it were not there. What
 * Knot does not take has been taken back when the reply says so; what could not even be is still pending.
 */
/* SPDX-License-Identifier: MIT */
#include "rdns/api_change.h"

#include "base/mem.h"
#include "rdns/api_read.h"
#include "rdns/edit.h"
#include "rdns/members_db.h"
#include "rdns/plan.h"
#include "rdns/ptrs_db.h"
#include "rdns/publishing.h"
#include "rdns/roster.h"
#include "rdns/zones_db.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A change at hand. */
struct changing {
	struct edit edit;
	uint32_t asn; /* whose it will be; of what ends, the asker's */
	bool is_ptr, is_end;
};

static struct api_call *end(struct api_call *c)
{
	free(c->data);
	c->data = NULL;
	return c;
}

/* Something is in the way, which is named: all that the asker may see is its own. */
static void refuse_obstacle(struct api_call *c)
{
	const struct changing *g = c->data;
	bool is_delegation = strchr(g->edit.in_the_way, '/') != NULL;
	struct api_problem p = {.id = API_OVERLAP,
	                        .reason = !is_delegation ? REFUSAL_PTRS
	                                  : g->is_ptr    ? REFUSAL_DELEGATED
	                                                 : REFUSAL_OVERLAP};

	(void)snprintf(p.detail, sizeof(p.detail), "%s: %s", g->edit.in_the_way, refusal_what(p.reason, c->language));
	api_call_reply_problem(end(c), &p);
}

static void refuse(struct api_call *c, int rc)
{
	const struct changing *g = c->data;

	if (rc == -EEXIST)
		refuse_obstacle(c);
	else if (rc == -ENOENT || (rc == -EACCES && g->is_end))
		api_refuse_absent(end(c));
	else if (rc == -EACCES)
		api_call_refuse(end(c), REFUSAL_FORMER);
	else
		api_call_fail(end(c), rc);
}

/* Show what is there now. */
static int show(sqlite3 *db, struct api_call *c)
{
	const struct changing *g = c->data;
	struct zones_row zones;
	struct ptrs_row ptr;
	int rc = g->is_ptr ? ptrs_db_get(db, &c->wanted.prefix.addr, &ptr)
	                   : zones_db_get(db, &c->wanted.prefix, &zones);

	if (rc < 0)
		return rc;
	c->root = g->is_ptr ? ptrs_row_json(&ptr, c->doc) : zones_row_json(&zones, c->doc);
	c->version = g->is_ptr ? ptr.version : zones.version;
	if (!g->is_ptr)
		delegated_free(zones.delegated);
	return 0;
}

static int edit(sqlite3 *db, struct api_call *c)
{
	struct changing *g = c->data;
	const struct api_request *w = &c->wanted;
	struct member m;

	int rc = g->asn == 0 ? 0 : members_db_find(db, g->asn, &m);
	if (rc < 0)
		return rc;
	g->edit.member = g->asn == 0 ? 0 : m.id;
	if (g->is_ptr)
		rc = edit_ptr(db, &g->edit, &w->prefix.addr, g->is_end ? NULL : w->name);
	else
		rc = edit_delegation(db, &g->edit, &w->prefix, w->delegated);
	return rc;
}

static void on_shown(struct api_call *c, int rc)
{
	const struct changing *g = c->data;

	if (rc < 0) {
		refuse(c, rc);
		return;
	}
	int status = g->is_end ? 204 : g->edit.is_new ? 201
	                                              : 200;
	api_call_reply(end(c), status);
}

/* Show what is there now, unless it has ended. */
static void reply(struct api_call *c)
{
	const struct changing *g = c->data;

	if (g->is_end)
		on_shown(c, 0);
	else
		api_call_store(c, show, on_shown);
}

static void on_published(enum change_end ended, enum change_event why, void *data)
{
	struct api_call *c = data;

	(void)why; /* it is in the journal */
	switch (ended) {
	case CHANGE_LIVE:
		reply(c);
		break;
	case CHANGE_FAILED:
		api_call_problem(end(c), API_NOT_LIVE, "");
		break;
	case CHANGE_PENDING:
		api_call_problem(end(c), API_IN_PROGRESS, "");
		break;
	}
}

static void on_edited(struct api_call *c, int rc)
{
	const struct changing *g = c->data;

	if (rc < 0)
		refuse(c, rc);
	else if (g->edit.change == 0) /* all was so already */
		reply(c);
	else if (publishing_change(c->d->publishing, g->edit.change, on_published, c) < 0)
		api_call_problem(end(c), API_IN_PROGRESS, "");
}

/* Whether the asker may; @g->asn is set. */
static enum refusal plan(struct api_call *c, struct changing *g)
{
	const struct who *who = &c->caller.who;
	struct plan_context context = {who, roster_assignments(c->d->roster), &c->d->allocations};

	if (g->is_end) { /* also of what is not assigned to it any more */
		g->asn = who->asn;
		return rights_refuse(who, ACTION_CHANGE, who->asn);
	}
	return g->is_ptr ? plan_ptr(&context, &c->wanted.prefix, &g->asn)
	                 : plan_delegation(&context, &c->wanted.prefix, &g->asn);
}

static void change(struct api_call *c, bool is_ptr)
{
	struct changing *g = mem_new(sizeof(*g));

	c->data = g;
	g->is_ptr = is_ptr;
	g->is_end = c->wanted.route->method == HTTP_METHOD_DELETE;
	g->edit = (struct edit){.at = time(NULL),
	                        .who = c->caller.text,
	                        .is_operators = c->caller.who.role == ROLE_OPERATOR,
	                        .conditions = c->wanted.conditions};
	enum refusal r = plan(c, g);
	if (r != REFUSAL_NONE)
		api_call_refuse(end(c), r);
	else
		api_call_store(c, edit, on_edited);
}

void api_change_delegation(struct api_call *c)
{
	change(c, false);
}

void api_change_ptr(struct api_call *c)
{
	change(c, true);
}
