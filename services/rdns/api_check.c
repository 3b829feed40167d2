/*
 * A check that was started goes on by itself (rdns/rechecking.h): who wants to see how far it is asks again
 * and again. What was found is in the store before that is no longer said to be running.
 */
/* SPDX-License-Identifier: MIT */
#include "rdns/api_check.h"

#include "base/json_write.h"
#include "rdns/api_read.h"
#include "rdns/checks_db.h"
#include "rdns/follow_db.h"
#include "rdns/plan.h"
#include "rdns/rechecking.h"
#include "rdns/roster.h"

#include <errno.h>

static int list_checks(sqlite3 *db, const struct api_call *c, int64_t member, yyjson_mut_val *items,
                       char ret_next[API_NEXT_MAX])
{
	const struct api_request *w = &c->wanted;
	struct checks_filter filter = {
		.member = member, .after = w->has_after ? &w->after : NULL, .limit = w->limit};

	return checks_db_list(db, &filter, c->doc, items, ret_next);
}

void api_list_checks(struct api_call *c)
{
	api_list(c, list_checks);
}

/** What a check that never ended has of one that has. */
static void make_root(struct api_call *c)
{
	char text[PREFIX_TEXT_MAX];

	c->root = yyjson_mut_obj(c->doc);
	json_add_text(c->doc, c->root, "prefix", prefix_text(&c->wanted.prefix, text));
	yyjson_mut_obj_add_arr(c->doc, c->root, "verdicts");
}

/** Add {"running","done","total"}; @p: NULL when it is not running. */
static void add_progress(struct api_call *c, const struct checking_progress *p)
{
	yyjson_mut_obj_add_bool(c->doc, c->root, "running", p != NULL);
	if (p != NULL) {
		yyjson_mut_obj_add_uint(c->doc, c->root, "done", p->n_answered);
		yyjson_mut_obj_add_uint(c->doc, c->root, "total", p->n_asked);
	} else {
		yyjson_mut_obj_add_null(c->doc, c->root, "done");
		yyjson_mut_obj_add_null(c->doc, c->root, "total");
	}
}

static int get_check(sqlite3 *db, struct api_call *c)
{
	const struct prefix *p = &c->wanted.prefix;
	int rc = checks_db_get(db, p, c->caller.member, c->language, c->doc, &c->root);

	if (rc < 0)
		return rc;
	yyjson_mut_val *list = yyjson_mut_obj_add_arr(c->doc, c->root, "following");
	return follow_db_add_json(db, p, c->caller.member, c->language, c->doc, list);
}

static void on_got_idle(struct api_call *c, int rc)
{
	if (rc == -ENOENT) {
		api_refuse_absent(c);
		return;
	}
	if (rc < 0) {
		api_call_fail(c, rc);
		return;
	}
	add_progress(c, NULL);
	api_call_reply(c, 200);
}

/** Whether the asker may know that the prefix is being checked just now. */
static bool may_watch(const struct api_call *c)
{
	const struct who *who = &c->caller.who;

	return who->role == ROLE_OPERATOR ||
	       plan_is_assigned(roster_assignments(c->d->roster), &c->wanted.prefix, who->asn);
}

void api_get_check(struct api_call *c)
{
	struct checking_progress p;

	if (!may_watch(c) || !checking_progress(c->d->checking, &c->wanted.prefix, &p)) {
		api_call_store(c, get_check, on_got_idle);
		return;
	}
	make_root(c);
	add_progress(c, &p);
	api_call_reply(c, 200);
}

void api_refuse_check(struct api_call *c, int rc)
{
	if (rc == -EBUSY)
		api_call_problem(c, API_IN_PROGRESS, "this prefix is being checked");
	else
		api_call_problem(c, rc == -EAGAIN ? API_LIMITED : API_BUSY, "");
}

void api_start_check(struct api_call *c)
{
	struct plan_context context = {&c->caller.who, roster_assignments(c->d->roster), &c->d->allocations};
	struct checking_progress p;
	uint32_t asn;

	enum refusal r = plan_delegation(&context, &c->wanted.prefix, &asn);
	if (r != REFUSAL_NONE) {
		api_call_refuse(c, r);
		return;
	}
	int rc = rechecking_try(c->d->rechecking, asn, c->wanted.delegated);
	if (rc < 0) {
		api_refuse_check(c, rc);
		return;
	}
	bool is_running = checking_progress(c->d->checking, &c->wanted.prefix, &p);
	make_root(c);
	add_progress(c, is_running ? &p : NULL);
	api_call_reply(c, 202);
}
