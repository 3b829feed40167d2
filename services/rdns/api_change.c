/*
 * Happy path: whose it will be is known by assignments and zones (rdns/plan.h). A delegation is rehearsed in the
 * store, so that who is in the way is known at once, and its servers are checked. Then the store makes the
 * change (rdns/edit.h), it is published, and the reply shows what is there now.
 *
 * Failures: what is refused has changed nothing; what DNS did not take has been taken back. What is another
 * member's is told as if it were not there. What stands and is not live yet gets a 202.
 */
/* SPDX-License-Identifier: MIT */
#include "rdns/api_change.h"

#include "base/json_write.h"
#include "base/mem.h"
#include "rdns/api_check.h"
#include "rdns/api_import.h"
#include "rdns/api_read.h"
#include "rdns/edit.h"
#include "rdns/members_db.h"
#include "rdns/plan.h"
#include "rdns/ptrs_db.h"
#include "rdns/publishing.h"
#include "rdns/rechecking.h"
#include "rdns/roster.h"
#include "rdns/synthesised.h"
#include "rdns/zones_db.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A change at hand. */
struct changing {
	struct edit edit;
	uint32_t asn; /* whose it will be; of what ends, the asker's */
	bool is_ptr, is_end, is_rehearsal;
	char *checks; /* edit.checks, owned */
};

static struct api_call *end(struct api_call *c)
{
	struct changing *g = c->data;

	free(g->checks);
	free(g);
	c->data = NULL;
	return c;
}

/* Something is in the way, which is named: all that the asker may see is its own. */
static void refuse_obstacle(struct api_call *c)
{
	const struct changing *g = c->data;
	bool is_delegation = strchr(g->edit.in_the_way, '/') != NULL;
	struct api_problem p = {.id = API_OVERLAP, .reason = REFUSAL_OVERLAP};

	if (!is_delegation)
		p.reason = REFUSAL_PTRS;
	else if (g->is_ptr)
		p.reason = REFUSAL_DELEGATED;
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
	struct member m = {.id = 0};

	int rc = g->asn == 0 ? 0 : members_db_find(db, g->asn, &m);
	if (rc < 0)
		return rc;
	g->edit.member = m.id;
	if (g->is_ptr)
		rc = edit_ptr(db, &g->edit, &w->prefix.addr, g->is_end ? NULL : w->name);
	else
		rc = edit_delegation(db, &g->edit, &w->prefix, w->delegated);
	return rc == 0 && g->is_rehearsal ? -ECANCELED : rc;
}

static void on_shown(struct api_call *c, int rc)
{
	const struct changing *g = c->data;
	int status = g->edit.is_new ? 201 : 200;

	if (rc < 0)
		api_call_fail(end(c), rc);
	else
		api_call_reply(end(c), status);
}

static void reply(struct api_call *c)
{
	const struct changing *g = c->data;

	if (g->is_end)
		api_call_reply(end(c), 204);
	else
		api_call_store(c, show, on_shown);
}

static void reply_pending(struct api_call *c)
{
	const struct changing *g = c->data;

	c->root = yyjson_mut_obj(c->doc);
	yyjson_mut_obj_add_sint(c->doc, c->root, "change", g->edit.change);
	api_call_reply(end(c), 202);
}

static void on_published(enum change_end how, enum change_event why, void *data)
{
	static const char *const reasons[CHANGE_EVENTS][LANGUAGES] = {
		[CHANGE_REFUSED] = {"It refused.", "Il a refusé."},
		[CHANGE_UNREACHED] = {"It cannot be reached.", "Il n'est pas joignable."},
		[CHANGE_UNANSWERED] = {"It does not answer.", "Il ne répond pas."},
		[CHANGE_UNSERVED] = {"It does not show the change.", "Il ne montre pas la modification."},
	};
	struct api_call *c = data;
	const char *reason;

	switch (how) {
	case CHANGE_LIVE:
		reply(c);
		return;
	case CHANGE_FAILED:
		reason = reasons[why][c->language];
		api_call_problem(end(c), API_NOT_LIVE, reason != NULL ? reason : "");
		return;
	case CHANGE_PENDING:
		reply_pending(c);
		return;
	}
}

static void on_edited(struct api_call *c, int rc)
{
	const struct changing *g = c->data;

	if (rc < 0)
		refuse(c, rc);
	else if (g->edit.change == 0)
		reply(c);
	else if (publishing_change(c->d->publishing, g->edit.change, on_published, c) < 0)
		reply_pending(c);
}

/* The servers are not fit for it; or our resolver is silent, and nobody knows. */
static void refuse_checked(struct api_call *c, const struct check_result *r)
{
	if (r->is_blind) {
		api_call_problem(end(c), API_BUSY, "the resolver is silent, so nothing could be checked");
		return;
	}
	c->root = json_copy(c->doc, r->verdicts[c->language]);
	api_call_problem(end(c), API_CHECK, "");
}

/* Whether the asker may; @g->asn is set. */
static enum refusal plan(struct api_call *c, struct changing *g)
{
	const struct who *who = &c->caller.who;
	struct plan_context context = {who, roster_assignments(c->d->roster), &c->d->allocations};

	if (c->wanted.skips_check && who->role != ROLE_OPERATOR)
		return REFUSAL_OPERATORS_ONLY;
	if (g->is_end) { /* also of what is not assigned to it any more */
		g->asn = who->asn;
		return rights_refuse(who, ACTION_CHANGE, who->asn);
	}
	return g->is_ptr ? plan_ptr(&context, &c->wanted.prefix, &g->asn)
	                 : plan_delegation(&context, &c->wanted.prefix, &g->asn);
}

static void on_checked(const struct check_result *r, void *data)
{
	struct api_call *c = data;
	struct changing *g = c->data;
	struct rechecking *notes = c->d->rechecking;

	if (r == NULL) {
		api_call_problem(end(c), API_BUSY, "the service is being stopped");
		return;
	}
	if (!r->passed) {
		rechecking_note(notes, g->asn, c->wanted.delegated, r);
		refuse_checked(c, r);
		return;
	}
	enum refusal why = plan(c, g); /* it may be another member's by now */
	if (why != REFUSAL_NONE) {
		api_call_refuse(end(c), why);
		return;
	}
	g->edit.checks = g->checks = mem_strdup(r->summary);
	if (api_call_store(c, edit, on_edited))
		rechecking_note(notes, g->asn, c->wanted.delegated, r); /* in the store, after the change */
}

static void on_rehearsed(struct api_call *c, int rc)
{
	struct changing *g = c->data;

	if (rc != -ECANCELED) {
		refuse(c, rc);
		return;
	}
	if (g->edit.change == 0) {
		reply(c);
		return;
	}
	g->is_rehearsal = false;
	g->edit.change = 0;
	rc = checking_start(c->d->checking, g->asn, c->wanted.delegated, on_checked, c);
	if (rc < 0)
		api_refuse_check(end(c), rc);
}

static void change(struct api_call *c, bool is_ptr)
{
	struct changing *g = mem_new(sizeof(*g));
	char why[API_DETAIL_MAX];

	c->data = g;
	g->is_ptr = is_ptr;
	g->is_end = c->wanted.route->method == HTTP_METHOD_DELETE;
	bool is_ours = !is_ptr && !g->is_end && synthesised_is(c->wanted.delegated, c->d->pop);
	g->is_rehearsal = !is_ptr && !g->is_end && !c->wanted.skips_check && !is_ours;
	g->edit = (struct edit){.at = time(NULL),
	                        .who = c->caller.text,
	                        .is_operators = c->caller.who.role == ROLE_OPERATOR,
	                        .conditions = c->wanted.conditions,
	                        .pop = c->d->pop};
	enum refusal r = plan(c, g);
	if (r != REFUSAL_NONE)
		api_call_refuse(end(c), r);
	else if (c->wanted.skips_check && !api_has_reachable_glue(c->d->pop, c->wanted.delegated, why))
		api_call_problem(end(c), API_INVALID, why);
	else
		api_call_store(c, edit, g->is_rehearsal ? on_rehearsed : on_edited);
}

void api_change_delegation(struct api_call *c)
{
	change(c, false);
}

void api_change_ptr(struct api_call *c)
{
	change(c, true);
}
