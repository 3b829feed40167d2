/* Asks the servers of a delegation all that the judgement needs: on a loop, every address at once. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_DELEGATION_COLLECT_H
#define FONTAINE_DELEGATION_COLLECT_H

#include "delegation/observed.h"

#include <uv.h>

enum {
	COLLECT_ALLOWED_MAX = 8,
	COLLECT_BYTES_MAX = 2 * 1024 * 1024, /* of answers kept; later ones count as far too long */
};

struct collect_settings {
	struct addr resolver; /* with its port */
	bool has_resolver;    /* else nothing is looked up */
	/** What may be asked besides global unicast addresses: a lab's. */
	struct prefix allowed[COLLECT_ALLOWED_MAX];
	size_t n_allowed;
};

/** How far it is: so many questions have been answered, or given up, of those asked until now. */
typedef void (*collect_progress_fn)(size_t n_done, size_t n_asked, void *data);

/** All is asked. @o is yours: release with observed_free(). */
typedef void (*collect_done_fn)(struct observed *o, void *data);

struct collect; /* opaque; lives until on_done has been called or collect_cancel() */

/**
 * Collect, within about 12 seconds whatever the servers do. @d and @settings are borrowed until the end;
 * @d as long as the result lives. Never NULL.
 */
struct collect *collect_start(uv_loop_t *loop, const struct delegation *d, const struct collect_settings *settings,
                              collect_done_fn on_done, void *data);

/** Have the progress told too. */
void collect_on_progress(struct collect *c, collect_progress_fn on_progress);

/** Forget it all; on_done is not called. */
void collect_cancel(struct collect *c);

#endif
