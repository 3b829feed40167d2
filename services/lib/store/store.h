/*
 * One SQLite database (WAL) behind one worker thread, so that the loop never
 * waits for a disk. Jobs run one after the other, each in a transaction.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_STORE_STORE_H
#define FONTAINE_STORE_STORE_H

#include <sqlite3.h>
#include <uv.h>

struct store; /* opaque; release with store_close(); keeps the loop running until then */

enum { STORE_JOBS_MAX = 1024 }; /* queued, or done and not reported */

/**
 * The i-th entry brings the schema from version i to i + 1 (PRAGMA user_version).
 * The array is NULL-terminated. A new entry only adds tables, indices and views; what
 * more is to be known of a row has a table of its own. So the release before works with
 * it, when a machine goes back: a file may be one version later than it knows.
 */
typedef const char *const *store_migrations;

/**
 * Open or create the database at @path and migrate it, each step in one
 * transaction. Blocks: call it before the loop runs. @loop is borrowed.
 * After a failure the loop must still run once, to close what was begun.
 * Return: 0, -EPROTO when the file is more than one version later than @migrations
 * know, or a negative errno, logged with path and reason.
 */
int store_open(uv_loop_t *loop, const char *path, store_migrations migrations,
               struct store **ret);

/** On the worker, inside a transaction: 0 commits, a negative errno (see store/db.h) rolls back. */
typedef int (*store_work)(sqlite3 *db, void *data);

/** On the loop, exactly once: what the work returned, or why it was not committed. */
typedef void (*store_done)(void *data, int rc);

/** Queue one job; @data is borrowed until @on_done. Return: 0, or -ENOBUFS past STORE_JOBS_MAX. */
int store_run(struct store *s, store_work work, store_done on_done, void *data);

/** Finish what is queued, close the database, then call @on_closed (may be NULL) on the loop. */
void store_close(struct store *s, void (*on_closed)(void *data), void *data);

#endif
