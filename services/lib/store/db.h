/* One SQLite database, blocking: what the store does on its worker, and what its jobs may use. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_STORE_DB_H
#define FONTAINE_STORE_DB_H

#include "store/store.h"

#include <stdint.h>

/** As store_open(), without the worker. Close with sqlite3_close(). */
int db_open(const char *path, store_migrations migrations, sqlite3 **ret);

/** Call @work in one transaction: 0 commits, else rolls back. Return: what @work returned, or as db_exec(). */
int db_transact(sqlite3 *db, store_work work, void *data);

/**
 * Execute statements that return no rows. Return: 0, or a negative errno, logged: -ENOSPC (disk full), -EBUSY
 * (another process holds it), -EEXIST (a constraint), -EBADMSG (not a sound database), what the operating system
 * said, or -EIO.
 */
int db_exec(sqlite3 *db, const char *sql);

/** Let the database grow to @max_bytes; more is -ENOSPC. For this connection. Return: as db_exec(). */
int db_limit(sqlite3 *db, uint64_t max_bytes);

/** Prepare a statement, for db_execute(), db_first() or sqlite3_finalize(). Return: as db_exec(). */
int db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret);

/** Execute a statement that returns no row, and let go of it. Return: as db_exec(). */
int db_execute(sqlite3_stmt *s);

/** The same of one that must change a row. Return: also -ENOENT. */
int db_execute_on_row(sqlite3_stmt *s);

/** Execute @sql, "UPDATE ... SET ... = ? WHERE ... = ?", for @value and @key (borrowed). Return: as the last one. */
int db_set(sqlite3 *db, const char *sql, int64_t value, const char *key);

/** Step to the next row. Return: 1, 0 after the last, or as db_exec(). */
int db_step(sqlite3_stmt *s);

/** Step to the first row. Return: 0; else it is let go of, and as db_exec(), or -ENOENT. */
int db_first(sqlite3_stmt *s);

/** The number that @sql, which has no parameter, finds. Return: as db_exec(), or -ENOENT. */
int db_number(sqlite3 *db, const char *sql, int64_t *ret);

/**
 * The first row of @sql, whose one parameter is @text (borrowed), or @id, for sqlite3_finalize().
 * Return: as db_exec(), or -ENOENT.
 */
int db_find(sqlite3 *db, const char *sql, const char *text, sqlite3_stmt **ret);
int db_find_id(sqlite3 *db, const char *sql, int64_t id, sqlite3_stmt **ret);

/** The text of a column, "" where it is NULL; until the next step of @row. */
const char *db_text(sqlite3_stmt *row, int column);

/** The place in @words, which ends with NULL, of the text of a column, which has no other. */
unsigned db_word(sqlite3_stmt *row, int column, const char *const *words);

/** Bind a text, borrowed; db_bind_optional() makes NULL of "". */
void db_bind_text(sqlite3_stmt *s, int place, const char *text);
void db_bind_optional(sqlite3_stmt *s, int place, const char *text);

#endif
