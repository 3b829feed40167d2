/* SPDX-License-Identifier: MIT */
#include "mirror/push_db.h"

#include "store/db.h"

#include <stdio.h>

int push_db_want(sqlite3 *db, const char *follower, const char *project, int64_t run)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "INSERT INTO push (follower, project, wanted) VALUES (?, ?, ?)"
	                    " ON CONFLICT DO UPDATE SET wanted = excluded.wanted, tries = 0, due = 0",
	                    &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, follower);
	db_bind_text(s, 2, project);
	(void)sqlite3_bind_int64(s, 3, run);
	return db_execute(s);
}

int push_db_get(sqlite3 *db, const char *follower, const char *project, struct push *ret)
{
	static const char sql[] = "SELECT wanted, tries, due, told, words FROM push WHERE follower = ? AND project = ?";
	sqlite3_stmt *s;
	int rc = db_prepare(db, sql, &s);

	*ret = (struct push){.wanted = 0};
	if (rc < 0)
		return rc;
	db_bind_text(s, 1, follower);
	db_bind_text(s, 2, project);
	rc = db_step(s);
	if (rc > 0) {
		*ret = (struct push){
			.wanted = sqlite3_column_int64(s, 0),
			.tries = (unsigned)sqlite3_column_int(s, 1),
			.due_s = sqlite3_column_int64(s, 2),
			.told_s = sqlite3_column_int64(s, 3),
		};
		(void)snprintf(ret->words, sizeof(ret->words), "%s", db_text(s, 4));
	}
	(void)sqlite3_finalize(s);
	return rc < 0 ? rc : 0;
}

int push_db_set(sqlite3 *db, const char *follower, const char *project, int64_t run, const struct push *p)
{
	static const char sql[] = "UPDATE push SET wanted = ?, tries = ?, due = ?, told = ?, words = ?"
				  " WHERE follower = ? AND project = ? AND wanted = ?";
	const int64_t numbers[] = {p->wanted, p->tries, p->due_s, p->told_s};
	sqlite3_stmt *s;
	int rc = db_prepare(db, sql, &s);

	if (rc < 0)
		return rc;
	mirror_db_bind(s, 1, numbers, 4);
	db_bind_text(s, 5, p->words);
	db_bind_text(s, 6, follower);
	db_bind_text(s, 7, project);
	(void)sqlite3_bind_int64(s, 8, run);
	return db_execute(s);
}
