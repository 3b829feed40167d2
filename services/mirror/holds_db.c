/* SPDX-License-Identifier: MIT */
#include "mirror/holds_db.h"

#include "store/db.h"

#include <stdio.h>

int holds_db_put(sqlite3 *db, const char *project, const struct hold *h)
{
	const int64_t seen[] = {(int64_t)h->seen.n_listed, (int64_t)h->seen.n_deleted, h->seen.is_sentinel_gone,
	                        (int64_t)h->seen.serial_listed, h->seen.date_listed_s};
	sqlite3_stmt *s;
	int rc = db_prepare(db, "INSERT OR REPLACE INTO hold VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)", &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, project);
	(void)sqlite3_bind_int64(s, 2, h->run);
	(void)sqlite3_bind_int64(s, 3, h->at_s);
	db_bind_text(s, 4, guard_verdicts[h->verdict]);
	db_bind_text(s, 5, h->words);
	mirror_db_bind(s, 6, seen, 5);
	rc = db_execute(s);
	return rc < 0 ? rc : mirror_db_set_paused(db, project, true);
}

int holds_db_get(sqlite3 *db, const char *project, struct hold *ret)
{
	sqlite3_stmt *s;
	int rc = db_find(db,
	                 "SELECT run, at, verdict, words, listed, deleted, is_sentinel_gone, serial, date,"
	                 " released IS NOT NULL FROM hold WHERE project = ?",
	                 project, &s);

	if (rc < 0)
		return rc;
	*ret = (struct hold){
		.run = sqlite3_column_int64(s, 0),
		.at_s = sqlite3_column_int64(s, 1),
		.verdict = (enum guard_verdict)db_word(s, 2, guard_verdicts),
		.seen = {.n_listed = (uint64_t)sqlite3_column_int64(s, 4),
	                 .n_deleted = (uint64_t)sqlite3_column_int64(s, 5),
	                 .is_sentinel_gone = sqlite3_column_int(s, 6) != 0,
	                 .serial_listed = (uint64_t)sqlite3_column_int64(s, 7),
	                 .date_listed_s = sqlite3_column_int64(s, 8)},
		.is_released = sqlite3_column_int(s, 9) != 0,
	};
	(void)snprintf(ret->words, sizeof(ret->words), "%s", db_text(s, 3));
	(void)sqlite3_finalize(s);
	return 0;
}

int holds_db_release(sqlite3 *db, const char *project, int64_t at_s)
{
	int rc = db_set(db, "UPDATE hold SET released = ? WHERE project = ?", at_s, project);

	if (rc == 0)
		rc = mirror_db_set_paused(db, project, false);
	return rc < 0 ? rc : mirror_db_set_wanted(db, project, true);
}

int holds_db_end(sqlite3 *db, const char *project)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "DELETE FROM hold WHERE project = ?", &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, project);
	return db_execute(s);
}
