/* The origins of prefixes (base/origin.h), kept up to date with the files that tell them. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_ORIGIN_FILES_H
#define FONTAINE_NET_ORIGIN_FILES_H

#include "base/origin.h"

#include <uv.h>

struct origin_files; /* opaque; release with origin_files_free() */

enum { ORIGIN_FILES_LOOK_MS = 5000 };

/** Of the @n files at @paths, borrowed. None is read before origin_files_watch(). Never NULL. */
struct origin_files *origin_files_new(const char *const *paths, unsigned n);
void origin_files_free(struct origin_files *f);

/**
 * Look at the files now and every @every_ms, on libuv's worker threads: when one has
 * changed, read all of them into a new table. Of a file that is missing, damaged or empty
 * the log tells, once, and the table stays as it was.
 */
void origin_files_watch(struct origin_files *f, uv_loop_t *loop, uint64_t every_ms);

/** Stop looking; on the loop's thread. A look that has begun ends first, and the loop with it. */
void origin_files_unwatch(struct origin_files *f);

/** How often files could not be used. Any thread. */
uint64_t origin_files_failures(const struct origin_files *f);

/** The newest table, for origin_release(); NULL: none was read yet. Any thread. */
struct origin *origin_files_get(struct origin_files *f);

#endif
