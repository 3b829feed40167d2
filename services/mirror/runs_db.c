/* SPDX-License-Identifier: MIT */
#include "mirror/runs_db.h"

#include "base/json_write.h"
#include "base/mem.h"
#include "store/db.h"

#include <assert.h>

int runs_db_begin(sqlite3 *db, const char *project, const char *upstream, int64_t at_s, int64_t *ret_id)
{
	sqlite3_stmt *s = NULL;
	int rc = mirror_db_set_wanted(db, project, false);

	if (rc == 0)
		rc = db_prepare(db, "INSERT INTO run (project, upstream, began, step) VALUES (?, ?, ?, ?)", &s);
	if (rc < 0)
		return rc;
	db_bind_text(s, 1, project);
	db_bind_text(s, 2, upstream);
	(void)sqlite3_bind_int64(s, 3, at_s);
	db_bind_text(s, 4, run_steps[RUN_PROBE]);
	rc = db_execute(s);
	if (rc == 0)
		*ret_id = sqlite3_last_insert_rowid(db);
	return rc;
}

int runs_db_note(sqlite3 *db, int64_t id, enum run_step step)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "UPDATE run SET step = ? WHERE id = ?", &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, run_steps[step]);
	(void)sqlite3_bind_int64(s, 2, id);
	return db_execute_on_row(s);
}

int runs_db_end(sqlite3 *db, int64_t id, const struct run_ended *e)
{
	const int64_t numbers[] = {(int64_t)e->n_coming, (int64_t)e->n_going, (int64_t)e->bytes};
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "UPDATE run SET ended = ?, step = ?, outcome = ?, why = ?, words = ?, coming = ?,"
	                    " going = ?, bytes = ?, log = ? WHERE id = ?",
	                    &s);

	if (rc < 0)
		return rc;
	assert(e->run.step == RUN_OVER);
	(void)sqlite3_bind_int64(s, 1, e->at_s);
	db_bind_text(s, 2, run_steps[e->run.ended_at]);
	db_bind_text(s, 3, outcome_names[e->run.outcome]);
	db_bind_text(s, 4, run_events[e->run.why]);
	db_bind_text(s, 5, e->words);
	mirror_db_bind(s, 6, numbers, 3);
	db_bind_text(s, 9, e->log);
	(void)sqlite3_bind_int64(s, 10, id);
	return db_execute_on_row(s);
}

int runs_db_cut_off(sqlite3 *db, int64_t at_s, unsigned *ret_n)
{
	sqlite3_stmt *s = NULL;
	int rc = db_exec(db, "UPDATE project SET is_wanted = 1"
	                     " WHERE name IN (SELECT project FROM run WHERE ended IS NULL)");

	if (rc == 0)
		rc = db_prepare(db,
		                "UPDATE run SET ended = ?, outcome = 'killed', why = 'stopped',"
		                " words = 'mirrord itself was stopped' WHERE ended IS NULL",
		                &s);
	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, at_s);
	rc = db_execute(s);
	if (rc == 0)
		*ret_n = (unsigned)sqlite3_changes(db);
	return rc;
}

/** @sql: its parameters are the project and how many stay. */
static int forget(sqlite3 *db, const char *sql, const char *project)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, sql, &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, project);
	(void)sqlite3_bind_int(s, 2, RUNS_DB_KEEP);
	return db_execute(s);
}

int runs_db_purge(sqlite3 *db, const char *project)
{
	int rc = forget(db,
	                "DELETE FROM generation WHERE project = ?1 AND number <="
	                " (SELECT number FROM generation WHERE project = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)",
	                project);

	if (rc < 0)
		return rc;
	return forget(db,
	              "DELETE FROM run WHERE project = ?1 AND ended IS NOT NULL AND id <="
	              " (SELECT id FROM run WHERE project = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)"
	              " AND id NOT IN (SELECT run FROM hold UNION SELECT run FROM generation)",
	              project);
}

int runs_db_published(sqlite3 *db, const char *project, uint64_t generation, int64_t run, int64_t at_s)
{
	const int64_t numbers[] = {(int64_t)generation, run, at_s};
	sqlite3_stmt *s;
	int rc = db_prepare(db, "INSERT OR REPLACE INTO generation VALUES (?, ?, ?, ?)", &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, project);
	mirror_db_bind(s, 2, numbers, 3);
	return db_execute(s);
}

static void add_column(sqlite3_stmt *row, int column, yyjson_mut_doc *doc, yyjson_mut_val *o)
{
	yyjson_mut_val *key = yyjson_mut_strcpy(doc, sqlite3_column_name(row, column));
	yyjson_mut_val *value = yyjson_mut_null(doc);

	if (sqlite3_column_type(row, column) == SQLITE_INTEGER)
		value = yyjson_mut_sint(doc, sqlite3_column_int64(row, column));
	else if (sqlite3_column_type(row, column) == SQLITE_TEXT)
		value = yyjson_mut_strcpy(doc, db_text(row, column));
	(void)yyjson_mut_obj_add(o, key, value);
}

int runs_db_list(sqlite3 *db, const char *project, unsigned limit, yyjson_mut_doc *doc, yyjson_mut_val *list)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "SELECT run.id, upstream, began, ended, step, outcome, why, words, coming, going, bytes,"
	                    " number AS generation FROM run LEFT JOIN generation ON generation.run = run.id"
	                    " AND generation.project = run.project WHERE run.project = ? ORDER BY run.id DESC LIMIT ?",
	                    &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, project);
	(void)sqlite3_bind_int64(s, 2, limit);
	while ((rc = db_step(s)) > 0) {
		yyjson_mut_val *o = yyjson_mut_arr_add_obj(doc, list);
		for (int i = 0; i < sqlite3_column_count(s); i++)
			add_column(s, i, doc, o);
	}
	(void)sqlite3_finalize(s);
	return rc;
}

int runs_db_log(sqlite3 *db, const char *project, int64_t id, char **ret)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "SELECT log FROM run WHERE project = ?1 AND (id = ?2 OR ?2 = 0) ORDER BY id DESC LIMIT 1",
	                    &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, project);
	(void)sqlite3_bind_int64(s, 2, id);
	rc = db_first(s);
	if (rc < 0)
		return rc;
	*ret = mem_strdup(db_text(s, 0));
	(void)sqlite3_finalize(s);
	return 0;
}
