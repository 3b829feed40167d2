/* One SQLite database, blocking: what the store does on its worker, and what its jobs may use. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_STORE_DB_H
#define FONTAINE_STORE_DB_H

#include "store/store.h"

/** As store_open(), without the worker. Close with sqlite3_close(). */
int db_open(const char *path, store_migrations migrations, sqlite3 **ret);

/** Call @work in one transaction: 0 commits, else rolls back. Return: what @work returned, or db_errno(). */
int db_transact(sqlite3 *db, store_work work, void *data);

/** Execute statements that return no rows. Return: 0 or db_errno(), logged. */
int db_exec(sqlite3 *db, const char *sql);

/**
 * What failed last on @db as a negative errno: -ENOSPC (disk full), -EBUSY (another
 * process holds it), -EEXIST (a constraint), -EBADMSG (not a sound database),
 * what the operating system said, or -EIO.
 */
int db_errno(sqlite3 *db);

#endif
