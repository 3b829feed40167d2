/* SPDX-License-Identifier: MIT */
#include "rdns/api_read.h"

#include "base/json_write.h"
#include "rdns/audit_db.h"
#include "rdns/members_db.h"
#include "rdns/plan.h"
#include "rdns/ptrs_db.h"
#include "rdns/roster.h"
#include "rdns/zones_db.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

/**
 * Whether @c's asker may see what belongs to the member of its ?asn=, or of none: then all that is its own.
 * If not, it is refused.
 */
static bool may_list(struct api_call *c)
{
	const struct who *who = &c->caller.who;
	enum refusal r = rights_refuse(who, ACTION_READ, c->wanted.asn != 0 ? c->wanted.asn : who->asn);

	if (r != REFUSAL_NONE)
		api_call_refuse(c, r);
	return r == REFUSAL_NONE;
}

/** The member whose things are listed, 0: of all. Return: 0, -ENOENT when nobody is it, or as db_exec(). */
static int find_listed(sqlite3 *db, const struct api_call *c, int64_t *ret)
{
	struct member m = {.id = c->caller.member};

	if (c->caller.who.role == ROLE_OPERATOR && c->wanted.asn != 0) {
		int rc = members_db_find(db, c->wanted.asn, &m);
		if (rc < 0)
			return rc;
	}
	*ret = m.id;
	return 0;
}

/** Put {"items": @items, "next": @next} in place of the reply; @next "": null. */
static void set_page(struct api_call *c, yyjson_mut_val *items, const char *next)
{
	c->root = yyjson_mut_obj(c->doc);
	yyjson_mut_obj_add_val(c->doc, c->root, "items", items);
	json_add_text(c->doc, c->root, "next", next[0] == '\0' ? NULL : next);
}

static bool is_listed(const struct api_call *c, const struct assignment *a)
{
	uint32_t asn = c->caller.who.role == ROLE_MEMBER ? c->caller.who.asn : c->wanted.asn;

	return (asn == 0 || a->asn == asn) &&
	       (!c->wanted.has_after || prefix_compare(&a->prefix, &c->wanted.after) > 0);
}

void api_list_prefixes(struct api_call *c)
{
	const struct assignments *assignments = roster_assignments(c->d->roster);
	yyjson_mut_val *items = yyjson_mut_arr(c->doc);
	char text[PREFIX_TEXT_MAX] = "";
	bool has_more = false;
	size_t n;

	if (!may_list(c))
		return;
	const struct assignment *all = assignments_all(assignments, &n);
	for (size_t i = 0; i < n && !has_more; i++) {
		if (!is_listed(c, &all[i]))
			continue;
		has_more = yyjson_mut_arr_size(items) == c->wanted.limit;
		if (has_more)
			break;
		yyjson_mut_val *o = yyjson_mut_arr_add_obj(c->doc, items);
		json_add_text(c->doc, o, "prefix", prefix_text(&all[i].prefix, text));
		yyjson_mut_obj_add_uint(c->doc, o, "asn", all[i].asn);
		json_add_text(c->doc, o, "name", assignments_member(assignments, all[i].asn)->name);
	}
	set_page(c, items, has_more ? text : "");
	api_call_reply(c, 200);
}

/** Of a member that nobody is, the list is empty. */
static int make_list(sqlite3 *db, struct api_call *c)
{
	yyjson_mut_val *items = yyjson_mut_arr(c->doc);
	char next[API_NEXT_MAX] = "";
	int64_t member;

	int rc = find_listed(db, c, &member);
	if (rc == 0)
		rc = c->list(db, c, member, items, next);
	if (rc == -ENOENT)
		rc = 0;
	set_page(c, items, next);
	return rc;
}

static void on_listed(struct api_call *c, int rc)
{
	if (rc == 0)
		api_call_reply(c, 200);
	else
		api_call_fail(c, rc);
}

void api_list(struct api_call *c, api_list_fn list)
{
	c->list = list;
	if (may_list(c))
		api_call_store(c, make_list, on_listed);
}

static int list_delegations(sqlite3 *db, const struct api_call *c, int64_t member, yyjson_mut_val *items,
                            char ret_next[API_NEXT_MAX])
{
	const struct api_request *w = &c->wanted;
	struct zones_filter filter = {.member = member,
	                              .state = w->state[0] != '\0' ? w->state : NULL,
	                              .after = w->has_after ? &w->after : NULL,
	                              .limit = w->limit};

	return zones_db_list(db, &filter, c->doc, items, ret_next);
}

void api_list_delegations(struct api_call *c)
{
	api_list(c, list_delegations);
}

static int list_ptrs(sqlite3 *db, const struct api_call *c, int64_t member, yyjson_mut_val *items,
                     char ret_next[API_NEXT_MAX])
{
	const struct api_request *w = &c->wanted;
	struct ptrs_filter filter = {.member = member,
	                             .within = w->has_within ? &w->within : NULL,
	                             .after = w->has_after ? &w->after.addr : NULL,
	                             .limit = w->limit};

	return ptrs_db_list(db, &filter, c->doc, items, ret_next);
}

void api_list_ptrs(struct api_call *c)
{
	api_list(c, list_ptrs);
}

static int list_audit(sqlite3 *db, const struct api_call *c, int64_t member, yyjson_mut_val *items,
                      char ret_next[API_NEXT_MAX])
{
	const struct api_request *w = &c->wanted;
	struct audit_filter filter = {.member = member,
	                              .subject = w->subject[0] != '\0' ? w->subject : NULL,
	                              .before_seq = w->before,
	                              .limit = w->limit};
	int64_t more;

	int rc = audit_db_list(db, &filter, c->doc, items, &more);
	if (rc == 0 && more != 0)
		(void)snprintf(ret_next, API_NEXT_MAX, "%" PRId64, more);
	return rc;
}

void api_list_audit(struct api_call *c)
{
	api_list(c, list_audit);
}

void api_refuse_absent(struct api_call *c)
{
	const struct who *who = &c->caller.who;

	if (who->role == ROLE_OPERATOR ||
	    plan_is_assigned(roster_assignments(c->d->roster), &c->wanted.prefix, who->asn))
		api_call_problem(c, API_NOT_FOUND, "");
	else
		api_call_refuse(c, REFUSAL_NOT_YOURS);
}

/* What belongs to @asn has been found. Return: 0, or -ENOENT when it is another's. */
static int may_show(const struct api_call *c, uint32_t asn)
{
	return rights_refuse(&c->caller.who, ACTION_READ, asn) == REFUSAL_NONE ? 0 : -ENOENT;
}

static int get_delegation(sqlite3 *db, struct api_call *c)
{
	struct zones_row row;
	int rc = zones_db_get(db, &c->wanted.prefix, &row);

	if (rc < 0)
		return rc;
	rc = may_show(c, row.asn);
	if (rc == 0) {
		c->root = zones_row_json(&row, c->doc);
		c->version = row.version;
	}
	delegated_free(row.delegated);
	return rc;
}

static int get_ptr(sqlite3 *db, struct api_call *c)
{
	struct ptrs_row row;
	int rc = ptrs_db_get(db, &c->wanted.prefix.addr, &row);

	if (rc == 0)
		rc = may_show(c, row.asn);
	if (rc == 0) {
		c->root = ptrs_row_json(&row, c->doc);
		c->version = row.version;
	}
	return rc;
}

static void on_got(struct api_call *c, int rc)
{
	if (rc == -ENOENT)
		api_refuse_absent(c);
	else if (rc < 0)
		api_call_fail(c, rc);
	else if (etag_check(&c->wanted.conditions, c->version) == ETAG_GO_ON)
		api_call_reply(c, 200);
	else if (c->wanted.conditions.if_none_match != NULL)
		api_call_reply(c, 304);
	else
		api_call_problem(c, API_STALE, "");
}

void api_get_delegation(struct api_call *c)
{
	api_call_store(c, get_delegation, on_got);
}

void api_get_ptr(struct api_call *c)
{
	api_call_store(c, get_ptr, on_got);
}
