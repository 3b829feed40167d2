/* SPDX-License-Identifier: MIT */
#include "mirror/mirror_db.h"

#include "store/db.h"

#include <errno.h>

const char *const mirror_migrations[] = {
	"CREATE TABLE project ("
	"  name TEXT NOT NULL PRIMARY KEY,"
	"  due INTEGER NOT NULL,"
	"  is_wanted INTEGER NOT NULL,"
	"  is_paused INTEGER NOT NULL) STRICT;"
	"CREATE TABLE upstream ("
	"  project TEXT NOT NULL REFERENCES project,"
	"  url TEXT NOT NULL,"
	"  failures INTEGER NOT NULL,"
	"  reruns INTEGER NOT NULL,"
	"  rests_until INTEGER NOT NULL,"
	"  PRIMARY KEY (project, url)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE run ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  project TEXT NOT NULL REFERENCES project,"
	"  upstream TEXT NOT NULL,"
	"  began INTEGER NOT NULL,"
	"  step TEXT NOT NULL," /* where it is, or was when it ended */
	"  ended INTEGER,"
	"  outcome TEXT,"
	"  why TEXT,"
	"  words TEXT,"
	"  coming INTEGER NOT NULL DEFAULT 0,"
	"  going INTEGER NOT NULL DEFAULT 0,"
	"  bytes INTEGER NOT NULL DEFAULT 0,"
	"  log TEXT NOT NULL DEFAULT '') STRICT;"
	"CREATE INDEX run_by_project ON run (project, id);"
	"CREATE INDEX run_in_progress ON run (id) WHERE ended IS NULL;"
	"CREATE TABLE hold ("
	"  project TEXT NOT NULL PRIMARY KEY REFERENCES project,"
	"  run INTEGER NOT NULL REFERENCES run,"
	"  at INTEGER NOT NULL,"
	"  verdict TEXT NOT NULL,"
	"  words TEXT NOT NULL,"
	"  listed INTEGER NOT NULL," /* what the operator allows with a release */
	"  deleted INTEGER NOT NULL,"
	"  is_sentinel_gone INTEGER NOT NULL,"
	"  serial INTEGER NOT NULL,"
	"  date INTEGER NOT NULL,"
	"  released INTEGER) STRICT;"
	"CREATE TABLE generation ("
	"  project TEXT NOT NULL REFERENCES project,"
	"  number INTEGER NOT NULL,"
	"  run INTEGER NOT NULL REFERENCES run,"
	"  published INTEGER NOT NULL,"
	"  PRIMARY KEY (project, number)) STRICT, WITHOUT ROWID;",
	/* What is published, and what was told of it. */
	"ALTER TABLE project ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE project ADD COLUMN published INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE project ADD COLUMN good INTEGER NOT NULL DEFAULT 0;" /* when it last was as its upstream is */
	"ALTER TABLE project ADD COLUMN files INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE project ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE project ADD COLUMN told TEXT NOT NULL DEFAULT 'recovered';"
	/* Whom the API lets in; "fontaine mirror token" makes and revokes them. */
	"CREATE TABLE tokens ("
	"  id TEXT NOT NULL PRIMARY KEY,"
	"  project TEXT," /* NULL: the operators'; else it may push this one, and nothing else */
	"  label TEXT NOT NULL,"
	"  hash TEXT NOT NULL,"
	"  created INTEGER NOT NULL,"
	"  last_used INTEGER,"
	"  revoked INTEGER) STRICT;"
	"CREATE TRIGGER token_is_of_a_project BEFORE INSERT ON tokens"
	"  WHEN NEW.project IS NOT NULL AND NEW.project NOT IN (SELECT name FROM project) BEGIN"
	"  SELECT raise(ABORT, 'mirrord knows no such project'); END;",
	/* What POPs that follow a project are to be told. */
	"CREATE TABLE push ("
	"  follower TEXT NOT NULL,"
	"  project TEXT NOT NULL REFERENCES project,"
	"  wanted INTEGER NOT NULL," /* the run that has published it; 0: nothing */
	"  tries INTEGER NOT NULL DEFAULT 0,"
	"  due INTEGER NOT NULL DEFAULT 0,"
	"  told INTEGER NOT NULL DEFAULT 0,"
	"  words TEXT NOT NULL DEFAULT '',"
	"  PRIMARY KEY (follower, project)) STRICT, WITHOUT ROWID;",
	/* What was downloaded of projects, which may be gone since. */
	"CREATE TABLE traffic ("
	"  length INTEGER NOT NULL," /* seconds: of an hour or a day */
	"  start INTEGER NOT NULL,"
	"  family INTEGER NOT NULL,"
	"  asn INTEGER NOT NULL," /* 0: of no network that is known */
	"  requests INTEGER NOT NULL,"
	"  bytes INTEGER NOT NULL,"
	"  project TEXT NOT NULL,"
	"  PRIMARY KEY (length, start, project, family, asn)) STRICT, WITHOUT ROWID;",
	/* Large files, and what was read in them: a version of a file has the same bytes wherever it is. */
	"CREATE TABLE large ("
	"  project TEXT NOT NULL REFERENCES project,"
	"  path TEXT NOT NULL,"
	"  inode INTEGER NOT NULL,"
	"  size INTEGER NOT NULL,"
	"  modified INTEGER NOT NULL," /* nanoseconds */
	"  PRIMARY KEY (project, path)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE content ("
	"  project TEXT NOT NULL REFERENCES project,"
	"  inode INTEGER NOT NULL,"
	"  size INTEGER NOT NULL,"
	"  modified INTEGER NOT NULL,"
	"  used INTEGER NOT NULL," /* when it was published last */
	"  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),"
	"  piece INTEGER NOT NULL,"
	"  pieces BLOB NOT NULL,"
	"  PRIMARY KEY (project, inode, size, modified)) STRICT;",
	NULL,
};

void mirror_db_bind(sqlite3_stmt *s, int place, const int64_t *numbers, size_t n)
{
	for (size_t i = 0; i < n; i++)
		(void)sqlite3_bind_int64(s, place + (int)i, numbers[i]);
}

static int insert_project(sqlite3 *db, const char *project)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "INSERT INTO project (name, due, is_wanted, is_paused) VALUES (?, 0, 0, 0)", &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, project);
	return db_execute(s);
}

int mirror_db_get_kept(sqlite3 *db, const char *project, struct schedule_kept *ret)
{
	sqlite3_stmt *s;
	int rc = db_find(db, "SELECT due, is_wanted, is_paused FROM project WHERE name = ?", project, &s);

	if (rc == -ENOENT) {
		*ret = (struct schedule_kept){.due_s = 0};
		return insert_project(db, project);
	}
	if (rc < 0)
		return rc;
	*ret = (struct schedule_kept){
		.due_s = sqlite3_column_int64(s, 0),
		.is_wanted = sqlite3_column_int(s, 1) != 0,
		.is_paused = sqlite3_column_int(s, 2) != 0,
	};
	(void)sqlite3_finalize(s);
	return 0;
}

int mirror_db_set_due(sqlite3 *db, const char *project, int64_t due_s)
{
	return db_set(db, "UPDATE project SET due = ? WHERE name = ?", due_s, project);
}

int mirror_db_set_wanted(sqlite3 *db, const char *project, bool is_wanted)
{
	return db_set(db, "UPDATE project SET is_wanted = ? WHERE name = ?", is_wanted, project);
}

int mirror_db_set_paused(sqlite3 *db, const char *project, bool is_paused)
{
	return db_set(db, "UPDATE project SET is_paused = ? WHERE name = ?", is_paused, project);
}

int mirror_db_get_upstream(sqlite3 *db, const char *project, const char *url, struct upstream *ret)
{
	static const char sql[] = "SELECT failures, reruns, rests_until FROM upstream WHERE project = ? AND url = ?";
	struct upstream u = {.n_failures = 0};
	sqlite3_stmt *s;
	int rc = db_prepare(db, sql, &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, project);
	db_bind_text(s, 2, url);
	rc = db_step(s);
	if (rc > 0)
		u = (struct upstream){
			.n_failures = (unsigned)sqlite3_column_int(s, 0),
			.n_reruns = (unsigned)sqlite3_column_int(s, 1),
			.rests_until_s = sqlite3_column_int64(s, 2),
		};
	(void)sqlite3_finalize(s);
	if (rc < 0)
		return rc;
	*ret = u;
	return 0;
}

int mirror_db_set_upstream(sqlite3 *db, const char *project, const char *url, const struct upstream *u)
{
	const int64_t numbers[] = {u->n_failures, u->n_reruns, u->rests_until_s};
	sqlite3_stmt *s;
	int rc = db_prepare(db, "INSERT OR REPLACE INTO upstream VALUES (?, ?, ?, ?, ?)", &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, project);
	db_bind_text(s, 2, url);
	mirror_db_bind(s, 3, numbers, 3);
	return db_execute(s);
}
