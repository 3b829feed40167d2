/*
 * One delegation followed: all its zones are looked at, what they ask for is changed in the database and
 * published as any change is, and what came of it noted. DS come first; name servers and glue are changed only
 * when the delegation as it would be passes its check.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_VISIT_H
#define FONTAINE_RDNS_VISIT_H

#include "rdns/checking.h"
#include "rdns/follow_db.h"
#include "rdns/publishing.h"
#include "rdns/rechecking.h"

/** All is borrowed. */
struct visit_config {
	uv_loop_t *loop;
	struct store *store;
	struct checking *checking;
	struct rechecking *rechecking;
	struct publishing *publishing;
};

struct visit; /* opaque; lives until on_done has been called, or visit_cancel()'s on_closed */

/** Visit @due, which is taken. @on_done comes once, on the loop, never at once. Never NULL. */
struct visit *visit_start(const struct visit_config *config, const struct follow_due *due, void (*on_done)(void *data),
                          void *data);

/** Leave all as it is; after checking_close() and publishing_close(). on_done is not called any more. */
void visit_cancel(struct visit *v, void (*on_closed)(void *data), void *data);

#endif
