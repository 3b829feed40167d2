/* A table of prefixes (base/prefix_table.h), kept up to date with the files that tell them. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_PREFIX_FILES_H
#define FONTAINE_NET_PREFIX_FILES_H

#include "base/prefix_table.h"

#include <uv.h>

struct prefix_files; /* opaque; release with prefix_files_free() */

enum { PREFIX_FILES_LOOK_MS = 5000 };

/** A table of @kind of the @n files at @paths, borrowed. None is read before prefix_files_watch(). Never NULL. */
struct prefix_files *prefix_files_new(const struct prefix_table_kind *kind, const char *const *paths, unsigned n);
void prefix_files_free(struct prefix_files *f);

/**
 * Look at the files now and every @every_ms, on libuv's worker threads: when one has
 * changed, read all of them into a new table. Of a file that is missing, damaged or empty
 * the log tells, once, and the table stays as it was.
 */
void prefix_files_watch(struct prefix_files *f, uv_loop_t *loop, uint64_t every_ms);

/** Stop looking; on the loop's thread. A look that has begun ends first, and the loop with it. */
void prefix_files_unwatch(struct prefix_files *f);

/** How often files could not be used. Any thread. */
uint64_t prefix_files_failures(const struct prefix_files *f);

/** The newest table, for prefix_table_release(); NULL: none was read yet. Any thread. */
struct prefix_table *prefix_files_get(struct prefix_files *f);

#endif
