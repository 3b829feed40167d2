/*
 * Delegations and hosted names go the same way: a subject has a table of what to do with it (struct kind),
 * all else is done once.
 */
/* SPDX-License-Identifier: MIT */
#include "rdns/edit.h"

#include "base/json_write.h"
#include "base/mem.h"
#include "rdns/checks_db.h"
#include "rdns/ptrs_db.h"
#include "rdns/synthesised.h"
#include "rdns/zones_db.h"
#include "store/db.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is there; json is NULL when nothing is. */
struct present {
	char *json;
	int64_t member, version;
};

/* What would be there, and whose. */
struct wish {
	const struct prefix *subject;
	const struct pop *pop;
	int64_t member;
	bool is_synthesised;
};

struct kind {
	const char *what;
	int (*read)(sqlite3 *db, const struct prefix *subject, struct present *ret);
	int (*find_obstacle)(sqlite3 *db, const struct wish *wish, char ret[PREFIX_TEXT_MAX]);
	/* What is around the subject or inside, and on its way: 0, or -ENOENT. */
	int (*find_busy)(sqlite3 *db, const struct prefix *subject, char ret[PREFIX_TEXT_MAX]);
	int (*write)(sqlite3 *db, const struct prefix *subject, const char *json, int64_t member, int64_t version);
	int (*remove)(sqlite3 *db, const struct prefix *subject);
};

static int read_delegation(sqlite3 *db, const struct prefix *subject, struct present *ret)
{
	struct zones_row row;
	int rc = zones_db_get(db, subject, &row);

	if (rc < 0)
		return rc;
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	*ret = (struct present){json_take(doc, delegated_json(row.delegated, doc)), row.member, row.version};
	delegated_free(row.delegated);
	return 0;
}

static int find_beside_delegation(sqlite3 *db, const struct wish *wish, char ret[PREFIX_TEXT_MAX])
{
	int rc = zones_db_find_overlap(db, wish->subject, ret);

	return rc == -ENOENT ? ptrs_db_find(db, wish->subject, wish->is_synthesised ? wish->member : 0, ret) : rc;
}

/* What we wrote ourselves. */
static int write_delegation(sqlite3 *db, const struct prefix *subject, const char *json, int64_t member,
                            int64_t version)
{
	char error[DELEGATED_ERROR_MAX];
	struct delegated *d;
	yyjson_doc *doc = yyjson_read(json, strlen(json), 0);
	int rc = doc == NULL ? -EBADMSG : delegated_parse(subject, yyjson_doc_get_root(doc), &d, error);

	yyjson_doc_free(doc);
	if (rc < 0)
		return -EBADMSG;
	rc = zones_db_put(db, d, member, version);
	delegated_free(d);
	return rc;
}

static int read_ptr(sqlite3 *db, const struct prefix *subject, struct present *ret)
{
	struct ptrs_row row;
	int rc = ptrs_db_get(db, &subject->addr, &row);

	if (rc < 0)
		return rc;
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	*ret = (struct present){json_take(doc, hosted_json(row.name, doc)), row.member, row.version};
	return 0;
}

/* The delegation of the address itself, or of a prefix around it. */
static int read_around(sqlite3 *db, const struct prefix *subject, struct zones_row *ret)
{
	char text[PREFIX_TEXT_MAX];
	struct prefix around = *subject;
	int rc = zones_db_get(db, subject, ret);

	if (rc == -ENOENT)
		rc = zones_db_find_overlap(db, subject, text);
	else
		return rc;
	if (rc == 0 && prefix_parse(text, &around) < 0)
		rc = -EBADMSG;
	return rc == 0 ? zones_db_get(db, &around, ret) : rc;
}

static int find_beside_ptr(sqlite3 *db, const struct wish *wish, char ret[PREFIX_TEXT_MAX])
{
	struct zones_row row;
	int rc = read_around(db, wish->subject, &row);

	if (rc < 0)
		return rc;
	bool is_in_it = wish->pop != NULL && synthesised_is(row.delegated, wish->pop) && row.member == wish->member;
	(void)prefix_text(&row.delegated->prefix, ret);
	delegated_free(row.delegated);
	return is_in_it ? -ENOENT : 0;
}

static int find_busy_around(sqlite3 *db, const struct prefix *subject, char ret[PREFIX_TEXT_MAX])
{
	struct zones_row row;
	int rc = read_around(db, subject, &row);

	if (rc < 0)
		return rc;
	rc = change_db_is_in_progress(db, row.version);
	(void)prefix_text(&row.delegated->prefix, ret);
	delegated_free(row.delegated);
	if (rc < 0)
		return rc;
	return rc > 0 ? 0 : -ENOENT;
}

static int write_ptr(sqlite3 *db, const struct prefix *subject, const char *json, int64_t member, int64_t version)
{
	char name[HOSTED_NAME_MAX], error[HOSTED_ERROR_MAX];
	yyjson_doc *doc = yyjson_read(json, strlen(json), 0);
	int rc = doc == NULL ? -EBADMSG : hosted_parse(yyjson_doc_get_root(doc), name, error);

	yyjson_doc_free(doc);
	return rc < 0 ? -EBADMSG : ptrs_db_put(db, &subject->addr, name, member, version);
}

static int remove_ptr(sqlite3 *db, const struct prefix *subject)
{
	return ptrs_db_remove(db, &subject->addr);
}

static const struct kind kinds[] = {
	{audit_delegation, read_delegation, find_beside_delegation, ptrs_db_find_in_progress, write_delegation,
         zones_db_remove},
	{audit_ptr, read_ptr, find_beside_ptr, find_busy_around, write_ptr, remove_ptr},
};

static const char *subject_text(const struct kind *k, const struct prefix *subject, char out[PREFIX_TEXT_MAX])
{
	return k == &kinds[0] ? prefix_text(subject, out) : addr_text(&subject->addr, out);
}

/* Whether a change that could still fail stands where this one would be: 1, 0, or as db_exec(). */
static int is_busy(sqlite3 *db, const struct kind *k, int64_t version, const struct prefix *subject,
                   char in_the_way[PREFIX_TEXT_MAX])
{
	struct audit_change c = {.id = 0};
	int rc = change_db_is_in_progress(db, version);

	if (rc != 0)
		return rc;
	rc = k->find_busy(db, subject, in_the_way);
	if (rc != -ENOENT)
		return rc < 0 ? rc : 1;
	while ((rc = change_db_next_end(db, c.id, &c)) == 0) {
		struct prefix p;
		if (prefix_parse(c.subject, &p) < 0)
			return -EBADMSG;
		if (prefix_contains(&p, &subject->addr) || prefix_contains(subject, &p.addr)) {
			(void)snprintf(in_the_way, PREFIX_TEXT_MAX, "%s", c.subject);
			return 1;
		}
	}
	return rc == -ENOENT ? 0 : rc;
}

/* Whether the change may be made, and is one: 1, 0 when all is so already, or why not. */
static int may_change(sqlite3 *db, struct edit *e, const struct kind *k, const struct prefix *subject,
                      const struct audit_line *line)
{
	enum etag_outcome condition = etag_check(&e->conditions, e->version);
	if (condition == ETAG_MALFORMED)
		return -EINVAL;
	int rc = is_busy(db, k, e->version, subject, e->in_the_way);
	if (rc != 0)
		return rc > 0 ? -EBUSY : rc;
	bool is_end = line->after == NULL;
	if (!is_end && line->before != NULL && strcmp(line->before, line->after) == 0)
		return 0; /* also who comes back because the answer was lost (RFC 9110, 13.1.1) */
	if (condition == ETAG_FAILED)
		return -ESTALE;
	if (is_end)
		return line->before == NULL ? -ENOENT : 1;
	const struct wish wish = {subject, e->pop, line->member, e->is_synthesised};
	rc = k->find_obstacle(db, &wish, e->in_the_way);
	if (rc == 0)
		return -EEXIST;
	return rc == -ENOENT ? 1 : rc;
}

/* Write what @line says, and the line. */
static int carry_out(sqlite3 *db, const struct kind *k, const struct prefix *subject, const struct audit_line *line,
                     int64_t *ret_seq)
{
	int64_t seq;
	int rc = audit_db_add(db, line, &seq);

	if (rc == 0)
		rc = line->after != NULL ? k->write(db, subject, line->after, line->member, seq)
		                         : k->remove(db, subject);
	if (rc == 0)
		*ret_seq = seq;
	return rc;
}

/* @json (owned) is what is wanted; NULL: nothing. */
static int change(sqlite3 *db, struct edit *e, const struct kind *k, const struct prefix *subject, char *json)
{
	char text[PREFIX_TEXT_MAX];
	struct present now = {.json = NULL};
	int rc = k->read(db, subject, &now);

	if (rc < 0 && rc != -ENOENT)
		goto out;
	struct audit_line line = {e->at,
	                          e->who,
	                          k->what,
	                          subject_text(k, subject, text),
	                          now.json != NULL ? now.member : e->member,
	                          now.json,
	                          json,
	                          e->checks,
	                          0};
	e->version = now.version;
	(void)snprintf(e->in_the_way, sizeof(e->in_the_way), "%s", text);
	e->is_new = now.json == NULL;
	bool is_others = now.json != NULL && now.member != e->member;
	rc = is_others && !e->is_operators ? -EACCES : may_change(db, e, k, subject, &line);
	if (rc <= 0)
		goto out;
	rc = carry_out(db, k, subject, &line, &e->change);
	if (rc == 0)
		rc = change_db_add(db, e->change, json == NULL);
	if (rc == 0)
		e->version = json == NULL ? 0 : e->change;
out:
	free(now.json);
	free(json);
	return rc;
}

int edit_delegation(sqlite3 *db, struct edit *e, const struct prefix *prefix, const struct delegated *d)
{
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = d == NULL ? yyjson_mut_null(doc) : delegated_json(d, doc);
	char *json = json_take(doc, root);

	if (d == NULL) {
		free(json);
		json = NULL;
	}
	e->is_synthesised = d != NULL && e->pop != NULL && synthesised_is(d, e->pop);
	return change(db, e, &kinds[0], prefix, json);
}

int edit_ptr(sqlite3 *db, struct edit *e, const struct addr *address, const char *name)
{
	struct prefix alone = prefix_of(address, 128);
	char *json = name == NULL ? NULL : mem_printf("{\"name\":\"%s\"}", name); /* no name has a quote */

	return change(db, e, &kinds[1], &alone, json);
}

/* The line of a change, for roll_back(). Texts are owned. */
struct done {
	const struct kind *kind;
	struct prefix subject;
	char *before, *after;
	int64_t member;
};

static int read_line(sqlite3 *db, int64_t id, struct done *ret)
{
	sqlite3_stmt *s;
	int rc = db_find_id(db, "SELECT what, subject, before, after, member FROM audit WHERE seq = ?", id, &s);

	if (rc < 0)
		return rc;
	struct done d = {.kind = strcmp(db_text(s, 0), audit_ptr) == 0 ? &kinds[1] : &kinds[0]};
	rc = prefix_parse(db_text(s, 1), &d.subject) < 0 ? -EBADMSG : 0;
	if (rc == 0) {
		d.before = mem_strdup((const char *)sqlite3_column_text(s, 2));
		d.after = mem_strdup((const char *)sqlite3_column_text(s, 3));
		d.member = sqlite3_column_int64(s, 4);
		*ret = d;
	}
	(void)sqlite3_finalize(s);
	return rc;
}

int edit_roll_back(sqlite3 *db, int64_t id, const char *who, int64_t at)
{
	char text[PREFIX_TEXT_MAX];
	struct done d;
	int64_t seq;
	int rc = change_db_move(db, id, AUDIT_ROLLED_BACK);

	if (rc < 0)
		return rc;
	rc = read_line(db, id, &d);
	if (rc < 0)
		return rc;
	struct audit_line line = {at, who, d.kind->what, subject_text(d.kind, &d.subject, text), d.member,
	                          d.after, d.before, NULL, id};
	rc = carry_out(db, d.kind, &d.subject, &line, &seq);
	if (rc == 0)
		rc = change_db_set_live(db, seq);
	if (rc == 0 && d.kind == &kinds[0])
		rc = checks_db_restore(db, &d.subject);
	free(d.before);
	free(d.after);
	return rc;
}
