/* SPDX-License-Identifier: MIT */
#include "rdns/wanted_db.h"

#include "rdns/delegated.h"
#include "rdns/hosted.h"
#include "rdns/synthesised.h"
#include "rdns/zones_db.h"
#include "store/db.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { LINE_MAX_BYTES = 512 }; /* of a server, or of a DS record */

static const char *origin_of(const struct prefix *zone, char out[REVERSE_NAME_MAX])
{
	return reverse_name(zone, REVERSE_RANGE, out);
}

static int add_delegated(ldns_rr_list *list, const struct prefix *p, yyjson_val *json, const char *origin)
{
	char error[DELEGATED_ERROR_MAX];
	struct delegated *d;

	if (delegated_parse(p, json, &d, error) < 0)
		return -EBADMSG;
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < d->n_zones; i++)
		rc = records_add_delegation(list, &d->zones[i], origin);
	delegated_free(d);
	return rc;
}

static int add_hosted(ldns_rr_list *list, const struct addr *a, yyjson_val *json, const char *origin)
{
	char name[HOSTED_NAME_MAX], error[HOSTED_ERROR_MAX];

	return hosted_parse(json, name, error) < 0 ? -EBADMSG : records_add_ptr(list, a, name, origin);
}

/* Append what a line of the audit log says in @json; nothing when that is empty. We wrote it ourselves. */
static int add_line(ldns_rr_list *list, const char *what, const struct prefix *subject, const char *json,
                    const char *origin)
{
	if (*json == '\0')
		return 0;
	yyjson_doc *doc = yyjson_read(json, strlen(json), 0);
	if (doc == NULL)
		return -EBADMSG;
	yyjson_val *root = yyjson_doc_get_root(doc);
	int rc = strcmp(what, audit_ptr) == 0 ? add_hosted(list, &subject->addr, root, origin)
	                                      : add_delegated(list, subject, root, origin);
	yyjson_doc_free(doc);
	return rc;
}

void wanted_change_done(struct wanted_change *c)
{
	ldns_rr_list_deep_free(c->before);
	ldns_rr_list_deep_free(c->after);
	ldns_rr_list_deep_free(c->shown);
}

/* One hosted name: its address and the name. */
static int add_ptr(sqlite3_stmt *row, const char *origin, ldns_rr_list *list)
{
	struct addr a;

	if (addr_parse(db_text(row, 0), 0, &a) < 0)
		return -EBADMSG;
	return records_add_ptr(list, &a, db_text(row, 1), origin);
}

/* Append the hosted names inside @p, as records of the zone @origin. */
static int add_ptrs(sqlite3 *db, const struct prefix *p, const char *origin, ldns_rr_list *list)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "SELECT address, name FROM ptr WHERE place BETWEEN ? AND ?", &s);

	if (rc < 0)
		return rc;
	rdns_db_bind_range(s, 1, p);
	while (rc == 0 && (rc = db_step(s)) > 0)
		rc = add_ptr(s, origin, list);
	(void)sqlite3_finalize(s);
	return rc;
}

/* Where a delegation begins, hosted names inside it go to the zones below; where it ends, they come back. */
static int add_moved(sqlite3 *db, const struct wanted_change *c, const char *origin)
{
	bool is_begin = ldns_rr_list_rr_count(c->before) == 0, is_end = ldns_rr_list_rr_count(c->after) == 0;
	int rc = 0;

	if (is_begin)
		rc = add_ptrs(db, &c->subject, origin, c->shown);
	if (rc == 0 && is_begin != is_end)
		rc = add_ptrs(db, &c->subject, origin, is_begin ? c->before : c->after);
	return rc;
}

/* The zone that the subject of a change is a part of. */
static int find_zone(sqlite3 *db, const struct allocations *zones, const char *what, struct wanted_change *c)
{
	int rc = strcmp(what, audit_ptr) == 0 ? zones_db_find_zone(db, &c->subject.addr, &c->zone) : -ENOENT;
	const struct prefix *zone = rc == -ENOENT ? allocations_find(zones, &c->subject) : NULL;

	if (rc != -ENOENT)
		return rc;
	if (zone == NULL)
		return -EDOM;
	c->zone = *zone;
	return 0;
}

/* The columns of CHANGE. */
static int read_change(sqlite3_stmt *s, const struct allocations *zones, struct wanted_change *ret)
{
	const char *what = db_text(s, 2);
	struct wanted_change c = {.state = (enum audit_state)db_word(s, 1, audit_states)};
	char origin[REVERSE_NAME_MAX];

	if (prefix_parse(db_text(s, 3), &c.subject) < 0)
		return -EBADMSG;
	int rc = find_zone(sqlite3_db_handle(s), zones, what, &c);
	if (rc < 0)
		return rc;
	c.before = ldns_rr_list_new();
	c.after = ldns_rr_list_new();
	c.shown = ldns_rr_list_new();
	rc = add_line(c.before, what, &c.subject, db_text(s, 4), origin_of(&c.zone, origin));
	if (rc == 0)
		rc = add_line(c.after, what, &c.subject, db_text(s, 5), origin);
	if (rc == 0 && strcmp(what, audit_delegation) == 0)
		rc = add_moved(sqlite3_db_handle(s), &c, origin);
	if (rc == 0)
		*ret = c;
	else
		wanted_change_done(&c);
	return rc;
}

#define CHANGE \
	"SELECT id, state, what, subject, before, after FROM change JOIN audit ON seq = id" \
	" WHERE state IN ('written', 'sent') "

int wanted_db_change(sqlite3 *db, const struct allocations *zones, int64_t id, struct wanted_change *ret)
{
	sqlite3_stmt *s;
	int rc = db_find_id(db, CHANGE "AND id = ?", id, &s);

	if (rc < 0)
		return rc;
	rc = read_change(s, zones, ret);
	(void)sqlite3_finalize(s);
	return rc;
}

static int add_unsettled(sqlite3_stmt *s, const struct wanted_zone *w)
{
	struct wanted_change c = {.before = NULL};
	int rc = read_change(s, w->zones, &c);

	if (rc < 0)
		return rc == -EDOM ? 0 : rc;
	if (prefix_compare(&c.zone, &w->zone) == 0) {
		(void)ldns_rr_list_push_rr_list(w->unsettled, c.before);
		(void)ldns_rr_list_push_rr_list(w->unsettled, c.after);
		ldns_rr_list_free(c.before);
		ldns_rr_list_free(c.after);
		ldns_rr_list_deep_free(c.shown);
	} else {
		wanted_change_done(&c);
	}
	return 0;
}

static int add_hosted_row(sqlite3_stmt *s, const struct wanted_zone *w)
{
	char origin[REVERSE_NAME_MAX];

	return add_ptr(s, origin_of(&w->zone, origin), w->records);
}

/* One zone that is delegated: its name, servers and DS, each in lines. */
static int add_delegation(sqlite3_stmt *s, const struct wanted_zone *w)
{
	static const struct {
		const char *(*add)(struct delegation *d, const char *text);
		int column;
	} parts[] = {{delegation_add_server, 1}, {delegation_add_ds, 2}};
	char origin[REVERSE_NAME_MAX];
	struct delegation d;
	int rc = delegation_init(&d, db_text(s, 0)) == NULL ? 0 : -EBADMSG;

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		const char *text = db_text(s, parts[i].column);
		while (rc == 0 && *text != '\0') {
			char line[LINE_MAX_BYTES];
			int len = (int)strcspn(text, "\n");
			(void)snprintf(line, sizeof(line), "%.*s", len, text);
			rc = parts[i].add(&d, line) == NULL ? 0 : -EBADMSG;
			text += len + (text[len] == '\n');
		}
	}
	if (rc == 0)
		rc = records_add_delegation(w->records, &d, origin_of(&w->zone, origin));
	delegation_done(&d);
	return rc;
}

/* Call @add for each row of @sql, whose parameters are the zone's first and last address, and the ids not meant. */
static int each_row(sqlite3 *db, const char *sql, const struct wanted_zone *w,
                    int (*add)(sqlite3_stmt *row, const struct wanted_zone *w))
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, sql, &s);

	if (rc < 0)
		return rc;
	rdns_db_bind_range(s, 1, &w->zone);
	(void)sqlite3_bind_int64(s, 3, w->first);
	(void)sqlite3_bind_int64(s, 4, w->last);
	while (rc == 0 && (rc = db_step(s)) > 0)
		rc = add(s, w);
	(void)sqlite3_finalize(s);
	return rc;
}

#define DELEGATIONS \
	"SELECT zone, (SELECT group_concat(line, char(10)) FROM" \
	"  (SELECT name || ifnull('=' || group_concat(address, ','), '') AS line" \
	"   FROM nameserver WHERE nameserver.zone = delegation.zone GROUP BY name))," \
	" (SELECT group_concat(key_tag || ' ' || algorithm || ' ' || type || ' ' || digest, char(10))" \
	"  FROM ds WHERE ds.zone = delegation.zone)" \
	" FROM delegation WHERE first BETWEEN ?1 AND ?2"

/* No two delegations overlap, so only the last one that begins before an address can have it. */
#define HOSTED \
	"SELECT address, name FROM ptr WHERE place BETWEEN ?1 AND ?2 AND place >" \
	" coalesce((SELECT last FROM delegation WHERE first <= place ORDER BY first DESC LIMIT 1), x'')"

int wanted_db_zone(sqlite3 *db, const struct wanted_zone *w)
{
	char origin[REVERSE_NAME_MAX];
	int rc;

	if (w->is_synthesised) {
		rc = add_ptrs(db, &w->zone, origin_of(&w->zone, origin), w->records);
	} else {
		rc = each_row(db, DELEGATIONS, w, add_delegation);
		if (rc == 0)
			rc = each_row(db, HOSTED, w, add_hosted_row);
	}
	if (rc == 0)
		rc = each_row(db, CHANGE "AND id NOT BETWEEN ?3 AND ?4", w, add_unsettled);
	return rc;
}

#define SYNTHESISED \
	"SELECT zone FROM nameserver WHERE zone LIKE '%.ip6.arpa' AND zone > ?1 GROUP BY zone" \
	" HAVING count(*) = 1 AND max(name) = ?2 AND NOT EXISTS (SELECT 1 FROM ds WHERE ds.zone = nameserver.zone)"

int wanted_db_next_synthesised(sqlite3 *db, const char *own, const char *after, char ret[REVERSE_NAME_MAX])
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, SYNTHESISED " ORDER BY zone LIMIT 1", &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, after);
	db_bind_text(s, 2, own);
	rc = db_first(s);
	if (rc < 0)
		return rc;
	(void)snprintf(ret, REVERSE_NAME_MAX, "%s", db_text(s, 0));
	(void)sqlite3_finalize(s);
	return 0;
}

int wanted_db_catalog(sqlite3 *db, const char *own, const char *catalog, ldns_rr_list *list)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, SYNTHESISED, &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, "");
	db_bind_text(s, 2, own);
	while ((rc = db_step(s)) > 0)
		synthesised_add(list, db_text(s, 0), catalog);
	(void)sqlite3_finalize(s);
	return rc;
}

static void add_touched(const struct prefix *zone, const struct pop *pop, ldns_rr_list *list)
{
	char name[REVERSE_NAME_MAX];

	synthesised_add_own(list, origin_of(zone, name), pop);
	size_t last = ldns_rr_list_rr_count(list) - 1;
	for (size_t i = 0; i < last; i++)
		if (ldns_rr_compare(ldns_rr_list_rr(list, i), ldns_rr_list_rr(list, last)) == 0) {
			ldns_rr_free(ldns_rr_list_pop_rr(list));
			return;
		}
}

static int add_touched_by(sqlite3 *db, const struct audit_change *c, const struct pop *pop, ldns_rr_list *list)
{
	struct prefix subject, zone;
	struct zones_row row;

	if (prefix_parse(c->subject, &subject) < 0)
		return -EBADMSG;
	bool is_ptr = strcmp(c->what, audit_ptr) == 0;
	int rc = is_ptr ? zones_db_find_zone(db, &subject.addr, &zone) : zones_db_get(db, &subject, &row);
	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	if (is_ptr) {
		add_touched(&zone, pop, list);
		return 0;
	}
	for (size_t i = 0; synthesised_is(row.delegated, pop) && i < row.delegated->n_zones; i++)
		add_touched(&row.delegated->zones[i].prefix, pop, list);
	delegated_free(row.delegated);
	return 0;
}

int wanted_db_touched(sqlite3 *db, const struct pop *pop, const struct wanted_zone *w)
{
	struct audit_change c = {.id = w->first - 1};
	int rc = 0;

	while (rc == 0 && (rc = change_db_next(db, c.id, &c)) == 0 && c.id <= w->last)
		rc = add_touched_by(db, &c, pop, w->records);
	return rc == -ENOENT ? 0 : rc;
}
