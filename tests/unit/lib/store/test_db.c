/* Database: settings, migrations, transactions, and disks that fail. */
/* SPDX-License-Identifier: MIT */
#include "store/db.h"

#include "../../../support/namespace.h"
#include "base/log.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const version_1[] = {"CREATE TABLE t (x INTEGER PRIMARY KEY)", NULL};
static const char *const version_2[] = {
	"CREATE TABLE t (x INTEGER PRIMARY KEY)",
	"ALTER TABLE t ADD COLUMN y TEXT NOT NULL DEFAULT 'old';"
	"CREATE TABLE child (x INTEGER REFERENCES t (x) DEFERRABLE INITIALLY DEFERRED)",
	NULL,
};
static const char *const version_3[] = {
	"CREATE TABLE t (x INTEGER PRIMARY KEY)",
	"ALTER TABLE t ADD COLUMN y TEXT NOT NULL DEFAULT 'old';"
	"CREATE TABLE child (x INTEGER REFERENCES t (x) DEFERRABLE INITIALLY DEFERRED)",
	"CREATE TABLE more (x INTEGER REFERENCES t (x) ON DELETE CASCADE, z TEXT)",
	NULL,
};

struct fixture {
	char directory[40];
	char path[64];
};

static char last_error[1024];

static void remember(const struct log_record *record)
{
	(void)snprintf(last_error, sizeof(last_error), "%s", record->message);
}

static int setup(void **state)
{
	struct fixture *f = mem_new(sizeof(*f));

	*state = f;
	last_error[0] = '\0';
	log_set_sink(remember);
	(void)snprintf(f->directory, sizeof(f->directory), "/tmp/fontaine-db-XXXXXX");
	if (mkdtemp(f->directory) == NULL)
		return -1;
	(void)snprintf(f->path, sizeof(f->path), "%s/state.db", f->directory);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	(void)unlink(f->path);
	int rc = rmdir(f->directory); /* fails when a -wal file is left */
	free(f);
	return rc;
}

static sqlite3 *open_db(const struct fixture *f, store_migrations migrations)
{
	sqlite3 *db = NULL;
	assert_int_equal(db_open(f->path, migrations, &db), 0);
	assert_non_null(db);
	return db;
}

/* The first value of the first row, as text. Return: @out. */
static const char *query(sqlite3 *db, const char *sql, char out[64])
{
	sqlite3_stmt *stmt = NULL;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	(void)snprintf(out, 64, "%s", (const char *)sqlite3_column_text(stmt, 0));
	assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
	return out;
}

static void test_settings(void **state)
{
	static const struct {
		const char *sql, *value;
	} cases[] = {
		{"PRAGMA journal_mode", "wal"},
		{"PRAGMA synchronous", "2"},
		{"PRAGMA foreign_keys", "1"},
		{"PRAGMA busy_timeout", "5000"},
		{"PRAGMA temp_store", "2"},
		{"PRAGMA user_version", "1"},
	};
	sqlite3 *db = open_db(*state, version_1);

	for (size_t i = 0; i < COUNT(cases); i++) {
		char value[64];
		assert_string_equal(query(db, cases[i].sql, value), cases[i].value);
	}
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void test_migration_upward(void **state)
{
	char value[64];
	sqlite3 *db = open_db(*state, version_1);

	assert_int_equal(db_exec(db, "INSERT INTO t (x) VALUES (7)"), 0);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);

	for (int round = 0; round < 2; round++) { /* the second finds nothing to do */
		db = open_db(*state, version_2);
		assert_string_equal(query(db, "SELECT x || y FROM t", value), "7old");
		assert_string_equal(query(db, "PRAGMA user_version", value), "2");
		assert_int_equal(sqlite3_close(db), SQLITE_OK);
	}
}

static void test_one_version_back_and_forth(void **state)
{
	char value[64];
	sqlite3 *db = open_db(*state, version_3);

	assert_int_equal(db_exec(db, "INSERT INTO t (x) VALUES (1), (2);"
	                             "INSERT INTO more VALUES (1, 'a'), (2, 'b')"),
	                 0);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);

	db = open_db(*state, version_2); /* writes on, and leaves alone what it does not know */
	assert_int_equal(db_exec(db, "INSERT INTO t (x) VALUES (3); DELETE FROM t WHERE x = 1"), 0);
	assert_string_equal(query(db, "PRAGMA user_version", value), "3");
	assert_int_equal(sqlite3_close(db), SQLITE_OK);

	db = open_db(*state, version_3);
	static const char all[] = "SELECT group_concat(t.x || ifnull(z, '-')) FROM t LEFT JOIN more USING (x)";
	assert_string_equal(query(db, all, value), "2b,3-");
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void test_later_version_refused(void **state)
{
	char value[64];
	sqlite3 *db = open_db(*state, version_3), *older = NULL;
	assert_int_equal(sqlite3_close(db), SQLITE_OK);

	assert_int_equal(db_open(((struct fixture *)*state)->path, version_1, &older), -EPROTO);
	assert_null(older);
	assert_non_null(strstr(last_error, "is of version 3, we know up to 1"));

	db = open_db(*state, version_3); /* and was left alone */
	assert_int_equal(db_exec(db, "PRAGMA user_version = -1"), 0);
	assert_string_equal(query(db, "SELECT count(*) FROM child", value), "0");
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_int_equal(db_open(((struct fixture *)*state)->path, version_2, &older), -EPROTO);
}

static void test_failed_migration_changes_nothing(void **state)
{
	static const char *const broken[] = {
		"CREATE TABLE t (x INTEGER PRIMARY KEY)",
		"CREATE TABLE half (x); CREATE TABEL rest (x)",
		NULL,
	};
	char value[64];
	sqlite3 *db = NULL;

	assert_int_equal(db_open(((struct fixture *)*state)->path, broken, &db), -EIO);
	assert_non_null(strstr(last_error, "near \"TABEL\": syntax error"));

	db = open_db(*state, version_2); /* version 1 of it stands */
	assert_string_equal(query(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'half'", value), "0");
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static int insert(sqlite3 *db, void *data)
{
	int *rc_after = data;
	int rc = db_exec(db, "INSERT INTO t (x) VALUES (1)");
	return rc < 0 ? rc : *rc_after;
}

static int insert_orphan(sqlite3 *db, void *data)
{
	(void)data;
	return db_exec(db, "INSERT INTO child (x) VALUES (99)");
}

static void test_transactions(void **state)
{
	char value[64];
	sqlite3 *db = open_db(*state, version_2);

	assert_int_equal(db_transact(db, insert, &(int){-ECANCELED}), -ECANCELED);
	assert_string_equal(query(db, "SELECT count(*) FROM t", value), "0");
	assert_int_equal(db_transact(db, insert, &(int){0}), 0);
	assert_string_equal(query(db, "SELECT count(*) FROM t", value), "1");
	assert_int_equal(db_transact(db, insert, &(int){0}), -EEXIST);

	/* The commit itself fails: a deferred foreign key. */
	assert_int_equal(db_transact(db, insert_orphan, NULL), -EEXIST);
	assert_non_null(strstr(last_error, "FOREIGN KEY constraint failed"));
	assert_string_equal(query(db, "SELECT count(*) FROM child", value), "0");
	assert_true(sqlite3_get_autocommit(db));
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void test_rows(void **state)
{
	static const char *const words[] = {"a", "b", NULL};
	sqlite3_stmt *s;
	sqlite3 *db = open_db(*state, version_2);

	assert_int_equal(db_exec(db, "INSERT INTO t VALUES (3, 'a'), (5, 'b')"), 0);
	assert_int_equal(db_prepare(db, "SELECT x FROM t ORDER BY x", &s), 0);
	assert_int_equal(db_step(s), 1);
	assert_int_equal(sqlite3_column_int(s, 0), 3);
	assert_int_equal(db_step(s), 1);
	assert_int_equal(db_step(s), 0);
	assert_int_equal(sqlite3_finalize(s), SQLITE_OK);

	assert_int_equal(db_find_id(db, "SELECT y FROM t WHERE x = ?", 5, &s), 0);
	assert_string_equal((const char *)sqlite3_column_text(s, 0), "b");
	assert_int_equal(sqlite3_finalize(s), SQLITE_OK);
	assert_int_equal(db_find(db, "SELECT y, NULL FROM t WHERE y = ?", "b", &s), 0);
	assert_int_equal(db_word(s, 0, words), 1);
	assert_string_equal(db_text(s, 0), "b");
	assert_string_equal(db_text(s, 1), "");
	assert_int_equal(sqlite3_finalize(s), SQLITE_OK);
	assert_int_equal(db_find_id(db, "SELECT y FROM t WHERE x = ?", 4, &s), -ENOENT);

	assert_int_equal(db_find_id(db, "SELECT abs(?)", INT64_MIN, &s), -EIO);
	assert_non_null(strstr(last_error, "integer overflow"));
	assert_int_equal(db_prepare(db, "DELETE FROM t WHERE x = 3", &s), 0);
	assert_int_equal(db_execute_on_row(s), 0);
	assert_int_equal(db_prepare(db, "DELETE FROM t WHERE x = 3", &s), 0);
	assert_int_equal(db_execute_on_row(s), -ENOENT);
	assert_int_equal(sqlite3_close(db), SQLITE_OK); /* no statement is left */
}

static void test_held_by_another(void **state)
{
	sqlite3 *holder = open_db(*state, version_1), *db = open_db(*state, version_1);

	assert_int_equal(sqlite3_busy_timeout(db, 10), SQLITE_OK);
	assert_int_equal(db_exec(holder, "BEGIN IMMEDIATE"), 0);
	assert_int_equal(db_transact(db, insert, &(int){0}), -EBUSY);
	assert_non_null(strstr(last_error, "database is locked"));
	assert_int_equal(db_exec(holder, "ROLLBACK"), 0);
	assert_int_equal(db_transact(db, insert, &(int){0}), 0);
	assert_int_equal(sqlite3_close(holder), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void test_bad_paths(void **state)
{
	static const struct {
		const char *path;
		int rc;
		const char *said;
	} cases[] = {
		{"/missing/state.db", -ENOENT, "/missing/state.db: cannot open: No such file"},
		{"/etc/passwd/state.db", -ENOTDIR, "/etc/passwd/state.db: cannot open: Not a directory"},
		{"/tmp", -EISDIR, "/tmp: cannot open: Is a directory"},
		{"/etc/passwd", -EBADMSG, "/etc/passwd: file is not a database"},
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		sqlite3 *db = NULL;
		assert_int_equal(db_open(cases[i].path, version_1, &db), cases[i].rc);
		assert_null(db);
		assert_non_null(strstr(last_error, cases[i].said));
	}
}

/* Sound header, damaged pages. */
static void test_damaged_file(void **state)
{
	struct fixture *f = *state;
	char junk[8192];
	sqlite3 *db = open_db(f, version_1);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);

	FILE *file = fopen(f->path, "r+");
	assert_non_null(file);
	memset(junk, 0x5a, sizeof(junk));
	assert_int_equal(fseek(file, 100, SEEK_SET), 0);
	assert_int_equal(fwrite(junk, 1, sizeof(junk), file), sizeof(junk));
	assert_int_equal(fclose(file), 0);

	db = NULL;
	assert_int_equal(db_open(f->path, version_2, &db), -EBADMSG);
	assert_null(db);
	assert_non_null(strstr(last_error, "database disk image is malformed"));
}

static int insert_megabytes(sqlite3 *db, void *data)
{
	(void)data;
	return db_exec(db, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)"
	                   " INSERT INTO t (x, y) SELECT i + 1000, hex(zeroblob(10000)) FROM n");
}

static void test_file_size_limit(void **state)
{
	char value[64];
	struct rlimit before, low;
	sqlite3 *db = open_db(*state, version_2);

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	low = (struct rlimit){256 * 1024, before.rlim_max};
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
	int rc = db_transact(db, insert_megabytes, NULL);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);

	assert_int_equal(rc, -EFBIG);
	assert_string_equal(query(db, "SELECT count(*) FROM t", value), "0");
	assert_int_equal(db_transact(db, insert, &(int){0}), 0); /* goes on when there is room */
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

enum {
	CHILD_NO_NAMESPACE = 200,
	CHILD_LOST_ROWS,
};

/* In a file system of 512 KiB. Return: minus the error of a transaction that needs more. */
static int fill_disk(const char *directory, const char *path)
{
	sqlite3 *db = NULL;

	if (namespace_enter() < 0 || mount("none", directory, "tmpfs", 0, "size=512k") < 0)
		return CHILD_NO_NAMESPACE;
	if (db_open(path, version_2, &db) < 0 || db_transact(db, insert, &(int){0}) < 0)
		return EXIT_FAILURE;
	int rc = db_transact(db, insert_megabytes, NULL);
	if (db_exec(db, "UPDATE t SET y = 'new' WHERE x = 1") < 0 || sqlite3_changes(db) != 1)
		return CHILD_LOST_ROWS;
	return sqlite3_close(db) == SQLITE_OK ? -rc : EXIT_FAILURE;
}

static void test_disk_full(void **state)
{
	struct fixture *f = *state;
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit(fill_disk(f->directory, f->path));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == CHILD_NO_NAMESPACE)
		skip(); /* here, users get no namespaces */
	assert_int_equal(WEXITSTATUS(status), ENOSPC);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_settings),
		TEST(test_migration_upward),
		TEST(test_one_version_back_and_forth),
		TEST(test_later_version_refused),
		TEST(test_failed_migration_changes_nothing),
		TEST(test_transactions),
		TEST(test_rows),
		TEST(test_held_by_another),
		TEST(test_bad_paths),
		TEST(test_damaged_file),
		TEST(test_file_size_limit),
		TEST(test_disk_full),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
