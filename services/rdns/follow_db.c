/* SPDX-License-Identifier: MIT */
#include "rdns/follow_db.h"

#include "base/json_write.h"
#include "rdns/audit_db.h"
#include "store/db.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *const follow_who[FOLLOW_WHATS] = {"CDS of the zone", "CSYNC of the zone"};

static const char *const names[FOLLOW_WHATS] = {"ds", "ns"};

/*
 * When somebody else last changed what the zone asks for. Changes that the zone itself has asked for, or that
 * were taken back, do not count: of those, the signatures do (signed_since).
 */
static const char *const changed[FOLLOW_WHATS] = {
	"SELECT max(at) FROM audit WHERE subject = ?1 AND what = ?3 AND who != ?4 AND undoes IS NULL"
	" AND (SELECT json_group_array(json(value)) FROM json_each(before, '$.ds') WHERE value ->> 'zone' = ?2)"
	" != (SELECT json_group_array(json(value)) FROM json_each(after, '$.ds') WHERE value ->> 'zone' = ?2)",
	"SELECT max(at) FROM audit WHERE subject = ?1 AND what = ?3 AND who != ?4 AND undoes IS NULL AND ?2 != ''"
	" AND before -> '$.nameservers' IS NOT after -> '$.nameservers'",
};

static int read_time(sqlite3_stmt *s, int64_t *ret)
{
	int rc = db_first(s);

	*ret = 0;
	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	*ret = sqlite3_column_int64(s, 0); /* 0 for NULL */
	(void)sqlite3_finalize(s);
	return 0;
}

static int read_since(sqlite3 *db, const char *prefix, const char *zone, enum follow_what what, time_t *ret)
{
	int64_t changed_at = 0, signed_since = 0;
	sqlite3_stmt *s;
	int rc = db_prepare(db, changed[what], &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, prefix);
	db_bind_text(s, 2, zone);
	db_bind_text(s, 3, audit_delegation);
	db_bind_text(s, 4, follow_who[what]);
	rc = read_time(s, &changed_at);
	if (rc == 0)
		rc = db_prepare(db, "SELECT signed_since FROM followed WHERE zone = ? AND what = ?", &s);
	if (rc < 0)
		return rc;
	db_bind_text(s, 1, zone);
	db_bind_text(s, 2, names[what]);
	rc = read_time(s, &signed_since);
	int64_t allowed = changed_at - FOLLOW_DATED_BACK_S;
	*ret = allowed > signed_since ? allowed : signed_since;
	return rc;
}

static int read_due(sqlite3 *db, const char *prefix, struct follow_due *ret)
{
	int rc = zones_db_get(db, &ret->prefix, &ret->row);

	if (rc < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < ret->row.delegated->n_zones; i++)
		for (unsigned w = 0; rc == 0 && w < FOLLOW_WHATS; w++)
			rc = read_since(db, prefix, ret->row.delegated->zones[i].zone, (enum follow_what)w,
			                &ret->since[i][w]);
	if (rc < 0)
		delegated_free(ret->row.delegated);
	return rc;
}

int follow_db_take(sqlite3 *db, int64_t now, struct follow_due *ret)
{
	char text[PREFIX_TEXT_MAX];
	sqlite3_stmt *s;
	/* What is to come far too late was put there by a clock that was wrong. */
	int rc = db_prepare(db,
	                    "SELECT prefix FROM look NATURAL JOIN delegation"
	                    " JOIN member ON member.id = delegation.member"
	                    " WHERE part = 0 AND state != 'pending' AND frozen_since IS NULL"
	                    " AND (next <= ?1 OR next > ?1 + 2 * ?2) ORDER BY next LIMIT 1",
	                    &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, now);
	(void)sqlite3_bind_int64(s, 2, FOLLOW_INTERVAL_S);
	rc = db_first(s);
	if (rc < 0)
		return rc;
	rc = prefix_parse(db_text(s, 0), &ret->prefix) < 0 ? -EBADMSG : 0;
	(void)sqlite3_finalize(s);
	int64_t next = now + FOLLOW_INTERVAL_S - FOLLOW_JITTER_S + arc4random_uniform(2 * FOLLOW_JITTER_S);
	if (rc == 0)
		rc = follow_db_schedule(db, &ret->prefix, next);
	if (rc == 0)
		rc = db_set(db, "UPDATE look SET looked = ? WHERE prefix = ?", now, prefix_text(&ret->prefix, text));
	return rc == 0 ? read_due(db, text, ret) : rc;
}

int follow_db_hurry(sqlite3 *db, const char *zone, int64_t now)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "UPDATE look SET next = min(next, max(?1, looked + ?2))"
	                    " WHERE prefix = (SELECT prefix FROM delegation WHERE zone = ?3)",
	                    &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, now);
	(void)sqlite3_bind_int64(s, 2, FOLLOW_NOTIFIED_S);
	db_bind_text(s, 3, zone);
	return db_execute_on_row(s);
}

int follow_db_schedule(sqlite3 *db, const struct prefix *prefix, int64_t next)
{
	char text[PREFIX_TEXT_MAX];

	return db_set(db, "UPDATE look SET next = ? WHERE prefix = ?", next, prefix_text(prefix, text));
}

int follow_db_note(sqlite3 *db, const char *zone, enum follow_what what, enum follow_outcome outcome,
                   time_t signed_since, int64_t now)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "INSERT INTO followed VALUES (?1, ?2, ?3, ?4, ?4, ?5) ON CONFLICT DO UPDATE"
	                    " SET since = iif(outcome = ?3, since, ?4), seen = ?4, outcome = ?3,"
	                    " signed_since = max(signed_since, ?5)",
	                    &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, zone);
	db_bind_text(s, 2, names[what]);
	db_bind_text(s, 3, follow_texts[outcome].id);
	(void)sqlite3_bind_int64(s, 4, now);
	(void)sqlite3_bind_int64(s, 5, outcome == FOLLOW_CHANGE ? signed_since : 0);
	return db_execute(s);
}

static void add_row(sqlite3_stmt *row, enum language language, yyjson_mut_doc *doc, yyjson_mut_val *list)
{
	enum follow_outcome outcome = follow_outcome_of(db_text(row, 2));
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(doc, list);

	json_add_text(doc, o, "zone", db_text(row, 0));
	json_add_text(doc, o, "asks", db_text(row, 1));
	json_add_text(doc, o, "outcome", db_text(row, 2));
	yyjson_mut_obj_add_bool(doc, o, "refused", follow_is_refused(outcome));
	json_add_text(doc, o, "since", db_text(row, 3));
	json_add_text(doc, o, "seen", db_text(row, 4));
	json_add_text(doc, o, "text", follow_texts[outcome].what[language]);
	json_add_text(doc, o, "remedy", follow_texts[outcome].remedy[language]);
}

int follow_db_add_json(sqlite3 *db, const struct prefix *prefix, int64_t member, enum language language,
                       yyjson_mut_doc *doc, yyjson_mut_val *list)
{
	char text[PREFIX_TEXT_MAX];
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "SELECT zone, what, outcome, strftime('%Y-%m-%dT%H:%M:%SZ', since, 'unixepoch'),"
	                    " strftime('%Y-%m-%dT%H:%M:%SZ', seen, 'unixepoch')"
	                    " FROM delegation NATURAL JOIN followed"
	                    " WHERE prefix = ? AND (?2 IS NULL OR member = ?2) ORDER BY part, what",
	                    &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, prefix_text(prefix, text));
	rdns_db_bind_id(s, 2, member);
	while ((rc = db_step(s)) > 0)
		if (follow_outcome_of(db_text(s, 2)) != FOLLOW_OUTCOMES) /* a later version's */
			add_row(s, language, doc, list);
	(void)sqlite3_finalize(s);
	return rc;
}

int follow_db_count(sqlite3 *db, uint64_t ret[FOLLOW_WHATS][FOLLOW_OUTCOMES])
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "SELECT what, outcome, count(*) FROM delegation NATURAL JOIN followed"
	                    " GROUP BY what, outcome",
	                    &s);

	if (rc < 0)
		return rc;
	memset(ret, 0, FOLLOW_WHATS * sizeof(*ret));
	while ((rc = db_step(s)) > 0) {
		enum follow_what what = strcmp(db_text(s, 0), names[FOLLOW_NS]) == 0 ? FOLLOW_NS : FOLLOW_DS;
		enum follow_outcome outcome = follow_outcome_of(db_text(s, 1));
		if (outcome != FOLLOW_OUTCOMES)
			ret[what][outcome] = (uint64_t)sqlite3_column_int64(s, 2);
	}
	(void)sqlite3_finalize(s);
	return rc;
}
