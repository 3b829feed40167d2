/* One SQLite database: opened, brought up to date, changed in transactions. */
/* SPDX-License-Identifier: MIT */
#include "store/db.h"

#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { BUSY_TIMEOUT_MS = 5000 };

/** What failed last on @db. */
static int errno_of(sqlite3 *db)
{
	int os_errno = sqlite3_system_errno(db);

	switch (sqlite3_errcode(db)) {
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_CONSTRAINT:
		return -EEXIST;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EBADMSG;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_CANTOPEN:
	case SQLITE_IOERR:
		return os_errno > 0 ? -os_errno : -EIO;
	default:
		return -EIO;
	}
}

static int log_failure(sqlite3 *db, const char *sql)
{
	int rc = errno_of(db);

	log_error("%s: %s (%s): %s", sqlite3_db_filename(db, "main"), sqlite3_errmsg(db),
	          strerror(-rc), sql);
	return rc;
}

int db_exec(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : log_failure(db, sql);
}

int db_limit(sqlite3 *db, uint64_t max_bytes)
{
	enum { PAGE_BYTES = 4096 }; /* SQLite's default, and so that of a database we made */
	char sql[64];

	(void)snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %" PRIu64, max_bytes / PAGE_BYTES);
	return db_exec(db, sql);
}

int db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret)
{
	return sqlite3_prepare_v2(db, sql, -1, ret, NULL) == SQLITE_OK ? 0 : log_failure(db, sql);
}

int db_execute(sqlite3_stmt *s)
{
	int rc = sqlite3_step(s) == SQLITE_DONE ? 0 : log_failure(sqlite3_db_handle(s), sqlite3_sql(s));

	(void)sqlite3_finalize(s);
	return rc;
}

int db_step(sqlite3_stmt *s)
{
	int step = sqlite3_step(s);

	if (step == SQLITE_ROW || step == SQLITE_DONE)
		return step == SQLITE_ROW;
	return log_failure(sqlite3_db_handle(s), sqlite3_sql(s));
}

int db_first(sqlite3_stmt *s)
{
	int rc = db_step(s);

	if (rc > 0)
		return 0;
	(void)sqlite3_finalize(s);
	return rc < 0 ? rc : -ENOENT;
}

int db_number(sqlite3 *db, const char *sql, int64_t *ret)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, sql, &s);

	if (rc == 0)
		rc = db_first(s);
	if (rc < 0)
		return rc;
	*ret = sqlite3_column_int64(s, 0);
	(void)sqlite3_finalize(s);
	return 0;
}

int db_execute_on_row(sqlite3_stmt *s)
{
	sqlite3 *db = sqlite3_db_handle(s);
	int rc = db_execute(s);

	return rc == 0 && sqlite3_changes(db) == 0 ? -ENOENT : rc;
}

int db_set(sqlite3 *db, const char *sql, int64_t value, const char *key)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, sql, &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, value);
	db_bind_text(s, 2, key);
	return db_execute_on_row(s);
}

int db_find(sqlite3 *db, const char *sql, const char *text, sqlite3_stmt **ret)
{
	int rc = db_prepare(db, sql, ret);

	if (rc < 0)
		return rc;
	db_bind_text(*ret, 1, text);
	return db_first(*ret);
}

int db_find_id(sqlite3 *db, const char *sql, int64_t id, sqlite3_stmt **ret)
{
	int rc = db_prepare(db, sql, ret);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(*ret, 1, id);
	return db_first(*ret);
}

void db_bind_text(sqlite3_stmt *s, int place, const char *text)
{
	(void)sqlite3_bind_text(s, place, text, -1, SQLITE_STATIC); /* else it is NULL, which its column refuses */
}

void db_bind_optional(sqlite3_stmt *s, int place, const char *text)
{
	if (*text != '\0')
		db_bind_text(s, place, text);
}

const char *db_text(sqlite3_stmt *row, int column)
{
	const char *text = (const char *)sqlite3_column_text(row, column);

	return text != NULL ? text : "";
}

unsigned db_word(sqlite3_stmt *row, int column, const char *const *words)
{
	const char *text = db_text(row, column);
	unsigned i = 0;

	while (words[i] != NULL && strcmp(words[i], text) != 0)
		i++;
	assert(words[i] != NULL);
	return i;
}

int db_transact(sqlite3 *db, store_work work, void *data)
{
	int rc = db_exec(db, "BEGIN IMMEDIATE");
	if (rc < 0)
		return rc;

	rc = work(db, data);
	assert(rc <= 0);
	if (rc == 0)
		rc = db_exec(db, "COMMIT");
	if (rc < 0 && !sqlite3_get_autocommit(db)) /* some failures have rolled back already */
		(void)db_exec(db, "ROLLBACK");
	return rc;
}

static int read_version(sqlite3 *db, int *ret)
{
	static const char sql[] = "PRAGMA user_version";
	sqlite3_stmt *query = NULL;
	int rc = 0;

	if (sqlite3_prepare_v2(db, sql, -1, &query, NULL) == SQLITE_OK &&
	    sqlite3_step(query) == SQLITE_ROW)
		*ret = sqlite3_column_int(query, 0);
	else
		rc = log_failure(db, sql);
	(void)sqlite3_finalize(query);
	return rc;
}

struct migration {
	const char *sql;
	int to_version;
};

static int migrate_one(sqlite3 *db, void *data)
{
	const struct migration *m = data;
	char set_version[64];

	(void)snprintf(set_version, sizeof(set_version), "PRAGMA user_version = %d", m->to_version);
	int rc = db_exec(db, m->sql);
	return rc < 0 ? rc : db_exec(db, set_version);
}

static int migrate(sqlite3 *db, store_migrations migrations)
{
	int version = 0, newest = 0;
	int rc = read_version(db, &version);
	if (rc < 0)
		return rc;

	while (migrations[newest] != NULL)
		newest++;
	if (version < 0 || version > newest + 1) {
		log_error("%s: is of version %d, we know up to %d and the one after: "
		          "start the release that wrote it, or a later one",
		          sqlite3_db_filename(db, "main"), version, newest);
		return -EPROTO;
	}
	for (; rc == 0 && version < newest; version++)
		rc = db_transact(db, migrate_one,
		                 &(struct migration){migrations[version], version + 1});
	return rc;
}

int db_open(const char *path, store_migrations migrations, sqlite3 **ret)
{
	static const char settings[] =
	    "PRAGMA journal_mode = WAL;"
	    "PRAGMA synchronous = FULL;" /* a commit is on the disk before anyone hears of it */
	    "PRAGMA foreign_keys = ON;"
	    "PRAGMA temp_store = MEMORY"; /* the sandbox has no /tmp */
	sqlite3 *db = NULL;
	int rc;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK) {
		rc = db == NULL ? -ENOMEM : errno_of(db);
		log_error("%s: cannot open: %s", path, strerror(-rc));
		goto out;
	}
	(void)sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS);
	rc = db_exec(db, settings);
	if (rc == 0)
		rc = migrate(db, migrations);
out:
	if (rc < 0)
		(void)sqlite3_close(db);
	else
		*ret = db;
	return rc;
}
