/* SPDX-License-Identifier: MIT */
#include "mirror/published_db.h"

#include "store/db.h"

#include <errno.h>
#include <stdio.h>

struct published published_after(const struct published *before, const struct runner_end *end, int64_t at_s)
{
	enum outcome o = end->run.outcome;
	struct published p = *before;

	if (end->run.is_published) {
		p.generation = end->generation;
		p.at_s = at_s;
	}
	if (o == OUTCOME_DONE || o == OUTCOME_UNCHANGED)
		p.good_s = at_s;
	if (p.good_s == at_s && end->listing.is_whole) {
		p.files = end->listing.n_listed;
		p.bytes = end->listing.listed_bytes;
	}
	return p;
}

int published_db_get(sqlite3 *db, const char *project, struct published *ret)
{
	sqlite3_stmt *s;
	int rc = db_find(db, "SELECT generation, published, good, files, bytes FROM project WHERE name = ?", project,
	                 &s);

	if (rc < 0)
		return rc;
	*ret = (struct published){
		.generation = (uint64_t)sqlite3_column_int64(s, 0),
		.at_s = sqlite3_column_int64(s, 1),
		.good_s = sqlite3_column_int64(s, 2),
		.files = (uint64_t)sqlite3_column_int64(s, 3),
		.bytes = (uint64_t)sqlite3_column_int64(s, 4),
	};
	(void)sqlite3_finalize(s);
	return 0;
}

int published_db_set(sqlite3 *db, const char *project, const struct published *p)
{
	const int64_t numbers[] = {(int64_t)p->generation, p->at_s, p->good_s, (int64_t)p->files, (int64_t)p->bytes};
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "UPDATE project SET generation = ?, published = ?, good = ?, files = ?, bytes = ?"
	                    " WHERE name = ?",
	                    &s);

	if (rc < 0)
		return rc;
	mirror_db_bind(s, 1, numbers, 5);
	db_bind_text(s, 6, project);
	return db_execute_on_row(s);
}

int published_db_since(sqlite3 *db, const char *project, uint64_t generation, int64_t *ret_s)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "SELECT published FROM generation WHERE project = ? AND number = ?", &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, project);
	(void)sqlite3_bind_int64(s, 2, (int64_t)generation);
	rc = db_first(s);
	*ret_s = rc == 0 ? sqlite3_column_int64(s, 0) : 0;
	if (rc == 0)
		(void)sqlite3_finalize(s);
	return rc == -ENOENT ? 0 : rc;
}

int last_run_db_get(sqlite3 *db, const char *project, struct last_run *ret)
{
	sqlite3_stmt *s;
	int rc = db_find(db,
	                 "SELECT began, ended, outcome, words FROM run WHERE project = ? AND ended IS NOT NULL"
	                 " ORDER BY id DESC LIMIT 1",
	                 project, &s);

	*ret = (struct last_run){.ended_s = 0};
	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	ret->began_s = sqlite3_column_int64(s, 0);
	ret->ended_s = sqlite3_column_int64(s, 1);
	ret->outcome = (enum outcome)db_word(s, 2, outcome_names);
	(void)snprintf(ret->words, sizeof(ret->words), "%s", db_text(s, 3));
	(void)sqlite3_finalize(s);
	return 0;
}

int alert_db_get(sqlite3 *db, const char *project, enum alert *ret)
{
	sqlite3_stmt *s;
	int rc = db_find(db, "SELECT told FROM project WHERE name = ?", project, &s);

	if (rc < 0)
		return rc;
	*ret = (enum alert)db_word(s, 0, alert_names);
	(void)sqlite3_finalize(s);
	return 0;
}

int alert_db_set(sqlite3 *db, const char *project, enum alert told)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "UPDATE project SET told = ? WHERE name = ?", &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, alert_names[told]);
	db_bind_text(s, 2, project);
	return db_execute_on_row(s);
}
