/* SPDX-License-Identifier: MIT */
#include "rdns/checks_db.h"

#include "base/json_write.h"
#include "base/mem.h"
#include "base/utc.h"
#include "rdns/zones_db.h"
#include "store/db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *wish_text(const struct delegated *d)
{
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);

	return json_take(doc, delegated_json(d, doc));
}

/** Whether @d is what is delegated: 1 and *ret, for delegated_free(); 0; or as db_exec(). */
static int find_same(sqlite3 *db, const struct delegated *d, struct zones_row *ret)
{
	struct zones_row row;
	int rc = zones_db_get(db, &d->prefix, &row);

	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	char *checked = wish_text(d), *delegated = wish_text(row.delegated);
	bool is_same = strcmp(checked, delegated) == 0;
	free(checked);
	free(delegated);
	if (is_same)
		*ret = row;
	else
		delegated_free(row.delegated);
	return is_same;
}

/** @member: whose trial it is; 0: it is the delegation's of @owner. */
static int write_check(sqlite3 *db, const struct checks_note *n, int64_t member, int64_t owner)
{
	const struct check_result *r = n->result;
	char prefix[PREFIX_TEXT_MAX];
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "INSERT OR REPLACE INTO checked (prefix, first, member, kind, at, passed, errors,"
	                    " warnings, notices, en, fr) VALUES (?1, ?2, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
	                    &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, prefix_text(&n->d->prefix, prefix));
	rdns_db_bind_range(s, 2, &n->d->prefix); /* and 3, which is not asked for */
	(void)sqlite3_bind_int64(s, 4, member != 0 ? member : owner);
	(void)sqlite3_bind_int(s, 5, member != 0);
	(void)sqlite3_bind_int64(s, 6, n->at);
	(void)sqlite3_bind_int(s, 7, r->passed);
	for (int i = 0; i < SEVERITIES; i++)
		(void)sqlite3_bind_int64(s, 8 + i, (int64_t)r->n[SEVERITIES - 1 - i]);
	db_bind_text(s, 11, r->verdicts[LANGUAGE_EN]);
	db_bind_text(s, 12, r->verdicts[LANGUAGE_FR]);
	return db_execute(s);
}

/** The failures in a row until now. */
static int read_failures(sqlite3 *db, const struct prefix *prefix, int64_t *ret)
{
	char text[PREFIX_TEXT_MAX];
	sqlite3_stmt *s;
	int rc = db_find(db, "SELECT failures FROM recheck WHERE prefix = ?", prefix_text(prefix, text), &s);

	if (rc < 0)
		return rc;
	*ret = sqlite3_column_int64(s, 0);
	(void)sqlite3_finalize(s);
	return 0;
}

/** Members see their own failures mended soon; and nobody is asked more often than that. */
static int64_t next_after(const struct checks_note *n)
{
	int64_t part = n->interval_s / CHECKS_JITTER_PART;

	if (!n->result->passed)
		return n->at + (CHECKS_RETRY_S < n->interval_s ? CHECKS_RETRY_S : n->interval_s);
	return n->at + n->interval_s - part + arc4random_uniform((uint32_t)(2 * part + 1));
}

static int schedule(sqlite3 *db, const struct checks_note *n, int64_t failures)
{
	char text[PREFIX_TEXT_MAX];
	sqlite3_stmt *s;
	int rc = db_prepare(db, "UPDATE recheck SET next = ?, failures = ? WHERE prefix = ?", &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, next_after(n));
	(void)sqlite3_bind_int64(s, 2, failures);
	db_bind_text(s, 3, prefix_text(&n->d->prefix, text));
	return db_execute(s);
}

/** What is pending stays so: it was not seen in Knot yet. */
static int turn(sqlite3 *db, struct checks_note *n, const struct zones_row *row, int64_t failures)
{
	enum rdns_state to = row->state;

	if (row->state == RDNS_BROKEN && n->result->passed)
		to = RDNS_LIVE;
	if (row->state == RDNS_LIVE && failures >= CHECKS_TO_BREAK)
		to = RDNS_BROKEN;
	if (to == row->state)
		return 0;
	n->turn = to == RDNS_BROKEN ? CHECKS_BROKE : CHECKS_MENDED;
	n->asn = row->asn;
	return zones_db_set_state(db, &n->d->prefix, to);
}

static int note_delegation(sqlite3 *db, struct checks_note *n, const struct zones_row *row)
{
	int64_t failures = 0;
	int rc = read_failures(db, &n->d->prefix, &failures);

	if (rc == 0 && n->result->passed)
		failures = 0;
	else if (rc == 0 && !n->result->is_blind)
		failures++;
	if (rc == 0)
		rc = write_check(db, n, 0, row->member);
	if (rc == 0)
		rc = schedule(db, n, failures);
	return rc == 0 ? turn(db, n, row, failures) : rc;
}

int checks_db_note(sqlite3 *db, struct checks_note *n)
{
	struct zones_row row;
	int rc = find_same(db, n->d, &row);

	n->turn = CHECKS_SAME;
	if (rc <= 0)
		return rc < 0 || n->member == 0 ? rc : write_check(db, n, n->member, 0);
	rc = note_delegation(db, n, &row);
	delegated_free(row.delegated);
	return rc;
}

int checks_db_restore(sqlite3 *db, const struct prefix *prefix)
{
	static const char *const steps[] = {
		"UPDATE delegation SET state = kept.state FROM kept WHERE kept.prefix = ?1"
		" AND delegation.prefix = kept.prefix",
		"UPDATE recheck SET next = kept.next, failures = kept.failures FROM kept WHERE kept.prefix = ?1"
		" AND recheck.prefix = kept.prefix",
		"UPDATE checked SET kind = 0 WHERE prefix = ?1 AND kind = 2"
		" AND EXISTS (SELECT 1 FROM delegation WHERE prefix = ?1)",
		"INSERT INTO settled VALUES (?1)",
	};
	char text[PREFIX_TEXT_MAX];
	int rc = 0;

	(void)prefix_text(prefix, text);
	for (size_t i = 0; rc == 0 && i < sizeof(steps) / sizeof(*steps); i++) {
		sqlite3_stmt *s;
		rc = db_prepare(db, steps[i], &s);
		if (rc < 0)
			break;
		db_bind_text(s, 1, text);
		rc = db_execute(s);
	}
	return rc;
}

static int take(sqlite3 *db, sqlite3_stmt *row, struct delegated **ret)
{
	struct zones_row found;
	struct prefix p;

	if (prefix_parse(db_text(row, 0), &p) < 0)
		return -EBADMSG;
	int rc = zones_db_get(db, &p, &found);
	if (rc == 0)
		*ret = found.delegated;
	return rc;
}

int checks_db_take(sqlite3 *db, int64_t now, int64_t interval_s, struct delegated **ret, size_t max, size_t *ret_n)
{
	sqlite3_stmt *s;
	/* What is to come far too late was put there by a clock that was wrong. */
	int rc = db_prepare(db,
	                    "UPDATE recheck SET next = ?1 + ?4 WHERE prefix IN (SELECT prefix FROM recheck"
	                    " WHERE next <= ?1 OR next > ?1 + 2 * ?2 ORDER BY next LIMIT ?3) RETURNING prefix",
	                    &s);

	*ret_n = 0;
	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, now);
	(void)sqlite3_bind_int64(s, 2, interval_s);
	(void)sqlite3_bind_int64(s, 3, (int64_t)max);
	(void)sqlite3_bind_int64(s, 4, CHECKS_RETRY_S);
	while (rc == 0 && (rc = db_step(s)) > 0) {
		rc = take(db, s, &ret[*ret_n]);
		*ret_n += rc == 0;
	}
	(void)sqlite3_finalize(s);
	return rc;
}

enum { COLUMNS_OF_ALL = 8 };

#define SELECT_ALL   "SELECT prefix, asn, at, kind = 1, passed, errors, warnings, notices"
#define FROM_CHECKED " FROM checked JOIN member ON member.id = checked.member "

static void add_check(sqlite3_stmt *row, yyjson_mut_doc *doc, yyjson_mut_val *o)
{
	char when[UTC_TEXT_MAX];

	json_add_text(doc, o, "prefix", db_text(row, 0));
	rdns_db_add_number(doc, o, "asn", row, 1);
	json_add_text(doc, o, "checked_at", utc_text(sqlite3_column_int64(row, 2), when));
	yyjson_mut_obj_add_bool(doc, o, "trial", sqlite3_column_int(row, 3) != 0);
	yyjson_mut_obj_add_bool(doc, o, "passed", sqlite3_column_int(row, 4) != 0);
	rdns_db_add_number(doc, o, "errors", row, 5);
	rdns_db_add_number(doc, o, "warnings", row, 6);
	rdns_db_add_number(doc, o, "notices", row, 7);
}

int checks_db_get(sqlite3 *db, const struct prefix *prefix, int64_t member, enum language language,
                  yyjson_mut_doc *doc, yyjson_mut_val **ret)
{
	char text[PREFIX_TEXT_MAX];
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    SELECT_ALL ", iif(?3 = 1, fr, en)" FROM_CHECKED
	                               "WHERE prefix = ?1 AND (?2 IS NULL OR checked.member = ?2)"
	                               " ORDER BY at DESC, checked.id DESC LIMIT 1",
	                    &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, prefix_text(prefix, text));
	rdns_db_bind_id(s, 2, member);
	(void)sqlite3_bind_int(s, 3, language == LANGUAGE_FR);
	rc = db_first(s);
	if (rc < 0)
		return rc;
	*ret = yyjson_mut_obj(doc);
	add_check(s, doc, *ret);
	if (!yyjson_mut_obj_add_val(doc, *ret, "verdicts", json_copy(doc, db_text(s, COLUMNS_OF_ALL))))
		rc = -EBADMSG;
	(void)sqlite3_finalize(s);
	return rc;
}

int checks_db_list(sqlite3 *db, const struct checks_filter *filter, yyjson_mut_doc *doc, yyjson_mut_val *list,
                   char ret_more[PREFIX_TEXT_MAX])
{
	char last[PREFIX_TEXT_MAX] = "";
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    SELECT_ALL FROM_CHECKED
	                    "WHERE kind = 0 AND (?1 IS NULL OR checked.member = ?1)"
	                    " AND (?2 IS NULL OR first > ?2) ORDER BY first LIMIT ?4",
	                    &s);

	if (rc < 0)
		return rc;
	rdns_db_bind_id(s, 1, filter->member);
	if (filter->after != NULL)
		rdns_db_bind_range(s, 2, filter->after);
	(void)sqlite3_bind_int64(s, 4, (int64_t)filter->limit + 1);
	while ((rc = db_step(s)) > 0 && yyjson_mut_arr_size(list) < filter->limit) {
		add_check(s, doc, yyjson_mut_arr_add_obj(doc, list));
		(void)snprintf(last, sizeof(last), "%s", db_text(s, 0));
	}
	(void)sqlite3_finalize(s);
	if (rc < 0)
		return rc;
	(void)snprintf(ret_more, PREFIX_TEXT_MAX, "%s", rc > 0 ? last : "");
	return 0;
}

int checks_db_count(sqlite3 *db, uint64_t ret[RDNS_STATES])
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "SELECT state, count(*) FROM delegation WHERE part = 0 GROUP BY state", &s);

	if (rc < 0)
		return rc;
	memset(ret, 0, RDNS_STATES * sizeof(*ret));
	while ((rc = db_step(s)) > 0)
		ret[(enum rdns_state)db_word(s, 0, rdns_states)] = (uint64_t)sqlite3_column_int64(s, 1);
	(void)sqlite3_finalize(s);
	return rc;
}
