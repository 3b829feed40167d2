/* SPDX-License-Identifier: MIT */
#include "rdns/audit_db.h"

#include "base/json_write.h"
#include "base/utc.h"
#include "store/db.h"

#include <errno.h>
#include <stdio.h>

#define BIT(n) (1u << (n))

const char audit_delegation[] = "delegation", audit_ptr[] = "ptr", audit_token[] = "token";

const char *const audit_states[AUDIT_STATES + 1] = {"written", "sent", "verified", "rolled back", NULL};

/* What was sent may be seen before that could be noted. */
static const unsigned audit_next[AUDIT_STATES] = {
	[AUDIT_WRITTEN] = BIT(AUDIT_SENT) | BIT(AUDIT_VERIFIED) | BIT(AUDIT_ROLLED_BACK),
	[AUDIT_SENT] = BIT(AUDIT_VERIFIED) | BIT(AUDIT_ROLLED_BACK),
	[AUDIT_VERIFIED] = 0, /* final */
	[AUDIT_ROLLED_BACK] = 0,
};

int audit_db_add(sqlite3 *db, const struct audit_line *line, int64_t *ret_seq)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "INSERT INTO audit (at, who, what, subject, member, before, after, checks, undoes)"
	                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
	                    &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, line->at);
	db_bind_text(s, 2, line->who);
	db_bind_text(s, 3, line->what);
	db_bind_text(s, 4, line->subject);
	rdns_db_bind_id(s, 5, line->member);
	db_bind_text(s, 6, line->before); /* NULL stays NULL */
	db_bind_text(s, 7, line->after);
	db_bind_text(s, 8, line->checks);
	rdns_db_bind_id(s, 9, line->undoes);
	rc = db_execute(s);
	if (rc == 0)
		*ret_seq = sqlite3_last_insert_rowid(db);
	return rc;
}

/* A column of JSON, which we wrote ourselves. */
static void add_json(yyjson_mut_doc *doc, yyjson_mut_val *o, const char *key, sqlite3_stmt *row, int column)
{
	yyjson_mut_val *json = json_copy(doc, db_text(row, column));

	yyjson_mut_obj_add_val(doc, o, key, json != NULL ? json : yyjson_mut_null(doc));
}

static void add_line(yyjson_mut_doc *doc, yyjson_mut_val *list, sqlite3_stmt *row)
{
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(doc, list);
	char when[UTC_TEXT_MAX];

	rdns_db_add_number(doc, o, "seq", row, 0);
	json_add_text(doc, o, "at", utc_text(sqlite3_column_int64(row, 1), when));
	json_add_text(doc, o, "who", db_text(row, 2));
	json_add_text(doc, o, "what", db_text(row, 3));
	json_add_text(doc, o, "subject", db_text(row, 4));
	rdns_db_add_number(doc, o, "asn", row, 5);
	add_json(doc, o, "before", row, 6);
	add_json(doc, o, "after", row, 7);
	add_json(doc, o, "checks", row, 8);
	rdns_db_add_number(doc, o, "undoes", row, 9);
	json_add_text(doc, o, "change", (const char *)sqlite3_column_text(row, 10));
}

int audit_db_list(sqlite3 *db, const struct audit_filter *filter, yyjson_mut_doc *doc, yyjson_mut_val *list,
                  int64_t *ret_more)
{
	int64_t last = 0;
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "SELECT seq, at, who, what, subject, asn, before, after, checks, undoes, change.state"
	                    " FROM audit LEFT JOIN member ON member.id = audit.member"
	                    " LEFT JOIN change ON change.id = audit.seq"
	                    " WHERE (?1 IS NULL OR audit.member = ?1) AND (?2 IS NULL OR subject = ?2)"
	                    " AND (?3 IS NULL OR seq < ?3) ORDER BY seq DESC LIMIT ?4",
	                    &s);

	if (rc < 0)
		return rc;
	rdns_db_bind_id(s, 1, filter->member);
	db_bind_text(s, 2, filter->subject);
	rdns_db_bind_id(s, 3, filter->before_seq);
	(void)sqlite3_bind_int64(s, 4, (int64_t)filter->limit + 1);
	while ((rc = db_step(s)) > 0 && yyjson_mut_arr_size(list) < filter->limit) {
		add_line(doc, list, s);
		last = sqlite3_column_int64(s, 0);
	}
	(void)sqlite3_finalize(s);
	if (rc < 0)
		return rc;
	*ret_more = rc > 0 ? last : 0;
	return 0;
}

int change_db_add(sqlite3 *db, int64_t id, bool is_end)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "INSERT INTO change (id, state, is_end) VALUES (?, 'written', ?)", &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, id);
	(void)sqlite3_bind_int(s, 2, is_end);
	return db_execute(s);
}

static int set_live(sqlite3 *db, const char *sql, int64_t version)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, sql, &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, rdns_states[RDNS_LIVE]);
	(void)sqlite3_bind_int64(s, 2, version);
	return db_execute(s);
}

int change_db_set_live(sqlite3 *db, int64_t id)
{
	int rc = set_live(db, "UPDATE delegation SET state = ? WHERE version = ?", id);

	return rc < 0 ? rc : set_live(db, "UPDATE ptr SET state = ? WHERE version = ?", id);
}

static int set_state(sqlite3 *db, int64_t id, enum audit_state to)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "UPDATE change SET state = ? WHERE id = ?", &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, audit_states[to]);
	(void)sqlite3_bind_int64(s, 2, id);
	rc = db_execute(s);
	return rc == 0 && to == AUDIT_VERIFIED ? change_db_set_live(db, id) : rc;
}

int change_db_move(sqlite3 *db, int64_t id, enum audit_state to)
{
	sqlite3_stmt *s;
	int rc = db_find_id(db, "SELECT state FROM change WHERE id = ?", id, &s);

	if (rc < 0)
		return rc;
	enum audit_state from = (enum audit_state)db_word(s, 0, audit_states);
	(void)sqlite3_finalize(s);
	return audit_next[from] & BIT(to) ? set_state(db, id, to) : -EINVAL;
}

/* The first row of @sql, whose parameter is @id. */
static int find_change(sqlite3 *db, const char *sql, int64_t id, struct audit_change *ret)
{
	sqlite3_stmt *s;
	int rc = db_find_id(db, sql, id, &s);

	if (rc < 0)
		return rc;
	*ret = (struct audit_change){.id = sqlite3_column_int64(s, 0),
	                             .state = (enum audit_state)db_word(s, 1, audit_states)};
	(void)snprintf(ret->what, sizeof(ret->what), "%s", db_text(s, 2));
	(void)snprintf(ret->subject, sizeof(ret->subject), "%s", db_text(s, 3));
	(void)sqlite3_finalize(s);
	return 0;
}

#define IN_PROGRESS \
	"SELECT id, state, what, subject FROM change JOIN audit ON seq = id WHERE state IN ('written', 'sent') "

int change_db_next(sqlite3 *db, int64_t id, struct audit_change *ret)
{
	return find_change(db, IN_PROGRESS "AND id > ? ORDER BY id LIMIT 1", id, ret);
}

int change_db_next_end(sqlite3 *db, int64_t id, struct audit_change *ret)
{
	return find_change(db, IN_PROGRESS "AND is_end AND id > ? ORDER BY id LIMIT 1", id, ret);
}

int change_db_is_in_progress(sqlite3 *db, int64_t id)
{
	struct audit_change found;
	int rc = find_change(db, IN_PROGRESS "AND id = ?", id, &found);

	if (rc == -ENOENT)
		return 0;
	return rc < 0 ? rc : 1;
}
