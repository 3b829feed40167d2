/*
 * Happy path: whose each name will be is known by assignments and zones, the store makes all changes in one
 * transaction (rdns/bulk.h), they are published together, and the reply shows them. Of a dry run, the
 * transaction is not committed.
 */
/* SPDX-License-Identifier: MIT */
#include "rdns/api_bulk.h"

#include "base/json_write.h"
#include "rdns/members_db.h"
#include "rdns/plan.h"
#include "rdns/publishing.h"
#include "rdns/roster.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

static int edit(sqlite3 *db, struct api_call *c)
{
	struct bulk *b = c->wanted.bulk;
	struct edit e = {.at = time(NULL),
	                 .who = c->caller.text,
	                 .member = c->caller.member,
	                 .is_operators = c->caller.who.role == ROLE_OPERATOR,
	                 .conditions = c->wanted.conditions,
	                 .pop = c->d->pop};
	yyjson_mut_val *list = yyjson_mut_arr(c->doc);
	char tag[ETAG_MAX];
	int64_t version;

	for (size_t i = 0; i < b->n; i++) {
		struct member m = {.id = 0};
		int rc = b->names[i].asn == 0 ? 0 : members_db_find(db, b->names[i].asn, &m);
		if (rc < 0)
			return rc;
		b->names[i].member = m.id;
	}
	int rc = bulk_edit(db, &e, b, c->doc, list);
	if (rc < 0 && rc != -ECANCELED)
		return rc;
	int counted = bulk_version(db, &version);
	if (counted < 0)
		return counted;
	c->root = yyjson_mut_obj(c->doc);
	yyjson_mut_obj_add_bool(c->doc, c->root, "dry_run", b->is_dry_run);
	json_add_text(c->doc, c->root, "etag", etag_text(version, tag));
	yyjson_mut_obj_add_val(c->doc, c->root, "changes", list);
	return rc;
}

static void refuse(struct api_call *c)
{
	char detail[API_DETAIL_MAX];

	(void)snprintf(detail, sizeof(detail), "%zu names are refused: a dry run says which",
	               c->wanted.bulk->n_refused);
	api_call_problem(c, API_OVERLAP, detail);
}

static void on_published(enum change_end end, enum change_event why, void *data)
{
	struct api_call *c = data;
	(void)why;

	if (end == CHANGE_FAILED)
		api_call_problem(c, API_NOT_LIVE, "");
	else
		api_call_reply(c, 200);
}

/* What another import is in the way of is taken up later, one by one, and stands: that it is on its way shows. */
static void publish(struct api_call *c)
{
	const struct bulk *b = c->wanted.bulk;

	if (b->first_change == 0 || publishing_import(c->d->publishing, b->first_change, b->last_change,
	                                              on_published, c) < 0)
		api_call_reply(c, 200);
}

static void on_edited(struct api_call *c, int rc)
{
	if (rc == 0)
		publish(c);
	else if (rc == -ECANCELED)
		api_call_reply(c, 200);
	else if (rc == -EEXIST)
		refuse(c);
	else if (rc == -E2BIG)
		api_call_problem(c, API_INVALID, "within: must have at most 1024 names that are not in the list");
	else
		api_call_fail(c, rc);
}

void api_change_ptrs(struct api_call *c)
{
	struct plan_context context = {&c->caller.who, roster_assignments(c->d->roster), &c->d->allocations};
	struct bulk *b = c->wanted.bulk;

	enum refusal r = rights_refuse(&c->caller.who, ACTION_CHANGE, c->caller.who.asn);
	if (r != REFUSAL_NONE) {
		api_call_refuse(c, r);
		return;
	}
	b->language = c->language;
	for (size_t i = 0; i < b->n; i++) {
		struct bulk_name *n = &b->names[i];
		n->asn = c->caller.who.asn;
		if (n->name == NULL) /* also of what is not assigned to it any more */
			continue;
		enum refusal why = plan_ptr(&context, &n->address, &n->asn);
		n->problem = why == REFUSAL_NONE ? NULL : refusal_what(why, c->language);
	}
	api_call_store(c, edit, on_edited);
}
