/* SPDX-License-Identifier: MIT */
#include "peers/quiet_db.h"

#include "base/json_write.h"
#include "base/mem.h"
#include "base/utc.h"
#include "store/db.h"

#include <errno.h>

static const char *check(sqlite3_stmt *times, int64_t now_s)
{
	int64_t from_s = sqlite3_column_int64(times, 0), until_s = sqlite3_column_int64(times, 1);

	if (sqlite3_column_type(times, 0) == SQLITE_NULL || from_s < 0)
		return "from: give \\\"now\\\", or a time in UTC such as 2026-03-14T22:00Z";
	if (sqlite3_column_type(times, 1) == SQLITE_NULL)
		return "until: give a time in UTC such as 2026-03-14T22:00Z, or +02:00 for two hours";
	if (until_s <= from_s || until_s <= now_s)
		return "until: give a time to come, after \\\"from\\\"";
	if (until_s - from_s > QUIET_LONGEST_S)
		return "until: give 31 days at most, or nobody is told for long after somebody forgot it";
	return NULL;
}

/** SQLite reads times; one that begins with a sign is added to the first. */
static int read_times(sqlite3 *db, const struct quiet_wish *w, int64_t now_s, int64_t ret_s[2],
                      const char **reterr_wrong)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "SELECT unixepoch(?1), coalesce(unixepoch(?2), unixepoch(?1, ?2))", &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, w->from);
	db_bind_text(s, 2, w->until);
	rc = db_first(s);
	if (rc < 0)
		return rc;
	*reterr_wrong = check(s, now_s);
	for (int i = 0; i < 2; i++)
		ret_s[i] = sqlite3_column_int64(s, i);
	(void)sqlite3_finalize(s);
	return *reterr_wrong == NULL ? 0 : -EINVAL;
}

/** Those that were over long ago. */
static int forget(sqlite3 *db, int64_t now_s)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "DELETE FROM quiet WHERE ends < ?", &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, now_s - QUIET_KEEP_S);
	return db_execute(s);
}

int quiet_db_add(sqlite3 *db, const struct quiet_wish *w, int64_t now_s, const char **reterr_wrong)
{
	sqlite3_stmt *s;
	int64_t times_s[2], n = 0;
	int rc = read_times(db, w, now_s, times_s, reterr_wrong);

	if (rc == 0)
		rc = forget(db, now_s);
	if (rc == 0)
		rc = db_number(db, "SELECT count(*) FROM quiet", &n);
	if (rc == 0 && n >= QUIET_MAX) {
		*reterr_wrong = "too many are known: 1000 in 90 days";
		rc = -EINVAL;
	}
	if (rc == 0)
		rc = db_prepare(db, "INSERT INTO quiet (asn, begins, ends, reason) VALUES (?, ?, ?, ?)", &s);
	if (rc != 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, w->asn);
	(void)sqlite3_bind_int64(s, 2, times_s[0]);
	(void)sqlite3_bind_int64(s, 3, times_s[1]);
	db_bind_text(s, 4, w->reason);
	return db_execute(s);
}

int quiet_db_end(sqlite3 *db, int64_t id, int64_t now_s)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "UPDATE quiet SET begins = min(begins, ?1), ends = ?1 WHERE id = ?2 AND ends > ?1", &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, now_s);
	(void)sqlite3_bind_int64(s, 2, id);
	return db_execute_on_row(s);
}

int quiet_db_load(sqlite3 *db, int64_t now_s, struct subjects *to)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "SELECT asn FROM quiet WHERE begins <= ?1 AND ends > ?1", &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, now_s);
	while ((rc = db_step(s)) > 0) {
		to->quiet = mem_resize(to->quiet, to->n_quiet + 1, sizeof(*to->quiet));
		to->quiet[to->n_quiet++] = (uint32_t)sqlite3_column_int64(s, 0);
	}
	(void)sqlite3_finalize(s);
	return rc;
}

static void add_one(yyjson_mut_doc *d, yyjson_mut_val *list, sqlite3_stmt *s, int64_t now_s)
{
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, list);
	int64_t asn = sqlite3_column_int64(s, 1), from_s = sqlite3_column_int64(s, 2);
	int64_t until_s = sqlite3_column_int64(s, 3);
	const char *state = from_s > now_s ? "planned" : "quiet";
	char text[UTC_TEXT_MAX];

	yyjson_mut_obj_add_sint(d, o, "id", sqlite3_column_int64(s, 0));
	if (asn == 0)
		yyjson_mut_obj_add_null(d, o, "asn");
	else
		yyjson_mut_obj_add_sint(d, o, "asn", asn);
	json_add_text(d, o, "from", utc_text(from_s, text));
	json_add_text(d, o, "until", utc_text(until_s, text));
	json_add_text(d, o, "reason", db_text(s, 4));
	yyjson_mut_obj_add_str(d, o, "state", until_s <= now_s ? "over" : state);
}

int quiet_db_list(sqlite3 *db, int64_t now_s, char **ret)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_obj(d), *list = yyjson_mut_obj_add_arr(d, root, "quiet");
	sqlite3_stmt *s;
	int rc = db_prepare(db, "SELECT id, asn, begins, ends, reason FROM quiet ORDER BY begins DESC, id DESC", &s);

	if (rc == 0) {
		while ((rc = db_step(s)) > 0)
			add_one(d, list, s, now_s);
		(void)sqlite3_finalize(s);
	}
	if (rc == 0)
		*ret = json_take(d, root);
	else
		yyjson_mut_doc_free(d);
	return rc;
}
