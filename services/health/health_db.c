/* SPDX-License-Identifier: MIT */
#include "health/health_db.h"

#include "base/json_write.h"
#include "store/db.h"

#include <errno.h>
#include <math.h>

const char *const health_migrations[] = {
	"CREATE TABLE event ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  time INTEGER NOT NULL,"
	"  name TEXT NOT NULL,"
	"  state TEXT NOT NULL,"
	"  reason TEXT NOT NULL) STRICT;"
	"CREATE INDEX event_by_name ON event (name, id);"
	"CREATE INDEX event_by_time ON event (time);"
	"CREATE TABLE alive (last INTEGER NOT NULL) STRICT;"
	"INSERT INTO alive VALUES (0);"
	"CREATE TABLE drained (service TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER) STRICT;" /* NULL: still */
	"CREATE UNIQUE INDEX drained_now ON drained (service) WHERE until IS NULL;"
	"CREATE TABLE rate ("
	"  time INTEGER NOT NULL,"
	"  family TEXT NOT NULL,"
	"  bits_per_second REAL NOT NULL) STRICT;"
	"CREATE INDEX rate_by_time ON rate (time);"
	"CREATE VIEW outage AS"
	" SELECT e.time AS began, n.time AS ended, e.name, e.reason, coalesce(n.time, e.time) AS changed"
	" FROM event e LEFT JOIN event n"
	" ON n.id = (SELECT min(id) FROM event WHERE name = e.name AND id > e.id)"
	" WHERE e.state = 'down' AND NOT EXISTS (SELECT * FROM drained WHERE service = e.name AND since <= e.time"
	" AND (until IS NULL OR until >= n.time));",
	NULL,
};

int health_db_add(sqlite3 *db, const struct model_event *e)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "INSERT INTO event (time, name, state, reason) VALUES (?, ?, ?, ?)", &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, e->time_s);
	db_bind_text(s, 2, e->name);
	db_bind_text(s, 3, e->state);
	db_bind_text(s, 4, e->reason);
	return db_execute(s);
}

/** Execute @sql, which has one parameter. */
static int execute_at(sqlite3 *db, const char *sql, int64_t time_s)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, sql, &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, time_s);
	return db_execute(s);
}

/** The last event of each service or address stays, however old: it is in force. */
int health_db_alive(sqlite3 *db, int64_t now_s)
{
	const int64_t oldest_s = now_s - (int64_t)HEALTH_DB_KEEP_DAYS * 86400;
	int rc = execute_at(db, "UPDATE alive SET last = ?", now_s);

	if (rc == 0)
		rc = execute_at(db,
		                "DELETE FROM event WHERE time < ?"
		                " AND id NOT IN (SELECT max(id) FROM event GROUP BY name)",
		                oldest_s);
	if (rc == 0)
		rc = execute_at(db, "DELETE FROM drained WHERE until < ?", oldest_s);
	return rc < 0 ? rc : execute_at(db, "DELETE FROM rate WHERE time < ?", oldest_s);
}

static int read_last_alive(sqlite3 *db, int64_t *ret_s)
{
	return db_number(db, "SELECT last FROM alive", ret_s);
}

/** What was told of one service last; a gap after it becomes an event of its own. */
static int recall_service(sqlite3 *db, struct model *m, struct model_service *service, int64_t gap_from_s)
{
	sqlite3_stmt *s;
	int rc = db_find(db, "SELECT state, time FROM event WHERE name = ? ORDER BY id DESC", service->name, &s);

	if (rc == -ENOENT)
		return 0;
	if (rc < 0)
		return rc;
	enum told told = db_word(s, 0, told_words);
	int64_t since_s = sqlite3_column_int64(s, 1);
	(void)sqlite3_finalize(s);
	if (gap_from_s == 0 || told == TOLD_UNKNOWN) {
		model_recall(m, service->name, told, since_s);
		return 0;
	}
	model_recall(m, service->name, TOLD_UNKNOWN, gap_from_s);
	return health_db_add(db, &(struct model_event){gap_from_s, service->name, told_words[TOLD_UNKNOWN],
	                                               "healthd did not run"});
}

static int recall_drained(sqlite3 *db, struct model *m)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "SELECT service FROM drained WHERE until IS NULL", &s);

	if (rc < 0)
		return rc;
	while ((rc = db_step(s)) > 0) {
		struct model_service *service = model_service(m, db_text(s, 0));
		if (service != NULL)
			service->is_drained = true;
	}
	(void)sqlite3_finalize(s);
	return rc;
}

int health_db_recall(sqlite3 *db, struct model *m, int64_t now_s)
{
	int64_t last_s = 0;
	int rc = read_last_alive(db, &last_s);
	bool was_away = now_s - last_s > HEALTH_DB_GAP_S;

	for (size_t i = 0; rc == 0 && i < POP_SERVICES; i++)
		if (m->services[i].is_on)
			rc = recall_service(db, m, &m->services[i], was_away ? last_s : 0);
	return rc < 0 ? rc : recall_drained(db, m);
}

int health_db_set_drained(sqlite3 *db, const char *service, bool is_drained, int64_t now_s)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    is_drained ? "INSERT OR IGNORE INTO drained (since, service) VALUES (?, ?)"
	                               : "UPDATE drained SET until = ? WHERE service = ? AND until IS NULL",
	                    &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, now_s);
	db_bind_text(s, 2, service);
	return db_execute(s);
}

int health_db_add_rate(sqlite3 *db, int64_t now_s, const char *family, double bits_per_second)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "INSERT INTO rate (time, family, bits_per_second) VALUES (?, ?, ?)", &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, now_s);
	db_bind_text(s, 2, family);
	(void)sqlite3_bind_double(s, 3, bits_per_second);
	return db_execute(s);
}

static int add_events(sqlite3 *db, int64_t from_s, yyjson_mut_doc *d, yyjson_mut_val *list)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "SELECT time, name, state, reason FROM event WHERE time >= ?1 OR id IN"
	                    " (SELECT max(id) FROM event WHERE time < ?1 GROUP BY name) ORDER BY id",
	                    &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, from_s);
	while ((rc = db_step(s)) > 0) {
		yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, list);
		yyjson_mut_obj_add_sint(d, o, "time", sqlite3_column_int64(s, 0));
		json_add_text(d, o, "name", db_text(s, 1));
		json_add_text(d, o, "state", db_text(s, 2));
		json_add_text(d, o, "reason", db_text(s, 3));
	}
	(void)sqlite3_finalize(s);
	return rc;
}

static int add_maintenance(sqlite3 *db, int64_t from_s, yyjson_mut_doc *d, yyjson_mut_val *list)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "SELECT service, since, until FROM drained WHERE until IS NULL OR until >= ?"
	                    " ORDER BY since, service",
	                    &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, from_s);
	while ((rc = db_step(s)) > 0) {
		yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, list);
		json_add_text(d, o, "name", db_text(s, 0));
		yyjson_mut_obj_add_sint(d, o, "since", sqlite3_column_int64(s, 1));
		if (sqlite3_column_type(s, 2) == SQLITE_NULL)
			yyjson_mut_obj_add_null(d, o, "until");
		else
			yyjson_mut_obj_add_sint(d, o, "until", sqlite3_column_int64(s, 2));
	}
	(void)sqlite3_finalize(s);
	return rc;
}

static int add_rates(sqlite3 *db, int64_t from_s, yyjson_mut_doc *d, yyjson_mut_val *list)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "SELECT time, family, bits_per_second FROM rate WHERE time >= ? ORDER BY rowid", &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, from_s);
	while ((rc = db_step(s)) > 0) {
		yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, list);
		yyjson_mut_obj_add_sint(d, o, "time", sqlite3_column_int64(s, 0));
		json_add_text(d, o, "family", db_text(s, 1));
		yyjson_mut_obj_add_real(d, o, "bitsPerSecond", round(sqlite3_column_double(s, 2)));
	}
	(void)sqlite3_finalize(s);
	return rc;
}

int health_db_history(sqlite3 *db, int64_t from_s, int64_t now_s, char **ret)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_obj(d);

	yyjson_mut_obj_add_sint(d, root, "from", from_s);
	yyjson_mut_obj_add_sint(d, root, "to", now_s);
	int rc = add_events(db, from_s, d, yyjson_mut_obj_add_arr(d, root, "events"));
	if (rc == 0)
		rc = add_maintenance(db, from_s, d, yyjson_mut_obj_add_arr(d, root, "maintenance"));
	if (rc == 0)
		rc = add_rates(db, from_s, d, yyjson_mut_obj_add_arr(d, root, "speed"));
	if (rc == 0)
		*ret = json_take(d, root);
	else
		yyjson_mut_doc_free(d);
	return rc;
}
