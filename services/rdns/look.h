/*
 * One look at what a zone asks its parent for: all its servers' keys and CDS, what names of its servers say of
 * the first DS (RFC 9615), and the CSYNC record of its newest server. Blocks nothing: signatures are verified
 * on libuv's worker threads.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_LOOK_H
#define FONTAINE_RDNS_LOOK_H

#include "delegation/collect.h"
#include "rdns/cds.h"
#include "rdns/csync.h"

struct look_config {
	const struct delegation *zone; /* what there is; borrowed until the end */
	const struct collect_settings *settings;
	time_t ds_since, ns_since; /* what was signed before is not followed */
};

struct look_result {
	struct cds_decision ds;
	struct csync_decision ns;
};

struct look; /* opaque; lives until on_done has been called, or, after look_cancel(), a little longer */

/** @r is yours: release with cds_done(), and csync_done() where something is to change. */
typedef void (*look_done_fn)(const struct look_result *r, void *data);

/** Look. @config is copied. on_done comes once, on the loop, never at once. Never NULL. */
struct look *look_start(uv_loop_t *loop, const struct look_config *config, look_done_fn on_done, void *data);

/** Forget it: on_done is not called, and what @config points to not used any more once @on_closed is called. */
void look_cancel(struct look *l, void (*on_closed)(void *data), void *data);

#endif
