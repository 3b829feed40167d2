/*
 * Who holds what, read again when its files change, and the members of it in the database: new ones
 * are added, those that vanished are frozen. A file that is wrong is logged, and all stays as it was.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_ROSTER_H
#define FONTAINE_RDNS_ROSTER_H

#include "base/buf.h"
#include "rdns/assignments.h"
#include "store/store.h"

enum { ROSTER_LOOK_MS = 5000 };

struct roster; /* opaque; release with roster_free() */

/** Of the files that @p, borrowed, names. Never NULL. */
struct roster *roster_new(const struct pop *p);
void roster_free(struct roster *r);

/**
 * Make or update the database at @path, read the files, and store their members. Blocks. When the files
 * cannot be used, nothing is assigned until they can.
 * Return: 0, or as db_open() when there is no database.
 */
int roster_read(struct roster *r, const char *path);

/** Folders of the files, for the sandbox, NULL-terminated; they live as long as @r. */
const char *const *roster_read_paths(const struct roster *r);

/** Take changes of the files in from now on, on @loop, through @store; both borrowed until roster_stop(). */
void roster_watch(struct roster *r, uv_loop_t *loop, struct store *store);
void roster_stop(struct roster *r);

/** What is assigned now: the roster's, until the loop turns. On the loop's thread. */
const struct assignments *roster_assignments(const struct roster *r);

void roster_metrics(const struct roster *r, struct buf *b);

#endif
